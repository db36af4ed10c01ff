"""From the log to the lake and back again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.adapters.duckdb.lake import ParquetLake
from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.log import PostgresLog
from segue.archive.upkeep import GRACE
from segue.errors import InvalidInputError, SegueError
from segue.ports.clock import ManualClock

from .shop import DAY, NOON, SKIP, Shop, event, fragment, open_shop


def test_what_was_archived_can_be_queried_with_nested_properties(shop: Shop) -> None:
    shop.happen([event(1, at=NOON), event(2, at=NOON - DAY, owner=2, context={"ip": "::1"})])
    rows = shop.ask("select * from events order by message_id")
    assert rows[0]["properties"] == {"revenue": 1, "name": "Zoë \\ 東京"}
    assert rows[0]["timestamp"] == "2026-03-01T12:00:00Z"
    assert rows[0]["fragment_id"] == fragment(1).hex()
    assert rows[1]["context"] == {"ip": "::1"}
    assert shop.ask("select sum(properties.revenue::int) total from events") == [{"total": 3}]


def test_the_columns_that_scripts_rely_on_come_first(shop: Shop) -> None:
    shop.happen([event(1, at=NOON)])
    assert shop.lake.query("select * from events").columns[:9] == [
        "message_id", "source", "type", "event", "timestamp", "received_at", "fragment_id",
        "properties", "context",
    ]  # fmt: skip


def test_nobody_else_on_the_machine_may_look_into_the_lake(shop: Shop) -> None:
    shop.happen([event(1, at=NOON)])
    assert shop.ids() == ["m1"]
    assert shop.files.folder.stat().st_mode & 0o777 == 0o700


def test_an_empty_lake_has_all_its_tables(shop: Shop) -> None:
    assert shop.ask("select count(*) n from events join fragments using (fragment_id)") == [{"n": 0}]
    assert shop.ask("select * from persons") == []


def test_an_event_is_in_the_lake_once_however_often_it_is_flushed(shop: Shop) -> None:
    for number in range(5):
        shop.happen([event(number, at=NOON)])
        shop.lake.flush()
        shop.lake.flush()
    assert shop.ids() == ["m0", "m1", "m2", "m3", "m4"]


def test_what_the_loop_has_not_passed_waits(shop: Shop) -> None:
    last = shop.happen([event(1, at=NOON), event(2, at=NOON)], passed=1)
    assert shop.ids() == ["m1"]
    shop.passed(last)
    assert shop.ids() == ["m1", "m2"]


def test_what_the_loop_skipped_is_left_out_and_then_forgotten(shop: Shop) -> None:
    last = shop.happen([event(1, at=NOON), event(2, at=NOON)])
    with shop.database.transaction() as session:
        session.execute(SKIP, offset=last)
    assert shop.ids() == ["m1"]
    assert shop.count("skipped") == 0


def test_a_flush_is_due_by_number_or_by_time(
    database: PostgresDatabase, log: PostgresLog, tmp_path: Path
) -> None:
    clock = ManualClock(NOON)
    shop = open_shop(database, log, ParquetLake(tmp_path), clock, flush_events=3)
    shop.happen([event(1, at=NOON)])
    assert shop.lake.archive_if_due() == 0
    shop.happen([event(2, at=NOON), event(3, at=NOON)])
    assert shop.lake.archive_if_due() == 3
    shop.happen([event(4, at=NOON)])
    clock.advance(61_000_000)
    assert shop.lake.archive_if_due() == 1
    assert shop.lake.archive_if_due() == 0


def test_a_closed_day_becomes_one_file_and_late_events_join_it(shop: Shop) -> None:
    shop.happen([event(n, at=NOON - (1 + n % 3) * DAY, owner=n) for n in range(30)])
    shop.happen([event(90, at=NOON)])
    shop.lake.flush()
    shop.lake.compact()
    assert shop.days() == {"2026-02-26": 1, "2026-02-27": 1, "2026-02-28": 1, "": 1}
    shop.happen([event(100, at=NOON - 2 * DAY)])
    shop.lake.flush()
    shop.lake.compact()
    assert shop.days() == {"2026-02-26": 1, "2026-02-27": 1, "2026-02-28": 1, "": 1}
    late = shop.ask("select count(*) n from events where day = date '2026-02-27'")
    assert late == [{"n": 11}]
    assert len(shop.ids()) == 32


def test_a_large_day_is_split(database: PostgresDatabase, log: PostgresLog, tmp_path: Path) -> None:
    shop = open_shop(database, log, ParquetLake(tmp_path, file_bytes=1), ManualClock(NOON))
    shop.happen([event(n, at=NOON - DAY, owner=n) for n in range(20_000)])
    shop.lake.flush()
    shop.lake.compact()
    assert shop.days()["2026-02-28"] > 1
    assert shop.ask("select count(distinct message_id) n, count(*) m from events") == [
        {"n": 20_000, "m": 20_000}
    ]


def test_superseded_files_stay_for_those_who_still_read_them(shop: Shop) -> None:
    shop.happen([event(1, at=NOON - DAY)])
    shop.lake.flush()
    before = shop.files.names()
    shop.lake.compact()
    assert before < shop.files.names()
    shop.clock.advance(GRACE)
    shop.lake.compact()
    assert not before & shop.files.names()
    assert shop.ids() == ["m1"]


def test_orphans_are_swept_when_a_process_first_writes(shop: Shop) -> None:
    shop.happen([event(1, at=NOON)])
    shop.lake.flush()
    folder = shop.files.folder / "loose"
    (folder / "orphan.parquet").write_bytes(b"half")
    (folder / "other.parquet.tmp").write_bytes(b"half")
    again = open_shop(shop.database, shop.log, ParquetLake(shop.files.folder), shop.clock)
    assert again.ids() == ["m1"]
    shop.happen([event(2, at=NOON)])
    assert again.ids() == ["m1", "m2"]
    assert len(again.files.names()) == 2


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from glob('/*')",
        "from read_text('/etc/hostname')",
        "from read_parquet('https://example.com/x.parquet')",
        "copy (select 1) to '/tmp/segue-test-out.csv'",
        "attach '/tmp/segue-test.db'",
        "install httpfs",
        "set memory_limit = '1TB'",
        "create table t as select 1",
        "drop view events",
        "select 1; select 2",
        "",
        "selct 1",
        "select * from sniff_csv('/etc/passwd')",
    ],
)
def test_a_query_reads_the_lake_and_nothing_else(shop: Shop, sql: str) -> None:
    with pytest.raises(InvalidInputError):
        shop.lake.query(sql)


def test_values_of_every_kind_can_be_written_as_json(shop: Shop) -> None:
    [row] = shop.ask(
        "select 1::hugeint a, 1.5 b, 'x'::blob c, date '2026-01-02' d, [1, null] e, {'k': 2} f, "
        "'nan'::float g, "
        "timestamptz '2026-01-02 03:04:05+01' h, null i, true j, '{\"k\": [1]}'::json k, time '01:02' l, 1 a"
    )
    assert row == {
        "a": 1, "b": 1.5, "c": "78", "d": "2026-01-02", "e": [1, None], "f": {"k": 2}, "g": None,
        "h": "2026-01-02T02:04:05Z", "i": None, "j": True, "k": {"k": [1]}, "l": "01:02:00", "a_2": 1,
    }  # fmt: skip


days_back = st.integers(0, 4)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(st.lists(st.tuples(days_back, st.integers(1, 3)), max_size=6), max_size=5),
    compact=st.lists(st.booleans(), min_size=5, max_size=5),
    limit=st.integers(1, 7),
)
def test_pages_of_a_timeline_are_all_her_events_newest_first(
    clean: Shop, batches: list[list[tuple[int, int]]], compact: list[bool], limit: int
) -> None:
    shop = clean.again()
    told = []
    number = 0
    for batch, bring_together in zip(batches, compact, strict=False):
        events = []
        for back, owner in batch:
            number += 1
            events.append(event(number, owner=owner, at=NOON - back * DAY + number % 2))
        offset = shop.happen(events) - len(events)
        told += [(each.timestamp, offset + place, each) for place, each in enumerate(events, 1)]
        if bring_together:
            shop.lake.flush()
            shop.lake.compact(all_days=True)
    hers = sorted((each for each in told if each[2].fragment_id != fragment(3)), key=lambda each: each[:2])
    pages, after = [], None
    while True:
        page = shop.lake.timeline([fragment(1), fragment(2)], limit=limit, after=after)
        pages += [each["message_id"] for each in page.events]
        after = page.next
        if after is None:
            break
    assert pages == [each.message_id for _at, _offset, each in reversed(hers)]


def test_a_cursor_that_is_none_of_ours_is_refused(shop: Shop) -> None:
    with pytest.raises(InvalidInputError, match="place in a timeline"):
        shop.lake.timeline([fragment(1)], after="nonsense")


def test_a_file_that_was_lost_is_reported_and_stops_nobody_else(shop: Shop) -> None:
    shop.happen([event(1, at=NOON - DAY)])
    shop.lake.flush()
    [name] = shop.files.names()
    (shop.files.folder / name).unlink()
    with pytest.raises(SegueError, match="missing"):
        shop.lake.compact()
    with pytest.raises(SegueError):
        shop.lake.query("select * from events")
    shop.happen([event(2, at=NOON)])
    assert shop.lake.flush() == 1
