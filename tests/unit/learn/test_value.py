"""What data is worth: a group that carries the truth is missed, one that is noise is not."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from segue.learn.features.registry import Matrix
from segue.learn.purchases import Floats
from segue.learn.value import Figure, ablated, in_words, permuted
from segue.stats.bootstrap import Interval
from segue.stats.metrics import brier_rows, weighed_auc, weighed_mean

ROWS = 400
RANDOM = np.random.default_rng(5)
VALUES: Matrix = RANDOM.normal(size=(ROWS, 4)).astype(np.float32)
TRUTH = (VALUES[:, 0] + VALUES[:, 1] + 0.3 * RANDOM.normal(size=ROWS) > 0).astype(np.float64)
GROUPS = {"orders": [0, 1], "weather": [2, 3]}
AUC = Figure("auc", partial(weighed_auc, TRUTH), ROWS)


def score(values: Matrix) -> Floats:
    found: Floats = (values[:, 0] + values[:, 1] + 0.01 * values[:, 2]).astype(np.float64)
    return found


def test_what_carries_the_truth_is_missed_when_it_is_shuffled() -> None:
    found = permuted(score, VALUES, GROUPS, AUC, seed=1)
    assert [each.name for each in found] == ["orders", "weather"]
    needed, idle = found
    assert needed.low is not None
    assert needed.low > 0.2
    assert abs(idle.value) < 0.01
    assert needed.title.startswith("when orders were placed: worth collecting")
    assert "could go" in idle.title


def test_shuffling_is_the_same_for_the_same_seed_and_leaves_the_rows_alone() -> None:
    before = VALUES.copy()
    assert permuted(score, VALUES, GROUPS, AUC, seed=1) == permuted(score, VALUES, GROUPS, AUC, seed=1)
    assert (before == VALUES).all()


def test_a_lower_figure_may_be_the_better_one() -> None:
    brier = Figure(
        "brier", lambda found: weighed_mean(brier_rows(TRUTH, found)), ROWS, higher_is_better=False
    )
    found = permuted(lambda values: 1 / (1 + np.exp(-5 * score(values))), VALUES, GROUPS, brier, seed=1)
    assert found[0].name == "orders"
    assert found[0].value > 0.1


def test_what_another_group_says_too_is_not_missed_by_a_model_fitted_without_it() -> None:
    def fit(without: str | None) -> Floats:
        columns = {"orders": VALUES[:, 0] + VALUES[:, 1], "spend": VALUES[:, 0] + VALUES[:, 1]}
        kept: Floats = np.zeros(ROWS)
        for name, column in columns.items():
            kept = kept + (column if name != without else 0)
        return kept

    found = ablated(fit, ["orders", "spend"], AUC, seed=1)
    assert [each.value for each in found] == [0, 0]
    assert [each.name for each in found] == ["orders", "spend"]


def test_persons_with_several_rows_are_drawn_whole() -> None:
    alone = permuted(score, VALUES, GROUPS, AUC, seed=1)[0]
    grouped = Figure("auc", AUC.of, ROWS, persons=[row // 40 for row in range(ROWS)])
    together = permuted(score, VALUES, GROUPS, grouped, seed=1)[0]
    assert together.value == alone.value
    assert (together.low, together.high) != (alone.low, alone.high)


@pytest.mark.parametrize(
    ("loss", "says"),
    [
        (Interval(0.03, 0.01, 0.05), "the weather: worth collecting, without it auc is worse by 0.03"),
        (Interval(-0.03, -0.05, -0.01), "the weather: could go, auc is better without it by 0.03"),
        (
            Interval(0.01, -0.01, 0.03),
            "the weather: could go as far as this model is concerned, auc does not measurably miss it",
        ),
    ],
)
def test_it_is_said_in_words(loss: Interval, says: str) -> None:
    assert in_words("weather", loss, "auc") == says
