-- products: what is known of these, what they cost and how many pieces there are at a store
select p.sku, p.name, p.category, p.brand, coalesce(i.price, p.price), p.image, p.sensitivity, p.active, i.on_hand
from product p left join inventory i on i.sku = p.sku and i.store = %(store)s::text
where p.sku = any(%(skus)s)

-- sensitive: categories in which something sensitive is sold
select distinct category from product where category = any(%(categories)s) and sensitivity <> 'none'

-- stores: their names
select store, name from shop_store where store = any(%(stores)s)

-- authors: how users are called
select 'user:' || user_id, name from user_account where 'user:' || user_id = any(%(actors)s)

-- slot: to whom a slot was decided, and what it shows
select d.fragment_id, c.action
from decision d join contact c on c.decision_id = d.decision_id and c.slot = %(slot)s
where d.decision_id = %(decision)s

-- waiting: events of these fragments that are durable and that the loop has not reached yet
select l.log_offset, l.slot, l.payload from log l
join consumer c on l.slot = any(c.slots) and l.log_offset > c.position
where l.log_offset > (select min(position) from consumer) and l.fragment_id = any(%(fragment_ids)s)
