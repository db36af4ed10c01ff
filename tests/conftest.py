"""Databases for tests: one embedded server a run, one cheap database a test.

A new database takes a few hundred milliseconds, putting a used one back to its first state a few:
so databases are used again, and made only when a test needs more of them at once.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.log import PostgresLog
from segue.adapters.postgres.migrate import install, migrate
from segue.adapters.postgres.server import EmbeddedServer
from segue.ports.clock import ManualClock

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# how long an example takes is no matter of a test: machines are noisy
settings.register_profile("segue", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("segue")

SECRET = b"0" * 32
NOON = 1_772_366_400_000_000  # 2026-03-01T12:00:00Z
QUICK = {"fsync": "off", "shared_buffers": "64MB", "min_wal_size": "80MB", "max_wal_size": "512MB"}

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

MAKE_SEED = """
create schema seed;
do $$
declare one record;
begin
    for one in select c.oid::regclass as name, c.relname from pg_class c
               where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
    loop
        execute format('create table seed.%I as table %s', one.relname, one.name);
    end loop;
end $$;
"""
PUT_BACK = """
set lock_timeout = '5s';
set session_replication_role = replica;
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend';
do $$
declare one record;
begin
    for one in select c.oid::regclass as name, c.relname, s.oid is not null as ours from pg_class c
               left join pg_class s on s.relname = c.relname and s.relnamespace = 'seed'::regnamespace
               where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
               order by c.relispartition desc
    loop
        if one.ours then
            execute format('delete from %s', one.name);
            execute format('insert into %s overriding system value table seed.%I', one.name, one.relname);
        else
            execute format('drop table if exists %s', one.name);
        end if;
    end loop;
    for one in select oid::regclass as name from pg_class
               where relnamespace = 'public'::regnamespace and relkind = 'S'
    loop
        execute format('alter sequence %s restart', one.name);
    end loop;
end $$;
"""


class Databases:
    """Copies of the model, lent out one by one."""

    def __init__(self, server: EmbeddedServer) -> None:
        self._server = server
        self._free: list[str] = []
        self._made = 0

    def make_model(self) -> None:
        """A migrated, installed database that remembers its first state."""
        self._control("create database model")
        model = PostgresDatabase(self._server.url_of("model"))
        migrate(model)
        install(model, SECRET)
        with model.transaction() as session:
            session.script(MAKE_SEED)
        model.close()

    @contextmanager
    def lend(self) -> Iterator[str]:
        """The URL of a database as good as new."""
        name = self._free.pop() if self._free else self._new()
        try:
            yield self._server.url_of(name)
        finally:
            try:
                with psycopg.connect(self._server.url_of(name), autocommit=True) as connection:
                    connection.execute(PUT_BACK.encode())
                self._free.append(name)
            except psycopg.Error:
                self._control(f"drop database {name} with (force)")

    def _new(self) -> str:
        self._made += 1
        self._control(f"create database test_{self._made} template model")
        return f"test_{self._made}"

    def _control(self, text: str) -> None:
        with psycopg.connect(self._server.url_of("postgres"), autocommit=True) as connection:
            connection.execute(text.encode())


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder with a short path that others may walk through (pytest's own may not be)."""
    memory = Path("/dev/shm")  # where it is large enough, the disk's moods slow nobody down
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 4 << 30
    folder = Path(tempfile.mkdtemp(prefix="segue-test-", dir=memory if roomy else None))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(short_folder: Path) -> Iterator[EmbeddedServer]:
    """PostgreSQL 18 for the whole run."""
    with EmbeddedServer(short_folder / "server", settings=QUICK) as server:
        yield server


@pytest.fixture(scope="session")
def databases(postgres_server: EmbeddedServer) -> Databases:
    """Where fresh databases come from."""
    databases = Databases(postgres_server)
    databases.make_model()
    return databases


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A fresh, migrated, installed database by URL (for other processes)."""
    with databases.lend() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[PostgresDatabase]:
    """A fresh, migrated, installed database."""
    database = PostgresDatabase(database_url)
    yield database
    database.close()


@pytest.fixture(scope="module")
def shared_database(databases: Databases) -> Iterator[PostgresDatabase]:
    """One database for a whole module, for property tests that clean up after themselves."""
    with databases.lend() as url:
        database = PostgresDatabase(url)
        yield database
        database.close()


@pytest.fixture
def log(database: PostgresDatabase) -> PostgresLog:
    """The log of the fresh database."""
    return PostgresLog(database)


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at noon of 1 March 2026, UTC."""
    return ManualClock(NOON)


CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # nobody but us is asked for anything
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium; skips where there is none.

    A module's, not the run's: while it is there, playwright keeps an event loop running in this thread,
    and tests of other modules want to run their own.
    """
    found = [path for name in BROWSERS if (path := shutil.which(name))]
    if not found:
        pytest.skip(
            "NOT TESTED in a browser, because chromium is not installed (Debian: apt install chromium)"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found[0], args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
