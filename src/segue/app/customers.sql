-- persons_of: the present persons of these fragments; a shared device is nobody
select fragment_id, person_id from fragment where fragment_id = any(%(ids)s::bytea[]) and not shared

-- beginning: fragments with a term that begins so, in the order of the terms
select f.person_id, t.field
from search_term t join fragment f on f.fragment_id = t.fragment_id
where t.term ~>=~ %(low)s and t.term ~<~ %(high)s and not f.shared
order by t.term using ~<~
limit %(limit)s

-- rarest: how many terms begin with each of these, counted up to a bound
select n.place, (
    select count(*) from (
        select 1 from search_term t where t.term ~>=~ n.low and t.term ~<~ n.high limit %(bound)s
    ) counted
)
from unnest(%(low)s::text[], %(high)s::text[]) with ordinality as n (low, high, place)
order by 2, 1

-- with_all: persons who have a term that begins with the first of these, and terms for all others
select c.person_id, c.field
from (
    select f.person_id, t.field
    from search_term t join fragment f on f.fragment_id = t.fragment_id
    where t.term ~>=~ %(low)s and t.term ~<~ %(high)s and not f.shared
    order by t.term using ~<~
    limit %(bound)s
) c
where not exists (
    select 1 from unnest(%(lows)s::text[], %(highs)s::text[]) as w (low, high)
    where not exists (
        select 1 from fragment g join search_term s on s.fragment_id = g.fragment_id
        where g.person_id = c.person_id and s.term ~>=~ w.low and s.term ~<~ w.high
    )
)
limit %(limit)s

-- listed: persons, the newest known first, from a place on
select first_key, fragment_id,
    exists (select 1 from fragment g where g.person_id = f.person_id and not g.device and not g.shared)
from fragment f
where person_id = fragment_id and not shared
    and first_key <= %(key)s and (first_key < %(key)s or fragment_id > %(id)s)
order by first_key desc, fragment_id
limit %(limit)s

-- lately: persons whose events are the last of the log
select f.person_id
from (
    select fragment_id, max(log_offset) as log_offset
    from (select fragment_id, log_offset from log order by log_offset desc limit %(bound)s) tail
    group by fragment_id
) l join fragment f on f.fragment_id = l.fragment_id
where not f.shared
group by f.person_id
order by max(l.log_offset) desc
limit %(limit)s
