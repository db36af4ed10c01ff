"""What features say is what was known at their moment, and nothing of it comes later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from segue.learn.features.feature import GROUPS
from segue.learn.features.moment import HAPPENINGS
from segue.learn.features.registry import Table, choose, feature, table, training
from segue.learn.features.surroundings import Surroundings
from segue.learn.given import Given, given
from segue.learn.knowledge import Knowledge

HOUR = 3_600_000_000
ZONE = "America/New_York"
AT = round(datetime(2026, 3, 10, 15, 30, tzinfo=UTC).timestamp()) * 1_000_000
"""Two days after New York's clocks went forward."""
US = Surroundings(country="US")
CATALOGUE: dict[str, list[str | None]] = {
    "sku": ["a", "b", "c", "d"],
    "category": ["milk", "milk", "bread", None],
    "brand": ["own", "other", None, "own"],
    "department": ["food", "food", "food", "other"],
}

Line = tuple[str, int, str, float, float, str | None]
"""Person, hours from AT, sku, amount, discount, store."""
Event = tuple[str, int, str]

persons = st.sampled_from(["ann", "bob", "cyd"])
lines = st.tuples(
    persons,
    st.integers(-24 * 400, -1),
    st.sampled_from(["a", "b", "c", "d"]),
    st.integers(1, 50).map(float),
    st.integers(0, 9).map(float),
    st.sampled_from(["s1", "s2", None]),
)
events = st.tuples(persons, st.integers(-24 * 60, -1), st.sampled_from(HAPPENINGS))


def later(strategy: st.SearchStrategy[Any], who: list[str]) -> st.SearchStrategy[Any]:
    """The same at or after AT, also by people who were not there before."""
    return st.tuples(st.sampled_from(who), st.integers(0, 24 * 60), strategy).map(
        lambda each: (each[0], each[1], *each[2][2:])
    )


def source(bought: list[Line], happened: list[Event], zone: str = ZONE) -> Given:
    return given(
        {
            "person": [each[0] for each in bought],
            "time": [AT + each[1] * HOUR for each in bought],
            "sku": [each[2] for each in bought],
            "amount": [each[3] for each in bought],
            "discount": [each[4] for each in bought],
            "store": [each[5] for each in bought],
        },
        CATALOGUE,
        events={
            "person": [each[0] for each in happened],
            "time": [AT + each[1] * HOUR for each in happened],
            "event": [each[2] for each in happened],
        },
        zone=zone,
    )


def known(bought: list[Line], happened: list[Event] | None = None, zone: str = ZONE) -> Knowledge:
    return Knowledge(source(bought, happened or [], zone), AT + 24 * 100 * HOUR)


def every_name(of: Knowledge, at: int = AT) -> list[str]:
    named = [f"{level}{kind}:milk" for level in ("category",) for kind in ("", "_trend")]
    return sorted({*choose(of, at, surroundings=US), *named, "orders", "gap_median", "overdue", "store:s1"})


def by_person(found: Table, of: Knowledge) -> dict[str, list[float]]:
    rows = zip(found.person.tolist(), np.nan_to_num(found.values, nan=-99.5).tolist(), strict=True)
    return {of.persons.ids[code]: row for code, row in rows}


def one(of: Knowledge, name: str, person: str = "ann", at: int = AT) -> float:
    code = of.persons.code[person]
    return float(table(of, at, [name], np.array([code], np.int32), US).values[0, 0])


@settings(max_examples=60, deadline=None)
@examples(
    st.lists(lines, min_size=1, max_size=25),
    st.lists(events, max_size=15),
    st.lists(later(lines, ["ann", "bob", "cyd", "dee"]), max_size=15),
    st.lists(later(events, ["ann", "bob", "cyd", "dee"]), max_size=15),
)
def test_nothing_at_or_after_the_moment_changes_a_feature(
    bought: list[Line], happened: list[Event], bought_later: list[Line], happened_later: list[Event]
) -> None:
    before = known(bought, happened)
    after = known(bought + bought_later, happened + happened_later)
    names = every_name(before)
    assert names == every_name(after)
    now, then = table(before, AT, names, surroundings=US), table(after, AT, names, surroundings=US)
    assert by_person(now, before) == by_person(then, after)


@settings(max_examples=30, deadline=None)
@examples(st.lists(lines, min_size=1, max_size=25), st.lists(events, max_size=15))
def test_a_training_table_is_what_scoring_would_have_said_at_each_moment(
    bought: list[Line], happened: list[Event]
) -> None:
    whole = known(bought, happened)
    names = every_name(whole)
    moments = [AT - days * 24 * HOUR for days in (200, 30, 1, 0)]
    rows = training(whole, moments, names, surroundings=US)
    for at in moments:
        ended = Knowledge(
            source(
                [each for each in bought if AT + each[1] * HOUR < at] or [("x", 10**5, "a", 1.0, 0.0, None)],
                [each for each in happened if AT + each[1] * HOUR < at],
            ),
            at,
        )
        scored = by_person(table(ended, at, names, surroundings=US), ended)
        trained = Table(rows.names, rows.values[rows.at == at], rows.person[rows.at == at], rows.at)
        assert by_person(trained, whole) == scored


@settings(max_examples=60, deadline=None)
@examples(st.lists(lines, min_size=1, max_size=25))
def test_columns_are_what_one_counts_by_hand(bought: list[Line]) -> None:
    whole = known(bought)
    mine = [each for each in bought if each[0] == bought[0][0]]
    name = bought[0][0]
    orders = sorted({each[1] for each in mine})
    zone = ZoneInfo(ZONE)
    days = [(datetime.fromtimestamp((AT + h * HOUR) / 1e6, zone).date()) for h in orders]
    today = datetime.fromtimestamp(AT / 1e6, zone).date()
    assert one(whole, "orders", name) == len(orders)
    assert one(whole, "days_since_order", name) == (today - days[-1]).days
    assert one(whole, "orders_30d", name) == sum(day > today - timedelta(days=30) for day in days)
    gaps = [(second - first).days for first, second in pairwise(days)]
    assert one(whole, "gap_median", name) == pytest.approx(median(gaps)) if gaps else True
    spent = sum(each[3] for each in mine)
    milk = sum(each[3] for each in mine if each[2] in "ab")
    assert one(whole, "category:milk", name) == pytest.approx(milk / spent, rel=1e-6)
    assert one(whole, "products", name) == len({each[2] for each in mine})
    assert one(whole, "shopping_days", name) == len(set(days))


def test_a_day_ends_by_the_retailers_clock() -> None:
    # 2026-03-10T03:30Z is still the 9th in New York and the 10th in Berlin
    bought: list[Line] = [("ann", -12, "a", 1.0, 0.0, None)]
    assert one(known(bought, zone="America/New_York"), "days_since_order") == 1
    assert one(known(bought, zone="Europe/Berlin"), "days_since_order") == 0


def test_a_category_that_the_catalogue_lost_is_bought_by_nobody() -> None:
    assert one(known([("ann", -5, "a", 2.0, 0.0, None)]), "category:wine") == 0


def test_what_has_no_meaning_is_missing_and_not_zero() -> None:
    single = known([("ann", -5, "a", 2.0, 0.0, None), ("bob", 5, "a", 2.0, 0.0, None)])
    assert np.isnan(one(single, "gap_median"))
    assert np.isnan(one(single, "days_since_order", "bob"))
    assert np.isnan(one(single, "orders_30d", "bob"))


def test_who_was_not_met_yet_has_no_row() -> None:
    both = known([("ann", -5, "a", 2.0, 0.0, None), ("bob", 5, "a", 2.0, 0.0, None)])
    assert [both.persons.ids[code] for code in table(both, AT, ["orders"]).person] == ["ann"]


def test_guests_are_in_no_column() -> None:
    guests = Knowledge(
        given(
            {"person": [None, "ann"], "time": [AT - HOUR, AT - HOUR], "sku": ["a", "a"], "amount": [9.0, 1.0]}
        ),
        AT,
    )
    assert one(guests, "spend") == 1


def test_a_knowledge_without_orders_gives_a_table_without_rows() -> None:
    nothing = known([("ann", 5, "a", 2.0, 0.0, None)])
    names = [
        "orders",
        "gap_median",
        "category:milk",
        "daypart_night",
        "order_last",
        "wet_share",
        "shopping_days",
    ]
    assert table(nothing, AT, names, surroundings=US).values.shape == (0, len(names))
    assert choose(nothing, AT) == []


def test_every_feature_has_a_title_and_a_known_group() -> None:
    whole = known(
        [
            ("ann", -5, "a", 2.0, 0.0, "s1"),
            ("ann", -50, "a", 2.0, 0.0, "s1"),
            ("bob", -90, "c", 3.0, 1.0, "s2"),
        ],
        [("ann", -3, HAPPENINGS[0])],
    )
    names = choose(whole, AT, surroundings=US)
    assert {"orders", "category:milk", "store:s1", "views_30d", "days_to_holiday"} <= set(names)
    assert all(feature(name).name == name for name in names)
    assert {feature(name).group for name in names} <= set(GROUPS)


def test_a_name_or_group_that_is_none_is_refused() -> None:
    for name in ("orderz", "category:", "shelf:3"):
        with pytest.raises(KeyError):
            feature(name)
    with pytest.raises(KeyError, match="astrology"):
        choose(known([("ann", -5, "a", 2.0, 0.0, None)]), AT, groups=("astrology",))


def test_a_reason_says_the_value_and_what_is_typical() -> None:
    assert feature("days_since_order").say(3, 12.5) == "days since the last order: 3 (typical: 12)"
    assert feature("category:milk").say(0.25, 0.031) == "spending on milk: 25% (typical: 3.1%)"
    assert feature("gap_median").say(float("nan"), 4) == "usual days between orders: unknown"


def test_what_became_of_decisions_is_known_of_her() -> None:
    """Of the last thirty days, but for the rate; and a training chooses it where customers differ in it."""
    happened: list[Event] = [
        ("ann", -24 * 40, "Action Shown"), ("ann", -48, "Action Shown"), ("ann", -47, "Action Clicked"),
        ("bob", -24, "Action Shown"), ("bob", -23, "Action Dismissed"),
    ]  # fmt: skip
    bought: list[Line] = [(who, -24 * 50, "a", 5.0, 0.0, None) for who in ("ann", "bob", "cyd")]
    of = Knowledge(source(bought, happened), AT)
    names = ["shown_30d", "taken_up_30d", "dismissed_30d", "take_up_rate"]
    rows = table(of, AT, names)
    assert [of.persons.ids[code] for code in rows.person] == ["ann", "bob", "cyd"]
    assert rows.values[:, :3].tolist() == [[1, 1, 0], [1, 0, 1], [0, 0, 0]]
    assert rows.values[:2, 3].tolist() == [0.5, 0]
    assert set(names) <= set(choose(of, AT))
