"""How backups and restores show how far they have come: one line that changes, or one line a phase."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from segue.app.backup import Advance, Watch
from segue.edge.cli.output import note

_EVERY = 0.1
_MIB = 1 << 20
_CLEAR = "\r\x1b[K"
_STOPPED = 143


@contextmanager
def advance_shown() -> Iterator[Watch]:
    """A function that shows progress on standard error while the block runs.

    In a terminal the line is drawn anew; in a file or a journal there is a line for each phase. A
    SIGTERM ends the block as an error would, so that nothing half made is left.
    """
    line = _Line(moving=sys.stderr.isatty())
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield line.show
    finally:
        signal.signal(signal.SIGTERM, before)
        line.end()


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(_STOPPED)


class _Line:
    def __init__(self, *, moving: bool) -> None:
        self._moving = moving
        self._phase = ""
        self._drawn = 0.0

    def show(self, advance: Advance) -> None:
        """Say where it stands, unless that was said a moment ago."""
        new = advance.phase != self._phase
        moment = time.monotonic()
        self._phase = advance.phase
        if self._moving and (new or moment - self._drawn > _EVERY or advance.done == advance.total):
            self._drawn = moment
            sys.stderr.write(_CLEAR + told(advance))
            sys.stderr.flush()
        elif not self._moving and new:
            note(told(advance))

    def end(self) -> None:
        """Leave the terminal as it was."""
        if self._moving and self._phase:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()


def told(advance: Advance) -> str:
    """As ``database: 12.0 of 48.0 MiB, 25%``."""
    if advance.total <= 0:
        return f"{advance.phase} …"
    share = min(advance.done / advance.total, 1.0)
    return f"{advance.phase}: {advance.done / _MIB:,.1f} of {advance.total / _MIB:,.1f} MiB, {share:.0%}"
