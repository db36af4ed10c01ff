-- fragments: whose every fragment is, a shared device's left out
select encode(fragment_id, 'hex'), encode(person_id, 'hex') from fragment where not shared

-- identifiers: how persons are known, their devices last
select encode(person_id, 'hex'), kind || ':' || value
from fragment where not shared and value <> '' order by device, kind, value

-- members: who is in a segment
select encode(person_id, 'hex') from segment_member where segment = %(segment)s

-- found: the present person of a fragment
select encode(person_id, 'hex') from fragment where fragment_id = %(id)s and not shared
