-- events: the events of some files without what was erased; the list of files goes into the brackets
create view events as
select e.message_id, e.source, e.type, e.event, e.timestamp, e.received_at, e.fragment_id,
    e.properties::json as properties, e.context::json as context, e.traits::json as traits,
    e.marks, e.mentions, e.group_id, e.proven, e.position, e.log_offset, e.day
from read_parquet([], hive_partitioning = false) e
where not exists (
    select 1 from erased x where x.fragment_id = e.fragment_id and e.log_offset < x.before_offset)

-- no_events: the same for a lake without files
create table events (
    message_id varchar, source varchar, type varchar, event varchar, timestamp timestamptz,
    received_at timestamptz, fragment_id varchar, properties json, context json, traits json,
    marks varchar[], mentions varchar[], group_id varchar, proven boolean, position bigint,
    log_offset bigint, day date)
