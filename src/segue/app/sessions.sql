-- begin: a session of a user who is enabled and whose password is still what was verified, or of the owner
insert into session (digest, user_id, by_link, began_at, seen_at, expires_at, ends_at)
select %(digest)s, %(user_id)s, %(by_link)s, %(at)s, %(at)s, %(expires_at)s, %(ends_at)s
where %(user_id)s::text is null or exists (
    select from user_account
    where user_id = %(user_id)s and enabled and (not %(checked)s or password = %(password)s)
    for update
)

-- seen: when a user was last here
update user_account set last_seen_at = %(at)s where user_id = %(user_id)s

-- find: a live session and whose it is
select s.user_id, u.name, u.role, u.password is not null, s.by_link, s.seen_at, s.expires_at, s.ends_at
from session s left join user_account u using (user_id)
where s.digest = %(digest)s and s.expires_at > %(at)s and (s.user_id is null or u.enabled)

-- prolong: it was used
update session set seen_at = %(at)s, expires_at = %(expires_at)s where digest = %(digest)s

-- end: sign out
delete from session where digest = %(digest)s

-- settle: a session whose password was set needs the password to set another
update session set by_link = false where digest = %(digest)s

-- sweep: what has ended
delete from session where expires_at <= %(at)s

-- sweep_links: what can no longer be used
delete from one_time_link where expires_at <= %(at)s

-- add_link: a link that signs in once
insert into one_time_link (digest, user_id, made_at, expires_at)
values (%(digest)s, %(user_id)s, %(at)s, %(expires_at)s)

-- take_link: use it up; only one of several who try at once gets a row
delete from one_time_link where digest = %(digest)s and expires_at > %(at)s returning user_id

-- turn: whoever counts attempts takes turns
select pg_advisory_xact_lock(5711002)

-- sweep_attempts: those that no longer count
delete from sign_in_attempt where at <= %(since)s

-- attempts: when the attempts of a name or an address were made
select at from sign_in_attempt where what = %(what)s and at > %(since)s

-- add_attempts: one attempt, counted for each
insert into sign_in_attempt (attempt_id, what, at) select %(attempt_id)s, unnest(%(whats)s::bytea[]), %(at)s

-- succeeded: an attempt that did not fail, and the failures of that name before it
delete from sign_in_attempt where attempt_id = %(attempt_id)s or what = %(name)s
