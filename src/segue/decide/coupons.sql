-- note: what she took up herself, or what was given to her; the earliest word holds. Which slot is meant may be left
-- out where the answer has one
update contact c set
    accepted_at = case when n.given then c.accepted_at else least(c.accepted_at, n.at) end,
    redeemed_at = case when n.given then least(c.redeemed_at, n.at) else c.redeemed_at end
from (
    select decision_id, slot, action, given, min(at) as at
    from unnest(
        %(decisions)s::bytea[], %(slots)s::int[], %(actions)s::text[], %(given)s::boolean[], %(moments)s::bigint[]
    ) as told (decision_id, slot, action, given, at)
    where given = %(redeemed)s group by decision_id, slot, action, given
) as n
where c.decision_id = n.decision_id and (n.slot is null or c.slot = n.slot) and (n.action is null or c.action = n.action)
    and (
        n.slot is not null or n.action is not null
        or (select count(*) from contact o where o.decision_id = n.decision_id) = 1
    )

-- hers: what was taken up away from the till by whoever these devices and cards are, latest first
select c.decision_id, c.slot, c.action, c.discount, c.sku, c.at, c.day, c.accepted_at, c.redeemed_at
from contact c
where c.fragment_id = any(array(
        select hers.fragment_id
        from fragment named join fragment hers on hers.person_id = named.person_id
        where named.fragment_id = any(%(ids)s::bytea[]) and not named.shared and not hers.shared
        union
        select unnest(%(ids)s::bytea[])
    ))
    and c.accepted_at is not null and c.channel <> 'till'
order by c.at desc, c.decision_id, c.slot

-- lock: be the only one who gives these to her
select from contact
where (decision_id, slot) in (select * from unnest(%(decisions)s::bytea[], %(slots)s::int[]))
order by decision_id, slot for update

-- redeem: give her these, which are one coupon
update contact set redeemed_at = %(at)s
where (decision_id, slot) in (select * from unnest(%(decisions)s::bytea[], %(slots)s::int[])) and redeemed_at is null
