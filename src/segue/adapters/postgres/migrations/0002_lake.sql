-- The lake: which fragments a file may hold, and files that readers may still be reading.

alter table lake_file add column filter bytea;      -- blocks of a Bloom filter; null: may hold any fragment
alter table lake_file alter column filter set storage external;

create table lake_retired (
    file_id text primary key,           -- no longer in the manifest; deleted after a period of grace
    retired_at bigint not null
);
