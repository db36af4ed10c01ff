-- lock: only one appender at a time draws offsets, from here to its commit
select pg_advisory_xact_lock(%(key)s)

-- draw: take the next offsets; answers the first of them and where the partitions end
update log_head set next_offset = next_offset + %(count)s
returning next_offset - %(count)s, covered_to

-- covered: note how far partitions reach
update log_head set covered_to = %(covered_to)s

-- rows: the entries
copy log (log_offset, slot, fragment_id, received_at, payload) from stdin (format binary)

-- dead_letters: keep them once, however often they are sent
insert into dead_letter (dead_letter_id, source, received_at, reason, detail, raw, fragment_ids)
select id, source, received_at, reason, detail, raw,
       coalesce((select array_agg(decode(f, 'hex')) from unnest(string_to_array(nullif(fragments, ''), ',')) f), '{}')
from unnest(%(ids)s::text[], %(sources)s::text[], %(received)s::bigint[], %(reasons)s::text[],
            %(details)s::text[], %(raws)s::bytea[], %(fragments)s::text[])
     as given (id, source, received_at, reason, detail, raw, fragments)
on conflict do nothing

-- head: the last committed offset
select next_offset - 1 from log_head

-- read_all: the next entries of every slot
select log_offset, slot, payload from log
where log_offset > %(after)s
order by log_offset
limit %(limit)s

-- read_slots: the next entries of some slots
select log_offset, slot, payload from log
where log_offset > %(after)s and slot = any(%(slots)s::smallint[])
order by log_offset
limit %(limit)s

-- partitions: the log's tables
select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'log'::regclass
order by c.relname
