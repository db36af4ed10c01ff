"""The demo's steps as they are waited for: which one runs, how far it is, how fast it goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from segue.app.imports.run import Progress

STEPS = (
    "prepare",
    "baskets",
    "demographics",
    "mailings",
    "redemptions",
    "composed world",
    "golden records",
    "story",
    "start",
)
"""In order; ``start`` is the server's and only comes when the demo goes on to serve."""


class StepProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a step has come."""

    #: one of ``STEPS``
    step: str
    #: 0 … 1; None where the end is not known
    fraction: float | None
    #: of ``unit``
    count: int
    unit: str
    #: since the step began
    seconds: float
    done: bool = False

    @property
    def rate(self) -> float | None:
        """How many a second; None when there is nothing to count or no time to tell."""
        return self.count / self.seconds if self.count and self.seconds >= 0.05 else None


Tell = Callable[[StepProgress], None]


class Running:
    """One step that runs."""

    def __init__(self, name: str, tell: Tell | None) -> None:
        self._name = name
        self._tell = tell
        self._begun = time.monotonic()
        self._count = 0
        self._unit = "events"

    def reached(self, count: int, fraction: float | None = None, unit: str = "events") -> None:
        """So far it has come."""
        self._count, self._unit = count, unit
        self._say(fraction)

    def watch(self, progress: Progress) -> None:
        """So far an import has come."""
        if progress.phase == "reading":
            self.reached(progress.rows, progress.fraction / 2, "rows")
        else:
            self.reached(progress.events, 0.5 + progress.fraction / 2)

    def applied(self, progress: Progress) -> None:
        """So far the loop has come."""
        self.reached(progress.events, progress.fraction)

    def end(self) -> None:
        """It is done."""
        self._say(1.0, done=True)

    def _say(self, fraction: float | None, *, done: bool = False) -> None:
        if self._tell is not None:
            seconds = time.monotonic() - self._begun
            self._tell(
                StepProgress(
                    step=self._name, fraction=fraction, count=self._count, unit=self._unit,
                    seconds=seconds, done=done,
                )
            )  # fmt: skip


@contextmanager
def step(name: str, tell: Tell | None) -> Iterator[Running]:
    """A step is told while the block runs, and its end unless the block fails."""
    running = Running(name, tell)
    running.reached(0)
    yield running
    running.end()
