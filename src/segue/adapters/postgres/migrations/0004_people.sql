-- People who sign in: users, their sessions, and links that sign in once. Of tokens only digests are kept.

create table user_account (
    user_id text primary key,           -- 32 hexadecimal digits
    name text not null,                 -- as written; with OIDC, the e-mail address
    name_key text not null unique,      -- as compared: normalised, case folded
    role text not null,
    password text,                      -- Argon2id, encoded with its parameters; null: none was set
    enabled boolean not null default true,
    created_at bigint not null,
    last_seen_at bigint
);

create table session (
    digest bytea primary key,           -- SHA-256 of the token
    user_id text references user_account,       -- null: the owner at the machine
    by_link boolean not null,           -- may set a password without the one before
    began_at bigint not null,
    seen_at bigint not null,            -- written every few minutes, not with every request
    expires_at bigint not null,         -- moves on with use
    ends_at bigint not null             -- the end in any case
);
create index session_of_user on session (user_id);

create table one_time_link (
    digest bytea primary key,           -- SHA-256 of the token
    user_id text references user_account,       -- null: the owner at the machine
    made_at bigint not null,
    expires_at bigint not null
);

-- attempts to sign in that failed, or are being tried at this moment; forgotten after minutes
create table sign_in_attempt (
    attempt_id bytea not null,
    what bytea not null,                -- keyed digest of a name or of an address: neither can be read here
    at bigint not null,
    primary key (attempt_id, what)
);
create index sign_in_attempt_what on sign_in_attempt (what, at);
