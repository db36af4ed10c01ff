"""Processes of our own: started, started again when they die, and stopped in good order."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import msgspec

from segue.app.logs import Log

_LOG = Log("segue.children")

WORKER_MODULE = "segue.app.processes.worker"

GRACE = 15.0
"""Seconds a child has to finish what it is doing after SIGTERM."""

_YOUNG = 30.0
_LONGEST_PAUSE = 10.0


class Child(msgspec.Struct):
    """One process of ours and how to start it again."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    #: how often in a row it has died young
    failures: int = 0
    #: when to start it again, while it is dead
    due: float | None = None

    def start(self) -> None:
        """Start it."""
        self.process = subprocess.Popen(self.command)  # noqa: S603 - our own module
        self.started = time.monotonic()
        self.due = None

    def tend(self) -> None:
        """Start it again if it died; more slowly each time that it dies young."""
        if self.process is None or self.process.poll() is None:
            return
        moment = time.monotonic()
        if self.due is None:
            _LOG.warning("process_died", name=self.name, status=self.process.returncode)
            self.failures = self.failures + 1 if moment - self.started < _YOUNG else 0
            self.due = moment + pause(self.failures)
        if moment >= self.due:
            self.start()

    def stop(self, patience: float) -> None:
        """SIGTERM, then, after ``patience`` seconds, SIGKILL."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            _LOG.warning("process_killed", name=self.name)
            self.process.kill()
            self.process.wait()


def pause(failures: int) -> float:
    """Seconds to wait before a process that has died young ``failures`` times in a row is started again."""
    return min(0.1 * 2 ** (failures - 1), _LONGEST_PAUSE) if failures else 0.0


def worker_child(number: int, data: Path, url: str) -> Child:
    """Worker ``number`` of the installation in ``data``, not started yet."""
    place = ["--data", str(data), "--database-url", url]
    return Child(f"worker-{number}", [sys.executable, "-m", WORKER_MODULE, *place, "--worker", str(number)])
