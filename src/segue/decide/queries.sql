-- lock: whoever decides for the same persons, devices and caps waits here, in the order of the numbers; a person by
-- whatever of her names, and ids are hashes, so that their first four bytes will do
select pg_advisory_xact_lock(7305009, each.number) from (
    select unnest(%(numbers)s::int[]) as number
    union
    select get_byte(id, 0) << 24 | get_byte(id, 1) << 16 | get_byte(id, 2) << 8 | get_byte(id, 3)
    from (
        select unnest(%(ids)s::bytea[])
        union
        select person_id from fragment where fragment_id = any(%(ids)s::bytea[]) and not shared
    ) as name (id)
    order by number
) as each

-- lock_pieces: likewise for pieces that are counted
select pg_advisory_xact_lock(7305011, each.number) from (
    select distinct unnest(%(numbers)s::int[]) as number order by 1
) as each

-- contacts: slots that count, of these devices and of the persons whose they are, oldest first
select fragment_id, action, group_name, channel, outcome, day, hour, at, decision_id, discount
from contact
where fragment_id = any(array(
        select hers.fragment_id
        from fragment named join fragment hers on hers.person_id = named.person_id
        where named.fragment_id = any(%(ids)s::bytea[]) and not named.shared
        union
        select unnest(%(ids)s::bytea[])
    ))
    and at >= %(since)s and (outcome <> 'returned' or silent_at > %(now)s)
order by at, decision_id, slot

-- used: of caps over everybody, how often their actions were given since a day and an hour
select cap.key, count(*)
from unnest(
    %(keys)s::text[], %(actions)s::text[], %(since)s::bigint[], %(days)s::int[], %(hours)s::int[], %(channels)s::text[]
) as cap (key, action, since, day, hour, channel)
join contact c on c.action = cap.action and c.at >= cap.since and c.day > cap.day and c.hour > cap.hour
    and (cap.channel is null or c.channel = cap.channel)
    and (c.outcome <> 'returned' or c.silent_at > %(now)s)
group by cap.key

-- shelves: of products at stores, pieces that no answer holds (null: they are not counted), prices, and whether
-- they are not for many to see
select asked.sku, asked.store,
    case when i.on_hand is not null then i.on_hand - (
        select count(*) from contact c
        where c.sku = asked.sku and c.silent_at > %(now)s and c.store is not distinct from nullif(asked.store, '')
            and c.outcome in ('returned', 'shown', 'clicked')
    ) end,
    coalesce(i.price, case when p.active then p.price end), coalesce(p.sensitivity <> 'none', false)
from unnest(%(skus)s::text[], %(stores)s::text[]) as asked (sku, store)
left join inventory i on i.sku = asked.sku and i.store = asked.store
left join product p on p.sku = asked.sku

-- sensitive: which of these products are not for many to see
select sku from product where sku = any(%(skus)s::text[]) and sensitivity <> 'none'

-- keep_decisions: answers, with what they were made from
insert into decision (
    decision_id, at, placement, fragment_id, identity, fallback, considered, definitions, policy, took, given, answer,
    products
)
select * from unnest(
    %(ids)s::bytea[], %(at)s::bigint[], %(placements)s::text[], %(fragments)s::bytea[], %(identities)s::text[],
    %(fallbacks)s::boolean[], %(considered)s::int[], %(definitions)s::bigint[], %(policies)s::text[],
    %(took)s::bigint[], %(given)s::bytea[], %(answers)s::bytea[], %(products)s::bytea[]
)

-- keep_contacts: the slots of these answers; products that they recommend come as JSON
insert into contact (
    decision_id, slot, fragment_id, placement, action, group_name, channel, sku, store, discount, at, day, hour,
    silent_at, outcome, propensity, features, margin, explored, lift, recommended
)
select
    decision_id, slot, fragment_id, placement, action, group_name, channel, sku, store, discount, at, day, hour,
    silent_at, outcome, propensity, features, margin, explored, lift,
    case when shown is not null then array(select json_array_elements_text(shown::json)) end
from unnest(
    %(decisions)s::bytea[], %(slots)s::int[], %(fragments)s::bytea[], %(placements)s::text[], %(actions)s::text[],
    %(groups)s::text[], %(channels)s::text[], %(skus)s::text[], %(stores)s::text[], %(discounts)s::int[],
    %(at)s::bigint[], %(days)s::int[], %(hours)s::int[], %(silent)s::bigint[], %(outcomes)s::text[],
    %(propensities)s::float8[], %(features)s::bytea[], %(margins)s::float8[], %(explored)s::boolean[],
    %(lifts)s::float8[], %(recommended)s::text[]
) as shown_now (
    decision_id, slot, fragment_id, placement, action, group_name, channel, sku, store, discount, at, day, hour,
    silent_at, outcome, propensity, features, margin, explored, lift, shown
)

-- told: slots of which something is told, locked
select c.decision_id, c.slot, d.definitions, c.placement, c.action, c.outcome, c.rewarded, c.features, c.at,
    c.discount, c.lift
from contact c left join decision d on d.decision_id = c.decision_id
where c.decision_id = any(%(ids)s::bytea[])
order by c.decision_id, c.slot
for update of c

-- bought: slots that orders of these fragments' persons may have come from, locked: the same product, or one that
-- was recommended there, seen before or told of just now
select c.decision_id, c.slot, d.definitions, c.placement, c.action, c.outcome, c.rewarded, c.features, c.at, c.discount, c.lift,
    coalesce(c.recommended, array[c.sku])
from contact c left join decision d on d.decision_id = c.decision_id
where c.fragment_id in (
    select hers.fragment_id
    from fragment f join fragment hers on hers.person_id = f.person_id and not hers.shared
    where f.fragment_id = any(%(ids)s::bytea[]) and not f.shared
)
  and (c.sku = any(%(skus)s::text[]) or c.recommended && %(skus)s::text[]) and c.at >= %(since)s
  and (c.outcome in ('shown', 'clicked') or c.outcome = 'returned' and c.decision_id = any(%(told)s::bytea[]))
order by c.decision_id, c.slot
for update of c

-- become: what has become of slots
update contact c set outcome = n.outcome, outcome_at = n.at, rewarded = n.rewarded
from unnest(
    %(ids)s::bytea[], %(slots)s::int[], %(outcomes)s::text[], %(moments)s::bigint[], %(rewarded)s::boolean[]
) as n (decision_id, slot, outcome, at, rewarded)
where c.decision_id = n.decision_id and c.slot = n.slot

-- arms: what was learnt at these placements; locked by whoever will change it
select placement, action, square, reward, seen, day from arm where placement = any(%(placements)s::text[])
order by placement, action

-- lock_arms: whoever learns is alone
select pg_advisory_xact_lock(7305010)

-- changes: grows with everything that is learnt
select greatest(
    (select max(changed) from arm), (select max(changed) from belief), (select max(changed) from anyway), 0
)

-- learn: what is known of these arms from now on
insert into arm (placement, action, square, reward, seen, day, changed)
values (
    %(placement)s, %(action)s, %(square)s, %(reward)s, %(seen)s, %(day)s, nextval('arm_changes')
)
on conflict (placement, action) do update
set square = excluded.square, reward = excluded.reward, seen = excluded.seen, day = excluded.day,
    changed = excluded.changed

-- forget_decisions: everything that was shown to these fragments
delete from decision where fragment_id = any(%(ids)s::bytea[])

-- forget_contacts: likewise
delete from contact where fragment_id = any(%(ids)s::bytea[])

-- decision: one answer
select decision_id, at, placement, fragment_id, identity, fallback, considered, definitions, policy, took, given, answer,
    products
from decision where decision_id = %(id)s

-- decisions: answers, newest first
select decision_id, at, placement, fragment_id, identity, fallback, considered, definitions, policy, took, given, answer,
    products
from decision
where (%(placement)s::text is null or placement = %(placement)s)
  and (%(fragments)s::bytea[] is null or fragment_id = any(%(fragments)s::bytea[]))
  and (%(fallback)s::boolean is null or fallback = %(fallback)s)
  and (%(outcome)s::text is null or exists (
      select from contact c where c.decision_id = decision.decision_id and c.outcome = %(outcome)s))
  and (at, decision_id) < (%(at)s, %(after)s)
order by at desc, decision_id desc limit %(limit)s

-- outcomes: what became of the slots of these answers
select decision_id, slot, outcome, outcome_at, silent_at from contact where decision_id = any(%(ids)s::bytea[])
order by decision_id, slot

-- logged: first slots that were seen at a placement, newest first, with what their decisions were made from
select d.decision_id, d.at, d.fragment_id, case when %(whole)s then d.given end, d.answer, c.action, c.propensity,
    c.rewarded, d.definitions
from contact c join decision d on d.decision_id = c.decision_id
where c.slot = 0 and c.placement = %(placement)s and c.outcome <> 'returned' and d.at >= %(since)s
order by d.at desc, d.decision_id limit %(limit)s

-- daily_decisions: questions of each local day at a placement, and how many were answered by the fallback
select timezone(%(zone)s, to_timestamp(at / 1000000))::date - date '1970-01-01', count(*), count(*) filter (where fallback)
from decision where placement = %(placement)s and at >= %(since)s
group by 1 order by 1

-- daily_slots: of each local day and action, slots that were seen, accepted, explored, and what they earned
select day, action, count(*), count(*) filter (where rewarded), count(*) filter (where explored),
    coalesce(sum(margin) filter (where rewarded), 0)
from contact
where placement = %(placement)s and at >= %(since)s and outcome <> 'returned'
group by day, action order by day, action

-- daily_earned: of each local day, decisions that were seen, what they earned, and the sum of its squares
select day, count(*), sum(earned), sum(earned * earned)
from (
    select min(day) as day, coalesce(sum(margin) filter (where rewarded), 0) as earned
    from contact
    where placement = %(placement)s and at >= %(since)s and outcome <> 'returned'
    group by decision_id
) each
group by day order by day
