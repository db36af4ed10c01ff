"""Purchases as what the models read: how many after the first, when the last, how long ago the first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Customers:
    """Customers ``(n,)`` in any unit of time, the same for all.

    ``frequency``: purchases after the first, a whole number; ``recency``: from the first to the last, 0
    where there is none after the first; ``age``: from the first to now. 0 ≤ recency ≤ age.
    """

    frequency: Floats
    recency: Floats
    age: Floats
    #: customers that each row stands for
    weight: Floats
    #: sum over all customers of the logarithms of the gaps between purchases: what k is chosen by
    log_gaps: float = 0.0

    def __len__(self) -> int:
        return len(self.frequency)


@dataclass(frozen=True, eq=False)
class Summary:
    """One row a person code ``(persons,)``; nan age for who never bought."""

    customers: Customers
    #: day of the first purchase
    first: Floats
    #: whether she has bought at all
    known: NDArray[np.bool_]


def customers(
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    weight: ArrayLike | None = None,
    log_gaps: float = 0.0,
) -> Customers:
    """Checked columns. ValueError where recency and age are out of order, or one is not a finite number."""
    x, seen, old = (np.asarray(each, np.float64) for each in (frequency, recency, age))
    rows = np.ones_like(x) if weight is None else np.asarray(weight, np.float64)
    if not (x.shape == seen.shape == old.shape == rows.shape):
        message = "frequency, recency, age and weight differ in length"
        raise ValueError(message)
    sound = np.isfinite(x) & (x >= 0) & (x == np.floor(x)) & (seen >= 0) & (seen <= old) & np.isfinite(old)
    if not (sound & ((x > 0) | (seen == 0)) & (rows >= 0)).all():
        place = int(np.flatnonzero(~(sound & ((x > 0) | (seen == 0)) & (rows >= 0)))[0])
        message = (
            f"row {place}: frequency {x[place]:g}, recency {seen[place]:g}, age {old[place]:g} cannot be"
        )
        raise ValueError(message)
    return Customers(x, seen, old, rows, float(log_gaps))


def grouped(each: Customers) -> tuple[Customers, Ints]:
    """Equal customers put together, and the group of each row: all formulas cost a group, not a customer."""
    columns = (each.frequency, each.recency, each.age)
    key = _mixed(columns)
    order = np.argsort(key)
    if not _kept_together(columns, key, order):
        order = np.lexsort(columns)
    starts = np.zeros(len(each), bool)
    starts[:1] = True
    for column in columns:
        ordered = column[order]
        starts[1:] |= ordered[1:] != ordered[:-1]
    group = np.empty(len(each), np.int64)
    group[order] = np.cumsum(starts) - 1
    x, seen, old = (column[order[starts]] for column in columns)
    weight = np.bincount(group, each.weight, minlength=len(x)).astype(np.float64)
    return Customers(x, seen, old, weight, each.log_gaps), group


def _mixed(columns: tuple[Floats, ...]) -> NDArray[np.uint64]:
    """One number a row from its bits: sorting one is several times faster than sorting by three."""
    key = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        bits = np.ascontiguousarray(column + 0.0).view(np.uint64)
        key = (key ^ bits) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    return key


def _kept_together(columns: tuple[Floats, ...], key: NDArray[np.uint64], order: Ints) -> bool:
    """Whether no two different rows were mixed into one number."""
    same = np.diff(key[order]) == 0
    return not any((same & (np.diff(column[order]) != 0)).any() for column in columns)


def summarise(person: ArrayLike, day: ArrayLike, now: float, persons: int, unit: float = 1.0) -> Summary:
    """From purchases: ``person`` codes below ``persons``, the ``day`` of each (whole, not after ``now``).

    Purchases of one day are one. ``unit``: days in the models' unit of time (7 for weeks).
    """
    who, when = np.asarray(person, np.int64), np.asarray(day, np.int64)
    order = np.lexsort((when, who))
    who, when = who[order], when[order]
    fresh = np.append(True, (np.diff(who) != 0) | (np.diff(when) != 0)) if len(who) else np.empty(0, bool)
    who, when = who[fresh], when[fresh]
    count = np.bincount(who, minlength=persons).astype(np.float64)
    known = count > 0
    begins = np.append(0, np.cumsum(count).astype(np.int64))
    first, last = np.full(persons, np.nan), np.full(persons, np.nan)
    first[known], last[known] = when[begins[:-1][known]], when[begins[1:][known] - 1]
    gaps = np.diff(when)[np.diff(who) == 0] / unit
    x = np.where(known, count - 1, 0)
    return Summary(
        Customers(
            x,
            (last - first) / unit,
            (now - first) / unit,
            known.astype(np.float64),
            float(np.log(gaps).sum()),
        ),
        first,
        known,
    )
