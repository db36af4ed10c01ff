-- the lake's files, made up; of 18 events one is an order; r draws which event, h the customer, p the product
copy (
    with numbers as (select range as n from range({first}, {last} + 1)),
    drawn as (
        select n, hash(n) % 18 as r, hash(n + 10000000000) % {customers} as h, hash(n + 20000000000) % 5000 as p,
            make_timestamptz({began} + n * {apart}) as moment
        from numbers),
    told as (
        select *, case when r < 7 then 'page' when r = 16 then 'identify' else 'track' end as type,
            case when r < 7 then 'Home' when r < 10 then 'Product List Viewed' when r < 13 then 'Product Viewed'
                when r < 16 then 'Product Added' when r = 16 then '' else 'Order Completed' end as event,
            '{{"product_id":"p-' || p || '","sku":"sku-' || p || '","name":"Product number ' || p ||
                '","category":"' || list_extract({categories}, cast(p % 10 as bigint) + 1) || '","brand":"brand-' ||
                p % 40 || '","price":' || p % 40 || '.99,"quantity":' || 1 + p % 3 || '}}' as product
        from drawn)
    select cast(md5(cast(n as varchar)) as varchar) as message_id, 'web' as source, type, event, moment as timestamp, moment as received_at,
        md5(cast(h as varchar)) as fragment_id,
        case when event = 'Order Completed' then '{{"order_id":"o-' || n || '","total":' || p % 90 || '.9,"revenue":' ||
                p % 90 || '.5,"shipping":3.9,"currency":"EUR","products":[' || product || ',' || product || ']}}'
            when event = 'Product List Viewed' then '{{"list_id":"tea","category":"tea"}}'
            when type = 'track' then product when type = 'page' then '{{"url":"https://shop.example/p/sku-' || p || '","title":"Product number ' || p || ' at a shop"}}'
            else '{{}}' end as properties,
        '{context}' as context, '{{}}' as traits, cast([] as varchar[]) as marks, cast([] as varchar[]) as mentions,
        cast(null as varchar) as group_id, false as proven, cast(0 as bigint) as position,
        n as log_offset, cast(moment as date) as day
    from told)
to '{path}' (format parquet, compression zstd, row_group_size 8192)
