-- persons: persons, those known by more than devices, their unshared devices, and those of the known
select count(*), count(*) filter (where named), coalesce(sum(devices), 0)::bigint,
    coalesce(sum(devices) filter (where named), 0)::bigint
from (
    select bool_or(not device) as named, count(*) filter (where device) as devices
    from fragment where not shared group by person_id
) p

-- identifiers: all of them, and the devices that several people share
select count(*), count(*) filter (where shared) from fragment

-- tally: events by ten minutes, source and channel since a moment
select at, source, channel, sum(events)::bigint, max(last_at)
from tally where at >= %(since)s
group by at, source, channel order by at, source, channel

-- letters: dead letters that wait, by reason, the most frequent first
select reason, count(*) from dead_letter where replayed_at is null
group by reason order by count(*) desc, reason limit 50

-- quiet: sources with when their last event was received, on how many of the days before they had events at
-- this time of day, and for how many days they have been counted
select source, max(last_at),
    count(distinct (%(now)s - at) / %(day)s) filter (where at < %(now)s - %(day)s and (%(now)s - at) %% %(day)s < %(hour)s),
    bool_or((%(now)s - at) / %(day)s = 7 and (%(now)s - at) %% %(day)s < %(hour)s),
    (%(now)s - min(at)) / %(day)s
from tally group by source order by source
