-- latest: the body in force of each definition
select distinct on (name) name, body
from definition
order by name, version desc

-- changes: how many definitions were ever applied
select count(*) from definition

-- add: the next version of a definition
insert into definition (name, version, body, applied_at, applied_by, change)
select
    %(name)s, coalesce(max(version) filter (where name = %(name)s), 0) + 1, %(body)s, %(at)s, %(by)s,
    coalesce(max(change), 0) + 1
from definition

-- earlier: the body of each definition before a change
select distinct on (name) name, body
from definition
where change < %(change)s
order by name, version desc

-- lock: one change of definitions at a time
lock table definition in share row exclusive mode

-- tell: wakes who listens once this is in force
select pg_notify(%(channel)s, '')

-- in_force: the version in force of each definition but what persons are scored by, with when it was applied and what who did it is called
select distinct on (definition.name)
    definition.name, version, applied_at, coalesce(user_account.name, applied_by), body
from definition left join user_account on applied_by = 'user:' || user_id
where definition.name <> 'rfm.edges'
order by definition.name, version desc

-- history: every version of a definition, the newest first
select version, applied_at, coalesce(user_account.name, applied_by), body
from definition left join user_account on applied_by = 'user:' || user_id
where definition.name = %(name)s
order by version desc
