-- persons: whose these fragments are
select fragment_id, person_id, shared from fragment where fragment_id = any(%(ids)s::bytea[])

-- by_action: of each action at a placement, at each discount, slots that were seen, responded to, accepted, what they earned, and the sum of its squares
select action, discount, count(*), count(*) filter (where outcome in ('clicked', 'accepted')), count(*) filter (where rewarded),
    coalesce(sum(margin) filter (where rewarded), 0), coalesce(sum(margin * margin) filter (where rewarded), 0)
from contact
where placement = %(placement)s and at >= %(since)s and outcome <> 'returned'
group by action, discount order by action, discount
