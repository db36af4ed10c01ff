-- newest: persons who became known last
select fragment_id from fragment where person_id = fragment_id and not shared
order by first_key desc, fragment_id limit %(limit)s

-- persons_of: whose these fragments are
select fragment_id, person_id from fragment where fragment_id = any(%(ids)s::bytea[])
