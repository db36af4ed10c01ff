-- load_heads: the stored heads of these fragments
select fragment_id, state
from fragment_state
where fragment_id = any(%(ids)s::bytea[])

-- load_summaries: the stored summaries of these fragments
select fragment_id, summary
from fragment_summary
where fragment_id = any(%(ids)s::bytea[])

-- save_heads: write heads, new or not
insert into fragment_state (fragment_id, state)
select * from unnest(%(ids)s::bytea[], %(states)s::bytea[])
on conflict (fragment_id) do update set state = excluded.state

-- save_summaries: write summaries, new or not
insert into fragment_summary (fragment_id, summary)
select * from unnest(%(ids)s::bytea[], %(summaries)s::bytea[])
on conflict (fragment_id) do update set summary = excluded.summary

-- forget_heads: remove the heads of these fragments
delete from fragment_state where fragment_id = any(%(ids)s::bytea[])

-- forget_summaries: remove the summaries of these fragments
delete from fragment_summary where fragment_id = any(%(ids)s::bytea[])

-- read_person: the fragments of whoever has this id, with their states, what is counted of them, segments, and
-- each with its active links to others of hers: their ids and tiers, 18 bytes each
select f.fragment_id, f.kind, f.value, f.person_id, f.component_id, f.first_key, f.source, f.proven,
       f.device, f.shared, s.state, m.summary, t.state,
       (select array_agg(i.segment) from segment_member i where i.person_id = f.fragment_id),
       (select string_agg(l.b || int2send(l.tier), '') from link l where l.a = f.fragment_id and l.active)
from fragment known
join fragment f on f.person_id = known.person_id
left join fragment_state s on s.fragment_id = f.fragment_id
left join fragment_summary m on m.fragment_id = f.fragment_id
left join trait_state t on t.fragment_id = f.fragment_id
where known.fragment_id = %(any_id)s

-- all_fragments: every person's fragments with their states, person by person
select f.fragment_id, f.kind, f.value, f.person_id, f.component_id, f.first_key, f.source, f.proven,
       f.device, f.shared, s.state, m.summary, t.state,
       (select array_agg(i.segment) from segment_member i where i.person_id = f.fragment_id)
from fragment f
left join fragment_state s on s.fragment_id = f.fragment_id
left join fragment_summary m on m.fragment_id = f.fragment_id
left join trait_state t on t.fragment_id = f.fragment_id
order by f.person_id

-- all_links: every active link with its person, person by person
select f.person_id, l.a, l.b, l.tier
from link l
join fragment f on f.fragment_id = l.a
where l.active
order by f.person_id

-- add_to_tally: what one step has applied; of a source's channels that nobody foresaw only so many apart
insert into tally as t (at, source, channel, worker, events, last_at)
select n.at, n.source, n.kept, %(worker)s, sum(n.events), max(n.last_at)
from (
    select g.at, g.source, g.events, g.last_at,
        case when exists (
                select 1 from tally k
                where k.at = g.at and k.source = g.source and k.channel = g.channel and k.worker = %(worker)s)
            or (select count(*) from tally k where k.at = g.at and k.source = g.source and k.worker = %(worker)s)
                + g.place <= %(bound)s
            then g.channel else 'other' end as kept
    from (
        select *, row_number() over (partition by at, source order by events desc, channel) as place
        from unnest(%(at)s::bigint[], %(sources)s::text[], %(channels)s::text[], %(events)s::bigint[],
                    %(last)s::bigint[]) as given (at, source, channel, events, last_at)
    ) g
) n
group by n.at, n.source, n.kept
on conflict (at, source, channel, worker)
do update set events = t.events + excluded.events, last_at = greatest(t.last_at, excluded.last_at)

-- forget_tally: buckets that began before a moment
delete from tally where at < %(moment)s

-- forget_terms: the search terms of these fragments
delete from search_term where fragment_id = any(%(ids)s::bytea[])

-- add_terms: search terms, each once
insert into search_term (fragment_id, field, term)
select * from unnest(%(ids)s::bytea[], %(fields)s::text[], %(terms)s::text[])
on conflict do nothing

-- read_persons: as read_person, of several persons at once
select f.fragment_id, f.kind, f.value, f.person_id, f.component_id, f.first_key, f.source, f.proven,
       f.device, f.shared, s.state, m.summary, t.state,
       (select array_agg(i.segment) from segment_member i where i.person_id = f.fragment_id),
       (select string_agg(l.b || int2send(l.tier), '') from link l where l.a = f.fragment_id and l.active)
from unnest(%(persons)s::bytea[]) as p (id)
join fragment f on f.person_id = p.id
left join fragment_state s on s.fragment_id = f.fragment_id
left join fragment_summary m on m.fragment_id = f.fragment_id
left join trait_state t on t.fragment_id = f.fragment_id
order by f.person_id

-- read_asked: likewise, of whoever has one of these fragments that are not shared
select f.fragment_id, f.kind, f.value, f.person_id, f.component_id, f.first_key, f.source, f.proven,
       f.device, f.shared, s.state, m.summary, t.state,
       (select array_agg(i.segment) from segment_member i where i.person_id = f.fragment_id),
       (select string_agg(l.b || int2send(l.tier), '') from link l where l.a = f.fragment_id and l.active)
from (
    select distinct person_id as id from fragment where fragment_id = any(%(ids)s::bytea[]) and not shared
) as p
join fragment f on f.person_id = p.id
left join fragment_state s on s.fragment_id = f.fragment_id
left join fragment_summary m on m.fragment_id = f.fragment_id
left join trait_state t on t.fragment_id = f.fragment_id
order by f.person_id

-- terms_due: up to which fragment the terms of older states are written; no row when all are
select after from search_due

-- next_states: fragments with a state, by id
select fragment_id from fragment_state where fragment_id > %(after)s order by fragment_id limit %(limit)s

-- terms_reached: how far the terms of older states are written
update search_due set after = %(after)s

-- terms_done: there are no older states any more
delete from search_due
