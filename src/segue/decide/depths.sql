-- depths: what became of actions at each depth of discount, everywhere
select placement, action, discount, seen, accepted, day from depth order by placement, action, discount

-- add: slots that were seen, and that were accepted; what was known before is faded to the same day
insert into depth (placement, action, discount, seen, accepted, day, changed)
values (
    %(placement)s, %(action)s, %(discount)s, %(seen)s, %(accepted)s, %(day)s, nextval('arm_changes')
)
on conflict (placement, action, discount) do update
set seen = depth.seen * power(%(daily)s, greatest(excluded.day - depth.day, 0)) + excluded.seen,
    accepted = depth.accepted * power(%(daily)s, greatest(excluded.day - depth.day, 0)) + excluded.accepted,
    day = greatest(depth.day, excluded.day), changed = excluded.changed
