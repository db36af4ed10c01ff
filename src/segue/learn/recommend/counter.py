"""Counting rows of a code before any moment, by looking its place up twice in one sorted column."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    #: rank of a moment → where each code's rows before it end; see :meth:`pin`
    pinned: dict[int, Ints] = field(default_factory=dict)

    def pin(self, ranks: Ints, codes: int) -> None:
        """Look the places of all codes at these moments up now, for who will ask of them again and again.

        Then a column of moments must be one moment throughout: one query's.
        """
        every = np.arange(codes, dtype=np.int64) * (len(self.clock) + 1)
        for rank in ranks.tolist():
            self.pinned[rank] = np.searchsorted(self.key, every + rank)

    def _place(self, code: NDArray[Any], rank: Ints) -> Ints:
        """Where the rows of each code before each moment end."""
        known = self.pinned.get(int(rank[0])) if self.pinned and len(rank) else None
        if known is not None:
            places: Ints = known[code]
            return places
        return np.searchsorted(self.key, code.astype(np.int64) * (len(self.clock) + 1) + rank)

    def count(self, code: NDArray[Any], since: Ints, until: Ints) -> Floats:
        """Rows of each code in [since, until), by ranks of moments; 0 for a code below 0."""
        found = self._place(code, until) - self._place(code, since)
        return np.where(code >= 0, found, 0).astype(np.float64)

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
