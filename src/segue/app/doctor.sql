-- server: version, durability and encoding of the database, and its clock in microseconds
select
    current_setting('server_version_num')::bigint,
    current_setting('fsync'),
    current_setting('full_page_writes'),
    current_setting('server_encoding'),
    (extract(epoch from clock_timestamp()) * 1000000)::bigint

-- frozen: links set aside because their component grew too large
select count(*) from link where reason = 'frozen'

-- erasures: those whose proof is still to come, asked before a moment
select count(*) from erasure where proven_at is null and asked_at < %(before)s

-- dead: dead letters that were not replayed, by reason, the most frequent first
select reason, count(*) from dead_letter where replayed_at is null group by reason order by count(*) desc limit 3

-- growth: when the installation began, and the bytes of its database and lake
select
    (select created_at from installation),
    pg_database_size(current_database()) + (select coalesce(sum(bytes), 0)::bigint from lake_file)

-- screens: live keys that ask for one placement only
select key_id, placement, source, trusted from api_key
where role = 'decide' and placement is not null and revoked_at is null
    and (expires_at is null or expires_at > %(now)s)
order by created_at, key_id

-- ending: live keys whose time is over soon, or was lately, soonest first
select key_id, coalesce(source, placement, role), expires_at from api_key
where revoked_at is null and expires_at between %(since)s and %(until)s
order by expires_at, key_id

-- idle_sources: sources with a live ingest key that is a week old and not one event as old as the tally
select distinct k.source from api_key k
where k.role = 'ingest' and k.source is not null and k.revoked_at is null
    and k.created_at < (extract(epoch from now()) * 1000000)::bigint - 691200000000
    and not exists (select 1 from tally t where t.source = k.source)
order by 1
