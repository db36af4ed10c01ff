"""A customer's own clock, against the plain counting of a few customers by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from segue.learn.features.localtime import DAY
from segue.learn.features.moment import Moment
from segue.learn.given import given
from segue.learn.knowledge import Knowledge
from segue.learn.predict.features import PRIOR, Clock, Times, choose, matrix, named, own
from segue.learn.predict.reasons import meaning
from segue.stats.btyd import Law, Spend, buys
from segue.stats.btyd.customers import customers

CLOCK = Clock(Law(1.2, 20.0, 0.8, 3.0, 2, True), Spend(6.0, 4.0, 15.0))
VISITS = {"ann": [0, 10, 12, 40, 41, 45], "bea": [50], "cia": [3, 5, 5, 60]}
NOW = 61


def times() -> Times:
    rows = [(who, day) for who, days in VISITS.items() for day in days]
    source = given(
        {
            "person": [who for who, _ in rows],
            "time": np.array([day * DAY + DAY // 2 for _, day in rows]),
            "order": [f"{who}{place}" for place, (who, _) in enumerate(rows)],
            "sku": ["a"] * len(rows),
            "amount": [10.0] * len(rows),
        },
        persons=["zoe"],
    )
    return Times(Moment(Knowledge(source, NOW * DAY), NOW * DAY), CLOCK)


def test_the_law_is_asked_about_days_with_a_visit() -> None:
    found = times()
    each = customers([5, 0, 2], [45, 0, 57], [61, 11, 58])
    assert found.buys(14)[:3] == pytest.approx(buys(CLOCK.visits, each, 14))
    assert np.isnan(found.buys(14)[3])


def test_visits_fade_and_weeks_are_those_since_the_first() -> None:
    found = times()
    by_hand = sum(math.exp(-(NOW - day) / 21) for day in VISITS["ann"])
    assert found.fading(21)[0] == pytest.approx(by_hand)
    # ann: days 40, 41, 45 are two different weeks of the last four; bea was there for two weeks only
    assert found.weeks(4)[:2] == pytest.approx([2 / 4, 1 / 2])


def test_own_gaps_that_lasted_as_long_are_asked_when_they_ended() -> None:
    found = times()
    law = found.buys(14)
    # ann waits 16 days; of her gaps only the 28 days lasted as long, and ended within 14 more
    assert found.ends(14)[0] == pytest.approx((1 + PRIOR * law[0]) / (1 + PRIOR))
    # bea has no gaps: the law alone
    assert found.ends(14)[1] == pytest.approx(law[1])
    assert found.longest()[:3] == pytest.approx([16 / 28, np.nan, 1 / 55], nan_ok=True)


def test_worth_is_shrunk_towards_everybody() -> None:
    assert times().worth()[1] == pytest.approx(CLOCK.spend.expected([1], [10])[0] if CLOCK.spend else 0)


def test_every_name_has_a_title_a_meaning_and_a_column() -> None:
    found = times()
    names = choose(found.moment.known, NOW * DAY)
    values = matrix(found, names, np.array([0, 2], np.int32))
    assert values.shape == (2, len(names))
    assert len(set(names)) == len(names)
    assert {*own()} <= set(names)
    assert "gap_median" in names
    assert not any(name.startswith(("store:", "day_of")) for name in names)
    assert all(named(name).title and meaning(name) for name in names)


def test_nothing_after_the_moment_counts() -> None:
    found, later = times(), times()
    known = later.moment.known
    earlier = Times(Moment(known, 30 * DAY), CLOCK)
    assert earlier.summary.customers.frequency[0] == 2
    assert not earlier.known[1]
    assert found.summary.customers.frequency[0] == 5
