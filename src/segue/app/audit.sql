-- record: one administrative act
insert into audit (at, actor, act, subject, detail)
values (%(at)s, %(actor)s, %(act)s, %(subject)s, %(detail)s)

-- record_many: the same act on many subjects, in their order
insert into audit (at, actor, act, subject, detail)
select %(at)s, %(actor)s, %(act)s, subject, '{}'
from unnest(%(subjects)s::text[]) with ordinality as given (subject, place)
order by place

-- latest: the newest acts below an id, and what their actors are called
select audit_id, at, actor, coalesce(name, actor), act, subject, detail
from audit left join user_account on actor = 'user:' || user_id
where audit_id < %(before)s
order by audit_id desc
limit %(limit)s
