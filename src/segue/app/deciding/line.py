"""Questions that wait for an answer, answered together by one thread."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from segue.app.deciding.decider import Answered, Wanted
from segue.app.logs import Log
from segue.errors import SegueError, UnavailableError

AT_ONCE: Final = 64
"""Questions that are answered in one transaction while others wait."""

_LOG = Log("segue.deciding")
Decide = Callable[[Sequence[Wanted]], list[Answered]]
Outcome = Answered | SegueError


def outcomes(decide: Decide, wanted: Sequence[Wanted]) -> Sequence[Outcome]:
    """Answers to all; where that fails, to each by itself, so that one bad question harms no other."""
    try:
        return decide(wanted)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is handed to who asked
        if len(wanted) > 1 and not isinstance(error, UnavailableError):
            return [found for each in wanted for found in outcomes(decide, [each])]
        if not isinstance(error, SegueError):
            _LOG.error("not_decided", kind=type(error).__name__)
            error = UnavailableError("the decision failed")
        return [error] * len(wanted)


class _Waiting(NamedTuple):
    wanted: Wanted
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Answered]


class Line:
    """Where questions of event loops stand in line. Safe to share between loops."""

    def __init__(self, decide: Decide) -> None:
        self._decide = decide
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._first: Sequence[Wanted] = ()

    def begin(self, first: Sequence[Wanted]) -> None:
        """Answer these to nobody before anybody asks: what the first question needs is there then."""
        self._first = first
        self._start()

    def join(self, wanted: Wanted) -> asyncio.Future[Answered]:
        """Stand in line; the answer comes in the loop that is running."""
        if self._thread is None:
            self._start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answered] = loop.create_future()
        self._waiting.put(_Waiting(wanted, loop, future))
        return future

    def close(self) -> None:
        """Answer what waits, then stop."""
        with self._lock:
            if self._thread is not None:
                self._waiting.put(None)
                self._thread.join()
                self._thread = None

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="segue-deciding", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        if self._first:
            outcomes(self._decide, self._first)
        going_on = True
        while going_on:
            together, going_on = self._next()
            if together:
                _deliver(together, outcomes(self._decide, [each.wanted for each in together]))

    def _next(self) -> tuple[list[_Waiting], bool]:
        """Those that wait by now, at least one; and whether more may come."""
        together: list[_Waiting] = []
        waiting = self._waiting.get()
        while waiting is not None:
            together.append(waiting)
            if len(together) == AT_ONCE:
                return together, True
            try:
                waiting = self._waiting.get_nowait()
            except queue.Empty:
                return together, True
        return together, False


def _deliver(together: Sequence[_Waiting], found: Sequence[Outcome]) -> None:
    """Wake each loop once, whatever the number of its answers."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Answered], Outcome]]] = {}
    for each, outcome in zip(together, found, strict=True):
        by_loop.setdefault(each.loop, []).append((each.future, outcome))
    for loop, answers in by_loop.items():
        with suppress(RuntimeError):  # the loop has ended, and with it whoever asked
            loop.call_soon_threadsafe(_settle, answers)


def _settle(answers: Sequence[tuple[asyncio.Future[Answered], Outcome]]) -> None:
    for future, outcome in answers:
        if future.done():
            continue  # who asked has had the fallback meanwhile; silence gives back what was reserved
        if isinstance(outcome, SegueError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
