"""Counting rows of a code before any moment, by looking its place up twice in one sorted column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.learn.purchases import Floats, Ints
from segue.learn.recommend.runs import Clock


@dataclass(frozen=True, eq=False)
class Counter:
    """How many rows of a code there were before a moment; and what a column sums to over them."""

    key: Ints
    clock: Clock
    totals: Floats | None = None

    def _place(self, code: NDArray[Any], rank: Ints) -> Ints:
        """Where the rows of each code before each moment end."""
        return self.key.searchsorted(code.astype(np.int64) * (len(self.clock) + 1) + rank)

    def count(self, code: NDArray[Any], since: Ints, until: Ints) -> Floats:
        """Rows of each code in [since, until), by ranks of moments; 0 for a code below 0."""
        found = self._place(code, until) - self._place(code, since)
        return np.where(code >= 0, found, 0).astype(np.float64)

    def counts(self, code: NDArray[Any], since: Sequence[Ints], until: Ints) -> list[Floats]:
        """The same for several beginnings."""
        base = code.astype(np.int64) * (len(self.clock) + 1)
        to = self.key.searchsorted(base + until)
        return [
            np.where(code >= 0, to - self.key.searchsorted(base + each), 0).astype(np.float64)
            for each in since
        ]

    def total(self, code: NDArray[Any], until: Ints) -> tuple[Floats, Floats]:
        """Rows of each code before ``until``, and the sum of the column over them."""
        assert self.totals is not None, "this counter counts only"
        to, since = self._place(code, until), self._place(code, np.zeros_like(until))
        return (to - since).astype(np.float64), self.totals[to] - self.totals[since]


def counter(code: NDArray[Any], rank: Ints, clock: Clock, column: NDArray[Any] | None = None) -> Counter:
    """Of rows in any order."""
    key = code.astype(np.int64) * (len(clock) + 1) + rank
    order = np.argsort(key, kind="stable")
    totals = None if column is None else np.concatenate(([0.0], np.cumsum(column[order], dtype=np.float64)))
    return Counter(key[order], clock, totals)
