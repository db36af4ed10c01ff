-- names: what happened, and how often; calls other than track go by their type
select case when type = 'track' then event else type end as name, count(*) as events
from events
where type <> 'track' or event <> ''
group by name
order by events desc, name
limit $most

-- newest: of each name some events of the newest files, by the offset at which they came
select case when type = 'track' then event else type end as name, fragment_id, source, properties, context
from events
where type <> 'track' or event <> ''
qualify row_number() over (partition by name order by log_offset desc) <= $most

-- tracked: some events of one name
select event as name, fragment_id, source, properties, context
from events
where event = $name and type = 'track'
limit $most

-- called: some calls of one type
select type as name, fragment_id, source, properties, context
from events
where type = $name
limit $most
