-- a key may end by itself, as one does that is lent to an agency or to a stand at a fair
alter table api_key add column expires_at bigint;    -- microseconds; null: it ends when it is revoked
