-- What the console asks often: how much came through which source and channel, and who has a word in her record.

-- events applied, by ten minutes of their receipt. One row a worker, so that none waits for another's step.
create table tally (
    at bigint not null,                 -- when the ten minutes began
    source text not null,
    channel text not null,
    worker smallint not null,
    events bigint not null,
    last_at bigint not null,            -- when the latest of them was received
    primary key (at, source, channel, worker)
) with (fillfactor = 70);

-- words of text attributes, as they are searched for: without case and accents, each with what follows it
create table search_term (
    fragment_id bytea not null,
    field text not null,
    term text not null,
    primary key (fragment_id, field, term)
);
create index search_term_term on search_term (term text_pattern_ops);

-- a row while the terms of what was folded before this migration are still to be written: up to which fragment
create table search_due (
    only_one boolean primary key default true check (only_one),
    after bytea not null
);
insert into search_due (after) select '' where exists (select 1 from fragment_state);

-- every person once, the newest known first
create index fragment_newest on fragment (first_key desc, fragment_id) where person_id = fragment_id and not shared;
