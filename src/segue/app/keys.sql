-- add_source: the source a key brings events of, unless it exists already
insert into source (name, trusted, identity_secret, created_at)
values (%(name)s, %(trusted)s, %(identity_secret)s, %(at)s)
on conflict (name) do nothing

-- add_key: a new key by its digest
insert into api_key (key_id, role, source, trusted, placement, digest, created_at, expires_at)
values (
    %(key_id)s, %(role)s, %(source)s, %(trusted)s, %(placement)s, %(digest)s, %(at)s, %(expires_at)s
)

-- live_keys: every key that has not been revoked, those whose time is over too
select key_id, role, source, trusted, placement, expires_at, digest
from api_key
where revoked_at is null

-- sources: every source
select name, trusted, enabled, identity_secret
from source

-- listed: keys as they are shown, oldest first
select key_id, role, source, trusted, placement, created_at, revoked_at, expires_at
from api_key
order by created_at, key_id

-- revoke: end a key; touches nothing when it is unknown or already ended
update api_key
set revoked_at = %(at)s
where key_id = %(key_id)s and revoked_at is null

-- identity_secret: what a source's backend signs identity tokens with
select identity_secret
from source
where name = %(name)s

-- set_identity_secret: a new secret; tokens signed with the old one are refused from now on
update source
set identity_secret = %(identity_secret)s
where name = %(name)s
