-- keep: of these decisions, what could have been shown and was not
insert into control (fragment_id, decision_id, placement, action, sku, at, until, features)
select * from unnest(
    %(fragments)s::bytea[], %(decisions)s::bytea[], %(placements)s::text[], %(actions)s::text[], %(skus)s::text[],
    %(at)s::bigint[], %(until)s::bigint[], %(features)s::bytea[]
)

-- bought: the first orders of products that their persons were not shown in a decision before
with told as (
    select * from unnest(%(fragments)s::bytea[], %(skus)s::text[], %(at)s::bigint[]) as o (fragment_id, sku, at)
), hers (told, fragment_id) as (
    select distinct fragment_id, fragment_id from told
    union
    select f.fragment_id, other.fragment_id
    from fragment f join fragment other on other.person_id = f.person_id and not other.shared
    where f.fragment_id = any(%(fragments)s::bytea[]) and not f.shared
)
update control set bought_at = first.at
from (
    select c.fragment_id, c.decision_id, min(told.at) as at
    from hers
    join control c on c.fragment_id = hers.fragment_id
    join told on told.fragment_id = hers.told and told.sku = c.sku and c.at <= told.at and told.at < c.until
    group by c.fragment_id, c.decision_id
) as first
where control.fragment_id = first.fragment_id and control.decision_id = first.decision_id
    and (control.bought_at is null or control.bought_at > first.at)

-- settle: delete those of which nothing more will be heard, and tell whether each was bought; null: it says nothing,
-- for she saw the product somewhere within the time for which a slot is credited with an order, before she bought it
-- or did not
with over as (
    delete from control
    where (fragment_id, decision_id) in (
        select fragment_id, decision_id from control where until < %(before)s order by until limit %(most)s
        for update skip locked
    )
    returning *
)
select placement, action, features, case
    when exists (
        select from contact c
        where c.fragment_id in (
                select over.fragment_id
                union
                select hers.fragment_id
                from fragment f join fragment hers on hers.person_id = f.person_id and not hers.shared
                where f.fragment_id = over.fragment_id and not f.shared
            )
            and c.at > 2 * over.at - over.until and c.at < coalesce(over.bought_at, over.until)
            and (c.sku = over.sku or over.sku = any(c.recommended)) and c.outcome <> 'returned'
    ) then null
    else bought_at is not null
end
from over

-- counted: what was learnt of controls at these placements
select placement, action, square, reward, seen, day from anyway where placement = any(%(placements)s::text[])
order by placement, action

-- count: what is known of them from now on
insert into anyway (placement, action, square, reward, seen, day, changed)
values (%(placement)s, %(action)s, %(square)s, %(reward)s, %(seen)s, %(day)s, nextval('arm_changes'))
on conflict (placement, action) do update
set square = excluded.square, reward = excluded.reward, seen = excluded.seen, day = excluded.day,
    changed = excluded.changed

-- forget: what was watched of these fragments
delete from control where fragment_id = any(%(ids)s::bytea[])
