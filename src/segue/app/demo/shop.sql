-- categories: what there is to browse, the fullest first
select category, count(*) from product where active and category is not null and price is not null
group by category
order by count(*) desc, category

-- products: by category or by words of which each must stand somewhere; best stocked first of a category, else of each
select sku, name, category, brand, image, price, on_hand from (
    select p.sku, p.name, p.category, p.brand, p.image, coalesce(i.price, p.price) as price, i.on_hand,
        row_number() over (
            partition by p.category
            order by coalesce(sign(i.on_hand), 0.5) desc, i.on_hand desc, p.name, p.sku
        ) as place,
        count(*) over (partition by p.category) as size
    from product as p
    left join inventory as i on i.sku = p.sku and i.store = %(store)s
    where p.active and coalesce(i.price, p.price) is not null
      and (%(category)s::text is null or p.category = %(category)s)
      and not exists (
          select from unnest(%(words)s::text[]) as word
          where position(word in lower(concat_ws(' ', p.name, p.category, p.brand, p.sku))) = 0
      )
) as found
order by place, size desc, name, sku offset %(skip)s limit %(limit)s

-- product: one
select p.sku, p.name, p.category, p.brand, p.image, coalesce(i.price, p.price), i.on_hand
from product as p
left join inventory as i on i.sku = p.sku and i.store = %(store)s
where p.active and coalesce(i.price, p.price) is not null and p.sku = %(sku)s

-- stores: those that have a product, or would
select s.store, s.name, i.on_hand from shop_store as s
join inventory as i on i.sku = %(sku)s and i.store = s.store
order by s.name, s.store

-- customers: some persons with an account, an address and a card, always the same; not those of the story
select f.person_id, min(f.value) filter (where f.kind = 'user_id'), min(f.value) filter (where f.kind = 'email'),
    min(f.value) filter (where f.kind = 'loyalty_card')
from fragment as f
where not f.shared and f.kind in ('user_id', 'email', 'loyalty_card') and f.person_id <> all(%(without)s::bytea[])
group by f.person_id
having count(distinct f.kind) = 3 and count(*) filter (where f.kind = 'user_id') = 1
order by f.person_id desc limit %(limit)s
