-- Traits and segments: what is counted of each fragment, from where it is counted, and who is in which segment.

-- what the traits need of one fragment's events, in a row of its own that is narrow
create table trait_state (
    fragment_id bytea primary key,
    state bytea not null
) with (fillfactor = 50);
alter table trait_state alter column state set storage external;

-- the definitions with which a worker stepped last: who comes with older ones reads them anew
alter table consumer add column definitions bigint not null default 0;

-- what the loop counts, for each of the 64 shares of the log. A definition that is taken away is counted up to
-- an offset; what was counted of it stays until it is swept, so that bringing it back asks only for the gap
create table trait_lane (
    key bytea not null,                 -- hash of the definition
    slot smallint not null,
    until bigint,                       -- null: it is being counted
    primary key (key, slot)
);

-- offsets that the loop did not count, to be counted from the lake: above < offset <= upto
create table trait_gap (
    key bytea not null,
    slot smallint not null,
    above bigint not null,
    upto bigint not null,
    primary key (key, slot, above)
);

-- how far counting from the lake has come; fractions are told from what is left in trait_gap
create table trait_backfill (
    key bytea primary key,
    gaps integer not null,
    started_at bigint not null,
    working_at bigint,                  -- when somebody last set to it
    finished_at bigint
);

-- who is in which segment. The person is her present id, a fragment's
create table segment_member (
    person_id bytea not null,
    segment text not null,
    since bigint not null,
    primary key (person_id, segment)
);
create index segment_member_segment on segment_member (segment, person_id);

-- entries and exits: derived events, their ids hashed from their causes
create table segment_change (
    change_id bytea primary key,
    at bigint not null,
    segment text not null,
    person_id bytea not null,           -- her id then
    entered boolean not null,
    cause text not null check (cause in ('events', 'time', 'identity', 'definition', 'prediction'))
);
create index segment_change_segment on segment_change (segment, at desc);
create index segment_change_person on segment_change (person_id, at desc);

-- when a person is to be judged again because time alone may have changed something; every judged person has a row
create table segment_due (
    person_id bytea primary key,
    due_at bigint not null              -- largest bigint: never
) with (fillfactor = 70);
create index segment_due_at on segment_due (due_at);

-- fragments whose persons are to be judged as soon as the linker comes to it
create table segment_waiting (
    fragment_id bytea not null,
    cause text not null
);

-- the definitions that the memberships are of
create table segment_known (
    segment text primary key,
    digest bytea not null
);

-- one row: with which definitions persons were judged last, and how far judging everybody anew has come
create table segment_round (
    only_one boolean primary key default true check (only_one),
    definitions bigint not null,
    after bytea,                        -- null: nobody is left
    judged bigint not null,
    of bigint not null,
    started_at bigint not null
);
insert into segment_round values (true, 0, null, 0, 0, 0);
