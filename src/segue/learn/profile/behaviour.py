"""How somebody shops, whatever she buys: how often, how much, when, where, at what price."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from segue.domain.order import DAY, HOUR
from segue.learn.purchases import Purchases

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_OWN: Final = re.compile(r"\b(private|own (brand|label)|store brand|house brand)\b", re.IGNORECASE)
_DAYPARTS: Final = (("night", 0, 6), ("morning", 6, 10), ("late morning", 10, 13), ("afternoon", 13, 16),
                    ("evening", 16, 19), ("late evening", 19, 24))  # fmt: skip
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

NAMES: Final = (
    "number of baskets", "spending", "basket size", "lines in a basket", "pieces of a line",
    "price of a line",
    "share of discounts", "lines bought under discount", "own brands", "days between baskets",
    "uneven baskets", "stores visited", "loyalty to one store", "variety of products",
    *(f"shopping at {name}" if name == "night" else f"shopping in the {name}" for name, _, _ in _DAYPARTS),
    *(f"shopping on {day}s" for day in _WEEKDAYS),
)  # fmt: skip
"""Columns, in words."""


def behaviour(purchases: Purchases, persons: Ints) -> tuple[Floats, tuple[str, ...]]:
    """Columns (n, ``NAMES``) of these persons; counts and amounts as logarithms, the rest as shares."""
    row_of = np.full(len(purchases.persons) + 1, -1, np.int64)
    row_of[persons] = np.arange(len(persons))
    lines = np.flatnonzero(row_of[purchases.person] >= 0)
    bought, n = purchases.only(lines), len(persons)
    row = row_of[bought.person]
    of_lines = _Sums(row, n)
    count = np.maximum(of_lines(np.ones(len(row))), 1.0)
    amount = np.maximum(bought.amount, 0.0)
    _, first, order = np.unique(bought.order, return_index=True, return_inverse=True)
    owner = row[first]
    of_baskets = _Sums(owner, n)
    baskets = np.maximum(of_baskets(np.ones(len(first))), 1.0)
    worth = np.bincount(order, amount, minlength=len(first))
    spent = np.maximum(of_baskets(worth), 0.01)
    columns = [
        np.log1p(baskets),
        np.log1p(spent),
        np.log1p(spent / baskets),
        np.log1p(count / baskets),
        np.log1p(np.maximum(0.0, of_lines(np.clip(bought.pieces, 0, 30))) / count),
        np.log1p(spent / count),
        np.clip(of_lines(np.maximum(bought.discount, 0.0)) / (spent + 1.0), 0, 2),
        of_lines((bought.discount > 0).astype(np.float64)) / count,
        of_lines(_own_brands(bought)) / count,
        *_rhythm(owner, bought.time[first], n),
        np.sqrt(np.maximum(0.0, of_baskets(worth**2) / baskets - (spent / baskets) ** 2))
        / (spent / baskets + 1.0),
        *_stores(owner, bought.store[first], n, baskets),
        np.log1p(_distinct(row, bought.item, n)) / np.log1p(count),
    ]
    times = _times(owner, bought.time[first], purchases.zone, n, baskets)
    return np.column_stack([*columns, *times]), NAMES


class _Sums:
    """Sums over the rows of each person."""

    def __init__(self, row: Ints, n: int) -> None:
        self._row, self._n = row, n

    def __call__(self, values: NDArray[Any]) -> Floats:
        return np.asarray(np.bincount(self._row, values, minlength=self._n), np.float64)


def _own_brands(bought: Purchases) -> Floats:
    own = np.asarray([bool(_OWN.search(name)) for name in bought.items.brands] + [False])
    brand = np.append(bought.items.brand, -1)[bought.item]
    return np.asarray(own[brand], np.float64)


def _rhythm(owner: Ints, time: Ints, n: int) -> list[Floats]:
    """Logarithm of the mean days between a person's first and last basket, a basket."""
    first, last = np.full(n, np.iinfo(np.int64).max), np.zeros(n, np.int64)
    np.minimum.at(first, owner, time)
    np.maximum.at(last, owner, time)
    count = np.bincount(owner, minlength=n)
    gap = np.where(count > 1, (last - np.minimum(first, last)) / DAY / np.maximum(1, count - 1), 60.0)
    return [np.log1p(np.clip(gap, 0, 365))]


def _stores(owner: Ints, store: NDArray[Any], n: int, baskets: Floats) -> list[Floats]:
    pairs, count = np.unique(np.column_stack([owner, store]), axis=0, return_counts=True)
    most = np.zeros(n)
    np.maximum.at(most, pairs[:, 0], count)
    return [np.log1p(np.bincount(pairs[:, 0], minlength=n).astype(np.float64)), most / baskets]


def _distinct(row: Ints, item: NDArray[Any], n: int) -> Floats:
    pairs = np.unique(np.column_stack([row, item]), axis=0)
    return np.bincount(pairs[:, 0], minlength=n).astype(np.float64)


def _times(owner: Ints, time: Ints, zone: str, n: int, baskets: Floats) -> list[Floats]:
    """Shares of the baskets by part of the day and by weekday, in the shop's time."""
    local = time + _offsets(time, zone)
    hour, weekday = local // HOUR % 24, (local // DAY + 3) % 7
    shares = [np.bincount(owner, (hour >= low) & (hour < high), minlength=n) for _, low, high in _DAYPARTS]
    shares += [np.bincount(owner, weekday == day, minlength=n) for day in range(7)]
    return [share / baskets for share in shares]


def _offsets(time: Ints, zone: str) -> Ints:
    """Microseconds to add for the shop's time: those of each day's noon."""
    days, place = np.unique(time // DAY, return_inverse=True)
    where = ZoneInfo(zone)
    noons = [datetime.fromtimestamp(int(day) * 86_400 + 43_200, UTC).astimezone(where) for day in days]
    found = [int(noon.utcoffset().total_seconds() * 1e6) for noon in noons]  # type: ignore[union-attr]
    return np.asarray(found, np.int64)[place] if len(days) else np.zeros(0, np.int64)
