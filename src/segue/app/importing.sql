-- add_source: a source that brings events, unless it exists already
insert into source (name, trusted, dialect, created_at)
values (%(name)s, %(trusted)s, %(dialect)s, %(at)s)
on conflict (name) do nothing

-- imported_before: whether any message id is remembered for ever
select exists (select from seen_ever)

-- known: which of these message ids are remembered for ever
select key from seen_ever where key = any(%(keys)s::bytea[])
