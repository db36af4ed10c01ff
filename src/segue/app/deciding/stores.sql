-- stores: all that there are
select store from shop_store
