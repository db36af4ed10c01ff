"""An installation: one data directory with its PostgreSQL, opened for use.

``open_installation`` is how every command and process gets at one. It joins a running ``segue serve``
when there is one; otherwise it starts the embedded PostgreSQL, lets the loop catch up with what waits,
and stops the server again at the end. A lock file keeps two owners apart.
"""

from __future__ import annotations

import gc
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from segue import flow
from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.log import PostgresLog
from segue.adapters.postgres.migrate import install, migrate
from segue.adapters.postgres.reach import check_reachable
from segue.adapters.postgres.server import EmbeddedServer
from segue.app.around.trending import Trending
from segue.app.definitions import CHANGED, current_rules
from segue.app.directory import check_whole, owned_or_served, server_record
from segue.app.logs import Log
from segue.domain.rules import Rules
from segue.errors import SegueError, UnavailableError
from segue.ports.clock import Clock, SystemClock
from segue.settings import Settings, load_settings

_LOG = Log("segue.installation")

RULES_ARE_FRESH_FOR = 1.0
"""Seconds after which a process looks again whether definitions were applied."""

STEP_LIMIT = 8_000
"""Events in one micro-batch: enough that a busy customer is written once, little enough to stay quick."""


class Installation:
    """Everything a process needs of one data directory. Safe to share between threads."""

    def __init__(
        self, data: Path, settings: Settings, url: str, secret: bytes, clock: Clock | None = None
    ) -> None:
        self.data = data
        self.settings = settings
        self.url = url
        self.secret = secret
        self.clock = clock or SystemClock()
        self.database = PostgresDatabase(url)
        self.log = PostgresLog(self.database)
        #: one for all, so that what a display notices is what it is answered by
        self.trending = Trending(self.database)
        self._rules: Rules | None = None
        self._rules_read = 0.0
        self._watched = False
        self._lock = threading.Lock()

    def rules(self) -> Rules:
        """The definitions in force, at most a second old; never waits while they are watched."""
        with self._lock:
            moment = time.monotonic()
            if self._rules is None or (not self._watched and moment - self._rules_read > RULES_ARE_FRESH_FOR):
                self._rules = self._read_rules()
                self._rules_read = moment
            return self._rules

    def look_again(self) -> None:
        """Have this process follow at once what it has just put in force; others hear of it."""
        read = self._read_rules()
        with self._lock:
            self._rules, self._rules_read = read, time.monotonic()

    @contextmanager
    def watching_rules(self) -> Iterator[None]:
        """Have a thread look for new definitions, so that who asks never waits for the database.

        It looks when it is told that some were applied, and every second in case it was not. While the
        database is away the definitions last seen stay in force.
        """
        self.rules()
        self._watched = True
        stop = threading.Event()
        thread = threading.Thread(target=self._watch, args=(stop,), name="rules", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            with suppress(SegueError):
                self.database.notify(CHANGED)  # it hears that it may end
            thread.join()
            self._watched = False

    def _watch(self, stop: threading.Event) -> None:
        with self.database.listen(CHANGED) as news:
            while not stop.is_set():
                try:
                    self.look_again()  # first of all: what was applied before anybody listened
                except SegueError as error:
                    _LOG.warning("rules_not_refreshed", code=error.code, message=error.message)
                news.wait(RULES_ARE_FRESH_FOR)

    def _read_rules(self) -> Rules:
        with self.database.transaction(read_only=True) as session:
            return current_rules(session, self.settings.time_zone)

    def step(self, worker: int = 0, limit: int = STEP_LIMIT) -> flow.Step:
        """One micro-batch of the loop in one transaction; what our rules fail on is set aside."""
        turn = flow.Turn(worker, self.clock.now(), limit)
        while True:
            try:
                return self._step(turn)
            except flow.StaleRulesError:
                self.look_again()  # somebody has used newer ones than ours
            except flow.PoisonError as poison:
                _LOG.error("events_set_aside", events=len(poison.ids), kind=type(poison.__cause__).__name__)
                turn = turn._replace(poison=turn.poison | poison.ids)

    def _step(self, turn: flow.Turn) -> flow.Step:
        rules = self.rules()
        with _without_collector(), self.database.transaction(durable=False) as session:
            return flow.step(session, self.log, rules, turn)

    def workers(self) -> int:
        """How many workers the slots are shared out among."""
        with self.database.transaction(read_only=True) as session:
            return len(session.fetch(_WORKERS))

    def drain(self, timeout: float = 3600.0) -> None:
        """Run or await the loop until all that was in the log when asked is applied; UnavailableError.

        Safe beside running workers: the rows of ``consumer`` are locked for the length of a step, so
        whoever comes first does the work.
        """
        with self.database.transaction(read_only=True) as session:
            head = self.log.head(session)
        deadline = time.monotonic() + timeout
        lanes = self.workers()
        while True:
            done = [self.step(worker) for worker in range(lanes)]
            if all(each.position >= head or each.read == 0 for each in done):
                return
            if time.monotonic() > deadline:
                raise UnavailableError("the loop has not caught up in time", cure="see `segue status`")

    def settle(self, timeout: float = 3600.0) -> None:
        """Have everybody judged who is due, because of time or of definitions; UnavailableError.

        Safe beside running workers, like :meth:`drain`.
        """
        deadline = time.monotonic() + timeout
        lanes = self.workers()
        while any(step.pending for step in [self.step(worker) for worker in range(lanes)]):
            if time.monotonic() > deadline:
                raise UnavailableError("judging has not come to its end in time", cure="see `segue status`")

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()


@contextmanager
def _without_collector() -> Iterator[None]:
    """No garbage collection while a step runs: its thousands of small records are all alive until it ends.

    Left on, the cyclic collector walks over them again and again, at more than the cost of the loop itself.
    """
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


_WORKERS = flow.LANES


@contextmanager
def open_installation(data: Path, *, database_url: str | None = None) -> Iterator[Installation]:
    """Open ``data`` for a command: join the running server, or own the directory for a while."""
    data = data.expanduser().resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = load_settings(data)
    with owned_or_served(data) as owned:
        if not owned:
            running = server_record(data) or {}
            installation = _connect(data, settings, str(running.get("database_url", "")))
            try:
                yield installation
            finally:
                installation.close()
            return
        check_whole(data)
        with started_database(data, settings, database_url) as url:
            installation = _connect(data, settings, url)
            try:
                installation.drain()
                yield installation
                installation.drain()
            finally:
                installation.close()


@contextmanager
def started_database(data: Path, settings: Settings, database_url: str | None = None) -> Iterator[str]:
    """The URL of a migrated database: the given one, or the embedded server, started and stopped."""
    url = database_url or settings.database_url
    server = None
    if not url:
        server = EmbeddedServer(data, version=settings.postgres_version)
        server.start()
        url = server.url
    try:
        prepare(url)
        yield url
    finally:
        if server is not None:
            server.stop()


def prepare(url: str) -> None:
    """Bring the schema up to date; a new installation draws its secret here.

    SettingsError for what is no URL, UnavailableError when no PostgreSQL can be used there.
    """
    check_reachable(url)
    database = PostgresDatabase(url, pool_size=1)
    try:
        migrate(database)
        install(database, secrets.token_bytes(32))
    finally:
        database.close()


def connect(data: Path, url: str) -> Installation:
    """What a process of a running server uses; the database is up and migrated already."""
    return _connect(data, load_settings(data), url)


def _connect(data: Path, settings: Settings, url: str) -> Installation:
    installation = Installation(data, settings, url, b"")
    with installation.database.transaction(read_only=True) as session:
        [(secret,)] = session.fetch(flow.SECRET)
    installation.secret = secret
    return installation
