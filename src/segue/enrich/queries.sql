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

-- read_person: the fragments of whoever has this id, with their states, and each with its active links to
-- others of hers: their ids and tiers, 18 bytes each
select f.fragment_id, f.kind, f.value, f.person_id, f.component_id, f.first_key, f.source, f.proven,
       f.device, f.shared, s.state, m.summary,
       (select string_agg(l.b || int2send(l.tier), '') from link l where l.a = f.fragment_id and l.active)
from fragment known
join fragment f on f.person_id = known.person_id
left join fragment_state s on s.fragment_id = f.fragment_id
left join fragment_summary m on m.fragment_id = f.fragment_id
where known.fragment_id = %(any_id)s

-- all_fragments: every person's fragments with their states, person by person
select f.fragment_id, f.kind, f.value, f.person_id, f.component_id, f.first_key, f.source, f.proven,
       f.device, f.shared, s.state, m.summary
from fragment f
left join fragment_state s on s.fragment_id = f.fragment_id
left join fragment_summary m on m.fragment_id = f.fragment_id
order by f.person_id

-- all_links: every active link with its person, person by person
select f.person_id, l.a, l.b, l.tier
from link l
join fragment f on f.fragment_id = l.a
where l.active
order by f.person_id
