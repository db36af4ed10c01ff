-- joined_later: browsers with a history from before they were first seen with whom they belong to
select f.fragment_id, f.value, f.person_id, f.first_key, l.link_id, l.first_proof, o.kind, o.value
from fragment f
cross join lateral (
    select link_id, a, b, first_proof from link
    where active and (a = f.fragment_id or b = f.fragment_id)
    order by first_proof, link_id limit 1
) l
join fragment o on o.fragment_id = case when l.a = f.fragment_id then l.b else l.a end
where f.kind = 'anonymous_id' and f.device and not f.shared and not o.device and l.first_proof > f.first_key

-- users_of: who logged in on a shared device, by the links that stay out
select o.fragment_id, o.person_id, o.kind, o.value, l.reason
from link l join fragment o on o.fragment_id = case when l.a = %(device)s then l.b else l.a end
where (l.a = %(device)s or l.b = %(device)s) and not l.active and o.kind = 'user_id'
order by o.value

-- shared: which of these fragments are shared devices
select fragment_id from fragment where shared and fragment_id = any(%(ids)s::bytea[])

-- acts: what this actor has done by hand, newest first
select at, act, detail from audit where actor = %(actor)s order by audit_id desc

-- erasures: what this actor has had erased, oldest first
select erasure_id, asked_at from erasure where asked_by = %(actor)s order by asked_at, erasure_id

-- alone: which of these persons have a single identifier
select person_id from fragment where person_id = any(%(ids)s::bytea[])
group by person_id having count(*) = 1

-- taken: answers of the first days, to who was known for certain by a card, whose first slot was taken in those days; the earliest first
select d.decision_id, d.answer
from decision d join contact c on c.decision_id = d.decision_id and c.slot = 0
cross join (select min(at) as at from decision) begun
where d.identity = 'certain' and not d.fallback and d.at < begun.at + %(span)s
  and c.outcome = 'accepted' and c.outcome_at < begun.at + %(span)s
  and exists (select from fragment f where f.person_id = d.fragment_id and f.kind = 'loyalty_card')
order by d.at, d.decision_id limit %(most)s
