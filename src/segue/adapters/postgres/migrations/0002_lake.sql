-- Files of the lake that readers may still be reading.

create table lake_retired (
    file_id text primary key,           -- no longer in the manifest; deleted after a period of grace
    retired_at bigint not null
);
