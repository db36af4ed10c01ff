-- persons: whose these fragments are
select fragment_id, person_id, shared from fragment where fragment_id = any(%(ids)s::bytea[])
