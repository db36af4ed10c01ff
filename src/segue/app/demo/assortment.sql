-- products: those that are known
select sku from product

-- stores: likewise
select store from shop_store

-- inventory: likewise
select sku, store from inventory
