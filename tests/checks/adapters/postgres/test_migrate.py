"""Migrations run once, in order, whoever asks, and never backwards."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest

from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.migrate import install, migrate, migrations
from segue.adapters.postgres.server import EmbeddedServer
from segue.errors import SegueError
from segue.ports.statements import Statement


@pytest.fixture
def empty(postgres_server: EmbeddedServer) -> Iterator[PostgresDatabase]:
    control = postgres_server.url_of("postgres")
    with psycopg.connect(control, autocommit=True) as connection:
        connection.execute("create database empty_one")
    database = PostgresDatabase(postgres_server.url_of("empty_one"))
    yield database
    database.close()
    with psycopg.connect(control, autocommit=True) as connection:
        connection.execute("drop database empty_one with (force)")


def test_several_processes_at_once_migrate_once(empty: PostgresDatabase) -> None:
    done: list[list[str]] = []
    threads = [threading.Thread(target=lambda: done.append(migrate(empty))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done, key=len) == [[], [], [], [name for _, name, _ in migrations()]]


def test_a_database_of_a_newer_segue_is_left_alone(database: PostgresDatabase) -> None:
    with database.transaction() as session:
        session.execute(Statement("x", "", "insert into migration (number, name) values (9999, 'later')"))
    with pytest.raises(SegueError, match="9999") as caught:
        migrate(database)
    assert caught.value.cure


def test_the_secret_of_an_installation_never_changes(database: PostgresDatabase) -> None:
    assert install(database, b"1" * 32) == b"0" * 32


def test_numbers_of_migrations_have_no_gap() -> None:
    assert [number for number, _, _ in migrations()] == list(range(1, len(migrations()) + 1))
