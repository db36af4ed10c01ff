-- present: the runs that are in force
select model, version, state, trained_at, until_at, seed, by, gate, events, scored_at, says, drift
from model_run where state = 'present' order by model

-- present_of: the one of a model
select model, version, state, trained_at, until_at, seed, by, gate, events, scored_at, says, drift
from model_run where state = 'present' and model = %(model)s

-- latest: the newest runs of a model
select model, version, state, trained_at, until_at, seed, by, gate, events, scored_at, says, drift
from model_run where model = %(model)s order by trained_at desc, version desc limit %(limit)s

-- lock: one at a time changes which run is in force
lock table model_run in share row exclusive mode

-- give_way: the run that was in force is so no longer
update model_run set state = 'replaced' where model = %(model)s and state = 'present'

-- add: a run
insert into model_run (model, version, state, trained_at, until_at, seed, by, gate, events)
values (%(model)s, %(version)s, %(state)s, %(trained_at)s, %(until_at)s, %(seed)s, %(by)s, %(gate)s, %(events)s)
on conflict (model, version) do update set state = excluded.state, gate = excluded.gate

-- scored: of which moment its predictions are, and how far it has drifted
update model_run set scored_at = %(at)s, says = %(says)s, drift = %(drift)s
where model = %(model)s and version = %(version)s

-- trained: when something was trained last, and how many events there were
select max(trained_at), max(events) from model_run

-- lock_predictions: who erases waits for who writes, and who writes for who erases
lock table prediction in share row exclusive mode

-- make_incoming: where predictions arrive
create temp table incoming_prediction (like prediction) on commit drop

-- fill_incoming: predictions as they were made
copy incoming_prediction (fragment_id, name, value, low, high, label, reasons, model, version, at, sensitive)
from stdin (format binary)

-- put_predictions: those of persons who are still there
insert into prediction
select distinct on (i.fragment_id, i.name) i.* from incoming_prediction i join fragment f using (fragment_id)
order by i.fragment_id, i.name
on conflict (fragment_id, name) do update set value = excluded.value, low = excluded.low, high = excluded.high,
    label = excluded.label, reasons = excluded.reasons, model = excluded.model, version = excluded.version,
    at = excluded.at, sensitive = excluded.sensitive

-- drop_outdated: what the model says no longer
delete from prediction where model = %(model)s and (version <> %(version)s or at <> %(at)s)

-- of_person: what was predicted of whoever has these fragments, newest first
select name, value, low, high, label, reasons, model, version, at, sensitive
from prediction where fragment_id = any(%(ids)s::bytea[]) order by at desc, version desc

-- of_everybody: the same of everybody, person by person
select f.person_id, p.name, p.value, p.low, p.high, p.label, p.reasons, p.model, p.version, p.at, p.sensitive
from prediction p join fragment f using (fragment_id) order by f.person_id, p.at desc, p.version desc

-- forget: what was predicted of these fragments
delete from prediction where fragment_id = any(%(ids)s::bytea[])

-- judge_again: who may be in other segments now
insert into segment_waiting (fragment_id, cause) select distinct fragment_id, 'prediction' from prediction
where model = %(model)s

-- erasures: how many there were
select count(*) from erasure

-- still_there: which of these fragments are known
select fragment_id from fragment where fragment_id = any(%(ids)s::bytea[])
