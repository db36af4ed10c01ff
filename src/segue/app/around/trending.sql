-- forget: what was trending before
delete from trending

-- keep: what is trending now
insert into trending (store, sku, rank, baskets, share, counted_at)
select u.store, u.sku, u.rank, u.baskets, u.share, %(at)s
from unnest(%(stores)s::text[], %(skus)s::text[], %(ranks)s::int[], %(baskets)s::bigint[],
        %(shares)s::float8[]) as u (store, sku, rank, baskets, share)

-- all: what is trending, by store, best first
select t.store, t.sku, p.name, p.category, t.baskets, t.share
from trending t left join product p using (sku)
where p.sku is null or p.active
order by t.store, t.rank

