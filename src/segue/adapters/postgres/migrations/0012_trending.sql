-- what is bought lately more often than before; counts of at least three buyers, and nobody's name
create table trending (
    store text not null,                -- '' is everywhere
    sku text not null,
    rank integer not null,
    baskets bigint not null,
    share double precision not null,    -- of all baskets there in the last day
    counted_at bigint not null,
    primary key (store, sku)
);
