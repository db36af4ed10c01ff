-- persons: everybody who has one of these fragments, with all her fragments and what is counted of them (of those
-- that the caller knows, nothing), and when she is due
select f.person_id, f.fragment_id, f.shared, s.state, s.claims, f.due_at
from (
    select distinct g.person_id from unnest(%(ids)s::bytea[]) as t (id)
    cross join lateral (select person_id from fragment where fragment_id = t.id offset 0) g
) p
cross join lateral (
    select f.person_id, f.fragment_id, f.shared, d.due_at
    from fragment f left join segment_due d on d.person_id = f.fragment_id
    where f.person_id = p.person_id offset 0
) f
left join lateral (
    select state, claims from trait_state
    where fragment_id = f.fragment_id and not f.fragment_id = any(%(known)s::bytea[]) offset 0
) s on true
order by f.person_id, f.fragment_id

-- memberships: what is stored under these ids
select m.person_id, m.segment, m.since
from unnest(%(ids)s::bytea[]) as t (id) cross join lateral (
    select person_id, segment, since from segment_member where person_id = t.id offset 0
) m

-- leave: memberships that are over, or stand under another id from now on
delete from segment_member m using unnest(%(persons)s::bytea[], %(segments)s::text[]) as g (person_id, segment)
where m.person_id = g.person_id and m.segment = g.segment

-- enter: memberships that begin, or are taken over
insert into segment_member (person_id, segment, since)
select * from unnest(%(persons)s::bytea[], %(segments)s::text[], %(since)s::bigint[])
on conflict (person_id, segment) do update set since = excluded.since

-- tell: entries and exits, once each
insert into segment_change (change_id, at, segment, person_id, entered, cause)
select c.id, c.at, c.segment, c.person_id, c.entered = 1, c.cause
from unnest(%(ids)s::bytea[], %(at)s::bigint[], %(segments)s::text[], %(persons)s::bytea[],
            %(entered)s::bigint[], %(causes)s::text[]) as c (id, at, segment, person_id, entered, cause)
on conflict (change_id) do nothing

-- note_due: when they are to be judged again
insert into segment_due (person_id, due_at)
select * from unnest(%(ids)s::bytea[], %(moments)s::bigint[])
on conflict (person_id) do update set due_at = excluded.due_at

-- forget_due: ids that are nobody's any more
delete from segment_due where person_id = any(%(ids)s::bytea[])

-- wait: for who may link to judge them
insert into segment_waiting (fragment_id, cause) select unnest(%(ids)s::bytea[]), %(cause)s

-- take_waiting: some of what waits
delete from segment_waiting where ctid = any (array(select ctid from segment_waiting limit %(limit)s))
returning fragment_id, cause

-- round: by which definitions persons are judged, whether everybody is being judged anew, and who waits
select definitions, ready, after, exists (select 1 from segment_waiting),
    exists (select 1 from segment_due where due_at <= %(now)s)
from segment_round

-- known: the definitions that the memberships are of
select segment, digest from segment_known

-- forget_known: segments that are no more
delete from segment_known where segment = any(%(names)s::text[])

-- know: definitions that the memberships are of from now on
insert into segment_known (segment, digest) select * from unnest(%(names)s::text[], %(digests)s::bytea[])
on conflict (segment) do update set digest = excluded.digest

-- settle: what is ready
update segment_round set definitions = %(definitions)s, ready = %(ready)s::text[]

-- begin_round: everybody is to be judged anew
update segment_round set after = '', judged = 0, started_at = %(now)s,
    of = (select count(*) from fragment where person_id = fragment_id)

-- next_in_round: the next persons to be judged anew
select fragment_id from fragment
where fragment_id > %(after)s and person_id = fragment_id order by fragment_id limit %(limit)s

-- move_round: how far it has come; null: it is done
update segment_round set after = %(after)s, judged = judged + %(count)s

-- due: who is due, the longest first
select person_id from segment_due where due_at <= %(now)s order by due_at limit %(limit)s

-- laggards: whether a worker has yet to step with these definitions
select coalesce(min(definitions), 0) < %(definitions)s from consumer

-- forget: everything about persons of these ids
with members as (delete from segment_member where person_id = any(%(ids)s::bytea[])),
    changes as (delete from segment_change where person_id = any(%(ids)s::bytea[])),
    waiting as (delete from segment_waiting where fragment_id = any(%(ids)s::bytea[]))
delete from segment_due where person_id = any(%(ids)s::bytea[])

-- predictions: what was predicted of these fragments; segments are used for every purpose, so what is sensitive and
-- may be used for one purpose only is none of theirs
select fragment_id, name, at, value, low, high, label, model || '@' || version from prediction
where fragment_id = any(%(ids)s::bytea[]) and not sensitive

-- forget_strangers: of these, who is nobody's id any more
delete from segment_due d where d.person_id = any(%(ids)s::bytea[])
    and not exists (select 1 from fragment f where f.fragment_id = d.person_id)
