"""A real ``segue serve`` for tests and benchmarks: its own processes, its own data directory, a free port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from segue.adapters.postgres.database import PostgresDatabase
from segue.app.directory import server_record
from segue.app.keys import create_key
from segue.ports.clock import SystemClock
from tests.patience import PATIENCE

READY_AFTER = PATIENCE


@dataclass
class Answer:
    """One HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


@dataclass
class Served:
    """A running server and how to speak with it."""

    data: Path
    port: int
    process: subprocess.Popen[bytes]
    keys: dict[tuple[str, ...], str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def key(self, role: str, *options: str) -> str:
        """A key of this role with the command's options, e.g. ``key("ingest", "--source", "till")``.

        Made as `segue keys create` makes it, in this process: the command is tried in tests of its own.
        """
        chosen = (role, *options)
        if chosen not in self.keys:
            self.keys[chosen] = _made_key(self.data, role, options)
        return self.keys[chosen]

    def request(
        self, method: str, path: str, *, key: str = "", body: bytes = b"", headers: Mapping[str, str] = {}
    ) -> Answer:
        """One request on a connection of its own; ``key`` goes as a bearer token."""
        sent = dict(headers)
        if key:
            sent["Authorization"] = f"Bearer {key}"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        """JSON of a path that an admin may read."""
        answer = self.request("GET", path, key=self.key("admin"))
        assert answer.status == 200, (path, answer.status, answer.body[:500])
        return answer.json()

    def define(self, files: Mapping[str, str]) -> None:
        """Put definitions and what is sold in force, by file name, as somebody does with ``segue apply``."""
        with TemporaryDirectory() as folder:
            for name, text in files.items():
                (Path(folder) / name).write_text(text)
            segue("apply", folder, "--data", str(self.data))

    def stop(self) -> int:
        """SIGTERM, as a service manager would; answers the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


def _made_key(data: Path, role: str, options: Sequence[str]) -> str:
    wishes = dict(pairwise(options))
    record = server_record(data)
    assert record is not None, f"no server runs on {data}"
    database = PostgresDatabase(record["database_url"])
    try:
        return create_key(
            database, SystemClock(), role=role, source=wishes.get("--source"), trusted="--trusted" in options,
            placement=wishes.get("--placement"), actor="test",
        )  # fmt: skip
    finally:
        database.close()


def segue(*arguments: str, status: int = 0) -> str:
    """Run the command line; its standard output without the last newline."""
    done = subprocess.run(
        [sys.executable, "-m", "segue", *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        env=environment(),
        check=False,
    )
    assert done.returncode == status, f"segue {' '.join(arguments)}: {done.returncode}\n{done.stderr[-2000:]}"
    return done.stdout.removesuffix("\n")


def environment() -> dict[str, str]:
    """Ours without SEGUE_*, so that nobody's settings leak in."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SEGUE_")}


def free_port() -> int:
    """A TCP port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(data: Path, options: Sequence[str] = (), *, port: int = 0) -> Iterator[Served]:
    """``segue serve --data DATA``, ready; stopped at the end. Its output stands in ``DATA.log``."""
    port = port or free_port()
    log = data.with_name(f"{data.name}.log")
    with log.open("ab") as output:
        command = [sys.executable, "-m", "segue", "serve", "--data", str(data), "--port", str(port), *options]
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment())
    served = Served(data, port, process)
    try:
        await_ready(served, log)
        yield served
    finally:
        try:
            served.stop()
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def await_ready(served: Served, log: Path, patience: float = READY_AFTER) -> None:
    """Until ``/health/ready`` says so; AssertionError with the log's end when it never does."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and served.process.poll() is None:
        try:
            if served.request("GET", "/health/ready").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"segue serve is not ready:\n{log.read_text(errors='replace')[-3000:]}")
