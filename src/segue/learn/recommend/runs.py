"""Runs: each time somebody bought one thing again, with what was known of it right after.

A row is a visit on which the thing was bought; rows are sorted by (person, thing, time), so the state of a
pair at any moment is the last row before it, and nothing later can be looked at. Things are items, or groups
of them (categories, brands).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.learn.purchases import Codes, Floats, Ints

Small = NDArray[np.float32]

DAY = 86_400_000_000
"""Microseconds."""
HALF_LIVES = {"days14": 14.0, "days45": 45.0, "days150": 150.0}
"""Half-lives of what was bought, in days."""
VISIT_HALF_LIVES = {"visits5": 5.0, "visits15": 15.0}
"""The same in visits."""
SHORTEST = 0.5
"""Days that a gap counts for at least: twice in one day is no cadence."""


@dataclass(frozen=True, eq=False)
class Clock:
    """Moments as their rank among all moments of orders, so that comparing them is exact and quick."""

    #: distinct moments in microseconds, ascending
    times: Ints

    def __len__(self) -> int:
        return len(self.times)

    def rank(self, moments: Ints) -> Ints:
        """How many of the clock's moments are before each."""
        return np.searchsorted(self.times, moments, side="left")


@dataclass(frozen=True, eq=False)
class Latest:
    """The state of every pair at one moment, and nothing else: one row a pair, by person, then thing."""

    #: person p's rows are ``begin[p]`` to ``begin[p + 1]``
    begin: Ints
    thing: Codes
    #: place among the rows of the :class:`Runs`
    row: Ints

    def of(self, person: int) -> Ints:
        """Her rows; none for nobody known."""
        return self.row[self._hers(person)]

    def at(self, person: int, thing: NDArray[Any]) -> Ints:
        """The row of each of these things with her, -1 where there is none."""
        hers = self._hers(person)
        known = self.thing[hers]
        if not len(known):
            return np.full(len(thing), -1, np.int64)
        place = np.minimum(known.searchsorted(thing), len(known) - 1)
        return np.where(known[place] == thing, self.row[hers][place], -1)

    def _hers(self, person: int) -> slice:
        return slice(int(self.begin[person]), int(self.begin[person + 1])) if person >= 0 else slice(0)


@dataclass(frozen=True, eq=False)
class Runs:
    """See the module; one value a row in each column."""

    person: Codes
    thing: Codes
    #: how many things there are
    things: int
    clock: Clock
    #: (person, thing, moment) as one number, ascending
    key: Ints
    #: days since 1970, and those of the next row of the same pair (infinity for the last)
    day: Floats
    following: Floats
    #: number of the visit among the person's, from 0
    visit: Codes
    #: rows of the pair before this one
    nth: Codes
    first_day: Floats
    first_visit: Codes
    #: sums of the logarithm of gaps in days, and of its square
    log_gap: Small
    log_gap_square: Small
    #: the last three gaps in days, nan where there is none: ``(n, 3)``
    gaps: Small
    #: visits of the 2nd, 3rd and 5th last time, -1 where there is none: ``(n, 3)``
    earlier: Codes
    #: name of a half-life → times bought, decayed to this row
    decayed: Mapping[str, Small]
    #: name → what the pair's rows up to this one sum to
    sums: Mapping[str, Small] = field(default_factory=dict)
    #: name → a value of this row
    values: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    #: rank of a moment → the states of then; see :meth:`pin`
    pinned: dict[int, Latest] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.key)

    def pin(self, rank: int, persons: int) -> None:
        """Look up now how all pairs stand at a moment, for who will ask of it again and again.

        Then a column of persons must be one person throughout, and one of moments one moment: one query's.
        """
        if len(self):
            then = self.key % (len(self.clock) + 1)
            # the next row of a pair is later, so the last one before the moment is the pair's state
            before = then < rank
            same = (self.person[1:] == self.person[:-1]) & (self.thing[1:] == self.thing[:-1])
            row = np.flatnonzero(before & ~np.append(before[1:] & same, False))
            begin = np.searchsorted(self.person[row], np.arange(persons + 1))
            self.pinned[rank] = Latest(begin, self.thing[row], row)

    def at(self, person: NDArray[Any], thing: NDArray[Any], rank: Ints) -> Ints:
        """The row of each pair's state before each moment's rank; -1 where there is none."""
        if not len(self) or not len(person):
            return np.full(len(person), -1, np.int64)
        if self.pinned and (held := self.pinned.get(int(rank[0]))) is not None:
            return held.at(int(person[0]), thing)
        wanted = (person.astype(np.int64) * self.things + thing) * (len(self.clock) + 1) + rank
        row = np.searchsorted(self.key, wanted, side="left") - 1
        near = np.maximum(row, 0)
        there = (row >= 0) & (self.person[near] == person) & (self.thing[near] == thing)
        return np.where(there & (person >= 0) & (thing >= 0), row, -1)


def decay(name: str, elapsed_days: Any, elapsed_visits: Any) -> Any:
    """What is left of a decayed count of that name after so long."""
    if name in HALF_LIVES:
        return np.exp2(-elapsed_days / HALF_LIVES[name])
    return np.exp2(-elapsed_visits / VISIT_HALF_LIVES[name])


def runs(
    person: Codes, thing: Codes, rank: Ints, visit: Codes, *, things: int, clock: Clock,
    sums: Mapping[str, Floats] | None = None, values: Mapping[str, NDArray[Any]] | None = None,
) -> Runs:  # fmt: skip
    """Of rows in any order; several rows of one pair and moment become one, its first."""
    key = (person.astype(np.int64) * things + thing) * (len(clock) + 1) + rank
    key, rows = np.unique(key, return_index=True)
    person, thing, visit = person[rows], thing[rows], visit[rows]
    day = clock.times[rank[rows]] / DAY if len(rows) else np.zeros(0)
    fresh = np.append(True, (np.diff(person) != 0) | (np.diff(thing) != 0))[: len(rows)]
    start = np.maximum.accumulate(np.where(fresh, np.arange(len(rows)), 0)) if len(rows) else rows
    nth = np.arange(len(rows)) - start
    gap = np.where(nth > 0, np.diff(day, prepend=0.0), np.nan)
    log_gap = np.where(nth > 0, np.log(np.maximum(gap, SHORTEST, where=nth > 0, out=np.ones(len(rows)))), 0.0)
    return Runs(
        person=person, thing=thing, things=things, clock=clock, key=key,
        day=day, following=np.where(_back(fresh, -1, True), np.inf, _back(day, -1, 0.0)),
        visit=visit, nth=nth.astype(np.int32), first_day=day[start], first_visit=visit[start],
        log_gap=_running(log_gap, start), log_gap_square=_running(log_gap**2, start),
        gaps=_beside([np.where(nth > k, _back(gap, k, np.nan), np.nan) for k in range(3)], np.float32),
        earlier=_beside([np.where(nth >= k, _back(visit, k, -1), -1) for k in (1, 2, 4)], np.int32),
        decayed=_all_decayed(day, visit, nth),
        sums={name: _running(column[rows], start) for name, column in (sums or {}).items()},
        values={name: column[rows] for name, column in (values or {}).items()},
    )  # fmt: skip


def spread(begin: Ints, end: Ints) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ranges laid out one after another: place of the range and position within the whole, for each row."""
    sizes = np.maximum(end - begin, 0)
    place = np.repeat(np.arange(len(sizes)), sizes)
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return place, np.repeat(begin, sizes) + within


def _beside(columns: list[NDArray[Any]], kind: Any) -> NDArray[Any]:
    return np.stack(columns, axis=1).astype(kind)


def _back(column: NDArray[Any], rows: int, empty: Any) -> NDArray[Any]:
    """The column moved down by so many rows (up where negative)."""
    moved = np.full(len(column), empty, column.dtype)
    if rows >= 0:
        moved[rows:] = column[: max(len(column) - rows, 0)]
    else:
        moved[:rows] = column[-rows:]
    return moved


def _running(column: Floats, start: NDArray[Any]) -> Small:
    """Sums over each pair's rows up to each row."""
    total = np.cumsum(column, dtype=np.float64)
    return (
        (total - (total[start] - column[start])).astype(np.float32)
        if len(column)
        else np.zeros(0, np.float32)
    )


def _all_decayed(day: Floats, visit: Codes, nth: NDArray[Any]) -> dict[str, Small]:
    """Times bought, each time worth less the longer ago it was; one pass over the pairs for each nth time."""
    order = np.argsort(nth, kind="stable")
    ends = np.cumsum(np.bincount(nth)) if len(nth) else np.zeros(0, np.int64)
    later = [order[ends[k - 1] : ends[k]] for k in range(1, len(ends))]
    days, visits = np.diff(day, prepend=0.0), np.diff(visit.astype(np.float64), prepend=0.0)
    decayed = {}
    for name in (*HALF_LIVES, *VISIT_HALF_LIVES):
        count = np.ones(len(nth))
        for rows in later:
            count[rows] += count[rows - 1] * decay(name, days[rows], visits[rows])
        decayed[name] = count.astype(np.float32)
    return decayed
