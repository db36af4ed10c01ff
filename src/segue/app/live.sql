-- pulse: the last event accepted, what every worker has applied, and when the oldest that waits was received
select
    (select next_offset - 1 from log_head),
    (select coalesce(min(position), 0) from consumer),
    (select min(w.received_at) from consumer c cross join lateral (
        select received_at from log
        where log_offset > c.position and slot = any(c.slots) order by log_offset limit 1
    ) w)

-- tally: what was applied since a moment of receipt, by source and channel
select source, channel, sum(events)::bigint from tally where at >= %(since)s group by source, channel

-- newest: the last entries of the log between two offsets, the last first
select log_offset, received_at, fragment_id, payload from log
where log_offset > %(after)s and log_offset < %(before)s
order by log_offset desc limit %(limit)s

-- fates: what became of some entries: whose they are (a shared device is nobody), whether they were applied
-- before, and whether they are erased
select l.log_offset, case when not f.shared then f.person_id end,
    exists (select 1 from skipped s where s.log_offset = l.log_offset),
    exists (select 1 from erased_fragment e where e.fragment_id = l.id and l.log_offset < e.before_offset)
from unnest(%(offsets)s::bigint[], %(ids)s::bytea[]) as l (log_offset, id)
left join fragment f on f.fragment_id = l.id

-- letters: dead letters received since a moment, the newest first; those of one source or of any
select dead_letter_id, source, received_at, reason, detail, raw, replayed_at from dead_letter
where received_at >= %(since)s and (%(source)s = '' or source = %(source)s)
order by received_at desc, dead_letter_id limit %(limit)s
