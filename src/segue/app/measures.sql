-- letters: dead letters that were not replayed, by reason
select reason, count(*) from dead_letter where replayed_at is null group by reason

-- house: files and bytes of the lake; erasures without a proof, and when the oldest was asked for; the
-- bytes of the database; the number of its last migration
select
    (select count(*) from lake_file),
    (select coalesce(sum(bytes), 0)::bigint from lake_file),
    (select count(*) from erasure where proven_at is null),
    (select min(asked_at) from erasure where proven_at is null),
    pg_database_size(current_database()),
    (select max(number) from migration)
