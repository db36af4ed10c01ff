"""Hazards: when does she buy this again? From real elapsed days beside her own gaps, and the category's."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.learn.purchases import Floats
from segue.learn.recommend.ledger import Ledger
from segue.learn.recommend.runs import HALF_LIVES, SHORTEST, VISIT_HALF_LIVES, Runs, decay

Columns = dict[str, NDArray[Any]]
OWN = (
    "times", "share", "share_since_first", "days_since", "days_since_first", "visits_since",
    "visits_since_2nd", "visits_since_3rd", "visits_since_5th", "gap", "since_to_gap", "gap_spread", "due",
    "mean_gap", "since_to_mean_gap", "last_gap", "recent_gap", "since_to_recent_gap", "pieces_last",
    "pieces_last_to_mean", "price", "discounted_share", "discounted_last",
    *(f"times_{name}" for name in (*HALF_LIVES, *VISIT_HALF_LIVES)),
)  # fmt: skip
"""What is told of an item."""
GROUP = ("times", "share", "days_since", "since_to_gap", "times_days45", "items_share", "items_recent")
"""What is told of a group of items."""


def own_hazards(ledger: Ledger, row: NDArray[Any], day: Floats, visit: Floats) -> Columns:
    """Of pairs whose state is ``row`` of ``ledger.own`` (-1: never bought: nan, and 0 for counts)."""
    own = ledger.own
    if not len(own):
        return dict.fromkeys(OWN, np.full(len(row), np.nan)) | {"times": np.zeros(len(row))}
    at = np.maximum(row, 0)
    bought = row >= 0
    count = own.nth[at] + 1.0
    since = day - own.day[at]
    columns = {
        "times": count,
        "share": count / np.maximum(visit, 1),
        "share_since_first": count / np.maximum(visit - own.first_visit[at], 1),
        "days_since": since,
        "days_since_first": day - own.first_day[at],
        "visits_since": visit - own.visit[at],
        **{f"visits_since_{n}": _told(visit - own.earlier[at, k], own.earlier[at, k] >= 0)
           for k, n in enumerate(("2nd", "3rd", "5th"))},
        **_cadence(own, at, count, since),
        **_amounts(own, at, count),
    }  # fmt: skip
    columns = {name: _told(column, bought) for name, column in columns.items()}
    for name in ("times", "share"):
        columns[name] = np.where(bought, columns[name], 0.0)
    return columns | _decayed(own, at, bought, day, visit)


def _cadence(own: Runs, at: NDArray[Any], count: Floats, since: Floats) -> Columns:
    """Gaps between purchases: their middle, their spread, and where in the gap she is now."""
    gaps = np.maximum(count - 1, 1)
    middle = _told(own.log_gap[at] / gaps, count > 1)
    spread = _told(np.sqrt(np.maximum(own.log_gap_square[at] / gaps - middle**2, 0)), count > 2)
    mean = _told((own.day[at] - own.first_day[at]) / gaps, count > 1)
    recent = _middle(own.gaps[at])
    return {
        "gap": np.exp(middle),
        "since_to_gap": since / np.exp(middle),
        "gap_spread": spread,
        "due": (np.log(np.maximum(since, SHORTEST)) - middle) / (spread + 0.3),
        "mean_gap": mean,
        "since_to_mean_gap": since / np.maximum(mean, SHORTEST),
        "last_gap": own.gaps[at, 0],
        "recent_gap": recent,
        "since_to_recent_gap": since / np.maximum(recent, SHORTEST),
    }


def _middle(gaps: NDArray[np.float32]) -> NDArray[np.float32]:
    """The median of up to three gaps, nan for none (gaps are filled from the left)."""
    first, second, third = gaps.T
    two = (first + second) / 2
    three = np.maximum(np.minimum(first, second), np.minimum(np.maximum(first, second), third))
    middle: NDArray[np.float32] = np.where(np.isnan(third), np.where(np.isnan(second), first, two), three)
    return middle


def _amounts(own: Runs, at: NDArray[Any], count: Floats) -> Columns:
    mean = own.sums["pieces"][at] / count
    return {
        "pieces_last": own.values["pieces"][at],
        "pieces_last_to_mean": own.values["pieces"][at] / np.maximum(mean, 1e-6),
        "price": own.sums["amount"][at] / np.maximum(own.sums["pieces"][at], 1e-6),
        "discounted_share": own.sums["discounted"][at] / count,
        "discounted_last": own.values["discounted"][at],
    }


def _decayed(own: Runs, at: NDArray[Any], bought: NDArray[np.bool_], day: Floats, visit: Floats) -> Columns:
    days, visits = day - own.day[at], visit - own.visit[at]
    return {
        f"times_{name}": np.where(bought, own.decayed[name][at] * decay(name, days, visits), 0.0)
        for name in (*HALF_LIVES, *VISIT_HALF_LIVES)
    }


def group_hazards(group: Runs, row: NDArray[Any], now: tuple[Floats, Floats], own: Columns) -> Columns:
    """The same for the category, family or brand of each pair, beside the item's own.

    ``row``: of the group's runs; ``now``: the day and the number of the visit.
    """
    if not len(group):
        return {name: np.full(len(row), np.nan) for name in GROUP}
    day, visit = now
    at = np.maximum(row, 0)
    bought = row >= 0
    count = group.nth[at] + 1.0
    since = day - group.day[at]
    middle = _told(group.log_gap[at] / np.maximum(count - 1, 1), count > 1)
    recent = group.decayed["days45"][at] * decay("days45", since, 0)
    return {
        "times": np.where(bought, count, 0.0),
        "share": np.where(bought, count / np.maximum(visit, 1), 0.0),
        "days_since": _told(since, bought),
        "since_to_gap": _told(since / np.exp(middle), bought),
        "times_days45": np.where(bought, recent, 0.0),
        "items_share": np.where(bought, own["times"] / count, 0.0),
        "items_recent": np.where(bought, own["times_days45"] / np.maximum(recent, 1e-3), 0.0),
    }


def _told(column: Any, where: Any) -> NDArray[Any]:
    return np.where(where, column, np.nan)
