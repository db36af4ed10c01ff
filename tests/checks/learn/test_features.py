"""One definition: a table to learn from, built over the lake at past moments, is what scoring said then."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.domain.order import DAY
from segue.learn.features.registry import Table, choose, table, training
from segue.learn.features.surroundings import Surroundings
from segue.learn.knowledge import Knowledge
from segue.learn.source import LakeSource
from segue.ports.lake import LakeRow

from .lake import NOON, event, line, source_of

US = Surroundings(country="US")
CATALOGUE = {
    "s1": {"category": "milk", "brand": "own", "department": "food"},
    "s2": {"category": "bread", "brand": "other", "department": "food"},
}

persons = st.sampled_from(["a1", "b2", "c3"])
days = st.integers(-60, 20)
orders = st.builds(
    lambda who, day, number, sku, pieces, price, store: event(
        who,
        day,
        order_id=f"{who}{number}",
        store=store,
        products=[line(sku, pieces, price, **CATALOGUE[sku])],
    ),
    persons,
    days,
    st.integers(1, 4),
    st.sampled_from(["s1", "s2"]),
    st.integers(1, 5),
    st.integers(1, 9).map(float),
    st.sampled_from(["north", "south"]),
)
changes = st.builds(
    lambda who, day, name, number: event(who, day, name, order_id=f"{who}{number}"),
    persons,
    days,
    st.sampled_from(["Order Cancelled", "Order Refunded"]),
    st.integers(1, 4),
)
contacts = st.builds(
    lambda who, day, name: event(who, day, name, source="web"),
    persons,
    days,
    st.sampled_from(["Product Viewed", "Product Added", "Campaign Mailed", "Email Opened"]),
)
lakes = st.lists(st.one_of(orders, orders, changes, contacts), min_size=1, max_size=30)


def rows_of(found: Table, source: LakeSource, at: int) -> dict[str, list[float]]:
    """Person → her row at a moment; what is missing as -99.5."""
    people = Knowledge(source, at).persons
    mine = found.at == at
    values = np.nan_to_num(found.values[mine], nan=-99.5).tolist()
    return dict(zip((people.ids[code] for code in found.person[mine]), values, strict=True))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lakes)
def test_learning_sees_at_each_moment_what_scoring_saw_then(events: list[LakeRow]) -> None:
    moments = [NOON + day * DAY for day in (-30, -5, 0)]
    with tempfile.TemporaryDirectory() as folder:
        with source_of(Path(folder) / "whole", events) as source:
            known = Knowledge(source, NOON + 30 * DAY)
            names = sorted(
                {*choose(known, known.until, surroundings=US), "orders", "gap_median", "category:milk"}
            )
            learnt = training(known, moments, names, surroundings=US)
            rows = {at: rows_of(learnt, source, at) for at in moments}
        for at in moments:
            # the clock moved there: a lake that ends before the moment
            then = [each for each in events if each.timestamp < at]
            with source_of(Path(folder) / str(at), then) as source:
                now = table(Knowledge(source, at), at, names, surroundings=US)
                assert rows_of(now, source, at) == rows[at]
