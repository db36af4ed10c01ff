-- What would have been bought anyway: of each decision for somebody known one product that could have been shown and
-- was not, and what became of it.

-- a control, until nothing more will be heard of it; then it is counted below, and deleted
create table control (
    fragment_id bytea not null,         -- the person's id then, or the device's
    decision_id bytea not null,
    placement text not null,
    action text not null,
    sku text not null,
    at bigint not null,                 -- microseconds
    until bigint not null,              -- orders before count
    bought_at bigint,                   -- the first of them
    primary key (fragment_id, decision_id)
);
create index control_until on control (until);

-- how many controls an action had at a placement, and of how many the product was bought: faded sums, see
-- segue.decide.anyway
create table anyway (
    placement text not null,
    action text not null,
    trials double precision not null,
    bought double precision not null,
    day integer not null,               -- as of which local day they were faded
    changed bigint not null,            -- of the sequence of arms
    primary key (placement, action)
);
