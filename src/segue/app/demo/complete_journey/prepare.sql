-- lines: purchase lines with what their products are, and what their basket came to
select
    t.household_id,
    t.basket_id,
    t.store_id,
    t.transaction_timestamp as paid_at,
    t.product_id,
    p.product_type as name,
    p.product_category as category,
    p.department,
    p.brand,
    t.quantity,
    round(t.sales_value / greatest(t.quantity, 1), 4) as price,
    round(sum(t.sales_value) over basket, 2) as basket_value,
    round(sum(t.retail_disc + t.coupon_disc + t.coupon_match_disc) over basket, 2) as basket_discount
from transactions as t
left join products as p using (product_id)
where t.household_id <= coalesce(getvariable('most'), t.household_id)
window basket as (partition by t.basket_id)

-- mailings: campaigns as sent to households
select
    c.household_id,
    c.campaign_id,
    'Campaign ' || c.campaign_id as campaign_name,
    d.campaign_type,
    d.start_date as sent_at,
    d.end_date as until
from campaigns as c
join campaign_descriptions as d using (campaign_id)
where c.household_id <= coalesce(getvariable('most'), c.household_id)

-- redemptions: coupons that households used
select
    household_id,
    coupon_upc,
    campaign_id,
    'Campaign ' || campaign_id as campaign_name,
    redemption_date
from coupon_redemptions
where household_id <= coalesce(getvariable('most'), household_id)

-- households: what is known of them
select * from demographics where household_id <= coalesce(getvariable('most'), household_id)

-- visits: how many baskets each store had
select cast(store_id as varchar), count(distinct basket_id) from lines group by store_id

-- cards: every household that shopped
select distinct cast(household_id as varchar) from lines

-- trips: one row a basket with some of its products, in order of household and time
select
    cast(household_id as varchar),
    cast(basket_id as varchar),
    cast(any_value(store_id) as varchar),
    epoch_us(any_value(paid_at)),
    list(
        {'product_id': cast(product_id as varchar), 'name': name, 'category': category, 'brand': brand, 'price': price}
        order by price * quantity desc, product_id
    ) filter (
        where price > 0 and name is not null and brand is not null and category not like 'COUPON%'
    )[1:4]
from lines
group by household_id, basket_id
order by household_id, epoch_us(any_value(paid_at)), basket_id

-- sent: campaigns by household
select cast(household_id as varchar), cast(campaign_id as varchar), epoch_us(sent_at), epoch_us(until)
from mailings
order by household_id, campaign_id

-- said: what is known of households, card first
select cast(household_id as varchar), age, income, home_ownership, marital_status, household_size, kids_count
from households
order by household_id

-- shelf: what is bought most often, one row a product
select cast(product_id as varchar), any_value(name), any_value(category), any_value(brand), median(price)
from lines
where price between 0.3 and 60 and name is not null and brand is not null and category not like 'COUPON%'
group by product_id
order by count(*) desc, product_id
limit 120
