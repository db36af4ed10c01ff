"""The process of one training that was asked for over HTTP or by the schedule.

Started as ``python -m segue.app.processes.training`` by whoever was asked, and ends with it. Its memory is
its own, so that no process that answers keeps it, and it yields to everything else. It says twice a second
that it is alive and how far it has come. It can be killed anywhere: what is in force stays in force.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType

from segue.app.installation import Installation, connect
from segue.app.learning import jobs, serving
from segue.app.learning.views import Fault, TrainedModel
from segue.app.logs import Log
from segue.app.processes.children import end_with_parent
from segue.errors import SegueError, UnavailableError

BEAT = 0.5
"""Seconds between two heartbeats."""

YIELDING = 15
"""How nice a training is: events, answers and imports go first."""

_LOG = Log("segue.training")


class StoppedError(BaseException):
    """SIGTERM came. No error: whatever catches errors shall let it through."""


def main() -> None:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--database-url", required=True)
    parser.add_argument(
        "--job-id", help="the row of what was asked for; without one, make answers warm again"
    )
    chosen = parser.parse_args()
    os.nice(YIELDING)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at a terminal is the supervisor's to handle
    signal.signal(signal.SIGTERM, _stop)
    try:
        end_with_parent()
        installation = connect(chosen.data, chosen.database_url)
        try:
            if chosen.job_id is None:
                serving.remake_all(installation)
            else:
                run_training(installation, chosen.job_id)
        finally:
            installation.close()
    except StoppedError:
        sys.exit(1)  # whoever started it says so


def _stop(signum: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: the end must not be cut short
    raise StoppedError


def run_training(installation: Installation, job_id: str) -> None:
    """Train, and say in the row how that ended."""
    with installation.database.transaction(read_only=True) as session:
        job = jobs.one(session, job_id)
    heart = Heart(installation, job_id)
    heart.start()
    try:
        # what it needs takes seconds to import: the heart beats already
        from segue.app.learning.training import Order, train

        found = train(installation, Order(models=tuple(job.models), by=job.by), heart.watch)
    except SegueError as error:
        heart.stop()
        fault = Fault(code=error.code, message=error.message, cure=error.cure)
        jobs.end(installation, job_id, "failed", fault=fault)
        return
    except StoppedError:
        heart.stop()
        jobs.end(installation, job_id, "interrupted", fault=jobs.INTERRUPTED)
        return
    except Exception as error:  # noqa: BLE001 - whoever asked must learn that it failed; the text stays here
        heart.stop()
        _LOG.error("training_failed", kind=type(error).__name__)
        message = "this is a fault of Segue, and it has been logged"
        jobs.end(installation, job_id, "failed", fault=Fault(code="internal", message=message, cure=None))
        return
    heart.stop()
    results = [
        TrainedModel(
            model=each.model,
            state=each.state,
            because=each.because,
            version=each.version,
            scored=each.scored,
            seconds=each.seconds,
        )
        for each in found
    ]
    jobs.end(installation, job_id, "done", results=results)


class Heart(threading.Thread):
    """Says twice a second that the training is alive."""

    def __init__(self, installation: Installation, job_id: str) -> None:
        super().__init__(name="heart", daemon=True)
        self._installation = installation
        self._job_id = job_id
        self._told = ("beginning", 0.0)
        self._over = threading.Event()

    def watch(self, advance: object) -> None:
        """Take what is to be told next: an Advance."""
        self._told = (str(getattr(advance, "step", "")), float(getattr(advance, "fraction", 0.0)))

    def run(self) -> None:
        """Beat until it is over."""
        while not self._over.wait(BEAT):
            with suppress(UnavailableError):
                jobs.beat(self._installation, self._job_id, *self._told)

    def stop(self) -> None:
        """No more beats."""
        self._over.set()
        self.join()


if __name__ == "__main__":
    main()
