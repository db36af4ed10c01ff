"""Features of what is bought: shares of categories, departments and brands, and where they are going.

One feature a category: its name is in the feature's. A category that the catalogue lost is bought by nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from segue.learn.features.feature import Feature
from segue.learn.features.moment import Moment, distinct, ratio
from segue.learn.purchases import Codes, Floats, Ints, Items

Level = Literal["category", "department", "brand"]
BREADTHS: tuple[tuple[Level, str], ...] = (
    ("category", "categories"),
    ("department", "departments"),
    ("brand", "brands"),
)
LEVELS = tuple(level for level, _ in BREADTHS)
RECENT_DAYS = 91


def assortment() -> tuple[Feature, ...]:
    """Features that name no category."""
    return tuple(
        Feature(f"{level}_breadth", f"{words} bought from", level, "count", partial(_breadth, level=level))
        for level, words in BREADTHS
    )


def share(level: Level, name: str) -> Feature:
    """The share of money that goes to a category, department or brand."""
    return Feature(
        f"{level}:{name}", f"spending on {name}", level, "share", partial(_share, level=level, name=name)
    )


def trend(level: Level, name: str) -> Feature:
    """Its share in the last 13 weeks less its share ever."""
    title = f"change of spending on {name} in 13 weeks"
    return Feature(f"{level}_trend:{name}", title, level, "share", partial(_trend, level=level, name=name))


def commonest(moment: Moment, level: Level, most: int) -> list[str]:
    """The names that most persons bought from, at most so many; ties by name."""
    bought, codes, names = moment.purchases, _codes(moment, level), _names(moment.purchases.items, level)
    known = codes >= 0
    pairs = distinct(codes[known].astype(np.int64) * moment.size + bought.person[known])
    buyers = np.bincount(pairs // max(moment.size, 1), minlength=len(names))
    order = sorted(range(len(names)), key=lambda code: (-int(buyers[code]), names[code]))
    return [names[code] for code in order[:most] if buyers[code] > 0]


def _share(moment: Moment, level: Level, name: str) -> Floats:
    return ratio(_amount(moment, level, name, days=None), moment.spend)


def _trend(moment: Moment, level: Level, name: str) -> Floats:
    recent_spend = moment.kept(f"spend of {RECENT_DAYS}", partial(_recent_spend, moment))
    recent = ratio(_amount(moment, level, name, days=RECENT_DAYS), recent_spend)
    return recent - _share(moment, level, name)


def _recent_spend(moment: Moment) -> Floats:
    rows = moment.within(RECENT_DAYS)
    return moment.per_person(moment.orders.person[rows], moment.orders.amount[rows])


def _amount(moment: Moment, level: Level, name: str, days: int | None) -> Floats:
    names = _names(moment.purchases.items, level)
    if name not in names:
        return np.zeros(moment.size)
    code = names.index(name)
    lines = moment.kept(f"lines by {level}", partial(_by_code, moment, level))
    rows = slice(int(lines.starts[code]), int(lines.starts[code + 1]))
    person, amount = lines.person[rows], lines.amount[rows]
    if days is not None:
        recent = lines.day[rows] > moment.today - days
        person, amount = person[recent], amount[recent]
    return moment.per_person(person, amount)


@dataclass(frozen=True, eq=False)
class _Lines:
    """Lines sorted by a level's code; those of code c are from ``starts[c]`` up to ``starts[c + 1]``."""

    starts: Ints
    person: Codes
    amount: Floats
    day: Ints


def _by_code(moment: Moment, level: Level) -> _Lines:
    codes = _codes(moment, level)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(len(_names(moment.purchases.items, level)) + 1))
    bought = moment.purchases
    return _Lines(starts, bought.person[order], bought.amount[order], moment.line_day[order])


def _breadth(moment: Moment, level: Level) -> Floats:
    codes, person = _codes(moment, level), moment.purchases.person
    known = codes >= 0
    width = np.int64(len(_names(moment.purchases.items, level)) + 1)
    pairs = distinct(person[known].astype(np.int64) * width + codes[known])
    return moment.ordered(moment.per_person((pairs // width).astype(np.int32)))


def _codes(moment: Moment, level: Level) -> Codes:
    """The level's code of each line, -1 where it is unknown."""
    items = moment.purchases.items
    column: Codes = getattr(items, level)
    if not len(column):
        return np.full(len(moment.purchases), -1, np.int32)
    return np.where(moment.purchases.item >= 0, column[moment.purchases.item], -1).astype(np.int32)


def _names(items: Items, level: Level) -> Sequence[str]:
    names: Sequence[str] = {
        "category": items.categories,
        "department": items.departments,
        "brand": items.brands,
    }[level]
    return names
