-- erased_since: erasures asked for since then, and their fragments
select erasure_id, fragment_ids from erasure where asked_at >= %(since)s

-- mark: what a snapshot depends on, but for the definitions and the day
select (select next_offset from log_head), (select min(position) from consumer),
    (select coalesce(max(audit_id), 0) from audit), (select coalesce(max(at), 0) from segment_change),
    (select coalesce(max(scored_at), 0) from model_run)

-- persons: at most so many persons, counted
select count(*) from (
    select 1 from fragment where person_id = fragment_id and not shared limit %(limit)s) p

-- counted: what is counted of everybody's fragments for traits, person by person
select f.person_id, s.fragment_id, s.state
from trait_state s join fragment f on f.fragment_id = s.fragment_id
order by f.person_id

-- members: who is in which segments, person by person; rows may stand under an id that became another's
select f.person_id, m.segment from segment_member m join fragment f on f.fragment_id = m.person_id
order by f.person_id

-- ready: segments that persons have been judged by
select ready from segment_round

-- predicted: what models predicted of everybody, person by person; nothing sensitive, as in segments
select f.person_id, p.fragment_id, p.name, p.at, p.value, p.low, p.high, p.label
from prediction p join fragment f on f.fragment_id = p.fragment_id
where not p.sensitive
order by f.person_id
