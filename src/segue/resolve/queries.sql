-- become_linker: wait for the right to change who is whom; the loop's linker holds it until it commits
select pg_advisory_xact_lock(7305001)

-- known_fragments: the fragments among these ids, and whether their component is replayed no more
select f.fragment_id, f.kind, f.value, f.person_id, f.component_id, f.first_key, f.source, f.proven,
       f.device, f.shared, f.cut_tier, f.beside_tier, f.owned_tier, c.component_id is not null
from fragment f left join frozen_component c on c.component_id = f.component_id
where f.fragment_id = any(%(ids)s::bytea[])

-- known_links: the links among these ids
select link_id, a, b, tier, first_proof, active, reason
from link where link_id = any(%(ids)s::bytea[])

-- part_fragments: all fragments of these components and of these persons
-- (lateral, here and below, so that a fresh database without statistics is not read whole)
select f.* from unnest(%(components)s::bytea[]) as c(id) cross join lateral (
    select fragment_id, kind, value, person_id, component_id, first_key, source, proven, device, shared,
           cut_tier, beside_tier, owned_tier
    from fragment where component_id = c.id offset 0
) f
union all
select f.* from unnest(%(persons)s::bytea[]) as p(id) cross join lateral (
    select fragment_id, kind, value, person_id, component_id, first_key, source, proven, device, shared,
           cut_tier, beside_tier, owned_tier
    from fragment where person_id = p.id offset 0
) f

-- part_links: links that start at these fragments, those that are out for good left out
select l.* from unnest(%(ids)s::bytea[], %(cut)s::smallint[]) as f(id, cut) cross join lateral (
    select link_id, a, b, tier, first_proof, active, reason
    from link where a = f.id and (f.cut is null or tier < f.cut) offset 0
) l
union all
select l.* from unnest(%(pinned)s::bytea[]) as f(id) cross join lateral (
    select link_id, a, b, tier, first_proof, active, reason
    from link where a = f.id and active offset 0
) l

-- part_aparts: what was set apart by hand around these fragments
select x.* from unnest(%(ids)s::bytea[]) as f(id) cross join lateral (
    select a, b, at, by from apart where a = f.id offset 0
) x

-- owners_of: values of unique kinds that these devices were seen with
select l.a, l.b, l.tier from link l join fragment o on o.fragment_id = l.b
where l.a = any(%(devices)s::bytea[]) and o.kind = any(%(unique)s::text[]) and l.tier between 1 and 2
  and not exists (select 1 from apart x where x.a = l.a and x.b = l.b)
union all
select l.b, l.a, l.tier from link l join fragment o on o.fragment_id = l.a
where l.b = any(%(devices)s::bytea[]) and o.kind = any(%(unique)s::text[]) and l.tier between 1 and 2
  and not exists (select 1 from apart x where x.a = l.a and x.b = l.b)

-- add_fragments: fragments that nobody had seen before
copy fragment (fragment_id, kind, value, person_id, component_id, first_key, source, proven, device, shared,
               cut_tier, beside_tier, owned_tier)
from stdin (format binary)

-- change_fragments: what evidence or another partition has changed about known fragments
update fragment f
set person_id = n.person_id, component_id = n.component_id, first_key = n.first_key, source = n.source,
    proven = n.proven, shared = n.shared, cut_tier = n.cut_tier, beside_tier = n.beside_tier,
    owned_tier = n.owned_tier
from unnest(%(ids)s::bytea[], %(persons)s::bytea[], %(components)s::bytea[], %(keys)s::bytea[],
            %(sources)s::text[], %(proven)s::boolean[], %(shared)s::boolean[], %(cut)s::smallint[],
            %(beside)s::smallint[], %(owned)s::smallint[])
     as n(fragment_id, person_id, component_id, first_key, source, proven, shared, cut_tier, beside_tier,
          owned_tier)
where f.fragment_id = n.fragment_id

-- add_links: links that were not recorded before
copy link (link_id, a, b, tier, first_proof, proof, confidence, active, reason) from stdin (format binary)

-- improve_links: a better or earlier proof
update link l
set tier = n.tier, first_proof = n.first_proof, proof = n.proof, confidence = n.confidence,
    active = n.active, reason = n.reason
from unnest(%(ids)s::bytea[], %(tiers)s::smallint[], %(proofs)s::bytea[], %(texts)s::bytea[],
            %(confidence)s::real[], %(active)s::boolean[], %(reasons)s::text[])
     as n(link_id, tier, first_proof, proof, confidence, active, reason)
where l.link_id = n.link_id

-- judge_links: links that became active or inactive
update link l set active = n.active, reason = n.reason
from unnest(%(ids)s::bytea[], %(active)s::boolean[], %(reasons)s::text[]) as n(link_id, active, reason)
where l.link_id = n.link_id

-- freeze: components that are too large to be replayed from now on
insert into frozen_component (component_id, links, frozen_at)
select c.id, c.links, %(at)s
from unnest(%(ids)s::bytea[], %(links)s::integer[]) as c(id, links)
on conflict (component_id) do update set links = excluded.links

-- conclude: merges and splits, once each
insert into derived_event (derived_id, at, name, person_id, payload)
select d.id, %(at)s, d.name, d.person_id, d.payload
from unnest(%(ids)s::bytea[], %(names)s::text[], %(persons)s::bytea[], %(payloads)s::bytea[])
     as d(id, name, person_id, payload)
on conflict (derived_id) do nothing

-- located: the present person of a fragment, which every id that a person ever had is
select person_id from fragment where fragment_id = %(id)s

-- fragments_of: a person's fragments, the longest known first
select fragment_id, kind, value, person_id, component_id, first_key, source, proven, device, shared, cut_tier,
       beside_tier, owned_tier
from fragment where person_id = %(person)s order by first_key, fragment_id

-- links_of: links with an end among these fragments, active and strong ones first
select link_id, a, b, tier, first_proof, active, reason, proof, confidence from (
    select * from link where a = any(%(ids)s::bytea[])
    union
    select * from link where b = any(%(ids)s::bytea[])
) found
order by active desc, tier, first_proof, link_id limit %(limit)s

-- links_called: these links, with their proofs
select link_id, a, b, tier, first_proof, active, reason, proof, confidence
from link where link_id = any(%(ids)s::bytea[]) order by tier, first_proof, link_id

-- links_between: links with one end among the first and one among the second
select link_id, a, b, tier, first_proof, active, reason, proof, confidence
from link where a = any(%(one)s::bytea[]) and b = any(%(other)s::bytea[])
union
select link_id, a, b, tier, first_proof, active, reason, proof, confidence
from link where a = any(%(other)s::bytea[]) and b = any(%(one)s::bytea[])
order by 4, 5, 1

-- aparts_around: what was set apart by hand from these fragments
select a, b, at, by from apart where a = any(%(ids)s::bytea[]) or b = any(%(ids)s::bytea[])
order by at, a, b

-- met_by_both: fragments that both were seen with, though that joins them not
select x.met from
    (select b as met from link where a = any(%(one)s::bytea[])
     union select a from link where b = any(%(one)s::bytea[])) x
join
    (select b as met from link where a = any(%(other)s::bytea[])
     union select a from link where b = any(%(other)s::bytea[])) y on y.met = x.met
order by 1 limit 20

-- set_apart: a lasting decision; a later one about the same two replaces it
insert into apart (a, b, at, by)
select p.a, p.b, %(at)s, %(by)s from unnest(%(a)s::bytea[], %(b)s::bytea[]) as p(a, b)
on conflict (a, b) do update set at = greatest(apart.at, excluded.at), by = excluded.by

-- rename_components: let no component be called by a fragment that is to be forgotten
with renamed as (
    select component_id as old, (array_agg(fragment_id order by fragment_id))[1] as new
    from fragment where component_id = any(%(ids)s::bytea[]) and not fragment_id = any(%(ids)s::bytea[])
    group by component_id
), frozen as (
    delete from frozen_component where component_id = any(%(ids)s::bytea[])
    returning component_id, links, frozen_at
), kept as (
    insert into frozen_component (component_id, links, frozen_at)
    select r.new, f.links, f.frozen_at from frozen f join renamed r on r.old = f.component_id
    on conflict (component_id) do nothing
)
update fragment f set component_id = r.new from renamed r where f.component_id = r.old

-- move_fragments: other persons for these fragments
update fragment f set person_id = n.person_id
from unnest(%(ids)s::bytea[], %(persons)s::bytea[]) as n(fragment_id, person_id)
where f.fragment_id = n.fragment_id

-- forget_fragments: the fragments themselves
delete from fragment where fragment_id = any(%(ids)s::bytea[])

-- forget_links: every link with an end among them
delete from link where a = any(%(ids)s::bytea[]) or b = any(%(ids)s::bytea[])

-- forget_aparts: every apart with an end among them
delete from apart where a = any(%(ids)s::bytea[]) or b = any(%(ids)s::bytea[])

-- forget_conclusions: merges and splits of persons who are called by them
delete from derived_event where person_id = any(%(ids)s::bytea[])

-- take_waiting: evidence that waits for the linker, if any
delete from evidence returning payload

-- put_back: evidence that is to wait on
insert into evidence (payload) select unnest(%(payloads)s::bytea[])
