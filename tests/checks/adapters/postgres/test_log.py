"""The log keeps its promises in a real PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.log import CHANNEL, PARTITION, PostgresLog, partition_of
from segue.adapters.postgres.migrate import migrate
from segue.adapters.postgres.server import EmbeddedServer
from segue.domain.events import DeadLetter
from segue.ports.log import Entry, NewEntry
from segue.ports.statements import Statement, statements

QUICK = {"fsync": "off", "shared_buffers": "64MB"}


def entry(number: int) -> NewEntry:
    return NewEntry(number.to_bytes(2, "little") + b"f" * 14, number, b"payload %d" % number)


def test_what_is_appended_is_read_back_in_order_by_slot(log: PostgresLog) -> None:
    assert log.append([entry(n) for n in range(200)]) == 200
    assert log.append([entry(200)]) == 201
    with log.database.transaction(read_only=True) as session:
        assert log.head(session) == 201
        everything = log.read(session, slots=range(64), after=0, limit=1000)
        assert [e.offset for e in everything] == list(range(1, 202))
        assert everything[7] == (8, 7, b"payload 7")
        some = log.read(session, slots=[3, 5], after=70, limit=2)
        assert [(e.offset, e.slot) for e in some] == [(132, 3), (134, 5)]


def test_dead_letters_are_kept_once_whatever_they_hold(log: PostgresLog) -> None:
    letter = DeadLetter(
        dead_letter_id="a" * 32,
        source="web\0",
        received_at=1,
        reason="odd",
        detail="\ud800",
        raw='{"a":"\ud800\0"}',
    )
    log.append([entry(1)], [letter])
    log.append([], [letter])
    with log.database.transaction() as session:
        rows = session.fetch(Statement("all", "", "select source, raw, fragment_ids from dead_letter"))
    assert rows == [("web\\0", b'{"a":"\xed\xa0\x80\x00"}', [])]


def test_offsets_have_no_gap_after_a_transaction_that_failed(log: PostgresLog) -> None:
    log.append([entry(1)])
    with pytest.raises(ZeroDivisionError), log.database.transaction() as session:  # noqa: PT012
        assert log.append_within(session, [entry(2), entry(3)]) == 3
        raise ZeroDivisionError
    assert log.append([entry(4)]) == 2


def test_partitions_are_made_ahead_and_dropped_when_passed(log: PostgresLog) -> None:
    log.append([entry(1)])
    move(log, 2_950_000)
    assert log.append([entry(2)]) == 2_950_000
    assert partitions(log) == [partition_of(n * PARTITION) for n in range(4)]
    assert log.drop_passed(999_998) == 0
    assert log.drop_passed(999_999) == 1
    assert log.drop_passed(2_949_999) == 1
    assert partitions(log) == [partition_of(2_000_000), partition_of(3_000_000)]
    with log.database.transaction(read_only=True) as session:
        assert [e.offset for e in log.read(session, slots=range(64), after=0, limit=9)] == [2_950_000]
    move(log, 2_999_999)
    assert log.append([entry(n) for n in range(3)]) == 3_000_001


def test_dropping_gives_way_to_a_reader(log: PostgresLog) -> None:
    log.append([entry(1)])
    move(log, 1_000_000)
    log.append([entry(2)])
    with log.database.transaction() as session:
        log.read(session, slots=range(64), after=0, limit=1)
        assert log.drop_passed(999_999) == 0
    assert log.drop_passed(999_999) == 1


def test_reading_touches_one_partition_only(log: PostgresLog) -> None:
    log.append([entry(1)])
    move(log, 1_950_000)
    log.append([entry(2)])
    plan = statements("segue.adapters.postgres", "log.sql")["read_all"]
    explained = Statement("plan", "", "explain (analyze, costs off, timing off) " + plan.text)
    with log.database.transaction() as session:
        rows = "\n".join(row[0] for row in session.fetch(explained, after=1_500_000, limit=10))
    assert "log_p000000000" not in rows
    assert "Sort" not in rows


@pytest.fixture(scope="module")
def sixteen(short_folder: Path) -> Iterator[str]:
    with EmbeddedServer(short_folder / "sixteen", 16, settings=QUICK) as server:
        yield server.url


@pytest.mark.parametrize("version", [18, 16])
def test_six_appenders_and_a_live_reader_skip_no_offset_though_two_are_killed(
    version: int, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("database_url" if version == 18 else "sixteen")
    database = PostgresDatabase(url)
    migrate(database)
    log = PostgresLog(database)
    appenders = [
        subprocess.Popen([sys.executable, "-c", APPENDER, url, str(number)], stdout=subprocess.PIPE)
        for number in range(6)
    ]
    try:
        read = follow(log, appenders)
    finally:
        for appender in appenders:
            appender.kill()
    told = {line for appender in appenders if appender.stdout for line in appender.stdout.read().split()}
    for appender in appenders:
        appender.communicate()
    database.close()
    assert [one.offset for one in read] == list(range(1, len(read) + 1)), "no gap, no overtaking"
    assert told <= {one.payload for one in read}, "what an appender was told is there"
    assert len({one.payload for one in read}) == len(read), "nothing twice"


APPENDER = """
import os, sys
from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.log import PostgresLog
from segue.ports.log import NewEntry
log, me = PostgresLog(PostgresDatabase(sys.argv[1])), int(sys.argv[2])
for turn in range(60):
    payloads = [f"{me}-{turn}-{part}".encode() for part in range(1 + (turn * 7 + me) % 40)]
    log.append([NewEntry(os.urandom(16), 0, payload) for payload in payloads])
    os.write(1, b" ".join(payloads) + b"\\n")
"""


def follow(log: PostgresLog, appenders: list[subprocess.Popen[bytes]]) -> list[Entry]:
    """Read by position while the appenders write; kill two of them in the middle; end when all have."""
    read: list[Entry] = []
    victims = list(appenders[:2])
    with log.database.listen(CHANNEL) as listener:
        while True:
            writing = any(appender.poll() is None for appender in appenders)
            while True:
                with log.database.transaction(read_only=True) as session:
                    news = log.read(session, slots=range(64), after=read[-1].offset if read else 0, limit=100)
                if not news:
                    break
                read += news
            if not writing:
                return read
            if victims and len(read) > 500 * (3 - len(victims)):
                victims.pop().kill()
            listener.wait(0.02)


def partitions(log: PostgresLog) -> list[str]:
    with log.database.transaction(read_only=True) as session:
        return [
            row[0] for row in session.fetch(statements("segue.adapters.postgres", "log.sql")["partitions"])
        ]


def move(log: PostgresLog, next_offset: int) -> None:
    """As if so much had been appended."""
    with log.database.transaction() as session:
        session.execute(Statement("move", "", "update log_head set next_offset = %(n)s"), n=next_offset)
