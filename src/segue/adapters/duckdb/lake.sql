-- erased_table: what is to be left out
create or replace temp table erased (fragment_id varchar, before_offset bigint)

-- sorted: rows of some files, those of chosen days first, each sorted by fragment
select columns(*) from (
    select e.*, case when list_contains($days::date[], e.day) then e.day end as bucket
    from read_parquet($files, hive_partitioning = false) e
    where not exists (
        select 1 from erased x where x.fragment_id = e.fragment_id and e.log_offset < x.before_offset)
)
order by bucket nulls last, fragment_id, timestamp, log_offset

-- days: rows by file and day
select filename, day, count(*) from read_parquet($files, filename = true, hive_partitioning = false)
group by all

-- holding: files with rows that should be gone
select filename, count(*) from read_parquet($files, filename = true, hive_partitioning = false) e
where exists (
    select 1 from erased x
    where e.log_offset < x.before_offset and x.fragment_id = e.fragment_id)
group by filename

-- newest: the newest rows of some fragments
select message_id, source, type, event, epoch_us(timestamp), epoch_us(received_at), fragment_id,
    encode(properties), encode(context), encode(traits), marks, mentions, group_id, proven, position,
    log_offset, day - date '1970-01-01'
from read_parquet($files, hive_partitioning = false) e
join (select unnest($fragments::varchar[]) as fragment_id, unnest($floors::bigint[]) as floor) f using (fragment_id)
where log_offset >= floor and (epoch_us(timestamp) < $moment or (epoch_us(timestamp) = $moment and log_offset < $offset))
order by timestamp desc, log_offset desc
limit $limit
