-- counts: how many are in each
select segment, count(*) from segment_member group by segment

-- count_of: how many are in one
select count(*) from segment_member where segment = %(segment)s

-- lately: entries and exits since a moment
select segment, count(*) filter (where entered), count(*) filter (where not entered)
from segment_change where at >= %(since)s group by segment

-- persons: how many there are; a shared device is nobody
select count(*) from fragment where person_id = fragment_id and not shared

-- round: by which definitions persons are judged, which segments are ready, and how far judging everybody has come
select definitions, ready, judged, of, after is not null from segment_round

-- members: who is in it, by id
select person_id, since from segment_member
where segment = %(segment)s and person_id > %(after)s order by person_id limit %(limit)s

-- everybody: all who are in it, by id
select person_id, since from segment_member where segment = %(segment)s order by person_id

-- days: entries and exits by day of a zone
select (to_timestamp(at / 1000000.0) at time zone %(zone)s)::date, count(*) filter (where entered),
    count(*) filter (where not entered)
from segment_change where segment = %(segment)s and at >= %(since)s group by 1

-- changes_of: what somebody entered and left
select at, segment, entered, cause from segment_change
where person_id = any(%(ids)s::bytea[]) order by at desc, segment limit %(limit)s

-- changes_before: the same before a place in a timeline, whose second part is made of the change's id
select change_id, at, segment, person_id, entered, cause, offset_
from segment_change cross join lateral (
    select %(beyond)s + ('x' || encode(substring(change_id from 1 for 7), 'hex'))::bit(56)::bigint as offset_
) o
where person_id = any(%(ids)s::bytea[]) and (at, offset_) < (%(at)s, %(offset)s)
order by at desc, offset_ desc limit %(limit)s
