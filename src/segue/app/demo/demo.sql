-- persons_of: the person of each of these fragments
select fragment_id, person_id from fragment where fragment_id = any(%(ids)s::bytea[])
