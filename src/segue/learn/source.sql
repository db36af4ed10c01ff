-- stated: what every event says of an order, one row an event
create or replace temp table stated as
select e.log_offset as statement,
    coalesce(p.person, -1) as person, coalesce(p.person::varchar, e.fragment_id) as owner,
    coalesce(nullif(j.order_id, ''), nullif(j.checkout_id, ''), '#' || e.message_id) as order_id,
    e.event, epoch_us(e.timestamp) as time, e.proven, e.position, e.message_id, e.source,
    coalesce(nullif(j.store, ''), nullif(j.store_id, ''), nullif(j.affiliation, ''),
        nullif(c.location.store, ''), nullif(c.location.store_id, '')) as store,
    case
        when coalesce(nullif(c.channel, ''), nullif(j.channel, '')) = 'mobile' then 'app'
        when coalesce(nullif(c.channel, ''), nullif(j.channel, '')) = 'browser' then 'web'
        when coalesce(nullif(c.channel, ''), nullif(j.channel, '')) not in ('server', 'http')
            then coalesce(nullif(c.channel, ''), nullif(j.channel, ''))
        when json_exists(e.context, '$.page') then 'web'
        when json_exists(e.context, '$.app') and json_exists(e.context, '$.device') then 'app'
        else e.source
    end as channel,
    upper(coalesce(j.currency, 'USD')) as currency,
    coalesce(j.revenue, j.total - coalesce(j.tax, 0) - coalesce(j.shipping, 0), j.value) as value,
    coalesce(j.total, j.revenue, j.value) as refund, coalesce(abs(j.discount), 0) as discount,
    coalesce(j.products, []) as products
from (
    select *, from_json(properties, '{"order_id":"VARCHAR","checkout_id":"VARCHAR","store":"VARCHAR",
        "store_id":"VARCHAR","affiliation":"VARCHAR","channel":"VARCHAR","currency":"VARCHAR","revenue":"DOUBLE",
        "total":"DOUBLE","tax":"DOUBLE","shipping":"DOUBLE","value":"DOUBLE","discount":"DOUBLE",
        "products":[{"sku":"VARCHAR","product_id":"VARCHAR","name":"VARCHAR","category":"VARCHAR","brand":"VARCHAR",
        "department":"VARCHAR","quantity":"DOUBLE","price":"DOUBLE","discount":"DOUBLE"}]}') as j,
        from_json(context, '{"channel":"VARCHAR","location":{"store":"VARCHAR","store_id":"VARCHAR"}}') as c
    from events
    where type = 'track' and event in ('Order Completed', 'Order Updated', 'Order Cancelled', 'Order Refunded')
      and log_offset <= $upto
) e
left join person_of p on p.fragment_id = e.fragment_id

-- article: what is said of articles in orders
create or replace temp table article as
select coalesce(nullif(l.sku, ''), nullif(l.product_id, '')) as sku, nullif(l.name, '') as name,
    nullif(l.category, '') as category, nullif(l.brand, '') as brand, nullif(l.department, '') as department,
    max(time) as time
from (select time, unnest(products[1:2500]) as l from stated)
where l is not null and coalesce(nullif(l.sku, ''), nullif(l.product_id, '')) is not null
group by all

-- item: what was bought, looked at or read
create or replace temp table item as
with looked as (
    select coalesce(nullif(j.sku, ''), nullif(j.product_id, '')) as sku, nullif(j.content_id, '') as content_id, j, time
    from (
        select epoch_us(timestamp) as time, from_json(properties, '{"sku":"VARCHAR","product_id":"VARCHAR",
            "content_id":"VARCHAR","name":"VARCHAR","title":"VARCHAR","category":"VARCHAR","brand":"VARCHAR",
            "department":"VARCHAR"}') as j
        from events
        where type = 'track' and log_offset <= $upto and event in ('Product Viewed', 'Product Clicked',
            'Product Added', 'Product Added to Wishlist', 'Content Viewed')
    )
),
seen as (
    select sku, name, category, brand, department, time, false as content from article
    union all
    select coalesce(sku, content_id), coalesce(nullif(j.name, ''), nullif(j.title, '')), nullif(j.category, ''),
        nullif(j.brand, ''), nullif(j.department, ''), time, sku is null
    from looked where coalesce(sku, content_id) is not null
)
select (row_number() over (order by sku) - 1)::integer as code, *
from (
    select sku, arg_max(name, (time, name)) as name, arg_max(category, (time, category)) as category,
        arg_max(brand, (time, brand)) as brand, arg_max(department, (time, department)) as department,
        bool_and(content) as content
    from seen group by sku
)

-- line: the lines of orders and refunds, those of one article together
create or replace temp table line as
select statement, i.code as item, sum(pieces) as pieces, sum(price * pieces) as amount, sum(off) as off
from (
    select statement, coalesce(nullif(l.sku, ''), nullif(l.product_id, '')) as sku,
        case when isfinite(l.quantity) and abs(l.quantity) < 1e6 then abs(l.quantity) else 1 end as pieces,
        case when isfinite(l.price) and abs(l.price) < 1e9 then abs(l.price) else 0 end as price,
        abs(l.discount) as off
    from (select statement, unnest(products[1:2500]) as l from stated)
    where l is not null
)
join item i using (sku)
group by statement, i.code

-- version: which statement of an order held from when to when; a later one takes the place of an earlier one
-- unless it is claimed and the other proven
create or replace temp table version as
with whole as (
    select statement, sum(amount) as lines, sum(off) as off from line group by statement
),
said as (
    select s.* exclude (products, refund), w.lines, w.off,
        min(time) over o as placed,
        max(s.proven) over (o rows between unbounded preceding and current row) as best
    from stated s join whole w using (statement)
    where event in ('Order Completed', 'Order Updated')
    window o as (partition by owner, order_id order by time, position, message_id)
),
kept as (
    select *, lead(time) over (partition by owner, order_id order by time, position, message_id) as next
    from said where proven >= best
),
cancelled as (
    select owner, order_id, time, proven from stated where event = 'Order Cancelled'
),
ended as (
    select k.statement, min(c.time) as off_at
    from kept k join cancelled c using (owner, order_id)
    where c.time >= k.time and c.proven >= k.proven
    group by k.statement
)
select k.*, least(coalesce(k.next, 9223372036854775807), coalesce(d.off_at, 9223372036854775807)) as until
from kept k left join ended d using (statement)

-- named: stores and channels with their codes
create or replace temp table named as
select kind, name, (row_number() over (partition by kind order by name) - 1)::integer as code
from (
    select distinct 'store' as kind, store as name from version where store is not null
    union all
    select distinct 'channel', channel from version where channel is not null
)

-- names: stores, channels
select name from named where kind = $kind order by code

-- currencies: in which orders are stated, most of them first
select currency, count(*) as orders from version group by currency order by orders desc, currency

-- items: the catalogue
select sku, coalesce(name, sku) as name, category, brand, department, content from item order by code

-- lines: each line of each version, by person and time; nothing is taken off yet
select v.person, v.placed as time, v.time as since, v.until, l.item, l.pieces,
    l.amount * v.net as amount,
    coalesce(l.off, case when v.lines > 0 then v.discount * l.amount / v.lines else 0 end) as discount,
    v.store, v.channel, v.statement, v.order
from (
    -- prices are as before the order's discount where that is how its value comes about
    select v.person, v.placed, v.time, v.until, v.statement, v.discount, v.lines, coalesce(s.code, -1) as store, coalesce(c.code, -1) as channel,
        (dense_rank() over (order by v.person, v.placed, v.owner, v.order_id) - 1)::integer as order, case
        when lines > 0 and discount > 0 and off is null and value is not null
            and abs(lines - discount - value) < abs(lines - value) then greatest(0, (lines - discount) / lines)
        else 1 end as net
    from version v
    left join named s on s.kind = 'store' and s.name = v.store
    left join named c on c.kind = 'channel' and c.name = v.channel
) v
join line l using (statement)
order by v.order, v.statement, l.item

-- refunds: what was given back, as pieces of an article or a share of a whole order; of several sources that tell
-- of one order's refunds the one that says most is believed
with told as (
    select s.statement, s.owner, s.order_id, s.source, s.proven, s.time, s.refund, l.item, l.pieces,
        coalesce(l.amount, abs(s.refund), 1e12) as weight
    from stated s left join line l using (statement)
    where s.event = 'Order Refunded'
),
believed as (
    select owner, order_id, arg_max(source, (proven, weight, source)) as source
    from (
        select owner, order_id, source, bool_or(proven) as proven, sum(weight) as weight
        from told group by all
    )
    group by all
),
given as (select t.* from told t join believed b using (owner, order_id, source)),
known as (select owner, order_id, max(lines) as lines from version group by all),
direct as (
    select v.statement, g.item, g.time, g.pieces,
        case when g.item is null then least(1, coalesce(abs(g.refund) / nullif(k.lines, 0), 1)) end as share
    from given g join known k using (owner, order_id) join version v using (owner, order_id)
),
bought as (
    select v.owner, l.item, v.placed, v.statement from version v join line l using (statement)
),
elsewhere as (
    -- a return under a number of its own: of her latest order that had the article
    select b.statement, g.item, g.time, g.pieces, null as share
    from (
        select * from given g
        where item is not null and not exists (select 1 from known k where k.owner = g.owner and k.order_id = g.order_id)
    ) g
    asof join bought b on b.owner = g.owner and b.item = g.item and b.placed <= g.time
)
select statement, coalesce(item, -1) as item, time, coalesce(pieces, 0) as pieces, coalesce(share, 0) as share
from (select * from direct union all select * from elsewhere)
order by time, statement, item, pieces

-- forget: what is in numpy now
drop table stated; drop table article; drop table line; drop table version; drop table named

-- happenings: events of some names, with some fields as text
select coalesce(p.person, -1) as person, epoch_us(e.timestamp) as time, e.event, e.fragment_id as fragment,
    json_extract_string(e.properties, $properties::varchar[]) as properties,
    json_extract_string(e.context, $context::varchar[]) as context,
    json_extract_string(e.traits, $traits::varchar[]) as traits
from (
    select case when type = 'track' then event else type end as event, timestamp, position, fragment_id, message_id,
        properties, context, traits
    from events
    where log_offset <= $upto and case when type = 'track' then event else type end in (select unnest($events::varchar[]))
) e
left join person_of p on p.fragment_id = e.fragment_id
order by coalesce(p.person, -1), e.timestamp, e.position, e.message_id

-- told: each word of an attribute, in any of its spellings
select p.person, epoch_us(e.timestamp) as time, e.value
from (
    select fragment_id, timestamp, position, message_id, unnest(json_extract_string(traits, $paths::varchar[])) as value
    from events
    where type = 'identify' and log_offset <= $upto and not list_contains($bought_in::varchar[], source)
) e
join person_of p on p.fragment_id = e.fragment_id
where e.value is not null and e.value <> ''
order by p.person, e.timestamp, e.position, e.message_id

-- told_counts: of how many persons each spelling was told before a moment
select key, count(distinct person) as persons
from (
    select p.person, unnest(json_keys(e.traits)) as key
    from events e join person_of p on p.fragment_id = e.fragment_id
    where e.type = 'identify' and e.log_offset <= $upto and epoch_us(e.timestamp) < $until
      and not list_contains($bought_in::varchar[], e.source)
)
group by key order by key

-- event_count: how many events there are
select count(*) as events from events where log_offset <= $upto
