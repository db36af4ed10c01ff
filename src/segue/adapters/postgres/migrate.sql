-- server_version: 180000 for 18.0
select current_setting('server_version_num')::integer

-- lock_schema: one process migrates at a time, until its transaction ends
select pg_advisory_xact_lock(7310110)

-- create_record: where it is noted what has run
create table if not exists migration (
    number integer primary key,
    name text not null,
    ran_at timestamptz not null default now()
)

-- any_record: whether anything was ever noted
select to_regclass('migration')::text

-- present: the newest migration that has run
select coalesce(max(number), 0) from migration

-- record: note one
insert into migration (number, name) values (%(number)s, %(name)s)

-- install: the one row, unless it is there
insert into installation (secret, created_at)
values (%(secret)s, (extract(epoch from now()) * 1000000)::bigint)
on conflict do nothing

-- secret: the secret in force
select secret from installation
