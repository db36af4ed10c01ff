"""Children are started again, at once at first, and more slowly when they keep dying."""

from __future__ import annotations

import sys
import time

from segue.app.processes.children import Child, pause


def test_a_child_that_dies_once_is_back_at_once() -> None:
    child = Child("brief", [sys.executable, "-c", "pass"])
    child.start()
    assert child.process is not None
    first = child.process.pid
    child.process.wait(30)
    deadline = time.monotonic() + 30
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
