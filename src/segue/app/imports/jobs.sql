-- lock: one at a time counts what runs and adds to it
lock table import_job in share row exclusive mode

-- running: how many imports run and are alive
select count(*) from import_job
where state = 'running' and heartbeat > clock_timestamp() - make_interval(secs => %(stale)s)

-- add: an import that begins
insert into import_job (import_id, file, source, mapping, by, state, started_at)
values (%(id)s, %(file)s, %(source)s, %(mapping)s, %(by)s, 'running', %(at)s)

-- latest: the newest imports
select import_id, file, source, mapping, by, state, started_at, ended_at,
       heartbeat > clock_timestamp() - make_interval(secs => %(stale)s), progress, report, error
from import_job
order by started_at desc, import_id desc
limit %(limit)s

-- one: an import by its id
select import_id, file, source, mapping, by, state, started_at, ended_at,
       heartbeat > clock_timestamp() - make_interval(secs => %(stale)s), progress, report, error
from import_job
where import_id = %(id)s

-- beat: it is alive, and has come so far; answers whether it was asked to stop
update import_job set heartbeat = clock_timestamp(), progress = coalesce(%(progress)s, progress)
where import_id = %(id)s and state = 'running'
returning cancel

-- end: how it ended
update import_job
set state = %(state)s, ended_at = %(at)s, heartbeat = clock_timestamp(), progress = coalesce(%(progress)s, progress),
    report = %(report)s, error = %(error)s
where import_id = %(id)s and state = 'running'

-- cancel: ask a running import to stop
update import_job set cancel = true where import_id = %(id)s and state = 'running'

-- used: when the files were last imported, and which are read just now
select file, max(coalesce(ended_at, started_at)),
       bool_or(state = 'running' and heartbeat > clock_timestamp() - make_interval(secs => %(stale)s))
from import_job
where file = any(%(names)s::text[])
group by file
