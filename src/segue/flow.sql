-- lane: a worker's position and slots, locked until the step commits
select position, slots, ahead, definitions, measures from consumer where worker = %(worker)s for update

-- lanes: the whole layout
select worker, position, slots, ahead from consumer order by worker for update

-- forget_lanes: make room for another layout
delete from consumer

-- lay_lane: one worker's share of the new layout
insert into consumer (worker, position, slots, ahead)
values (%(worker)s, %(position)s, %(slots)s::smallint[], %(ahead)s::bigint[])

-- advance: the worker has applied everything up to here
update consumer set position = %(position)s where worker = %(worker)s

-- erased_after: fragments whose events below an offset that is still to be passed are not to be applied
select fragment_id, max(before_offset) from erased_fragment
where before_offset > %(offset)s group by fragment_id

-- skip: offsets that were applied before or belong to somebody erased
insert into skipped (log_offset) select unnest(%(offsets)s::bigint[]) on conflict do nothing

-- try_to_link: become the one linker until commit; also whether evidence of others waits, and by which
-- definitions persons are judged
select pg_try_advisory_xact_lock(7305001), exists (select 1 from evidence), (select definitions from segment_round)

-- leave_evidence: for the linker to find
insert into evidence (payload) values (%(payload)s)

-- take_evidence: everything that waits
delete from evidence returning payload

-- lane_numbers: which workers the slots are shared out among
select worker from consumer order by worker

-- secret: what keys every fragment id
select secret from installation

-- any_key: whether anybody has ever made a key here
select exists (select 1 from api_key)

-- oldest_waiting: when the first event that the loop has yet to apply was received
select received_at from log
where log_offset > (select min(position) from consumer) order by log_offset limit 1
