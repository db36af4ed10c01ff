"""The population stability index: nothing where nothing moved, and large where everything did."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.learn.drift import baseline, drift, index, of_scores, shares
from segue.learn.model import Scores

FLOATS = st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), min_size=1, max_size=60)


@settings(deadline=None)
@given(values=FLOATS)
def test_nothing_has_moved_against_itself_and_shares_are_whole(values: list[float]) -> None:
    edges, kept = baseline(values)
    assert math.isclose(sum(kept), 1.0)
    assert len(kept) == len(edges) + 2
    assert index([edges, kept], values) == pytest.approx(0.0, abs=1e-12)


@settings(deadline=None)
@given(one=FLOATS, other=FLOATS)
def test_the_index_is_never_negative(one: list[float], other: list[float]) -> None:
    assert index(baseline(one), other) >= -1e-12


def test_it_is_the_sum_of_differences_times_their_logarithms() -> None:
    found = index([[0.0], [0.5, 0.5]], [-1.0] + [1.0] * 3)
    assert found == pytest.approx(0.25 * math.log(3), rel=0.01)


def test_missing_values_are_a_bin_of_their_own() -> None:
    assert shares([0.0], [math.nan, 1.0, 1.0, -1.0]) == [0.25, 0.5, 0.25]
    assert index(baseline([1.0, 2.0, 3.0]), [math.nan] * 3) > 1.0


def test_what_only_one_side_has_is_left_out_and_the_worst_decides() -> None:
    same, moved = np.arange(100.0), np.arange(100.0) + 80
    before = {"steady": baseline(same), "moved": baseline(same), "gone": baseline(same)}
    found = drift("2026-03-01T00:00:00Z", (before, {"steady": same, "moved": moved, "new": same}), ({}, {}))
    assert set(found.features) == {"steady", "moved"}
    assert found.worst == found.features["moved"] > 0.25
    assert found.state == "far"


def test_scores_have_a_baseline_each_and_those_of_nobody_none() -> None:
    one = np.zeros(0)
    nobody = Scores("a", np.zeros(0, np.int32), one, one, one)
    some = Scores("b", np.zeros(3, np.int32), np.arange(3.0), np.arange(3.0), np.arange(3.0))
    assert set(of_scores([nobody, some])) == {"b"}
