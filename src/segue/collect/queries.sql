-- hold_days: Keep rotation away until this transaction ends; concurrent deduplication goes on
select pg_advisory_xact_lock_shared(7305301)

-- hold_rotation: Wait for every running deduplication and keep new ones waiting until this transaction ends
select pg_advisory_xact_lock(7305301)

-- hold_making: One at a time makes a table
select pg_advisory_xact_lock(7305302)

-- days: The first days of the tables of message ids, oldest first
select day from seen_day order by day

-- make_day: The table of some days, called after the first (the name stands for seen_<yyyymmdd>); keys are random, so pages fill by insertion
create table if not exists seen_00000000 (key bytea primary key) with (autovacuum_enabled = off)

-- note_day: The table that begins with that day is there
insert into seen_day (day) values (%(day)s) on conflict do nothing

-- drop_day: Forget the message ids of one table
drop table if exists seen_00000000

-- forget_day: The table that begins with that day is gone
delete from seen_day where day = %(day)s

-- mark_day: Remember keys (sorted) in one such table; answers those that were known before
with fresh as (
    insert into seen_00000000 (key)
    select incoming.key
    from unnest(%(keys)s::bytea[]) as incoming (key)
    where not exists (select from seen_ever as past where past.key = incoming.key)
      /* older days */
    order by incoming.key
    on conflict do nothing
    returning key
)
select incoming.key
from unnest(%(keys)s::bytea[]) as incoming (key)
where not exists (select from fresh where fresh.key = incoming.key)

-- mark_ever: Remember keys (sorted) for ever; answers those that were known before
with fresh as (
    insert into seen_ever (key)
    select incoming.key
    from unnest(%(keys)s::bytea[]) as incoming (key)
    where true
      /* older days */
    order by incoming.key
    on conflict do nothing
    returning key
)
select incoming.key
from unnest(%(keys)s::bytea[]) as incoming (key)
where not exists (select from fresh where fresh.key = incoming.key)

-- older_day: The condition that stands for one more table in the two statements before
and not exists (select from seen_00000000 as past where past.key = incoming.key)
