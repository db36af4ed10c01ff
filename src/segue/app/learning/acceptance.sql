-- seen: slots that were seen and what became of them, with whose they are now
select c.placement, c.action, c.group_name, c.channel, c.features, c.lift, c.rewarded, f.person_id
from contact c
left join fragment f on f.fragment_id = c.fragment_id and not f.shared
where c.outcome <> 'returned' and c.at >= %(since)s
order by c.at desc, c.decision_id, c.slot
limit %(limit)s

-- believe: what is believed of new actions from now on
insert into belief (body, trained_at, slots, changed)
values (%(body)s, %(at)s, %(slots)s, nextval('arm_changes'))
on conflict (only_one) do update
set body = excluded.body, trained_at = excluded.trained_at, slots = excluded.slots, changed = excluded.changed

-- unlearn: nothing is believed any more
delete from belief

-- belief: what is believed
select body from belief
