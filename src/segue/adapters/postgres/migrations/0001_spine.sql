-- The spine: log, identity, golden records, lake manifest, keys and audit.
-- Ids are bytea of 16 bytes; order keys bytea of 20; times bigint microseconds UTC.
-- Payloads are compressed by us, so TOAST must not try again: STORAGE EXTERNAL.

-- one row: what makes this installation itself
create table installation (
    only_one boolean primary key default true check (only_one),
    secret bytea not null,              -- keys every fragment id
    created_at bigint not null
);

create table source (
    name text primary key,
    trusted boolean not null,
    dialect text not null default 'segment',
    identity_secret bytea,              -- verifies identity tokens (JWT HS256) for this source
    created_at bigint not null,
    enabled boolean not null default true
);

create table api_key (
    key_id text primary key,            -- the public part, shown in lists
    role text not null,
    source text,                        -- for role ingest: the source its events belong to
    trusted boolean not null default false,
    digest bytea not null unique,       -- SHA-256 of the whole key
    created_at bigint not null,
    revoked_at bigint
);

create table audit (
    audit_id bigint generated always as identity primary key,
    at bigint not null,
    actor text not null,                -- key id, or 'command line'
    act text not null,
    subject text not null,              -- fragment and link ids only, never an identifier's value
    detail text not null default '{}'
);

create table definition (
    name text not null,                 -- identity, survivorship, plan, purposes, settings, …
    version integer not null,
    body text not null,
    applied_at bigint not null,
    applied_by text not null,
    primary key (name, version)
);

-- ── the log ────────────────────────────────────────────────────────────────
create table log_head (
    only_one boolean primary key default true check (only_one),
    next_offset bigint not null,
    covered_to bigint not null          -- partitions exist for offsets below this
);
insert into log_head values (true, 1, 1);

create table log (
    log_offset bigint not null,
    slot smallint not null,             -- first byte of the fragment id modulo 64: stage 1 is shared out by it
    fragment_id bytea not null,
    received_at bigint not null,
    payload bytea not null,
    primary key (log_offset)
) partition by range (log_offset);

-- stage 1: how far each worker has folded the slots that are its own; the loop has passed min(position).
-- One row a worker, since a row per slot would be 64 updates for every micro-batch.
create table consumer (
    worker smallint primary key,
    position bigint not null,
    slots smallint[] not null,
    ahead bigint[] not null             -- by slot: entries up to this offset were folded under an older layout
);
insert into consumer
select 0, 0, array_agg(s::smallint order by s), array_agg(0::bigint) from generate_series(0, 63) s;

-- offsets that stage 1 found to be applied before, or erased; the lake leaves them out
create table skipped (log_offset bigint primary key);

-- message ids of imports, remembered for ever; those of a day stand in seen_<yyyymmdd>, made when needed
create table seen_ever (key bytea primary key);
create table seen_day (day date primary key);

create table dead_letter (
    dead_letter_id text primary key,
    source text not null,
    received_at bigint not null,
    reason text not null,
    detail text not null,
    raw bytea not null,
    fragment_ids bytea[] not null default '{}',   -- whatever could be recognised, so that erasure finds it
    replayed_at bigint
);
create index dead_letter_received on dead_letter (received_at desc);

-- ── identity ───────────────────────────────────────────────────────────────
create table fragment (
    fragment_id bytea primary key,
    kind text not null,
    value text not null,
    person_id bytea not null,
    component_id bytea not null,
    first_key bytea not null,
    source text not null,
    proven boolean not null,
    device boolean not null,
    shared boolean not null default false
) with (fillfactor = 80);
create index fragment_person on fragment (person_id);
create index fragment_component on fragment (component_id);

create table link (
    link_id bytea primary key,
    a bytea not null,
    b bytea not null,
    tier smallint not null,
    first_proof bytea not null,
    proof bytea not null,               -- JSON
    confidence real not null,
    active boolean not null,
    reason text
) with (fillfactor = 80);
create index link_a on link (a);
create index link_b on link (b);

create table apart (
    a bytea not null,
    b bytea not null,
    at bigint not null,
    by text not null,
    primary key (a, b)
);

-- evidence on its way from stage 1 to the linker, when they are different workers
create table evidence (
    evidence_id bigint generated always as identity primary key,
    payload bytea not null
);

-- merges, splits and whatever else Segue itself concludes; ids are hashed from the cause
create table derived_event (
    derived_id bytea primary key,
    at bigint not null,
    name text not null,
    person_id bytea not null,
    payload bytea not null
);

-- ── golden records ─────────────────────────────────────────────────────────
create table fragment_state (
    fragment_id bytea primary key,
    state bytea not null
) with (fillfactor = 50);
alter table fragment_state alter column state set storage external;

-- most of a state, written once in some thirty events; apart, so that folding rewrites little
create table fragment_summary (
    fragment_id bytea primary key,
    summary bytea not null
) with (fillfactor = 50);
alter table fragment_summary alter column summary set storage external;

-- ── the lake ───────────────────────────────────────────────────────────────
create table lake_file (
    file_id text primary key,           -- relative path below the lake's folder
    day date,                           -- null: a flush that may span days
    day_from date not null,
    day_to date not null,
    rows bigint not null,
    bytes bigint not null,
    offset_from bigint not null,
    offset_to bigint not null,
    created_at bigint not null
);
create table lake_position (
    only_one boolean primary key default true check (only_one),
    archived_offset bigint not null
);
insert into lake_position values (true, 0);

create table erasure (
    erasure_id text primary key,
    asked_at bigint not null,
    asked_by text not null,
    before_offset bigint not null,      -- events of these fragments below this offset are gone
    fragment_ids bytea[] not null,
    proven_at bigint,
    proof text
);
create table erased_fragment (
    fragment_id bytea not null,
    before_offset bigint not null,
    primary key (fragment_id, before_offset)
);
