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

-- stepped: the oldest and the newest definitions that workers have stepped with
select min(definitions), max(definitions) from consumer

-- note_measures: by which numbers all workers count from now on
update consumer set measures = %(measures)s

-- mark_whole: of which nothing is missing any more, or something is
update trait_measure m set whole = not m.whole
where m.whole <> ((select count(*) from trait_lane l where l.number = m.number and not l.missing) = 64)

-- standing: what is counted, and whether all of it
select key, number, whole from trait_measure

-- missing: what has yet to be counted from the lake
select m.key, l.number, l.slot, l.upto from trait_lane l join trait_measure m on m.number = l.number
where l.missing order by l.number, l.slot

-- any_missing: whether anything has
select exists (select 1 from trait_lane where missing)

-- progress: of what has to be counted from the lake, how many shares of the log in all and how many are left
select m.key, count(l.slot) filter (where l.upto > 0), count(l.slot) filter (where l.missing), m.whole, m.worked_at
from trait_measure m left join trait_lane l on l.number = m.number
group by m.number

-- lock_lane: keep the worker of a slot out of its step; the definitions with which it steps
select definitions from consumer where %(slot)s = any(slots) for update

-- fill: these measures are whole in a slot from here on; those of which that is true
update trait_lane set missing = false
where slot = %(slot)s and number = any(%(numbers)s::bigint[]) and missing
returning number

-- worked: somebody is counting them from the lake
update trait_measure set worked_at = %(at)s where number = any(%(numbers)s::bigint[])

-- erasures: every erasure that was asked for
select erasure_id from erasure

-- erased_since: whom others than these have made us forget
select unnest(fragment_ids) from erasure where not erasure_id = any(%(known)s::text[])

-- states_in: fragments with a state, by id
select fragment_id from fragment_state
where fragment_id > %(after)s and fragment_id < %(before)s order by fragment_id limit %(limit)s

-- load: what was counted of these fragments
select fragment_id, state, claims from trait_state where fragment_id = any(%(ids)s::bytea[])

-- save: what is counted of these fragments, new or not
insert into trait_state (fragment_id, state, claims)
select * from unnest(%(ids)s::bytea[], %(states)s::bytea[], %(claims)s::bytea[])
on conflict (fragment_id) do update set state = excluded.state, claims = excluded.claims

-- forget: nothing is counted of these fragments
delete from trait_state where fragment_id = any(%(ids)s::bytea[])
