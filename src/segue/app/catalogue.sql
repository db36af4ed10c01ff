-- products: by name or number, in the order of their numbers
select sku, name, category, brand, price, image, url, sensitivity, active, updated_at from product
where sku > %(after)s and (%(text)s::text is null or sku = %(text)s or name ilike '%%' || %(text)s || '%%')
order by sku limit %(limit)s

-- stores: all of them
select store, name, zone, latitude, longitude, updated_at from shop_store order by store

-- all_stock: of all products, in the order of products and stores
select sku, store, on_hand, price from inventory
where (sku, store) > (%(sku)s, %(store)s) and (on_hand is not null or price is not null)
order by sku, store limit %(limit)s

-- stock: of one product
select store, on_hand, price, updated_at from inventory where sku = %(sku)s order by store
