-- Decisions: what was shown to whom and why, what became of it, and what was learnt; and what there is to sell.

-- one answer to one touchpoint, with everything that it was made from
create table decision (
    decision_id bytea primary key,      -- 16 random bytes: whoever has them may tell what became of it
    at bigint not null,                 -- microseconds
    placement text not null,
    fragment_id bytea,                  -- the person's id then, or the device's; null: nobody was known
    identity text not null check (identity in ('certain', 'likely', 'unknown')),
    fallback boolean not null,
    considered integer not null,
    definitions bigint not null,        -- version of the rules
    policy text not null,               -- digest of definitions, arms and models
    took bigint not null,               -- microseconds
    given bytea not null,               -- compressed: the question and what was known
    answer bytea not null               -- compressed: slots, what fell out, scores
);
create index decision_at on decision (placement, at desc);
create index decision_latest on decision (at desc);
create index decision_of on decision (fragment_id) where fragment_id is not null;

-- one slot of an answer: what caps count, stock is held by and arms learn from
create table contact (
    decision_id bytea not null,
    slot smallint not null,
    fragment_id bytea,
    placement text not null,
    action text not null,
    group_name text,
    channel text not null,
    sku text,
    store text,
    discount smallint not null,
    at bigint not null,
    day integer not null,               -- local days and hours since 1970
    hour integer not null,
    silent_at bigint not null,          -- not seen until then: it counts no longer
    outcome text not null check (outcome in ('returned', 'shown', 'clicked', 'dismissed', 'accepted')),
    outcome_at bigint,
    propensity double precision not null,
    features bytea not null,            -- packed doubles
    rewarded boolean not null default false,
    primary key (decision_id, slot)
);
create index contact_of on contact (fragment_id, at) where fragment_id is not null;
create index contact_action on contact (action, at);
create index contact_sku on contact (sku, silent_at) where sku is not null;

-- what was learnt of an action at a placement, see segue.decide.bandit
create table arm (
    placement text not null,
    action text not null,
    square bytea not null,              -- packed doubles, row by row
    reward bytea not null,
    seen double precision not null,
    day integer not null,               -- as of which local day it was aged
    changed bigint not null,            -- of the sequence below
    primary key (placement, action)
);
create sequence arm_changes;

-- what can be sold, where, and how many are there
create table product (
    sku text primary key,
    name text not null,
    category text,
    brand text,
    price bigint,                       -- millionths of the shop's currency
    image text,
    url text,
    sensitivity text not null default 'none',
    active boolean not null default true,
    updated_at bigint not null
);
create table shop_store (
    store text primary key,
    name text not null,
    zone text,
    latitude double precision,
    longitude double precision,
    updated_at bigint not null
);
create table inventory (
    sku text not null,
    store text not null,                -- '' is the warehouse that ships
    on_hand bigint not null,
    price bigint,                       -- where it differs there
    updated_at bigint not null,
    primary key (sku, store)
);

-- a screen's key asks for one placement and nothing else; null: any
alter table api_key add column placement text;
