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
