-- Proofs: what opens a record once, for a short while; and decisions that are kept only so long.

-- what was given out and not used yet
create table proof (
    digest bytea primary key,           -- keyed; what was given out is not kept
    kind text not null check (kind in ('code', 'qr', 'link')),
    fragment_ids bytea[] not null,      -- whom it speaks of
    identifiers bytea not null,         -- msgpack: pairs of kind and value that it vouches for
    expires_at bigint not null          -- microseconds
);
create index proof_expires on proof (expires_at);
create index proof_of on proof using gin (fragment_ids);

-- codes that were typed wrongly, and codes that were given out: counted by key, by address, by person
create table proof_attempt (
    what bytea not null,                -- keyed digest of whom it is counted for
    at bigint not null
);
create index proof_attempt_what on proof_attempt (what, at);
create index proof_attempt_at on proof_attempt (at);

-- what is old is deleted by age
create index contact_at on contact (at);
