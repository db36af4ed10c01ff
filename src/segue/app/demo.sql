-- processed: offset up to which every worker has applied the log
select coalesce(min(position), 0) from consumer

-- persons_of: the person of each of these fragments
select fragment_id, person_id from fragment where fragment_id = any(%(ids)s::bytea[])
