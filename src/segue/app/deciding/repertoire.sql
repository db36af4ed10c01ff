-- earned: what has become of the slots of these actions since then
select action, placement, outcome, rewarded, discount, count(*)
from contact
where action = any(%(actions)s::text[]) and at >= %(since)s
group by action, placement, outcome, rewarded, discount

-- earned_daily: of one action, by local day
select day, placement, outcome, rewarded, discount, count(*)
from contact
where action = %(action)s and at >= %(since)s
group by day, placement, outcome, rewarded, discount

-- asked: how often placements were asked since then, and how long it took
select placement, count(*), count(*) filter (where fallback),
    percentile_disc(0.5) within group (order by took), percentile_disc(0.99) within group (order by took), max(at)
from decision
where placement = any(%(placements)s::text[]) and at >= %(since)s
group by placement

-- latest: the last answers of each of these placements, newest first
select d.placement, d.at, d.decision_id, d.answer
from unnest(%(placements)s::text[]) as p (name)
cross join lateral (
    select placement, at, decision_id, answer from decision
    where placement = p.name
    order by at desc limit %(limit)s
) as d
order by d.at desc, d.decision_id

-- products: these, as far as they are known
select sku, name, category, brand, price, image, url, sensitivity, active, updated_at
from product where sku = any(%(skus)s::text[])
