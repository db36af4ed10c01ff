-- record: one administrative act
insert into audit (at, actor, act, subject, detail)
values (%(at)s, %(actor)s, %(act)s, %(subject)s, %(detail)s)

-- latest: the newest acts below an id
select audit_id, at, actor, act, subject, detail
from audit
where audit_id < %(before)s
order by audit_id desc
limit %(limit)s
