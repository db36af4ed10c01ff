"""Children are started again, at once at first, and more slowly when they keep dying."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from segue.app.processes.children import Child, pause, run_job
from segue.errors import UnavailableError
from tests.patience import PATIENCE

_ORPHANED = """
from segue.app.processes.children import Child
import sys
child = Child("patient", [sys.executable, "-c", sys.argv[1]])
child.start()
print(child.process.pid, flush=True)
input()
"""

_PATIENT = """
import time
from segue.app.processes.children import end_with_parent
end_with_parent()
time.sleep(60)
"""


def test_a_child_that_dies_once_is_back_at_once() -> None:
    child = Child("brief", [sys.executable, "-c", "pass"])
    child.start()
    assert child.process is not None
    first = child.process.pid
    child.process.wait(30)
    deadline = time.monotonic() + PATIENCE
    while child.process.pid == first and time.monotonic() < deadline:
        child.tend()
        time.sleep(0.01)
    assert child.process.pid != first
    child.stop(10)


def test_looking_often_at_a_dead_child_counts_as_one_death() -> None:
    child = Child("brief", [sys.executable, "-c", "pass"], failures=5)
    child.start()
    assert child.process is not None
    child.process.wait(30)
    for _ in range(10):
        child.tend()
    assert child.failures == 6


def test_the_pause_doubles_and_has_a_bound() -> None:
    assert [pause(n) for n in (0, 1, 2, 3, 50)] == [0.0, 0.1, 0.2, 0.4, 10.0]


def test_a_child_whose_parent_is_killed_ends_too() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _ORPHANED, _PATIENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    assert parent.stdin is not None
    with parent.stdout, parent.stdin:
        child = int(parent.stdout.readline())
        parent.kill()
        parent.wait(30)
    deadline = time.monotonic() + PATIENCE
    while _lives(child):
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            raise AssertionError("the child outlived its parent")
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    """False also for a process that is dead and waits to be reaped by whoever inherited it."""
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip()[:1] not in ("", "Z")


@pytest.mark.parametrize(("status", "said"), [(0, False), (1, True)])
def test_a_job_that_does_not_end_well_is_known_as_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, *, said: bool
) -> None:
    (tmp_path / "one_job.py").write_text("import sys; sys.exit(int(sys.argv[1]))")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    told: list[int] = []
    run_job("job", "one_job", [str(status)], lambda: told.append(1))
    for thread in [each for each in threading.enumerate() if each.name == "job"]:
        thread.join(60)
    assert bool(told) is said


def test_a_job_whose_end_cannot_be_said_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    faults: list[object] = []
    monkeypatch.setattr(threading, "excepthook", faults.append)

    def away() -> None:
        raise UnavailableError("the database is away")

    run_job("job", "there.is.no.such.module", [], away)
    for thread in [each for each in threading.enumerate() if each.name == "job"]:
        thread.join(60)
    assert not faults
