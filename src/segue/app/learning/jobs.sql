-- lock: one at a time looks what runs and adds to it
lock table training_job in share row exclusive mode

-- running: the training that runs and is alive
select job_id from training_job
where state = 'running' and heartbeat > clock_timestamp() - make_interval(secs => %(stale)s)

-- add: a training that begins
insert into training_job (job_id, models, by, state, started_at)
values (%(id)s, %(models)s::text[], %(by)s, 'running', %(at)s)

-- one: a training by its id
select job_id, models, by, state, started_at, ended_at,
       heartbeat > clock_timestamp() - make_interval(secs => %(stale)s), step, fraction, results, error
from training_job where job_id = %(id)s

-- newest: the last one that was begun
select job_id, models, by, state, started_at, ended_at,
       heartbeat > clock_timestamp() - make_interval(secs => %(stale)s), step, fraction, results, error
from training_job order by started_at desc, job_id desc limit 1

-- beat: it is alive, and has come so far
update training_job set heartbeat = clock_timestamp(), step = %(step)s, fraction = %(fraction)s
where job_id = %(id)s and state = 'running'

-- end: how it ended
update training_job
set state = %(state)s, ended_at = %(at)s, heartbeat = clock_timestamp(), results = %(results)s, error = %(error)s
where job_id = %(id)s and state = 'running'

-- last_by: when somebody last had something trained
select max(started_at) from training_job where by = %(by)s

-- news: events of the lake now, at the last training, and when that was
select (select coalesce(sum(rows), 0)::bigint from lake_file), max(events), max(trained_at) from model_run
