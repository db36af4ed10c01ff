"""Databases for tests: one embedded server a run, one cheap database a test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.log import PostgresLog
from segue.adapters.postgres.migrate import install, migrate
from segue.adapters.postgres.server import EmbeddedServer
from segue.ports.clock import ManualClock

SECRET = b"0" * 32
NOON = 1_772_366_400_000_000  # 2026-03-01T12:00:00Z
QUICK = {"fsync": "off", "shared_buffers": "64MB", "min_wal_size": "80MB", "max_wal_size": "512MB"}

_names = count(1)


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder with a short path that others may walk through (pytest's own may not be)."""
    folder = Path(tempfile.mkdtemp(prefix="segue-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(short_folder: Path) -> Iterator[EmbeddedServer]:
    """PostgreSQL 18 for the whole run, with a migrated, installed database called ``model``."""
    with EmbeddedServer(short_folder / "server", settings=QUICK) as server:
        _statement(server, "create database model")
        model = PostgresDatabase(server.url_of("model"))
        migrate(model)
        install(model, SECRET)
        model.close()
        yield server


@pytest.fixture
def database_url(postgres_server: EmbeddedServer) -> Iterator[str]:
    """A fresh copy of the model, by URL (for other processes)."""
    name = f"test_{next(_names)}"
    _statement(postgres_server, f"create database {name} template model")
    yield postgres_server.url_of(name)
    _statement(postgres_server, f"drop database {name} with (force)")


@pytest.fixture
def database(database_url: str) -> Iterator[PostgresDatabase]:
    """A fresh, migrated, installed database."""
    database = PostgresDatabase(database_url)
    yield database
    database.close()


@pytest.fixture(scope="module")
def shared_database(postgres_server: EmbeddedServer) -> Iterator[PostgresDatabase]:
    """One database for a whole module, for property tests that clean up after themselves."""
    name = f"test_{next(_names)}"
    _statement(postgres_server, f"create database {name} template model")
    database = PostgresDatabase(postgres_server.url_of(name))
    yield database
    database.close()
    _statement(postgres_server, f"drop database {name} with (force)")


@pytest.fixture
def log(database: PostgresDatabase) -> PostgresLog:
    """The log of the fresh database."""
    return PostgresLog(database)


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at noon of 1 March 2026, UTC."""
    return ManualClock(NOON)


def _statement(server: EmbeddedServer, text: str) -> None:
    with psycopg.connect(server.url_of("postgres"), autocommit=True) as connection:
        connection.execute(text.encode())
