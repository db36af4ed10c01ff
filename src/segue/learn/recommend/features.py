"""Features: what is known of each candidate at the query's moment, by the source that told it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from segue.learn.purchases import Floats, Ints
from segue.learn.recommend.candidates import Pairs
from segue.learn.recommend.hazards import Columns, group_hazards, own_hazards
from segue.learn.recommend.ledger import Ledger
from segue.learn.recommend.queries import Queries
from segue.learn.recommend.runs import DAY
from segue.learn.recommend.selling import SELLING, WINDOWS, selling

Matrix = NDArray[np.float32]

_OWN: Final = {
    "times": "times she bought it",
    "share": "share of her visits with it",
    "share_since_first": "share of her visits with it since the first",
    "days_since": "days since she last bought it",
    "days_since_first": "days since she first bought it",
    "visits_since": "visits since she last bought it",
    "visits_since_2nd": "visits since she bought it the last time but one",
    "visits_since_3rd": "visits since she bought it the third last time",
    "visits_since_5th": "visits since she bought it the fifth last time",
    "gap": "her usual days between two purchases of it",
    "since_to_gap": "days since, beside her usual gap",
    "gap_spread": "how irregular her gaps are",
    "due": "how far past her usual gap she is",
    "mean_gap": "mean days between two purchases of it",
    "since_to_mean_gap": "days since, beside the mean gap",
    "last_gap": "the last gap",
    "recent_gap": "the median of her last three gaps",
    "since_to_recent_gap": "days since, beside the last three gaps",
    "pieces_last": "pieces she took last",
    "pieces_last_to_mean": "pieces she took last, beside her mean",
    "times_days14": "times bought, half-life 14 days",
    "times_days45": "times bought, half-life 45 days",
    "times_days150": "times bought, half-life 150 days",
    "times_visits5": "times bought, half-life 5 visits",
    "times_visits15": "times bought, half-life 15 visits",
    "visits": "visits she has made",
    "visits_a_day": "her visits a day",
    "days_since_visit": "days since her last visit",
    "tenure": "days since her first visit",
}
_GROUP: Final = {
    "times": "times she bought from its {}",
    "share": "share of her visits with its {}",
    "days_since": "days since she last bought its {}",
    "since_to_gap": "days since its {}, beside her usual gap",
    "times_days45": "times of its {}, half-life 45 days",
    "items_share": "its share of her purchases of the {}",
    "items_recent": "its share of her recent purchases of the {}",
}
_GROUPED: Final = ("category", "family", "brand")
_POPULAR: Final = {
    "popular_7d": "share of all orders with it, 7 days",
    "popular_28d": "share of all orders with it, 28 days",
    "popular_365d": "share of all orders with it, a year",
    "trend_7d": "its last 7 days beside the last 28",
    "trend_28d": "its last 28 days beside the year",
    "repeat_share": "share of its purchases that are repeats",
    "buyers": "customers who bought it",
    "usual_gap": "everybody's usual gap for it",
    "since_to_usual_gap": "days since she bought it, beside everybody's gap",
    "neighbours": "how much customers like her buy it",
    "neighbours_share": "the same, beside the most her neighbours buy",
    "together": "how it goes with what is in the basket",
}
_STORE: Final = {
    "store_7d": "share of the store's orders with it, 7 days",
    "store_28d": "share of the store's orders with it, 28 days",
    "store_365d": "share of the store's orders with it, a year",
    "store_orders": "orders of the store, 28 days",
    "store_share": "share of her visits that were to this store",
    "store_was_last": "she bought it last in this store",
}
_PRICE: Final = {
    "price": "what she paid for a piece",
    "discounted_share": "share of her purchases of it under discount",
    "discounted_last": "she took it under discount last",
    "discounted_now": "share of its sales under discount, 10 days",
    "discounted_ever": "share of its sales under discount, a year",
}
_TIME: Final = {
    "hour": "hour of the day",
    "weekday": "day of the week",
    "daypart_lift": "how much more it is bought at this part of the day",
}
_VIEWS: Final = {
    "viewed_days_since": "days since she looked at it on the web",
    "viewed_times": "times she looked at it, half-life 14 days",
}

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "till lines": tuple(_OWN),
    "catalogue": tuple(f"{group}_{name}" for group in _GROUPED for name in _GROUP),
    "others' orders": tuple(_POPULAR),
    "store": tuple(_STORE),
    "prices and discounts": tuple(_PRICE),
    "time": tuple(_TIME),
    "web views": tuple(_VIEWS),
}
"""Source → its features: what data value is told by."""

FEATURES: Final = tuple(name for names in GROUPS.values() for name in names)

TITLES: Final[dict[str, str]] = {
    **_OWN, **_POPULAR, **_STORE, **_PRICE, **_TIME, **_VIEWS,
    **{f"{group}_{name}": title.format(group) for group in _GROUPED for name, title in _GROUP.items()},
}  # fmt: skip
"""Feature → what it is, in words."""


def matrix(columns: Columns) -> Matrix:
    """``(rows, features)`` in the order of :data:`FEATURES`."""
    rows = np.empty((len(columns["hour"]), len(FEATURES)), np.float32)
    for place, name in enumerate(FEATURES):
        rows[:, place] = columns[name]
    return rows


def describe(ledger: Ledger, queries: Queries, pairs: Pairs) -> Columns:
    """All features of these pairs, one column each."""
    asked = pairs.query
    rank = ledger.clock.rank(queries.time)
    visits = ledger.counter("person_orders").count(queries.person, np.zeros_like(rank), rank)
    day, visit = (queries.time / DAY)[asked], visits[asked]
    columns = own_hazards(ledger, pairs.row, day, visit)
    for name, runs, codes in (
        ("category", ledger.by_category, ledger.items.category),
        ("family", ledger.by_family, ledger.family),
        ("brand", ledger.by_brand, ledger.items.brand),
    ):
        row = runs.at(queries.person[asked], codes[pairs.item], rank[asked])
        found = group_hazards(runs, row, (day, visit), columns)
        columns |= {f"{name}_{column}": values for column, values in found.items()}
    for name, column in _of_queries(ledger, queries, rank, visits).items():
        columns[name] = column[asked]
    columns |= _popularity(ledger, queries, pairs, columns["days_since"])
    columns |= _in_store(ledger, queries, pairs, rank)
    columns |= _neighbours(pairs, queries)
    return columns | ledger.views.seen(queries.person[asked], pairs.item, queries.time[asked])


def _of_queries(ledger: Ledger, queries: Queries, rank: Ints, visits: Floats) -> Columns:
    """What is the same for all candidates of a query."""
    first, last = ledger.first_and_last(queries.person, visits)
    day = queries.time / DAY
    hour, weekday = ledger.hours(queries.time)
    store = ledger.at_visit(queries.person, queries.store)
    here = ledger.counter("person_store_orders").count(store, np.zeros_like(rank), rank)
    orders = ledger.counter("store_orders").count(queries.store, ledger.ago(queries.time, 28), rank)
    return {
        "visits": visits,
        "visits_a_day": visits / np.maximum(day - first, 1.0),
        "days_since_visit": day - last,
        "tenure": day - first,
        "hour": hour,
        "weekday": weekday,
        "store_share": here / np.maximum(visits, 1),
        "store_orders": np.where(queries.store >= 0, orders, np.nan),
    }


def _popularity(ledger: Ledger, queries: Queries, pairs: Pairs, since: Floats) -> Columns:
    """What everybody does with the items, and how long ago she bought each beside everybody's gap."""
    held = ledger.pinned.get(int(queries.time[0])) if ledger.pinned and len(queries) else None
    if held is None:
        columns = selling(ledger, pairs.item, queries.time, pairs.query)
    else:
        columns = dict(zip(SELLING, held[pairs.item].T, strict=True))
    columns["since_to_usual_gap"] = since / columns["usual_gap"]
    return columns


def _in_store(ledger: Ledger, queries: Queries, pairs: Pairs, rank: Ints) -> Columns:
    asked = pairs.query
    store = queries.store[asked]
    code = ledger.at_store(store, pairs.item)
    begins = [ledger.ago(queries.time, days) for days in WINDOWS.values()]
    orders = ledger.counter("store_orders").counts(queries.store, begins, rank)
    sold = ledger.counter("at_store").counts(code, [begin[asked] for begin in begins], rank[asked])
    columns: Columns = {
        f"store_{name}": np.where(store >= 0, some / (every[asked] + 5.0), np.nan)
        for name, some, every in zip(WINDOWS, sold, orders, strict=True)
    }
    last = ledger.own.values["store"]
    same = last[np.maximum(pairs.row, 0)] == store if len(last) else np.zeros(len(store), bool)
    columns["store_was_last"] = np.where((pairs.row >= 0) & (store >= 0), same, np.nan)
    return columns


def _neighbours(pairs: Pairs, queries: Queries) -> Columns:
    most = np.zeros(len(queries), np.float32)
    np.maximum.at(most, pairs.query, pairs.near)
    return {
        "together": np.where((queries.in_hand.sizes() > 0)[pairs.query], pairs.together, np.nan),
        "neighbours": pairs.near,
        "neighbours_share": pairs.near / np.maximum(most[pairs.query], 1e-9),
    }


def without(matrix_: Matrix, group: str, rng: Any) -> Matrix:
    """The matrix with one source's features drawn from other rows: what a model does without it."""
    changed = matrix_.copy()
    places = [FEATURES.index(name) for name in GROUPS[group]]
    changed[:, places] = matrix_[rng.permutation(len(matrix_))][:, places]
    return changed
