-- What is bought anyway is learnt by the features of who buys, as acceptance is.

delete from control;
alter table control add column features bytea not null;    -- packed doubles

drop table anyway;
create table anyway (
    placement text not null,
    action text not null,
    square bytea not null,              -- packed doubles, row by row, as of arms; see segue.decide.bandit
    reward bytea not null,
    seen double precision not null,     -- controls
    day integer not null,               -- as of which local day they were aged
    changed bigint not null,            -- of the sequence of arms
    primary key (placement, action)
);
