-- latest: the body in force of each definition
select distinct on (name) name, body
from definition
order by name, version desc

-- changes: how many definitions were ever applied
select count(*) from definition

-- add: the next version of a definition
insert into definition (name, version, body, applied_at, applied_by)
select %(name)s, coalesce(max(version), 0) + 1, %(body)s, %(at)s, %(by)s
from definition
where name = %(name)s

-- lock: one change of definitions at a time
lock table definition in share row exclusive mode
