-- what she took up and can still be given at a till: an offer accepted is a coupon until it is redeemed, once
alter table contact
    add column accepted_at bigint,      -- when she took it up herself; null: she did not
    add column redeemed_at bigint;      -- when a till, or an order that names it, gave it to her
