"""What one version dumps, that version and every later one loads."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.dump import load, server_version, snapshot
from segue.adapters.postgres.migrate import install, migrate
from segue.adapters.postgres.server import EmbeddedServer
from segue.errors import UnavailableError
from segue.ports.statements import Statement

QUICK = {"fsync": "off", "shared_buffers": "32MB", "min_wal_size": "32MB", "max_wal_size": "128MB"}
ADD = Statement("add", "", "insert into seen_ever values (%(key)s)")
KEYS = Statement("keys", "", "select key from seen_ever order by 1")


@pytest.fixture
def sixteen(short_folder: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(short_folder / "sixteen", 16, settings=QUICK) as server:
        yield server
    shutil.rmtree(short_folder / "sixteen")


def filled(url: str, key: bytes) -> PostgresDatabase:
    database = PostgresDatabase(url)
    migrate(database)
    install(database, b"s" * 32)
    with database.transaction() as session:
        session.execute(ADD, key=key)
    return database


def keys(url: str) -> list[tuple[bytes]]:
    database = PostgresDatabase(url)
    with database.transaction(read_only=True) as session:
        found = session.fetch(KEYS)
    database.close()
    return found


def test_a_dump_of_16_loads_into_16_and_into_18(sixteen: EmbeddedServer, database_url: str) -> None:
    database = filled(sixteen.url, b"old")
    with snapshot(sixteen.url) as moment:
        assert moment.version == server_version(sixteen.url) == 16
        assert moment.size > 1 << 20
        with database.transaction() as session:
            session.execute(ADD, key=b"later")  # after the moment that is dumped
        parts = list(moment.sql())
    database.close()
    for url in (sixteen.url, database_url):
        load(url, parts)
        assert keys(url) == [(b"old",)]


def test_a_load_that_ends_early_leaves_what_was(database_url: str) -> None:
    database = filled(database_url, b"kept")
    with snapshot(database_url) as moment:
        [text] = moment.sql()
    database.close()
    for broken in (text + b"\nselect nonsense;\n", text[: text.index(b"COPY public.seen_ever")] + b"\nx;\n"):
        with pytest.raises(UnavailableError, match="psql failed"):
            load(database_url, [broken])
        assert keys(database_url) == [(b"kept",)]

    def cut() -> Iterator[bytes]:
        yield text[: len(text) // 2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(database_url, cut())
    assert keys(database_url) == [(b"kept",)]


def test_a_dump_that_fails_says_so(database_url: str) -> None:
    with snapshot(database_url) as moment:
        moment._name = "00000000-00000000-1"
        with pytest.raises(UnavailableError, match="pg_dump failed"):
            list(moment.sql())
