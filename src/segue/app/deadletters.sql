-- listed: Dead letters not replayed yet, newest first, from a place on
select dead_letter_id, source, received_at, reason, detail, raw, replayed_at
from dead_letter
where replayed_at is null
  and (received_at, dead_letter_id) < (%(moment)s, %(id)s)
  and (%(reason)s::text is null or reason = %(reason)s)
  and (%(source)s::text is null or source = %(source)s)
order by received_at desc, dead_letter_id desc
limit %(limit)s

-- reasons: How many letters wait for which reason from which source, with the newest as an example
select w.reason, w.source, w.letters, w.newest_at, e.detail
from (
    select reason, source, count(*) as letters, max(received_at) as newest_at
    from dead_letter where replayed_at is null group by reason, source
) w
cross join lateral (
    select l.detail from dead_letter l
    where l.received_at = w.newest_at and l.reason = w.reason and l.source = w.source and l.replayed_at is null
    order by l.dead_letter_id desc limit 1
) e
order by w.letters desc, w.reason, w.source

-- one: One dead letter
select dead_letter_id, source, received_at, reason, detail, raw, replayed_at
from dead_letter where dead_letter_id = %(id)s

-- waiting: Letters to replay, in the order of their ids; a letter somebody else is replaying is left to them
select l.dead_letter_id, l.source, l.received_at, l.raw,
       coalesce((select s.trusted from source s where s.name = l.source), true)
       and not exists (
           select from api_key k where k.source = l.source and k.role = 'ingest' and not k.trusted
       ) as trusted
from dead_letter l
where l.replayed_at is null
  and (%(ids)s::text[] is null or l.dead_letter_id = any (%(ids)s::text[]))
  and (%(reason)s::text is null or l.reason = %(reason)s)
  and (%(source)s::text is null or l.source = %(source)s)
  and l.dead_letter_id > %(after)s
order by l.dead_letter_id
limit %(limit)s
for update of l skip locked

-- trusted: What a replay takes the events of a source for
select coalesce((select s.trusted from source s where s.name = %(source)s), true)
       and not exists (
           select from api_key k where k.source = %(source)s and k.role = 'ingest' and not k.trusted
       )

-- replayed: These are in the log now
update dead_letter set replayed_at = %(at)s where dead_letter_id = any (%(ids)s::text[])

-- mend: Another text for a letter that was not replayed yet
update dead_letter
set raw = %(raw)s,
    fragment_ids = (
        select coalesce(array_agg(distinct id), '{}')
        from unnest(fragment_ids || %(fragment_ids)s::bytea[]) as named (id)
    )
where dead_letter_id = %(id)s and replayed_at is null
