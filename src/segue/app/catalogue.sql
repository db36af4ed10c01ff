-- put_products: what is sold; what is not told of a known one stays
insert into product (sku, name, category, brand, price, image, url, sensitivity, active, updated_at)
select n.sku, coalesce(n.name, n.sku), n.category, n.brand, n.price, n.image, n.url, coalesce(n.sensitivity, 'none'),
    coalesce(n.active, true), %(at)s
from unnest(
    %(skus)s::text[], %(names)s::text[], %(categories)s::text[], %(brands)s::text[], %(prices)s::bigint[],
    %(images)s::text[], %(urls)s::text[], %(sensitivities)s::text[], %(active)s::boolean[]
) as n (sku, name, category, brand, price, image, url, sensitivity, active)
on conflict (sku) do update set
    name = case when excluded.name = excluded.sku then product.name else excluded.name end,
    category = coalesce(excluded.category, product.category),
    brand = coalesce(excluded.brand, product.brand),
    price = coalesce(excluded.price, product.price),
    image = coalesce(excluded.image, product.image),
    url = coalesce(excluded.url, product.url),
    sensitivity = excluded.sensitivity,
    active = excluded.active,
    updated_at = excluded.updated_at

-- put_stores: where it is sold
insert into shop_store (store, name, zone, latitude, longitude, updated_at)
select n.store, coalesce(n.name, n.store), n.zone, n.latitude, n.longitude, %(at)s
from unnest(
    %(stores)s::text[], %(names)s::text[], %(zones)s::text[], %(latitudes)s::float8[], %(longitudes)s::float8[]
) as n (store, name, zone, latitude, longitude)
on conflict (store) do update set name = excluded.name, zone = excluded.zone, latitude = excluded.latitude,
    longitude = excluded.longitude, updated_at = excluded.updated_at

-- put_inventory: how many there are, and what they cost there
insert into inventory (sku, store, on_hand, price, updated_at)
select *, %(at)s from unnest(%(skus)s::text[], %(stores)s::text[], %(on_hand)s::bigint[], %(prices)s::bigint[])
on conflict (sku, store) do update set on_hand = excluded.on_hand,
    price = coalesce(excluded.price, inventory.price), updated_at = excluded.updated_at

-- products: by name or number, in the order of their numbers
select sku, name, category, brand, price, image, url, sensitivity, active, updated_at from product
where sku > %(after)s and (%(text)s::text is null or sku = %(text)s or name ilike '%%' || %(text)s || '%%')
order by sku limit %(limit)s

-- stores: all of them
select store, name, zone, latitude, longitude, updated_at from shop_store order by store

-- stock: of one product
select store, on_hand, price, updated_at from inventory where sku = %(sku)s order by store
