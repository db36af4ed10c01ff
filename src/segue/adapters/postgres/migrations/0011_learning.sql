-- Learning from decisions: what slots would earn, how discounts answer, what is believed of new actions; and
-- definitions by the moment at which they came, so that a decision can be made again by those of its day.

alter table contact
    add column margin double precision not null default 0,   -- earned if accepted, after discount, in the shop's currency
    add column explored boolean not null default false,      -- another one had the best score
    add column lift double precision not null default 1;     -- how much likelier the discount was believed to make it

-- what became of an action at a placement at each depth of discount: faded sums, see segue.decide.elasticity
create table depth (
    placement text not null,
    action text not null,
    discount smallint not null,
    seen double precision not null,
    accepted double precision not null,
    day integer not null,               -- as of which local day they were faded
    changed bigint not null,            -- of the sequence of arms
    primary key (placement, action, discount)
);

-- acceptance believed of actions by their kind, group and touchpoint, see segue.decide.belief; one row at most
create table belief (
    only_one boolean primary key default true check (only_one),
    body bytea not null,
    trained_at bigint not null,
    slots bigint not null,              -- that it was learnt from
    changed bigint not null             -- of the sequence of arms
);

-- the how-manieth change of definitions it was: rules of version v are those of changes below v
alter table definition add column change bigint;
update definition set change = numbered.change
from (
    select name, version, row_number() over (order by applied_at, name, version) as change from definition
) as numbered
where definition.name = numbered.name and definition.version = numbered.version;
alter table definition alter column change set not null;
create unique index definition_change on definition (change);

-- answers to flags (OFREP) that hold for a while, so that asking again reserves nothing; gone with their decision
create table flag_answer (
    subject bytea not null,             -- keyed digest of who asks, about whom, in which context
    placement text not null,
    decision_id bytea not null references decision on delete cascade,
    definitions bigint not null,        -- version of the rules
    holds_until bigint not null,        -- microseconds
    body bytea not null,                -- compressed: the answer as it was given
    primary key (subject, placement)
);
create index flag_answer_of on flag_answer (decision_id);
create index flag_answer_until on flag_answer (holds_until);
