-- listed: Dead letters not replayed yet, newest first, from one on
select dead_letter_id, source, received_at, reason, detail, raw, replayed_at
from dead_letter
where replayed_at is null
  and (received_at, dead_letter_id) < (
      coalesce((select received_at from dead_letter where dead_letter_id = %(after)s), 9223372036854775807),
      %(after)s
  )
order by received_at desc, dead_letter_id desc
limit %(limit)s

-- one: One dead letter
select dead_letter_id, source, received_at, reason, detail, raw, replayed_at
from dead_letter where dead_letter_id = %(id)s

-- waiting: Letters to replay, oldest first; a letter somebody else is replaying is left to them
select l.dead_letter_id, l.source, l.received_at, l.raw,
       coalesce((select s.trusted from source s where s.name = l.source), true)
       and not exists (
           select from api_key k where k.source = l.source and k.role = 'ingest' and not k.trusted
       ) as trusted
from dead_letter l
where l.replayed_at is null
  and (%(ids)s::text[] is null or l.dead_letter_id = any (%(ids)s::text[]))
  and l.dead_letter_id > %(after)s
order by l.dead_letter_id
limit %(limit)s
for update of l skip locked

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
