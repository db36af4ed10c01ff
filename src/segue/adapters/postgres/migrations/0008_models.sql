-- Models: their training runs, the jobs that make them, and what they predict of whom.

-- one training run of one model; its card and files are under models/MODEL/VERSION of the data directory
create table model_run (
    model text not null,
    version text not null,              -- YYYYMMDDTHHMMSS-hash
    state text not null check (state in ('present', 'replaced', 'refused')),
    trained_at bigint not null,
    until_at bigint not null,           -- nothing at or after it was looked at
    seed bigint not null,
    by text not null,
    gate text not null,                 -- JSON: how it compares with the one before
    events bigint not null,             -- of the lake, then
    scored_at bigint,                   -- the moment that its last predictions are of
    says text[] not null default '{}',  -- names of its predictions
    drift text,                         -- JSON, as of scored_at
    primary key (model, version)
);
create unique index model_run_present on model_run (model) where state = 'present';
create index model_run_latest on model_run (model, trained_at desc);

-- trainings that were asked for: one row each, kept up to date by the process that runs it
create table training_job (
    job_id text primary key,            -- 32 hexadecimal digits
    models text[] not null,
    by text not null,                   -- key id, user:ID, the command line or the schedule
    state text not null check (state in ('running', 'done', 'failed', 'interrupted')),
    started_at bigint not null,
    ended_at bigint,
    heartbeat timestamptz not null default clock_timestamp(),
    step text not null default '',
    fraction double precision not null default 0,
    results text,                       -- JSON: what became of each model
    error text                          -- JSON
);
create index training_job_started on training_job (started_at desc, job_id desc);

-- what models predict: under the id that the person had when she was scored
create table prediction (
    fragment_id bytea not null,
    name text not null,                 -- churn_90d, profile.age_band, …
    value double precision not null,
    low double precision not null,
    high double precision not null,
    label text,
    reasons text[] not null,
    model text not null,
    version text not null,
    at bigint not null,
    sensitive boolean not null,         -- shown and used only with consent to personalisation
    primary key (fragment_id, name)
);
create index prediction_name on prediction (name, value);
