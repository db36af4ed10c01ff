-- progress: how far the lake is, and how far the loop has come in all slots
select archived_offset, (select coalesce(min(position), 0) from consumer) from lake_position

-- skipped_between: offsets the loop did not apply
select log_offset from skipped where log_offset > %(after)s and log_offset <= %(upto)s

-- erased_after: fragments with events above this offset that are gone
select encode(fragment_id, 'hex'), max(before_offset) from erased_fragment
where before_offset > %(after)s group by fragment_id

-- advance: move the archive on, unless somebody else has
update lake_position set archived_offset = %(upto)s where archived_offset = %(after)s

-- forget_skipped: what lies behind the archive is never looked at again
delete from skipped where log_offset <= %(upto)s

-- add_file: put a file into the manifest
insert into lake_file (file_id, day, day_from, day_to, rows, bytes, offset_from, offset_to, created_at, sieve)
values (%(file_id)s, %(day)s, %(day_from)s, %(day_to)s, %(rows)s, %(bytes)s, %(offset_from)s, %(offset_to)s,
    %(at)s, %(sieve)s)

-- files: the manifest, newest days first
select file_id, day, day_from, day_to, rows, bytes, offset_from, offset_to, created_at
from lake_file order by day_to desc, offset_to desc, file_id

-- files_in: files of some days that may hold any of some fragments, newest first; see domain/sieve.py
select file_id, day, day_from, day_to, rows, bytes, offset_from, offset_to, created_at
from lake_file f
where day_from <= %(day_to)s and day_to >= %(day_from)s and (sieve is null or exists (
    select 1
    from unnest(%(places)s::bigint[], %(first)s::int[], %(second)s::int[], %(third)s::int[], %(fourth)s::int[])
        as p (place, first, second, third, fourth),
        lateral (select substr(f.sieve, ((p.place * (octet_length(f.sieve) / 32)) >> 32)::int * 32 + 1, 32)) as b (block)
    where get_bit(block, first) = 1 and get_bit(block, second) = 1
      and get_bit(block, third) = 1 and get_bit(block, fourth) = 1))
order by day_to desc, offset_to desc, file_id

-- remove_files: take files out of the manifest
delete from lake_file where file_id = any(%(file_ids)s)

-- retire_files: readers may still be at them
insert into lake_retired (file_id, retired_at) select unnest(%(file_ids)s::text[]), %(at)s on conflict do nothing

-- retired: files that are no longer in the manifest, for long enough
select file_id from lake_retired where retired_at <= %(before)s

-- forget_retired: they are deleted
delete from lake_retired where file_id = any(%(file_ids)s)

-- known: every file that is supposed to be there
select file_id from lake_file union all select file_id from lake_retired

-- pending_erasures: fragments that are hidden until the files are rewritten
select encode(f, 'hex'), max(before_offset) from erasure, unnest(fragment_ids) f
where proven_at is null group by f

-- ledger: every fragment that was ever erased
select encode(fragment_id, 'hex'), max(before_offset) from erased_fragment group by fragment_id

-- tail: events of some fragments that are applied and not yet in the lake
select l.log_offset, l.slot, l.payload from log l
join consumer c on l.slot = any(c.slots) and l.log_offset <= c.position
where l.log_offset > (select archived_offset from lake_position) and l.fragment_id = any(%(fragment_ids)s)
  and not exists (select 1 from skipped s where s.log_offset = l.log_offset)

-- fragments: whose every fragment is; a shared device is nobody's
select encode(fragment_id, 'hex'), case when not shared then encode(person_id, 'hex') end from fragment
