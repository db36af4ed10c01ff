-- add: something that opens a record once; touches nothing where such a code is out already
insert into proof (digest, kind, fragment_ids, identifiers, expires_at)
values (%(digest)s, %(kind)s, %(fragment_ids)s::bytea[], %(identifiers)s, %(expires_at)s)
on conflict (digest) do nothing

-- replace: codes that were given out for the same person before
delete from proof where kind = 'code' and fragment_ids && %(fragment_ids)s::bytea[]

-- take: use it up; only one of several who try at once gets a row
delete from proof where digest = %(digest)s and expires_at > %(at)s returning identifiers

-- sweep: what nobody can use any more
delete from proof where expires_at <= %(at)s

-- turn: whoever counts attempts takes turns
select pg_advisory_xact_lock(5711003)

-- attempts: when something was counted
select at from proof_attempt where what = %(what)s and at > %(since)s order by at

-- add_attempts: counted for each
insert into proof_attempt (what, at) select unnest(%(whats)s::bytea[]), %(at)s

-- sweep_attempts: those that no longer count
delete from proof_attempt where at <= %(since)s

-- forget: what was given out for these fragments
delete from proof where fragment_ids && %(ids)s::bytea[]
