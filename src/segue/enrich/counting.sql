-- lock_measures: one worker registers at a time
select pg_advisory_xact_lock(7305002)

-- newest_definitions: the newest that any worker has stepped with
select coalesce(max(definitions), 0) from consumer

-- measures: what is counted, and its numbers in states
select key, number from trait_measure order by key

-- add_measures: what is counted from now on
insert into trait_measure (key, added_at) select unnest(%(keys)s::text[]), %(at)s

-- forget_measures: what is counted no longer
delete from trait_measure where number = any(%(numbers)s::bigint[])

-- forget_lanes: from where on it was counted
delete from trait_lane where number = any(%(numbers)s::bigint[])

-- add_lanes: from where on everything that is not counted yet is counted in these slots
insert into trait_lane (number, slot, upto, missing)
select m.number, s.slot, s.reached, s.reached > 0
from trait_measure m cross join unnest(%(slots)s::bigint[], %(reached)s::bigint[]) as s (slot, reached)
on conflict (number, slot) do nothing

-- look_again: which segments are ready may have changed
update segment_round set definitions = 0 where definitions <> 0

-- note_definitions: what a worker steps with from now on
update consumer set definitions = %(definitions)s, measures = %(measures)s where worker = %(worker)s

-- standing: what is counted, and whether all of it
select m.key, m.number,
    (select count(*) from trait_lane l where l.number = m.number and not l.missing) = 64
from trait_measure m

-- load: what was counted of these fragments
select fragment_id, state, claims from trait_state where fragment_id = any(%(ids)s::bytea[])

-- save: what is counted of these fragments, new or not
insert into trait_state (fragment_id, state, claims)
select * from unnest(%(ids)s::bytea[], %(states)s::bytea[], %(claims)s::bytea[])
on conflict (fragment_id) do update set state = excluded.state, claims = excluded.claims

-- forget: nothing is counted of these fragments
delete from trait_state where fragment_id = any(%(ids)s::bytea[])
