"""``segue serve``: one command that runs PostgreSQL, the web processes and the workers, and keeps them up.

The supervisor itself does no work. It starts the children, starts again whatever dies (PostgreSQL
included), and on SIGTERM stops them in the order in which they depend on each other.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from segue import flow
from segue.adapters.postgres.server import EmbeddedServer
from segue.app.directory import alone, check_whole, forget_server, server_record, write_server_record
from segue.app.installation import connect, prepare
from segue.app.keys import create_key
from segue.app.logs import Log
from segue.app.measures import share_counts
from segue.app.processes.children import GRACE, Child, worker_child
from segue.app.sessions import make_owners_link
from segue.errors import SettingsError, UnavailableError
from segue.settings import Settings, public_address, remember_database

_LOG = Log("segue.serve")

Announce = Callable[[str | None, str], None]
"""Told when the server is ready: the first ingest key, if this run made it, and a link to sign in by once."""


class Supervisor:
    """Everything ``segue serve`` runs."""

    def __init__(self, data: Path, settings: Settings, web_module: str, beside: Sequence[str] = ()) -> None:
        self.data = data
        self.settings = settings
        self.web_module = web_module
        self.beside = beside
        self.embedded: EmbeddedServer | None = None
        self.children: list[Child] = []
        self.stopped = threading.Event()
        self._told: dict[str, int] = {}

    def run(self, announce: Announce) -> None:
        """Serve until SIGTERM or SIGINT. ``announce`` gets the first ingest key, if this run made it, and a
        one-time link to sign in by.

        Raises ConflictError when the directory is in use, SettingsError when the port is.
        """
        left = server_record(self.data) is not None
        with alone(self.data, cure="stop the other server or command first"):
            check_whole(self.data)
            share_counts(self.data)
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: self.stopped.set())
            # the processes of a server that was killed need a moment to notice, and hold the port until then
            self._check_port(patience=GRACE if left else 0.0)
            try:
                self._serve(announce)
            finally:
                self._stop_all()

    def _serve(self, announce: Announce) -> None:
        url = self._start_database()
        prepare(url)
        key, link = self._first_key(url)
        self.children = self._plan(url)
        for child in self.children:
            child.start()
        self._await_ready(url)
        announce(key, link)
        while not self.stopped.wait(0.2):
            self._tend_database()
            for child in self.children:
                child.tend()
            self._tell(url)

    def _check_port(self, patience: float) -> None:
        deadline = time.monotonic() + patience
        while (error := self._refused_port()) is not None:
            if time.monotonic() > deadline or self.stopped.wait(0.1):
                raise SettingsError(
                    f"cannot listen on {self.settings.host}:{self.settings.port}: {error.strerror}",
                    cure="choose another with --port, or stop what listens there",
                ) from error

    def _refused_port(self) -> OSError | None:
        with socket.socket(socket.AF_INET6 if ":" in self.settings.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.settings.host, self.settings.port))
            except OSError as error:
                return error
        return None

    def _start_database(self) -> str:
        if self.settings.database_url:
            remember_database(self.data, self.settings.database_url)
            return self.settings.database_url
        self.embedded = EmbeddedServer(self.data, version=self.settings.postgres_version)
        self.embedded.start()
        return self.embedded.url

    def _tend_database(self) -> None:
        if self.embedded is None or self.embedded.is_running():
            return
        _LOG.warning("postgres_died")
        try:
            self.embedded.start()
        except UnavailableError as error:
            _LOG.warning("postgres_not_up_yet", message=error.message)

    def _first_key(self, url: str) -> tuple[str | None, str]:
        """Share the slots out, make an ingest key if there is no key at all, and a link to sign in by."""
        installation = connect(self.data, url)
        try:
            database, clock = installation.database, installation.clock
            link = make_owners_link(database, clock, public_url=public_address(self.settings))
            with database.transaction() as session:
                flow.relane(session, self.settings.workers)
                if session.fetch(flow.ANY_KEY)[0][0]:
                    return None, link
            return create_key(database, clock, role="ingest", source="web", actor="segue serve"), link
        finally:
            installation.close()

    def _plan(self, url: str) -> list[Child]:
        """The processes, all started as modules of this interpreter."""
        workers = [worker_child(n, self.data, url) for n in range(self.settings.workers)]
        command = [sys.executable, "-m", self.web_module, "--data", str(self.data), "--database-url", url]
        address = ["--host", self.settings.host, "--port", str(self.settings.port)]
        webs = [Child(f"web-{n}", [*command, *address]) for n in range(self.settings.web_processes)]
        guests = [
            Child(module.rpartition(".")[2], [sys.executable, "-m", module, *command[3:], *address])
            for module in self.beside
        ]
        return [*workers, *webs, *guests]

    def _await_ready(self, url: str, patience: float = 60.0) -> None:
        """Wait until somebody answers on the port, then say so in ``server.json``."""
        deadline = time.monotonic() + patience
        while not self.stopped.is_set():
            try:
                with socket.create_connection((self.settings.host, self.settings.port), timeout=1.0):
                    break
            except OSError:
                if time.monotonic() > deadline:
                    raise UnavailableError("the web process does not answer", cure="see its log") from None
                time.sleep(0.05)
        self._tell(url)

    def _tell(self, url: str) -> None:
        """Write ``server.json``, when something in it has changed."""
        children = {child.name: child.process.pid for child in self.children if child.process}
        processes = {"serve": os.getpid(), **children}
        if processes != self._told:
            self._told = processes
            write_server_record(
                self.data,
                {
                    "pid": os.getpid(),
                    "host": self.settings.host,
                    "port": self.settings.port,
                    "database_url": url,
                    "processes": processes,
                },
            )

    def _stop_all(self) -> None:
        """Web first, so that nothing new comes; then the workers; PostgreSQL last."""
        forget_server(self.data)
        for child in reversed(self.children):
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        for child in reversed(self.children):
            child.stop(GRACE)
        if self.embedded is not None:
            self.embedded.stop()


def serve(
    data: Path,
    settings: Settings,
    *,
    web_module: str,
    announce: Announce,
    beside: Sequence[str] = (),
) -> None:
    """Run ``segue serve`` on ``data`` until it is told to stop; see :class:`Supervisor`.

    ``beside`` are modules that run as processes of their own next to the web processes, and speak with them.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    Supervisor(data.resolve(), settings, web_module, beside).run(announce)


__all__: Sequence[str] = ["Supervisor", "serve"]
