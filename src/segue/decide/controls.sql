-- keep: of these decisions, what could have been shown and was not
insert into control (fragment_id, decision_id, placement, action, sku, at, until)
select * from unnest(
    %(fragments)s::bytea[], %(decisions)s::bytea[], %(placements)s::text[], %(actions)s::text[], %(skus)s::text[],
    %(at)s::bigint[], %(until)s::bigint[]
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

-- settle: count those of which nothing more will be heard, and delete them. Who saw the product somewhere within the
-- time for which a slot is credited with an order, before she bought it or did not, says nothing of buying it anyway
with over as (
    delete from control
    where (fragment_id, decision_id) in (
        select fragment_id, decision_id from control where until < %(before)s order by until limit %(most)s
        for update skip locked
    )
    returning *
), added as (
    insert into anyway (placement, action, trials, bought, day, changed)
    select placement, action, trials, bought, %(day)s, nextval('arm_changes')
    from (
        select placement, action, count(*) as trials, count(bought_at) as bought
        from over
        where not exists (
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
        )
        group by placement, action
        order by placement, action
    ) as counted
    on conflict (placement, action) do update
    set trials = anyway.trials * power(%(daily)s, greatest(excluded.day - anyway.day, 0)) + excluded.trials,
        bought = anyway.bought * power(%(daily)s, greatest(excluded.day - anyway.day, 0)) + excluded.bought,
        day = greatest(anyway.day, excluded.day), changed = excluded.changed
)
select count(*) from over

-- counted: what became of controls, everywhere
select placement, action, trials, bought from anyway order by placement, action

-- forget: what was watched of these fragments
delete from control where fragment_id = any(%(ids)s::bytea[])
