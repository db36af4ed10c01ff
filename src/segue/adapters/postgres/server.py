"""The embedded PostgreSQL: made, started, watched over and stopped by Segue itself.

The files lie in ``data/postgres``; the server listens on a Unix socket only. Every process that uses it
holds a shared lock on ``data/postgres.users``: the last one to leave stops the server, and a process
that was killed leaves it running, to be found (*adopted*) by the next. Starts are serialised by
``data/postgres.start``. Settings go on the command line at each start, so that they follow the code.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO
from urllib.parse import quote

import psycopg

from segue.adapters.postgres import machine
from segue.errors import SettingsError, UnavailableError

_LAST_WORDS = 600  # characters of what a program said
_START_PATIENCE = 30.0  # seconds; orphans of a killed server hold its memory for a while
_RECOVERY_PATIENCE = 900.0  # seconds; a living server that replays its WAL is not hurried
_STOP_PATIENCE = 60.0
_LOG_LIMIT = 16 << 20
_OWNER = "segue"
_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


def default_settings(memory: int) -> dict[str, str]:
    """Server settings for a machine with ``memory`` bytes, shared with everything else that runs on it."""
    return {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "shared_buffers": f"{min(1024, max(64, memory // 8 >> 20))}MB",
        "effective_cache_size": f"{max(256, memory // 2 >> 20)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": "128MB",
        "max_connections": "100",
        "max_wal_size": "4GB",
        "min_wal_size": "512MB",
        "checkpoint_timeout": "15min",
        "wal_compression": "off",
        "idle_in_transaction_session_timeout": "5min",
        # eager: the same few rows are rewritten all day
        "autovacuum_naptime": "15s",
        "autovacuum_vacuum_scale_factor": "0.05",
        "autovacuum_vacuum_cost_limit": "2000",
        # short statements on few cores
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "random_page_cost": "1.1",
        "timezone": "UTC",
        # nothing personal in the server's log: no statements, no values, no details of keys
        "log_min_error_statement": "panic",
        "log_parameter_max_length_on_error": "0",
        "log_error_verbosity": "terse",
        "log_statement": "none",
        "log_timezone": "UTC",
    }


class EmbeddedServer:
    """A PostgreSQL server whose files lie in ``data/postgres``.

    Use it as a context manager (start or adopt; on leaving stop it if nobody else uses it), or call
    :meth:`start` and :meth:`close`. ``version`` counts for a new data directory only.
    """

    def __init__(self, data: Path, version: int = 18, *, settings: Mapping[str, str] = _NO_SETTINGS) -> None:
        self.data = data.resolve()
        self.folder = self.data / "postgres"
        self.log_file = self.data / "postgres.log"
        #: whether this object started the server (otherwise it was found running)
        self.started = False
        self._wanted_version = version
        self._settings = settings
        self._child: subprocess.Popen[bytes] | None = None
        self._users: IO[bytes] | None = None
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None

    @property
    def version(self) -> int:
        """Major version of the files, or the one they will get."""
        file = self.folder / "PG_VERSION"
        return int(file.read_text()) if file.exists() else self._wanted_version

    @property
    def binaries(self) -> Path:
        """The folder of the programs that fit these files (``pg_dump``, ``pg_basebackup``, …)."""
        return machine.binaries(self.version)

    @property
    def url(self) -> str:
        """How to connect to Segue's database on this server."""
        return self.url_of(_OWNER)

    def url_of(self, database: str) -> str:
        """How to connect to another database of this server."""
        place = machine.socket_folder(self.folder, machine.server_user(self.folder))
        return f"postgresql://{_OWNER}@/{database}?host={quote(str(place), safe='')}"

    @property
    def pid(self) -> int | None:
        """Process id of the running server, None when it does not run."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        if self._child is not None and self._child.pid == pid and self._child.poll() is not None:
            return None
        return pid if machine.runs_postgres(pid, self.folder) else None

    def is_running(self) -> bool:
        """Whether the server's process lives (it may still be recovering)."""
        return self.pid is not None

    def start(self) -> None:
        """Start the server or adopt the one that runs; returns once it takes connections. UnavailableError"""
        self.data.mkdir(parents=True, exist_ok=True)
        self._stopping.clear()
        with self._start_lock():
            self._join_users()
            try:
                if not self.is_running():
                    self._create_files()
                    self._launch()
                    self.started = True
                self._await_ready(time.monotonic() + _RECOVERY_PATIENCE)
                self._create_database()
            except BaseException:
                self._leave_users()
                raise

    def watch(self, every: float = 0.2) -> None:
        """Keep the server running: from now on a thread starts it again whenever it is gone."""
        if self._watcher is None:
            self._watcher = threading.Thread(
                target=self._keep_running, args=(every,), name="postgres-watch", daemon=True
            )
            self._watcher.start()

    def close(self) -> None:
        """Leave the server; stops it if nobody else uses it."""
        self._end_watch()
        with self._start_lock():
            if self._leave_users():
                self._stop()
        self._let_go()

    def stop(self) -> None:
        """Stop the server whoever uses it (fast shutdown: open transactions are rolled back)."""
        self._end_watch()
        with self._start_lock():
            self._leave_users()
            self._stop()

    def __enter__(self) -> EmbeddedServer:
        """Start or adopt."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave."""
        self.close()

    def run(
        self, program: str, *arguments: str, output: IO[bytes] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run one of the server's own programs as the files' owner, its output kept or written to ``output``.

        UnavailableError if it fails.
        """
        user = machine.server_user(self.folder)
        done = subprocess.run(  # noqa: S603 our own binaries
            [str(self.binaries / program), *arguments],
            check=False,
            stdout=subprocess.PIPE if output is None else output,
            stderr=subprocess.PIPE,
            cwd="/",
            user=None if user is None else user.pw_uid,
            group=None if user is None else user.pw_gid,
            extra_groups=None if user is None else [],
        )
        if done.returncode != 0:
            words = " ".join(done.stderr.decode(errors="replace").split()) or "no message"
            raise UnavailableError(f"{program} failed: {words[-_LAST_WORDS:]}", cure=f"see {self.log_file}")
        return done

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _start_lock(self) -> Iterator[None]:
        with (self.data / "postgres.start").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _join_users(self) -> None:
        if self._users is None:
            self._users = (self.data / "postgres.users").open("ab")
            fcntl.flock(self._users, fcntl.LOCK_SH)

    def _leave_users(self) -> bool:
        """Give up the shared lock; True if nobody else holds one (call under the start lock)."""
        if self._users is None:
            return False
        with self._users as file:
            self._users = None
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    def _create_files(self) -> None:
        """Run initdb beside the final place and rename, so that a crash leaves nothing half made."""
        user = machine.server_user(self.folder)
        if user is not None:
            opened = machine.let_pass(self.binaries / "postgres", user)
            opened += machine.let_pass(self.folder, user)
            self._tell_opened([folder for folder in opened if folder != self.data], user.pw_name)
            machine.give_to(self.folder, user)
        if (self.folder / "PG_VERSION").exists():
            return
        fresh = self.data / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if user is not None:
            os.chown(fresh, user.pw_uid, user.pw_gid)
        sync = ["--no-sync"] if self._settings.get("fsync") == "off" else []
        self.run(
            "initdb", "-D", str(fresh), "-U", _OWNER, "--auth=trust", "--encoding=UTF8", "--locale=C", *sync
        )
        fresh.rename(self.folder)

    @staticmethod
    def _tell_opened(opened: list[Path], user: str) -> None:
        """Nobody shall wonder why a folder that was closed is not any more."""
        if opened:
            sys.stderr.write(
                f"PostgreSQL does not run as root, and user {user} must walk to its files: others may now "
                f"pass {', '.join(map(str, opened))} (o+x, not read); run as another user to avoid it\n"
            )

    def _launch(self) -> None:
        """Start the process, again and again for 30 s while it dies at once."""
        deadline = time.monotonic() + _START_PATIENCE
        while True:
            if self._child is not None:
                self._child.wait()  # it is dying if it is not dead: nobody calls this while it runs
            self._clear_stale_pid()
            self._child = self._spawn()
            if self._await_life(self._child):
                return
            if time.monotonic() > deadline or self._stopping.is_set():
                raise UnavailableError(
                    f"PostgreSQL does not start: {self._last_words()}", cure=f"see {self.log_file}"
                )
            time.sleep(0.25)

    def _spawn(self) -> subprocess.Popen[bytes]:
        user = machine.server_user(self.folder)
        place = machine.socket_folder(self.folder, user)
        values = {**default_settings(machine.memory_bytes()), **self._settings}
        values["unix_socket_directories"] = str(place)
        command = [str(self.binaries / "postgres"), "-D", str(self.folder)]
        for name, value in values.items():
            command += ["-c", f"{name}={value}"]
        if self.log_file.exists() and self.log_file.stat().st_size > _LOG_LIMIT:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        with self.log_file.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 our own binaries
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # an interrupt typed at the terminal is ours, not the server's
                user=None if user is None else user.pw_uid,
                group=None if user is None else user.pw_gid,
                extra_groups=None if user is None else [],
            )

    def _await_life(self, child: subprocess.Popen[bytes]) -> bool:
        """Whether the process got past taking the lock of its files (False: it ended)."""
        while child.poll() is None:
            with suppress(OSError):
                lines = (self.folder / "postmaster.pid").read_text().split("\n")
                if lines[0] == str(child.pid) and len(lines) >= 8 and lines[7].strip():
                    return True
            time.sleep(0.01)
        return False

    def _await_ready(self, deadline: float) -> None:
        while True:
            try:
                psycopg.connect(self.url_of("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if not self.is_running():
                    raise UnavailableError(
                        f"PostgreSQL ended while starting: {self._last_words()}", cure=f"see {self.log_file}"
                    ) from error
                if time.monotonic() > deadline:
                    raise UnavailableError(
                        "PostgreSQL runs but takes no connections", cure=f"see {self.log_file}"
                    ) from error
                time.sleep(0.02)
            else:
                return

    def _create_database(self) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", (_OWNER,))
            if found.fetchone() is None:
                connection.execute(f"create database {_OWNER}".encode())

    def _let_go(self) -> None:
        """Forget a server that others still use, without Popen's complaint that it outlives us."""
        if self._child is not None:
            self._child.returncode = 0
            self._child = None

    def _clear_stale_pid(self) -> None:
        """Remove a pid file whose number now belongs to a stranger; PostgreSQL itself would give up.

        That of a dead process stays: it tells PostgreSQL whose shared memory to look for first.
        """
        file = self.folder / "postmaster.pid"
        with suppress(OSError, ValueError):
            pid = int(file.read_text().split("\n", 1)[0])
            if machine.lives(pid) and not machine.runs_postgres(pid, self.folder):
                file.unlink()

    def _last_words(self) -> str:
        try:
            lines = self.log_file.read_text(errors="replace").strip().splitlines()
        except OSError:
            return "no message"
        grave = [line for line in lines[-50:] if "FATAL" in line or "PANIC" in line]
        return (grave or lines or ["no message"])[-1]

    def _keep_running(self, every: float) -> None:
        while not self._stopping.wait(every):
            if self.is_running():
                continue
            with suppress(UnavailableError, SettingsError, OSError), self._start_lock():
                if not self.is_running() and not self._stopping.is_set():
                    self._launch()
                    self._await_ready(time.monotonic() + _RECOVERY_PATIENCE)

    def _end_watch(self) -> None:
        self._stopping.set()
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None

    def _stop(self) -> None:
        for sign, patience in ((signal.SIGINT, _STOP_PATIENCE), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            pid = self.pid
            if pid is None:
                break
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
            deadline = time.monotonic() + patience
            while self.is_running() and time.monotonic() < deadline:
                time.sleep(0.01)
        if self._child is not None:
            self._child.wait()
            self._child = None
