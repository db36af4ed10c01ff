-- persons_of: the present persons of these fragments
select fragment_id, encode(person_id, 'hex') from fragment where fragment_id = any(%(ids)s::bytea[]) and not shared
