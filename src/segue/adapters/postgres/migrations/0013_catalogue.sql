-- Catalogue and stock out of events: who comes later does not matter, what was said later does.

-- order keys of what was told last of each column that can be told, in the order of segue.enrich.shelves
alter table product add column told bytea[] not null default '{}';
alter table shop_store add column told bytea[] not null default '{}';

alter table inventory alter column on_hand drop not null;  -- null: only its price is known
alter table inventory add column counted bigint;           -- at the last count; on_hand is that and what moved since
alter table inventory add column counted_key bytea;
alter table inventory add column price_key bytea;
create index inventory_store on inventory (store);

-- what was sold and brought back since the last count; nothing in it says by whom
create table stock_move (
    store text not null,
    sku text not null,
    ref bytea not null,                 -- of the order, or of the message
    key bytea not null,                 -- order key of the message that told it
    pieces bigint not null,
    primary key (store, sku, ref)
);
