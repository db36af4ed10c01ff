"""Processes of our own: started, started again when they die, and stopped in good order.

A child's standard input is a pipe that its parent holds and never writes to. When the parent is killed
the pipe ends, and the child ends too: it would otherwise keep the port, and the next server out.
"""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from segue.app.logs import Log
from segue.errors import SegueError

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
        self._let_go()
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE)  # noqa: S603 - our own module
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
            self._let_go()
        if moment >= self.due:
            self.start()

    def stop(self, patience: float) -> None:
        """SIGTERM, then, after ``patience`` seconds, SIGKILL."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                _LOG.warning("process_killed", name=self.name)
                self.process.kill()
                self.process.wait()
        self._let_go()

    def _let_go(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()


def run_job(name: str, module: str, arguments: list[str], interrupted: Callable[[], None]) -> None:
    """Start a process that does one job, and a thread that notices its end.

    A job says itself how it ended; ``interrupted`` is called where its process ended otherwise. So one that
    dies at once is known at once. Where the database is away then, the job's stopped heart says the same.
    """
    child = Child(name, [sys.executable, "-m", module, *arguments])
    child.start()
    threading.Thread(target=_await_end, args=(child, interrupted), name=name, daemon=True).start()


def _await_end(child: Child, interrupted: Callable[[], None]) -> None:
    status = 0 if child.process is None else child.process.wait()
    child.stop(0.0)
    if status:
        with suppress(SegueError):
            interrupted()


def end_with_parent() -> None:
    """In a child: SIGTERM to ourselves when the parent is gone, and after a grace no more patience.

    Does nothing in a process that somebody started by hand, whose standard input is no pipe.
    """
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        threading.Thread(target=_await_orphanhood, name="parent", daemon=True).start()


def _await_orphanhood() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)


def pause(failures: int) -> float:
    """Seconds to wait before a process that has died young ``failures`` times in a row is started again."""
    return min(0.1 * 2 ** (failures - 1), _LONGEST_PAUSE) if failures else 0.0


def worker_child(number: int, data: Path, url: str) -> Child:
    """Worker ``number`` of the installation in ``data``, not started yet."""
    place = ["--data", str(data), "--database-url", url]
    return Child(f"worker-{number}", [sys.executable, "-m", WORKER_MODULE, *place, "--worker", str(number)])
