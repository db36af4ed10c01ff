-- with_account: some persons who have an account, always the same ones; not those of the story
select distinct person_id from fragment
where kind = 'user_id' and not shared and person_id <> all(%(without)s::bytea[])
order by person_id limit %(limit)s

-- identifiers_of: how one person is known, her devices last
select kind, value from fragment where person_id = %(person)s and not shared order by device, value

-- still_there: whether anybody has this id
select exists (select from fragment where person_id = %(person)s)

-- identity_secrets: what identity tokens of these sources are signed with
select name, identity_secret from source where identity_secret is not null and name = any(%(names)s::text[])

-- live_keys: keys that were not revoked
select key_id from api_key where revoked_at is null
