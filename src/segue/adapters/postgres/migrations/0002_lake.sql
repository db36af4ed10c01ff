-- The lake: which fragments a file may hold, and files that readers may still be reading.

alter table lake_file add column sieve bytea;   -- see domain/sieve.py; null: may hold any
alter table lake_file alter column sieve set storage external;      -- so that 32 bytes can be read of it

create table lake_retired (
    file_id text primary key,           -- no longer in the manifest; deleted after a period of grace
    retired_at bigint not null
);
