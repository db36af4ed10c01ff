-- letters: dead letters in which one of these fragments was recognised, newest first
select dead_letter_id, source, received_at, reason, raw
from dead_letter
where fragment_ids && %(ids)s::bytea[]
order by received_at desc, dead_letter_id
