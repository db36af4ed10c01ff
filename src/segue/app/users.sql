-- add: a new user, without a password; nothing when the name is taken
insert into user_account (user_id, name, name_key, role, created_at)
values (%(user_id)s, %(name)s, %(name_key)s, %(role)s, %(at)s)
on conflict (name_key) do nothing

-- listed: all users, by name
select user_id, name, role, created_at, last_seen_at, password is not null, enabled
from user_account
order by name_key

-- one: a user by id
select user_id, name, role, created_at, last_seen_at, password is not null, enabled
from user_account
where user_id = %(user_id)s

-- by_name: the id of a user, by name
select user_id from user_account where name_key = %(name_key)s

-- may_sign_in: an enabled user by name, and her password's digest
select user_id, name, password from user_account where name_key = %(name_key)s and enabled

-- any_password: whether somebody can sign in by one
select exists (select from user_account where enabled and password is not null)

-- lock_admins: the enabled admins; whoever changes them takes turns
select user_id from user_account where role = 'admin' and enabled order by user_id for update

-- change: role and whether she may sign in
update user_account
set role = %(role)s, enabled = %(enabled)s
where user_id = %(user_id)s

-- password_of: the digest of a user's password
select name, password from user_account where user_id = %(user_id)s and enabled

-- set_password: a new one
update user_account set password = %(password)s where user_id = %(user_id)s and enabled

-- rehash: the same password with today's parameters, unless it was changed meanwhile
update user_account set password = %(fresh)s where user_id = %(user_id)s and password = %(password)s

-- end_sessions: all of a user's but one
delete from session where user_id = %(user_id)s and digest <> %(kept)s

-- end_links: those that were made for a user
delete from one_time_link where user_id = %(user_id)s
