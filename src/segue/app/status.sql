-- offsets: the log's last committed offset and what the lake holds
select
    (select next_offset - 1 from log_head),
    (select archived_offset from lake_position)

-- waiting: the first entry of each worker's slots that it has not passed, with its time
select l.log_offset, l.received_at
from consumer c
cross join lateral (
    select log_offset, received_at
    from log
    where log_offset > c.position and slot = any(c.slots)
    order by log_offset
    limit 1
) l

-- counts: persons, fragments, and dead letters that were not replayed
select
    (select count(*) from fragment where person_id = fragment_id and not shared),
    (select count(*) from fragment),
    (select count(*) from dead_letter where replayed_at is null)

-- alive: the shortest question
select 1
