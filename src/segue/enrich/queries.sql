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

-- read_fragments: a person's fragments with their states
select f.fragment_id, f.kind, f.value, f.person_id, f.component_id, f.first_key, f.source, f.proven,
       f.device, f.shared, s.state, m.summary
from fragment f
left join fragment_state s on s.fragment_id = f.fragment_id
left join fragment_summary m on m.fragment_id = f.fragment_id
where f.person_id = %(person_id)s

-- read_links: the active links between a person's fragments
select a, b, tier
from link
where a = any(%(ids)s::bytea[]) and b = any(%(ids)s::bytea[]) and active

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
