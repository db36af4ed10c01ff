-- tell_products: what is sold; each column as it was told last
insert into product (sku, name, category, brand, price, image, url, sensitivity, active, told, updated_at)
select n.sku, coalesce(n.name, n.sku), n.category, n.brand, n.price, n.image, n.url, coalesce(n.sensitivity, 'none'),
    coalesce(n.active, true), array[n.k1, n.k2, n.k3, n.k4, n.k5, n.k6, n.k7, n.k8], n.at
from unnest(
    %(skus)s::text[], %(names)s::text[], %(categories)s::text[], %(brands)s::text[], %(prices)s::bigint[],
    %(images)s::text[], %(urls)s::text[], %(sensitivities)s::text[], %(actives)s::boolean[],
    %(name_keys)s::bytea[], %(category_keys)s::bytea[], %(brand_keys)s::bytea[], %(price_keys)s::bytea[],
    %(image_keys)s::bytea[], %(url_keys)s::bytea[], %(sensitivity_keys)s::bytea[], %(active_keys)s::bytea[],
    %(moments)s::bigint[]
) as n (
    sku, name, category, brand, price, image, url, sensitivity, active, k1, k2, k3, k4, k5, k6, k7, k8, at
)
order by n.sku
on conflict (sku) do update set
    name = case when excluded.told[1] >= coalesce(product.told[1], '') then excluded.name else product.name end,
    category = case when excluded.told[2] >= coalesce(product.told[2], '') then excluded.category
        else product.category end,
    brand = case when excluded.told[3] >= coalesce(product.told[3], '') then excluded.brand else product.brand end,
    price = case when excluded.told[4] >= coalesce(product.told[4], '') then excluded.price else product.price end,
    image = case when excluded.told[5] >= coalesce(product.told[5], '') then excluded.image else product.image end,
    url = case when excluded.told[6] >= coalesce(product.told[6], '') then excluded.url else product.url end,
    sensitivity = case when excluded.told[7] >= coalesce(product.told[7], '') then excluded.sensitivity
        else product.sensitivity end,
    active = case when excluded.told[8] >= coalesce(product.told[8], '') then excluded.active else product.active end,
    told = array[
        greatest(product.told[1], excluded.told[1]), greatest(product.told[2], excluded.told[2]),
        greatest(product.told[3], excluded.told[3]), greatest(product.told[4], excluded.told[4]),
        greatest(product.told[5], excluded.told[5]), greatest(product.told[6], excluded.told[6]),
        greatest(product.told[7], excluded.told[7]), greatest(product.told[8], excluded.told[8])
    ],
    updated_at = greatest(product.updated_at, excluded.updated_at)

-- tell_stores: where it is sold; likewise
insert into shop_store (store, name, zone, latitude, longitude, told, updated_at)
select n.store, coalesce(n.name, n.store), n.zone, n.latitude, n.longitude, array[n.k1, n.k2, n.k3, n.k4], n.at
from unnest(
    %(stores)s::text[], %(names)s::text[], %(zones)s::text[], %(latitudes)s::float8[], %(longitudes)s::float8[],
    %(name_keys)s::bytea[], %(zone_keys)s::bytea[], %(latitude_keys)s::bytea[], %(longitude_keys)s::bytea[],
    %(moments)s::bigint[]
) as n (store, name, zone, latitude, longitude, k1, k2, k3, k4, at)
order by n.store
on conflict (store) do update set
    name = case when excluded.told[1] >= coalesce(shop_store.told[1], '') then excluded.name
        else shop_store.name end,
    zone = case when excluded.told[2] >= coalesce(shop_store.told[2], '') then excluded.zone
        else shop_store.zone end,
    latitude = case when excluded.told[3] >= coalesce(shop_store.told[3], '') then excluded.latitude
        else shop_store.latitude end,
    longitude = case when excluded.told[4] >= coalesce(shop_store.told[4], '') then excluded.longitude
        else shop_store.longitude end,
    told = array[
        greatest(shop_store.told[1], excluded.told[1]), greatest(shop_store.told[2], excluded.told[2]),
        greatest(shop_store.told[3], excluded.told[3]), greatest(shop_store.told[4], excluded.told[4])
    ],
    updated_at = greatest(shop_store.updated_at, excluded.updated_at)

-- tell_inventory: how many were counted, and what they cost there; what moved since is added by recount
insert into inventory (sku, store, on_hand, counted, counted_key, price, price_key, updated_at)
select n.sku, n.store, n.on_hand, n.on_hand, n.counted_key, n.price, n.price_key, n.at
from unnest(
    %(skus)s::text[], %(stores)s::text[], %(on_hand)s::bigint[], %(counted_keys)s::bytea[], %(prices)s::bigint[],
    %(price_keys)s::bytea[], %(moments)s::bigint[]
) as n (sku, store, on_hand, counted_key, price, price_key, at)
order by n.store, n.sku
on conflict (sku, store) do update set
    counted = case when excluded.counted_key >= coalesce(inventory.counted_key, '') then excluded.counted
        else inventory.counted end,
    counted_key = greatest(inventory.counted_key, excluded.counted_key),
    price = case when excluded.price_key >= coalesce(inventory.price_key, '') then excluded.price
        else inventory.price end,
    price_key = greatest(inventory.price_key, excluded.price_key),
    updated_at = greatest(inventory.updated_at, excluded.updated_at)

-- counting: which of these stores count anything
select asked.store from unnest(%(stores)s::text[]) as asked (store)
where exists (select from inventory i where i.store = asked.store and i.counted_key is not null)

-- lock_shelves: of these products at these stores, in order
select from inventory
where (store, sku) in (select * from unnest(%(stores)s::text[], %(skus)s::text[]))
order by store, sku for update

-- move: what was sold or came back of products that are counted there
insert into stock_move (store, sku, ref, key, pieces)
select n.store, n.sku, n.ref, n.key, n.pieces
from unnest(
    %(stores)s::text[], %(skus)s::text[], %(refs)s::bytea[], %(keys)s::bytea[], %(pieces)s::bigint[]
) as n (store, sku, ref, key, pieces)
join inventory i on i.store = n.store and i.sku = n.sku and i.counted_key is not null
order by n.store, n.sku, n.ref
on conflict (store, sku, ref) do update
set key = excluded.key, pieces = excluded.pieces where excluded.key > stock_move.key

-- forget_moves: those that the last count knows
delete from stock_move m using inventory i
where i.store = m.store and i.sku = m.sku and m.key <= i.counted_key
  and (m.store, m.sku) in (select * from unnest(%(stores)s::text[], %(skus)s::text[]))

-- fold_moves: what moved so long ago that nothing older is told any more becomes a part of the count
with gone as (
    delete from stock_move
    where key < %(horizon)s and (store, sku) in (select * from unnest(%(stores)s::text[], %(skus)s::text[]))
    returning store, sku, pieces
)
update inventory i set counted = i.counted + g.pieces, counted_key = %(horizon)s
from (select store, sku, sum(pieces) as pieces from gone group by store, sku) as g
where i.store = g.store and i.sku = g.sku

-- recount: the last count and what moved since
update inventory i set
    on_hand = greatest(i.counted + (
        select coalesce(sum(m.pieces), 0) from stock_move m where m.store = i.store and m.sku = i.sku
    ), 0),
    updated_at = greatest(i.updated_at, %(at)s)
where i.counted_key is not null and (i.store, i.sku) in (select * from unnest(%(stores)s::text[], %(skus)s::text[]))
