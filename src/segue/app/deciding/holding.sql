-- held: answers that hold still of a subject at placements, with what has become of their slots
select f.placement, f.decision_id, f.definitions, f.holds_until, f.body,
    exists (
        select 1 from contact c
        where c.decision_id = f.decision_id and c.outcome in ('clicked', 'dismissed', 'accepted')
    )
from flag_answer f
where f.subject = %(subject)s and f.placement = any(%(placements)s::text[])

-- hold: an answer, unless somebody was faster: it takes the place of the one that was looked at, or of none
insert into flag_answer (subject, placement, decision_id, definitions, holds_until, body)
values (%(subject)s, %(placement)s, %(decision)s, %(definitions)s, %(until)s, %(body)s)
on conflict (subject, placement) do update
set decision_id = excluded.decision_id, definitions = excluded.definitions, holds_until = excluded.holds_until,
    body = excluded.body
where flag_answer.decision_id = %(replaces)s::bytea
returning decision_id

-- release: an answer that holds no longer gives back what nobody saw, as its silence would
update contact set silent_at = %(now)s
where decision_id = %(decision)s and outcome = 'returned' and silent_at > %(now)s

-- withdraw_slots: give back what an answer reserved that nobody gets
delete from contact where decision_id = %(decision)s and outcome = 'returned'

-- withdraw: likewise the answer
delete from decision where decision_id = %(decision)s

-- sweep: answers that hold no longer, a few at a time
delete from flag_answer
where (subject, placement) in (
    select subject, placement from flag_answer where holds_until < %(before)s order by holds_until limit 100
)
