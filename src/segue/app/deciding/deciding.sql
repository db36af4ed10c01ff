-- persons: whose these fragments are
select fragment_id, person_id, shared from fragment where fragment_id = any(%(ids)s::bytea[])

-- predictions: what models predict under these fragments
select fragment_id, name, value, label, at, sensitive from prediction where fragment_id = any(%(ids)s::bytea[])

-- products: what is told of products
select sku, name, category, brand, price, image, url from product where sku = any(%(skus)s::text[])

