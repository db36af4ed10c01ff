"""The ledger answers as of any moment what a naive reader of the earlier lines would."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from segue.learn.given import given
from segue.learn.knowledge import Knowledge
from segue.learn.recommend.candidates import Budget, pairs
from segue.learn.recommend.crowd import Crowd, moments
from segue.learn.recommend.features import FEATURES, GROUPS, TITLES, describe, matrix
from segue.learn.recommend.ledger import Ledger
from segue.learn.recommend.model import ledger_of
from segue.learn.recommend.queries import Queries, asked_of, nothing, split, varied
from segue.learn.recommend.runs import DAY, Clock, runs

ROWS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 40)), min_size=1, max_size=40
)  # fmt: skip


@drawn(ROWS, st.integers(0, 45))
@settings(deadline=None)
def test_the_state_before_a_moment_is_what_the_earlier_rows_say(rows: list[Any], at: int) -> None:
    person, thing, day = (np.array(column) for column in zip(*rows, strict=True))
    clock = Clock(np.unique(day) * DAY)
    made = runs(
        person.astype(np.int32), thing.astype(np.int32), clock.rank(day * DAY), day.astype(np.int32),
        things=4, clock=clock,
    )  # fmt: skip
    for who in range(3):
        for what in range(4):
            days = sorted({d for p, t, d in rows if p == who and t == what and d < at})
            moment = clock.rank(np.array([at * DAY]))
            row = int(made.at(np.array([who]), np.array([what]), moment)[0])
            if not days:
                assert row == -1
                continue
            assert made.nth[row] + 1 == len(days)
            assert made.day[row] == days[-1]
            assert made.first_day[row] == days[0]
            assert made.following[row] >= at
            gaps = np.diff(days)
            assert np.isclose(made.log_gap[row], np.log(gaps).sum() if len(gaps) else 0, atol=1e-4)
            assert np.isclose(
                made.decayed["days14"][row], sum(2 ** ((d - days[-1]) / 14) for d in days), rtol=1e-4
            )


@drawn(ROWS, st.integers(0, 45), st.integers(1, 30))
@settings(deadline=None)
def test_a_window_counts_the_rows_within_it(rows: list[Any], at: int, window: int) -> None:
    source = given(
        {
            "person": [f"p{p}" for p, _, _ in rows],
            "sku": [f"i{t}" for _, t, _ in rows],
            "time": [d * DAY for _, _, d in rows],
        }
    )
    ledger = ledger_of(Knowledge(source, 2**62))
    moment = np.array([at * DAY])
    for code, sku in enumerate(ledger.items.sku):
        expected = len({(p, d) for p, t, d in rows if f"i{t}" == sku and at - window <= d < at})
        found = ledger.counter("item").count(
            np.array([code]), ledger.ago(moment, window), ledger.clock.rank(moment)
        )
        assert found[0] == expected


def test_what_is_said_of_a_visit_does_not_change_when_the_future_is_known(known: Knowledge) -> None:
    full = ledger_of(known)
    visits = split(full, each=3, most=60, seed=1).train
    queries, _ = asked_of(full, visits)
    for place in range(0, len(queries), 11):
        one = queries.only(np.array([place]))
        moment = int(one.time[0])
        past = ledger_of(known.before(moment))
        said = []
        for ledger in (full, past):
            found = pairs(ledger, Crowd(ledger, moment), one, Budget())
            said.append((found, matrix(describe(ledger, one, found))))
        (now, rows), (then, earlier) = said
        assert now.item.tolist() == then.item.tolist()
        np.testing.assert_allclose(rows, earlier, rtol=1e-5, err_msg="the future leaks")


def test_features_have_a_source_and_a_title_each() -> None:
    assert sorted(FEATURES) == sorted(name for names in GROUPS.values() for name in names)
    assert set(TITLES) == set(FEATURES)
    assert len(set(FEATURES)) == len(FEATURES)


def test_cadence_is_in_real_days(columns: dict[str, Any]) -> None:
    ledger = ledger_of(Knowledge(given(columns), 2**62))
    ann, milk = ledger_code(ledger, "milk")
    moment = np.array([22 * DAY], np.int64)
    query = Queries(np.array([ann], np.int32), moment, np.array([0], np.int32), nothing(1))
    found = pairs(ledger, Crowd(ledger, int(moment[0])), query, Budget())
    said = describe(ledger, query, found)
    row = found.item.tolist().index(milk)
    assert said["times"][row] == 3
    assert np.isclose(said["gap"][row], 7)
    assert np.isclose(said["days_since"][row], 7.5)
    assert said["visits_since"][row] == 1
    assert np.isclose(said["share"][row], 1)
    tea = ledger.items.sku.index("tea")
    assert found.row[found.item.tolist().index(tea)] == -1


def ledger_code(ledger: Ledger, sku: str) -> tuple[int, int]:
    return 0, list(ledger.items.sku).index(sku)


def test_a_held_out_order_is_seen_by_nobody(known: Knowledge) -> None:
    full = ledger_of(known)
    parts = split(full, each=2, most=10_000, seed=1)
    rest = full.without(parts.last)
    assert len(rest.visits) == len(full.visits) - len(parts.last)
    before = [asked_of(full, parts.train), asked_of(rest, full.moved(parts.train, parts.last))]
    for (queries, baskets), (moved, same) in [(before[0], before[1])]:
        assert queries.time.tolist() == moved.time.tolist()
        assert baskets.item.tolist() == same.item.tolist()
    times = set(zip(rest.visits.person.tolist(), rest.visits.time.tolist(), strict=True))
    gone = zip(full.visits.person[parts.last].tolist(), full.visits.time[parts.last].tolist(), strict=True)
    assert not times & set(gone)


def test_each_query_has_a_crowd_that_is_not_later() -> None:
    times = np.array([50, 10, 30, 20, 40, 10], np.int64)
    when, which = moments(times, 3)
    assert (when[which] <= times).all()
    assert len(when) == 3


def test_what_is_in_hand_is_no_candidate(known: Knowledge) -> None:
    ledger = ledger_of(known)
    queries, baskets = asked_of(ledger, split(ledger, each=2, most=100, seed=1).train)
    queries = varied(queries, baskets, unknown=0.2, begun=0.9, seed=2)
    assert len(queries.in_hand.query)
    assert (queries.person < 0).any()
    found = pairs(ledger, Crowd(ledger, int(queries.time.min())), queries, Budget())
    assert not queries.in_hand.has(found.query, found.item, len(ledger.items)).any()
    assert found.together.max() > 0
    assert (found.row[queries.person[found.query] < 0] == -1).all()


def test_returns_and_unknown_items_are_no_purchases() -> None:
    source = given(
        {
            "person": ["ann", "ann", None],
            "sku": ["milk", "tea", "milk"],
            "time": [DAY, DAY, 2 * DAY],
            "pieces": [1, -1, 1],
        }
    )
    ledger = ledger_of(Knowledge(source, 2**62))
    assert [ledger.items.sku[item] for item in ledger.lines.item] == ["milk", "milk"]
    assert sorted(ledger.lines.person.tolist()) == [-1, 0]
    assert len(ledger.own) == 1


def test_one_query_has_the_neighbours_it_has_among_many(known: Knowledge) -> None:
    ledger = ledger_of(known)
    queries, _ = asked_of(ledger, split(ledger, each=1, most=12, seed=4).held_out[:12])
    crowd = Crowd(ledger, int(queries.time.min()))
    together = crowd.near(queries)
    assert together.any()
    for place in range(len(queries)):
        one = crowd.near(queries.only(np.array([place])))
        np.testing.assert_allclose(one[0], together[place], atol=1e-5)


def test_what_is_pinned_is_what_is_looked_up(known: Knowledge) -> None:
    loose, pinned = ledger_of(known), ledger_of(known)
    pinned.pin(known.until)
    queries, _ = asked_of(loose, split(loose, each=1, most=12, seed=4).held_out[:3])
    for place in range(len(queries)):
        one = queries.only(np.array([place]))
        for moment in (known.until, known.until + 5 * DAY):
            one = Queries(one.person, np.array([moment]), one.store, one.in_hand)
            said = []
            for ledger in (loose, pinned):
                found = pairs(ledger, Crowd(ledger, moment), one, Budget())
                said.append(matrix(describe(ledger, one, found)))
            np.testing.assert_array_equal(said[0], said[1])
