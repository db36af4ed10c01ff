-- listed: sources, or one of them, with what each brought lately and what of it waits to be mended
select s.name, s.trusted, s.dialect, s.enabled, s.created_at, s.identity_secret is not null,
    t.last_at, coalesce(t.last_hour, 0)::bigint, coalesce(t.last_day, 0)::bigint, coalesce(d.letters, 0)
from source s
left join (
    select source, max(last_at) as last_at,
        sum(events) filter (where at > %(hour)s) as last_hour,
        sum(events) filter (where at > %(day)s) as last_day
    from tally group by source
) t on t.source = s.name
left join (
    select source, count(*) as letters from dead_letter where replayed_at is null group by source
) d on d.source = s.name
where %(name)s::text is null or s.name = %(name)s
order by s.created_at, s.name

-- keys: ingest keys by source, oldest first
select source, key_id, created_at, revoked_at, expires_at
from api_key
where role = 'ingest' and (%(name)s::text is null or source = %(name)s)
order by created_at, key_id

-- trusted: whether a source is trusted; no row for one that does not exist
select trusted from source where name = %(name)s

-- switch: take a source's events from now on, or refuse them
update source set enabled = %(enabled)s where name = %(name)s and enabled <> %(enabled)s
