-- trending: what was bought lately more often than before, by store and everywhere; at most 20 of each
-- A basket counts once for a product. Expected is what the weeks before come to in the same time; one more
-- keeps what hardly anybody bought from the top. Fewer than three buyers say nothing, and nothing of them.
with bought as (
    select distinct e.fragment_id as buyer, e.message_id as basket, e.timestamp >= make_timestamptz({recent}) as lately,
        coalesce(nullif(j.store, ''), nullif(j.store_id, ''), nullif(j.affiliation, ''),
            nullif(c.location.store, ''), nullif(c.location.store_id, '')) as store,
        unnest(list_transform(j.products[1:500], lambda l: coalesce(nullif(l.sku, ''), nullif(l.product_id, '')))) as sku
    from (
        select *, from_json(properties, '{{"store":"VARCHAR","store_id":"VARCHAR","affiliation":"VARCHAR",
                "products":[{{"sku":"VARCHAR","product_id":"VARCHAR"}}]}}') as j,
            from_json(context, '{{"location":{{"store":"VARCHAR","store_id":"VARCHAR"}}}}') as c
        from events
        where type = 'track' and event = 'Order Completed' and timestamp >= make_timestamptz({since})
          and timestamp < make_timestamptz({until})
    ) e
),
-- all baskets of the last day, by store and everywhere
total as (
    select if(grouping(store) = 1, '', coalesce(store, '')) as store, grouping(store) = 1 as everywhere,
        count(distinct basket) as baskets
    from bought where lately group by grouping sets ((store), ())
),
counted as (
    select coalesce(store, '') as store, sku, grouping(store) = 1 as everywhere,
        count(*) filter (where lately) as recent, count(distinct buyer) filter (where lately) as buyers,
        count(*) filter (where not lately) * {share} as expected
    from bought where sku is not null
    group by grouping sets ((store, sku), (sku))
),
ranked as (
    select if(everywhere, '', c.store) as store, sku, recent,
        t.baskets as of_baskets,
        row_number() over (
            partition by everywhere, c.store
            order by (recent - expected) / sqrt(expected + 1) desc, recent desc, sku
        ) as rank
    from counted c join total t using (everywhere)
    where (everywhere or (c.store <> '' and c.store = t.store)) and buyers >= 3 and recent > expected
)
select store, sku, rank, recent, recent / of_baskets as share from ranked where rank <= 20 order by store, rank
