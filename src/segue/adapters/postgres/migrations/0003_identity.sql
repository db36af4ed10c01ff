-- Identity: what keeps a kiosk or a till with ten thousand owners from being loaded whole.

-- a device on which several people were seen directly: links of this tier and weaker ones are out for good
alter table fragment add column cut_tier smallint;
-- a device that was seen with such a device: from which tier on
alter table fragment add column beside_tier smallint;
-- a device that was seen with somebody directly: the best tier of such a link
alter table fragment add column owned_tier smallint;

-- what joins a person is found without reading everything that was ever tried and stayed out
drop index link_a;
create index link_a on link (a, active);

-- components with more links than are replayed: their links are tried against the persons as they stand
create table frozen_component (
    component_id bytea primary key,
    links integer not null,
    frozen_at bigint not null
);
