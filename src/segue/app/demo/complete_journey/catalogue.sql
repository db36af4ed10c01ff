-- sold: products that are bought most often, with what the last of their sales cost; and those that actions name
with sale as (
    select product_id, transaction_timestamp as moment, round(sales_value / quantity, 2) as price
    from transactions where quantity > 0 and sales_value >= 0.05
)
select
    cast(s.product_id as varchar),
    any_value(p.product_type),
    any_value(p.product_category),
    any_value(p.brand),
    any_value(p.package_size),
    any_value(p.department),
    list_aggregate(arg_max(s.price, s.moment, 5), 'median')
from sale as s
join products as p using (product_id)
where p.product_type is not null and p.product_category is not null
    and p.department not in ('FUEL', 'MISCELLANEOUS', 'COUPON')
    and p.product_category not in ('COUPON/MISC ITEMS', 'CIGARETTES', 'TICKETS', 'PREPAID WIRELESS&ACCESSORIES')
group by s.product_id
having count(*) >= getvariable('least') or list_contains(getvariable('named'), cast(s.product_id as varchar))
order by count(*) desc, s.product_id

-- busiest: stores with most baskets
select cast(store_id as varchar) from transactions
group by store_id order by count(distinct basket_id) desc, store_id limit getvariable('most')

-- shelves: what each of these stores sells most often, with what the last of its sales there cost
with sale as (
    select
        cast(store_id as varchar) as store, cast(product_id as varchar) as product,
        transaction_timestamp as moment, round(sales_value / quantity, 2) as price
    from transactions where quantity > 0 and sales_value >= 0.05
        and list_contains(getvariable('stores'), cast(store_id as varchar))
        and list_contains(getvariable('products'), cast(product_id as varchar))
)
select store, product, list_aggregate(arg_max(price, moment, 5), 'median'), count(*)
from sale
group by store, product
qualify row_number() over (partition by store order by count(*) desc, product) <= getvariable('most')
    or list_contains(getvariable('named'), product)
order by store, count(*) desc, product
