"""Time comes in from outside, so that rules stay functions and tests can move it."""

from __future__ import annotations

import time
from typing import Protocol

from segue.domain.order import Micros


class Clock(Protocol):
    """Where a shell gets the present moment from."""

    def now(self) -> Micros:
        """Microseconds since 1970, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> Micros:
        """Microseconds since 1970, UTC."""
        return Micros(time.time_ns() // 1_000)


class ManualClock:
    """A clock that stands still until it is moved; for tests and simulations."""

    def __init__(self, moment: int = 0) -> None:
        self.moment = moment

    def now(self) -> Micros:
        """The moment it was last set to."""
        return Micros(self.moment)

    def advance(self, by: int) -> None:
        """Move forward by ``by`` microseconds."""
        self.moment += by
