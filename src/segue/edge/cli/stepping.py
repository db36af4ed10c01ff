"""How the demo's steps show themselves: a bar for the one that runs, a ticked line for each that is done.

Where standard error is no terminal there are only the lines.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from segue.app.demo.stepping import STEPS, StepProgress, Tell
from segue.edge.cli.output import note

if TYPE_CHECKING:  # it takes long to import, and most commands show no progress
    from rich.progress import Progress, TaskID

_WIDTH = max(map(len, STEPS))
_COUNTED = 16
_RATE = 16


@contextmanager
def steps_shown() -> Iterator[Tell]:
    """A function that shows steps on standard error while the block runs."""
    shown = _Bars() if sys.stderr.isatty() else _Lines()
    try:
        yield shown.show
    finally:
        shown.end()


class _Lines:
    def show(self, progress: StepProgress) -> None:
        """A line when a step is done."""
        if progress.done:
            note(line_of(progress, _tick()))

    def end(self) -> None:
        """Nothing is left open."""


class _Bars(_Lines):
    def __init__(self) -> None:
        self._bars: Progress | None = None
        self._task: TaskID | None = None

    def show(self, progress: StepProgress) -> None:
        """The bar of the step that runs; its line when it is done."""
        if progress.done:
            self.end()
            super().show(progress)
            return
        if self._bars is None:
            self._begin(progress)
        if self._bars is not None and self._task is not None:
            known = progress.fraction is not None
            self._bars.update(
                self._task,
                completed=progress.fraction or 0.0,
                total=1.0 if known else None,
                rate=_rate(progress),
            )

    def _begin(self, progress: StepProgress) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
        )
        self._bars = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bars.add_task(_name(progress), total=None, rate="")
        self._bars.start()

    def end(self) -> None:
        """Take the bar away."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None


def line_of(progress: StepProgress, tick: str = "✓") -> str:
    """A finished step on one line: tick, place, name, how many, how fast, how long."""
    counted = f"{progress.count:,} {progress.unit}" if progress.count else ""
    figures = f"{counted:>{_COUNTED}} {_rate(progress):>{_RATE}}"
    return f"{tick} {_name(progress)} {figures} {progress.seconds:>7.1f} s"


def _name(progress: StepProgress) -> str:
    return f"{STEPS.index(progress.step) + 1}/{len(STEPS)} {progress.step.ljust(_WIDTH)}"


def _rate(progress: StepProgress) -> str:
    return "" if progress.rate is None else f"{progress.rate:,.0f} {progress.unit}/s"


def _tick() -> str:
    """A tick, where the terminal can write one."""
    try:
        "✓".encode(sys.stderr.encoding or "ascii")
    except UnicodeEncodeError:
        return "+"
    return "✓"
