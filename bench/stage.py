"""Installations to measure on: opened in this process, or served by their own."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.machine import DATA
from segue.app.installation import Installation, open_installation
from segue.ports.statements import Statement
from tests.served import Served, serving

HEAD = Statement("head", "the last offset", "select next_offset - 1 from log_head")
POSITION = Statement("position", "applied up to here", "select min(position) from consumer")
ANALYZE = Statement("analyze", "know the tables as they are", "analyze")
CHECKPOINT = Statement("checkpoint", "start from a written database", "checkpoint")


@contextmanager
def folder() -> Iterator[Path]:
    """An empty directory on the disk that holds this project; gone at the end."""
    DATA.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="run-", dir=DATA))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def opened() -> Iterator[Installation]:
    """An empty installation in this process; PostgreSQL in its own."""
    for name in [name for name in os.environ if name.startswith("SEGUE_")]:
        del os.environ[name]
    with folder() as data, open_installation(data) as installation:
        yield installation


@contextmanager
def served(*options: str) -> Iterator[Served]:
    """An empty installation served by one web process and one worker, with no rate limit to run into."""
    with folder() as made:
        data = made / "data"
        data.mkdir()
        (data / "segue.toml").write_text("rate_limit = 1_000_000\n")
        with serving(data, options) as running:
            yield running


def processes(running: Served) -> dict[str, int]:
    """Process ids of a served installation by name: ``web-0``, ``worker-0``, …"""
    record = json.loads((running.data / "server.json").read_text())
    return {str(name): int(pid) for name, pid in record["processes"].items()}


def position(installation: Installation) -> tuple[int, int]:
    """How far the loop is, and how far the log."""
    with installation.database.transaction(read_only=True) as session:
        return session.fetch(POSITION)[0][0], session.fetch(HEAD)[0][0]


def await_applied(installation: Installation, patience: float = 900.0) -> None:
    """Until a running worker has applied the whole log."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        reached, head = position(installation)
        if reached >= head:
            return
        time.sleep(0.01)
    raise TimeoutError("the worker did not catch up")


def settle(installation: Installation) -> None:
    """Nothing of what went before is written during what comes next."""
    with installation.database.transaction() as session:
        session.execute(ANALYZE)
        session.execute(CHECKPOINT)
