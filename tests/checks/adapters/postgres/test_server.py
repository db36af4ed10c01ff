"""The embedded server: made, adopted, restarted, stopped; on both versions that the wheel carries."""

from __future__ import annotations

import asyncio
import os
import pwd
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from segue.adapters.postgres import machine
from segue.adapters.postgres.appender import GroupCommit
from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.log import PostgresLog
from segue.adapters.postgres.migrate import install, migrate, migrations
from segue.adapters.postgres.server import EmbeddedServer, default_settings
from segue.errors import SegueError, SettingsError, UnavailableError
from segue.ports.log import NewEntry
from segue.ports.statements import Statement
from tests.patience import PATIENCE

QUICK = {"fsync": "off", "shared_buffers": "32MB", "min_wal_size": "32MB", "max_wal_size": "128MB"}
ADD = Statement("add", "", "insert into seen_ever values (%(key)s)")
COUNT = Statement("count", "", "select count(*) from seen_ever")


def until(said: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait for ``said()`` to be true."""
    deadline = time.monotonic() + patience
    while not said():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def came_back(server: EmbeddedServer, database: PostgresDatabase, old: int) -> bool:
    """Whether the server runs again, as another process than ``old``, and answers."""
    try:
        database.ping()
    except UnavailableError:
        return False
    return server.pid not in (None, old)


@pytest.fixture
def folder(short_folder: Path) -> Iterator[Path]:
    place = short_folder / f"own-{time.monotonic_ns()}"
    yield place
    EmbeddedServer(place, settings=QUICK).stop() if place.exists() else None


@pytest.mark.parametrize("version", [18, 16])
def test_it_is_made_keeps_its_data_and_leaves_no_process(folder: Path, version: int) -> None:
    with EmbeddedServer(folder, version, settings=QUICK) as server:
        assert server.started
        assert server.version == version
        database = PostgresDatabase(server.url)
        assert migrate(database) == [name for _, name, _ in migrations()]
        assert install(database, b"s" * 32) == b"s" * 32
        with database.transaction() as session:
            session.execute(ADD, key=b"a")
        database.close()
        pid = server.pid
        assert pid is not None
    assert not machine.runs_postgres(pid, folder / "postgres")
    with EmbeddedServer(folder, settings=QUICK) as server:  # the files' version counts, not the wish
        assert server.version == version
        database = PostgresDatabase(server.url)
        assert migrate(database) == []
        assert install(database, b"t" * 32) == b"s" * 32
        with database.transaction(read_only=True) as session:
            assert session.fetch(COUNT) == [(1,)]
        database.close()


def test_it_listens_on_a_socket_that_only_its_owner_can_open(folder: Path) -> None:
    with EmbeddedServer(folder, settings=QUICK) as server:
        database = PostgresDatabase(server.url)
        with database.transaction(read_only=True) as session:
            assert session.fetch(Statement("tcp", "", "show listen_addresses")) == [("",)]
        database.close()
        assert (folder / "postgres").stat().st_mode & 0o077 == 0


def test_a_second_user_adopts_it_and_the_last_one_stops_it(folder: Path) -> None:
    first = EmbeddedServer(folder, settings=QUICK)
    first.start()
    with EmbeddedServer(folder, settings=QUICK) as second:
        assert not second.started
        assert second.pid == first.pid
        assert second.url == first.url
        first.close()
        assert second.is_running()
    assert not second.is_running()


def test_a_killed_parent_leaves_it_running_to_be_adopted(folder: Path) -> None:
    program = (
        "import sys, time, pathlib\n"
        "from segue.adapters.postgres.server import EmbeddedServer\n"
        f"server = EmbeddedServer(pathlib.Path({str(folder)!r}), settings={QUICK!r})\n"
        "server.start()\nserver.watch()\nprint(server.pid, flush=True)\ntime.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    with EmbeddedServer(folder, settings=QUICK) as server:
        assert not server.started
        assert server.pid == pid
    assert not server.is_running()


@pytest.mark.parametrize("version", [18, 16])
def test_it_comes_back_after_kill_9_with_all_that_was_committed(folder: Path, version: int) -> None:
    with EmbeddedServer(folder, version, settings=QUICK) as server:
        server.watch(every=0.05)
        database = PostgresDatabase(server.url)
        migrate(database)
        for turn in range(3):
            with database.transaction() as session:
                session.execute(ADD, key=bytes([turn]))
            pid = server.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            until(partial(came_back, server, database, pid))
            with database.transaction(read_only=True) as session:
                assert session.fetch(COUNT) == [(turn + 1,)]
        database.close()


AS_NOBODY = """
import os, pathlib, pwd, sys
from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.server import EmbeddedServer
nobody = pwd.getpwnam("nobody")
os.setgroups([])
os.setgid(nobody.pw_gid)
os.setuid(nobody.pw_uid)
with EmbeddedServer(pathlib.Path(sys.argv[1]), settings={"fsync": "off", "shared_buffers": "32MB"}) as server:
    database = PostgresDatabase(server.url)
    database.ping()
    database.close()
    print(os.stat(server.folder / "postmaster.pid").st_uid == nobody.pw_uid)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_runs_it_as_himself(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    folder.mkdir()
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    machine.let_pass(folder, nobody)
    machine.let_pass(machine.binaries(18) / "postgres", nobody)
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(folder)], check=True, capture_output=True, text=True, cwd="/"
    )
    assert done.stdout == "True\n"


def test_a_long_data_path_has_its_socket_elsewhere(folder: Path) -> None:
    deep = folder / ("long-" * 20) / ("path-" * 10)
    with EmbeddedServer(deep, settings=QUICK) as server:
        place = machine.socket_folder(server.folder, machine.server_user(server.folder))
        assert place != server.folder
        assert place.stat().st_mode & 0o077 == 0
        database = PostgresDatabase(server.url)
        database.ping()
        database.close()
        with EmbeddedServer(deep, settings=QUICK) as second:
            assert second.pid == server.pid
    place.rmdir()


def test_a_path_with_odd_letters_is_no_trouble(folder: Path) -> None:
    with EmbeddedServer(folder / "Kundendaten für Zoë & 100 %", settings=QUICK) as server:
        database = PostgresDatabase(server.url)
        database.ping()
        database.close()


def test_a_pid_file_whose_number_belongs_to_a_stranger_does_not_keep_it_from_starting(folder: Path) -> None:
    with EmbeddedServer(folder, settings=QUICK) as server:
        pass
    (server.folder / "postmaster.pid").write_text(
        f"{os.getppid()}\n{server.folder}\n0\n5432\n\n\n0 0\nready\n"
    )
    assert not server.is_running()
    with EmbeddedServer(folder, settings=QUICK) as again:
        assert again.started


def test_a_half_made_data_directory_is_made_anew(folder: Path) -> None:
    (folder / "postgres.new" / "base").mkdir(parents=True)
    with EmbeddedServer(folder, settings=QUICK) as server:
        assert server.is_running()
    assert not (folder / "postgres.new").exists()


def test_two_starts_at_once_end_with_one_server(folder: Path) -> None:
    servers = [EmbeddedServer(folder, settings=QUICK) for _ in range(3)]
    threads = [threading.Thread(target=server.start) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(server.started for server in servers) == 1
    assert len({server.pid for server in servers}) == 1
    for server in servers:
        server.close()
    assert not servers[0].is_running()


def test_what_cannot_start_says_why(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segue.adapters.postgres.server._START_PATIENCE", 0.0)
    with pytest.raises(UnavailableError, match="nonsense"):
        EmbeddedServer(folder, settings={**QUICK, "nonsense": "1"}).start()
    with pytest.raises(SettingsError, match="17"):
        _ = EmbeddedServer(folder.with_name("other"), 17).binaries
    with pytest.raises(UnavailableError, match="pg_dump failed"):
        EmbeddedServer(folder, settings=QUICK).run("pg_dump", "--nonsense")


def test_memory_is_asked_for_by_the_size_of_the_machine() -> None:
    assert default_settings(32 << 30)["shared_buffers"] == "1024MB"
    assert default_settings(4 << 30)["shared_buffers"] == "512MB"
    assert default_settings(256 << 20)["shared_buffers"] == "64MB"


def test_the_servers_log_holds_no_values(folder: Path) -> None:
    with EmbeddedServer(folder, settings=QUICK) as server:
        database = PostgresDatabase(server.url)
        migrate(database)
        add = Statement("add", "", "insert into source values (%(v)s, true, 'x', null, 0)")
        for _ in range(2):
            with suppress(SegueError), database.transaction() as session:
                session.execute(add, v="victim@example.org")
        database.close()
    told = server.log_file.read_text()
    assert "duplicate key" in told
    assert "victim" not in told


def test_nothing_acknowledged_is_lost_when_the_server_is_killed_under_its_appenders(folder: Path) -> None:
    told: set[bytes] = set()
    refused = 0
    over = False

    async def client(commit: GroupCommit, me: int) -> None:
        nonlocal refused
        turn = 0
        while not over:
            turn += 1
            entries = [NewEntry(bytes([me]) * 16, 0, b"%d-%d-%d" % (me, turn, part)) for part in range(5)]
            told_so = False
            while not told_so:
                try:
                    await commit.append(entries)
                    told_so = True
                except UnavailableError:
                    refused += 1
                    await asyncio.sleep(0.02)
            told.update(entry.payload for entry in entries)

    async def scene(commit: GroupCommit, server: EmbeddedServer) -> None:
        nonlocal over
        clients = [asyncio.ensure_future(client(commit, me)) for me in range(8)]
        for _ in range(2):
            while (pid := server.pid) is None:
                await asyncio.sleep(0.005)
            before = refused, len(told)
            os.kill(pid, signal.SIGKILL)
            while refused <= before[0] or len(told) <= before[1]:
                await asyncio.sleep(0.005)
        over = True
        await asyncio.gather(*clients)

    with EmbeddedServer(folder, settings=QUICK) as server:
        server.watch(every=0.05)
        database = PostgresDatabase(server.url)
        migrate(database)
        log = PostgresLog(database)
        commit = GroupCommit(log)
        asyncio.run(scene(commit, server))
        commit.close()
        with database.transaction(read_only=True) as session:
            read = log.read(session, slots=range(64), after=0, limit=100_000)
        database.close()
    assert [one.offset for one in read] == list(range(1, len(read) + 1))
    assert told == {one.payload for one in read}
