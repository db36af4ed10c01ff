"""A worker process: it runs the loop, and worker 0 keeps the house as well.

Started as ``python -m segue.app.processes.worker``, by the supervisor or beside a command, not by people.

Each step takes whatever waits, up to a bound: when little comes, steps are small and a record is fresh
within milliseconds; when much comes, steps grow and cost less per event. Nothing is remembered
between steps that is not in the database, so a worker can be killed at any moment.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from segue.app.installation import Installation, connect
from segue.app.logs import Log
from segue.app.measures import WorkerCounts
from segue.app.processes.children import end_with_parent
from segue.app.processes.keeping import Keeper
from segue.errors import SegueError

IDLE_POLL = 0.02
"""Seconds a worker with nothing to do waits for a notification before it looks by itself, at first."""

LONGEST_POLL = 0.25
"""The same after a while in which there was nothing."""

YIELDING = 5
"""How nice a worker is to the other processes: where cores are short, what comes is taken before what was
taken is applied, since the log can wait and a client cannot."""

_LOG = Log("segue.worker")


def main() -> None:
    """Parse the supervisor's arguments and run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--worker", type=int, default=0)
    chosen = parser.parse_args()
    os.nice(YIELDING)
    run_worker(chosen.data, chosen.database_url, chosen.worker)


def run_worker(data: Path, url: str, worker: int) -> None:
    """Run the loop until SIGTERM; survives a database that goes away and comes back."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    end_with_parent()
    installation = connect(data, url)
    counts = WorkerCounts(worker)
    keeper = Keeper(installation, stop, counts) if worker == 0 else None
    if keeper is not None:
        keeper.start()
    try:
        work(installation, worker, stop.is_set, counts)
    finally:
        stop.set()
        if keeper is not None:
            keeper.join()
        installation.close()


def work(installation: Installation, worker: int, stopped: Callable[[], bool], counts: WorkerCounts) -> None:
    """Step until ``stopped``; wait for news when idle, and for the database when it is away."""
    pause = IDLE_POLL
    with installation.database.listen("segue_log") as news:
        while not stopped():
            try:
                begun = time.monotonic()
                step = installation.step(worker)
                if step.read:
                    counts.step(step.read, time.monotonic() - begun)
                    pause = IDLE_POLL
                elif not step.pending:
                    # what is appended is notified; the poll is for all else and keeps no machine awake
                    pause = IDLE_POLL if news.wait(pause) else min(pause * 1.5, LONGEST_POLL)
            except SegueError as error:
                _LOG.warning("step_failed", worker=worker, code=error.code, message=error.message)
                time.sleep(0.25)


if __name__ == "__main__":
    main()
