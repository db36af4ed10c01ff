-- what slots that recommend showed: kept with the decision as it was told, and with the slot so that an order of one
-- of these products is credited to it
alter table decision add column products bytea;      -- packed, see segue.decide.kept; null: nothing was recommended
alter table contact add column recommended text[];
