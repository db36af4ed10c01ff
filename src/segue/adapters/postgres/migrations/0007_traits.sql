-- Traits and segments: what is counted of each fragment, from where it is counted, and who is in which segment.

-- what the traits need of one fragment's events, in a row of its own that is narrow
create table trait_state (
    fragment_id bytea primary key,
    state bytea not null,
    claims bytea                        -- what segments ask of attributes and consent
) with (fillfactor = 50);
alter table trait_state alter column state set storage external;
alter table trait_state alter column claims set storage external;

-- the definitions with which a worker stepped last (who comes with older ones reads them anew), and the numbers
-- of their measures (MessagePack)
alter table consumer add column definitions bigint not null default 0;
alter table consumer add column measures bytea not null default '';

-- what is accumulated for traits. States hold a measure under its number; one that was taken away and comes
-- back gets another, so that what is left of the old is not counted again
create table trait_measure (
    number integer generated always as identity primary key,
    key text not null unique,           -- hash of the definition
    whole boolean not null default false,   -- nothing is missing in any share of the log
    added_at bigint not null,
    worked_at bigint                    -- when somebody last counted of it from the lake
);

-- for each of the 64 shares of the log: above which offset the loop counts a measure
create table trait_lane (
    number integer not null,
    slot smallint not null,
    upto bigint not null,
    missing boolean not null,           -- what lies at or below has yet to be counted from the lake
    primary key (number, slot)
);
create index trait_lane_missing on trait_lane (number, slot) where missing;

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

-- one row: by which definitions persons are judged, and how far judging everybody anew has come
create table segment_round (
    only_one boolean primary key default true check (only_one),
    definitions bigint not null,        -- 0: what is ready is to be looked at again
    ready text[] not null,              -- segments of which everything that they ask for is counted
    after bytea,                        -- null: nobody is left to be judged anew
    judged bigint not null,
    of bigint not null,
    started_at bigint not null
);
insert into segment_round values (true, 0, '{}', null, 0, 0, 0);
