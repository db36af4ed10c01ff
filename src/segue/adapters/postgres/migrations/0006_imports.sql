-- Imports started over HTTP: one row each, kept up to date by the process that runs it.

create table import_job (
    import_id text primary key,             -- 32 hexadecimal digits
    file text not null,                     -- name of a file in the inbox; it may be gone since
    source text not null,
    mapping text not null,                  -- YAML, as it was given
    by text not null,                       -- key id, or user:ID
    state text not null check (state in ('running', 'done', 'failed', 'interrupted', 'cancelled')),
    started_at bigint not null,
    ended_at bigint,
    -- the database's own clock: whoever asks compares it with the same one
    heartbeat timestamptz not null default clock_timestamp(),
    cancel boolean not null default false,  -- somebody asked the process to stop
    progress text,                          -- JSON
    report text,                            -- JSON; examples without values
    error text                              -- JSON
);
create index import_job_started on import_job (started_at desc, import_id desc);
