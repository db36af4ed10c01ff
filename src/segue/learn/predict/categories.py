"""Buys in a category: one model for the greatest categories together, on her own clock within each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segue.learn.features.moment import Moment, distinct
from segue.learn.predict.features import Matrix, Times
from segue.learn.predict.rows import Rows
from segue.learn.purchases import Codes, Floats, Ints, Purchases

MOST = 8
"""Categories that are predicted: those that most customers bought in."""
LEAST_BUYERS = 50
DAYS = 14
NEVER = 400.0

NAMES = (
    "law", "category_days", "category_orders", "category_90", "category_30", "category_share", "category_gap",
    "category_overdue", "category_reach", "visits_21", "visits_60", "weeks_8", "visit_days", "visit_14",
)  # fmt: skip

TITLES = {
    "law": "chance by her own rate in the category",
    "category_days": "days since she last bought it",
    "category_orders": "orders with it so far",
    "category_90": "orders with it in 90 days",
    "category_30": "orders with it in 30 days",
    "category_share": "of her orders, with it",
    "category_gap": "usual days between orders with it",
    "category_overdue": "days since it beside the usual gap",
    "category_reach": "of all customers, bought it lately",
    "visits_21": "recent visits, fading in 21 days",
    "visits_60": "recent visits, fading in 60 days",
    "weeks_8": "of the last 8 weeks, with a visit",
    "visit_days": "days since the last order",
    "visit_14": "chance of a visit in 14 days",
}


def greatest(moment: Moment, most: int = MOST) -> list[str]:
    """Names of the categories that most customers bought in; empty where the catalogue has none."""
    bought = moment.purchases
    category = _category(bought)
    known = category >= 0
    if not known.any():
        return []
    width = np.int64(len(bought.items.categories))
    pairs = distinct(bought.person[known].astype(np.int64) * width + category[known])
    buyers = np.bincount(pairs % width, minlength=int(width))
    names = bought.items.categories
    order = sorted(range(len(names)), key=lambda code: (-int(buyers[code]), names[code]))
    return [names[code] for code in order[:most] if buyers[code] >= LEAST_BUYERS]


def matrix(times: Times, name: str, persons: Codes, visit: Floats) -> Matrix:
    """:data:`NAMES` of these persons in one category; ``visit``: their chance of any visit in 14 days."""
    moment = times.moment
    person, day = bought_on(moment, name)
    size, today = moment.size, moment.today
    orders = np.bincount(person, minlength=size).astype(np.float64)
    last, first = np.full(size, np.nan), np.full(size, np.nan)
    last[person] = day
    first[person[::-1]] = day[::-1]
    since = today - last
    gap = np.divide(last - first, orders - 1, out=np.full(size, np.nan), where=orders > 1)
    lately = _count(person[today - day < 90], size)
    visits = np.maximum(times.summary.customers.frequency + 1, 1)
    share = (orders + 0.2) / (visits + 1)
    reach = float((lately[times.known] > 0).mean()) if times.known.any() else 0.0
    columns = {
        "law": _own_rate(orders, times),
        "category_days": np.where(np.isnan(since), NEVER, since),
        "category_orders": orders,
        "category_90": lately,
        "category_30": _count(person[today - day < 30], size),
        "category_share": share,
        "category_gap": gap,
        "category_overdue": since / np.maximum(gap, 1),
        "category_reach": np.full(size, reach),
        "visits_21": times.fading(21),
        "visits_60": times.fading(60),
        "weeks_8": times.weeks(8),
        "visit_days": today - (times.summary.first + times.summary.customers.recency),
    }
    values = np.empty((len(persons), len(NAMES)), np.float32)
    for place, column in enumerate(NAMES[:-1]):
        values[:, place] = columns[column][persons]
    values[:, -1] = visit
    return values


def _own_rate(orders: Floats, times: Times) -> Floats:
    """Chance of one within the days at her own steady rate: what answers without trees."""
    rate = (orders + 0.1) / (times.summary.customers.age + 30)
    return np.nan_to_num(-np.expm1(-rate * DAYS))


def outcome(bought: Purchases, name: str, at: int, until: int, persons: Codes) -> NDArray[np.bool_]:
    """Whether these bought in the category from ``at`` to before ``until``."""
    came = np.zeros(len(bought.persons), bool)
    rows = (bought.time >= at) & (bought.time < until) & (bought.person >= 0)
    rows &= _category(bought) == code_of(bought, name)
    came[bought.person[rows]] = True
    return came[persons]


def code_of(bought: Purchases, name: str) -> int:
    """The category's code; -2, which no row has, for one that the catalogue lost."""
    names: Sequence[str] = bought.items.categories
    return names.index(name) if name in names else -2


def bought_on(moment: Moment, name: str) -> tuple[Ints, Ints]:
    """Person and day of each day on which she bought in the category, sorted."""
    bought = moment.purchases
    rows = _category(bought) == code_of(bought, name)
    pairs = distinct(bought.person[rows].astype(np.int64) << 32 | moment.line_day[rows].astype(np.int64))
    return pairs >> 32, pairs & 0xFFFFFFFF


def stacked(rows: Rows, names: Sequence[str], visit: Floats) -> Matrix:
    """All categories of one cut-off, one below the other."""
    return np.concatenate([matrix(rows.times, name, rows.person, visit) for name in names])


def _category(bought: Purchases) -> Codes:
    """Category of each line; -1 unknown."""
    if not len(bought.items):
        return np.full(len(bought), -1, np.int32)
    return np.where(bought.item >= 0, bought.items.category[bought.item], -1).astype(np.int32)


def _count(person: Ints, size: int) -> Floats:
    return np.bincount(person, minlength=size).astype(np.float64)
