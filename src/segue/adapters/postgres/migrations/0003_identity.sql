-- Identity: what keeps a kiosk or a till with ten thousand owners from being loaded whole.

-- a device on which several people were seen directly: links of this tier and weaker ones are out for good
alter table fragment add column cut_tier smallint;

-- components with more links than are replayed: their links are tried against the persons as they stand
create table frozen_component (
    component_id bytea primary key,
    links integer not null,
    frozen_at bigint not null
);
