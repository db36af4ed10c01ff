-- stop_the_loop: no worker is inside a step from here to the commit
select position from consumer order by worker for update

-- head: the last event accepted
select next_offset - 1 from log_head

-- unprocessed: what the loop has not passed
select log_offset, slot, payload from log
where log_offset > (select min(position) from consumer) order by log_offset limit %(limit)s

-- ask: the erasure itself
insert into erasure (erasure_id, asked_at, asked_by, before_offset, fragment_ids)
values (%(erasure_id)s, %(asked_at)s, %(asked_by)s, %(before_offset)s, %(fragment_ids)s)

-- ask_fragments: so that whoever reads an event can tell that it is gone
insert into erased_fragment (fragment_id, before_offset)
select unnest(%(fragment_ids)s::bytea[]), %(before_offset)s on conflict do nothing

-- dead_letters: what could not be admitted, and whether it was seen to mention her
select dead_letter_id, fragment_ids && %(fragment_ids)s::bytea[] from dead_letter

-- raw_letters: some of them as they came
select dead_letter_id, raw from dead_letter where dead_letter_id = any(%(ids)s)

-- forget_dead_letters: some of them
delete from dead_letter where dead_letter_id = any(%(ids)s)

-- pending: erasures without a proof
select erasure_id, asked_at, asked_by, before_offset, fragment_ids from erasure
where proven_at is null order by asked_at, erasure_id

-- asked: all erasures
select erasure_id from erasure

-- status: one erasure
select proof from erasure where erasure_id = %(erasure_id)s

-- forget_log: her events in the log, archived and passed long since
delete from log
where log_offset < %(before_offset)s and log_offset <= (select archived_offset from lake_position)
    and fragment_id = any(%(fragment_ids)s)

-- left: what is still in the tables
select
    (select count(*) from fragment where fragment_id = any(%(fragment_ids)s)),
    (select count(*) from fragment_state where fragment_id = any(%(fragment_ids)s)),
    (select count(*) from fragment_summary where fragment_id = any(%(fragment_ids)s)),
    (select count(*) from search_term where fragment_id = any(%(fragment_ids)s)),
    (select count(*) from link where a = any(%(fragment_ids)s) or b = any(%(fragment_ids)s)),
    (select count(*) from apart where a = any(%(fragment_ids)s) or b = any(%(fragment_ids)s)),
    (select count(*) from derived_event where person_id = any(%(fragment_ids)s)),
    (select count(*) from trait_state where fragment_id = any(%(fragment_ids)s)),
    (select count(*) from segment_member where person_id = any(%(fragment_ids)s)),
    (select count(*) from segment_change where person_id = any(%(fragment_ids)s)),
    (select count(*) from segment_due where person_id = any(%(fragment_ids)s)),
    (select count(*) from segment_waiting where fragment_id = any(%(fragment_ids)s)),
    (select count(*) from prediction where fragment_id = any(%(fragment_ids)s)),
    (select count(*) from decision where fragment_id = any(%(fragment_ids)s)),
    (select count(*) from contact where fragment_id = any(%(fragment_ids)s)),
    (select count(*) from control where fragment_id = any(%(fragment_ids)s)),
    (select count(*) from proof where fragment_ids && %(fragment_ids)s::bytea[])

-- left_in_log: her events in the log
select count(*) from log where log_offset < %(before_offset)s and fragment_id = any(%(fragment_ids)s)

-- known_again: which of her fragments have a state
select fragment_id from fragment_state where fragment_id = any(%(fragment_ids)s)

-- came_back: those that have an event after the erasure
select distinct fragment_id from log where log_offset >= %(before_offset)s and fragment_id = any(%(fragment_ids)s)

-- evidence: what waits for the linker
select payload from evidence

-- prove: it is done
update erasure set proven_at = %(at)s, proof = %(proof)s where erasure_id = %(erasure_id)s and proven_at is null
