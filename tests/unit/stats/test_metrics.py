"""Figures of quality, against their definitions written out plainly, and against scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from segue.stats import metrics

ROWS = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0])), min_size=1, max_size=40
)


@settings(deadline=None)
@given(ROWS)
def test_auc_is_the_chance_that_a_yes_stands_above_a_no(rows: list[tuple[bool, float]]) -> None:
    yes = [score for truth, score in rows if truth]
    no = [score for truth, score in rows if not truth]
    measured = metrics.auc([truth for truth, _ in rows], [score for _, score in rows])
    if not yes or not no:
        assert math.isnan(measured)
        return
    wins = sum((a > b) + (a == b) / 2 for a in yes for b in no)
    assert measured == pytest.approx(wins / len(yes) / len(no))


def test_auc_brier_and_log_loss_agree_with_scikit_learn() -> None:
    random = np.random.default_rng(3)
    probability = random.random(500).round(2)
    truth = random.random(500) < probability
    assert metrics.auc(truth, probability) == pytest.approx(sk.roc_auc_score(truth, probability))
    assert metrics.brier(truth, probability) == pytest.approx(sk.brier_score_loss(truth, probability))
    inside = probability.clip(0.01, 0.99)
    assert metrics.log_loss(truth, inside) == pytest.approx(sk.log_loss(truth, inside))


def test_a_certain_mistake_costs_much_and_not_infinitely_much() -> None:
    assert 30 < metrics.log_loss([1], [0.0]) < 40


def test_calibration_error_of_two_bins_by_hand() -> None:
    truth = [0, 0, 1, 1, 1, 0]
    probability = [0.1, 0.2, 0.3, 0.6, 0.7, 0.8]
    assert metrics.ece(truth, probability, bins=2) == pytest.approx(
        abs(0.2 - 1 / 3) / 2 + abs(0.7 - 2 / 3) / 2
    )


@settings(deadline=None)
@given(ROWS, st.integers(1, 12))
def test_bins_hold_every_row_once_and_never_part_equal_probabilities(
    rows: list[tuple[bool, float]], bins: int
) -> None:
    truth, probability = zip(*rows, strict=True)
    predicted, observed, count = metrics.calibration(truth, probability, bins)
    assert count.sum() == len(rows)
    assert len(count) <= min(bins, len(set(probability)))
    assert (count @ predicted) == pytest.approx(sum(probability))
    assert (count @ observed) == pytest.approx(sum(truth))
    assert list(predicted) == sorted(set(predicted))


def test_bins_of_different_probabilities_hold_equally_many() -> None:
    _, _, count = metrics.calibration([0] * 100, np.linspace(0, 1, 100) ** 4, 10)
    assert list(count) == [10] * 10


def test_a_constant_probability_equal_to_the_share_is_perfectly_calibrated() -> None:
    assert metrics.ece([1, 0, 0, 1], [0.5] * 4) == 0


def test_ndcg_and_recall_by_hand() -> None:
    hits = [[1, 0, 1], [0, 0, 0], [1, 1, 1]]
    relevant = [2, 4, 5]
    ideal = 1 + 1 / math.log2(3)
    assert metrics.ndcg(hits, relevant, 3) == pytest.approx([(1 + 0.5) / ideal, 0, 1])
    assert metrics.recall(hits, relevant, 3) == pytest.approx([1, 0, 3 / 5])
    assert metrics.recall(hits, relevant, 1) == pytest.approx([1 / 2, 0, 1 / 5])


def test_ndcg_of_a_shorter_list_than_k_is_measured_against_the_ideal_of_k() -> None:
    assert metrics.ndcg([[1]], [3], 3) == pytest.approx([1 / (1 + 1 / math.log2(3) + 1 / 2)])
    assert list(metrics.ndcg([[0, 0]], [0], 2)) == [0]


def test_figures_of_amounts_by_hand() -> None:
    truth, predicted = [0.0, 2.0, 4.0], [1.0, 2.0, 6.0]
    assert metrics.mae(truth, predicted) == 1
    assert metrics.rmse(truth, predicted) == pytest.approx(math.sqrt(5 / 3))
    assert metrics.bias(truth, predicted) == pytest.approx(0.5)
    assert metrics.correlation(truth, predicted) == pytest.approx(np.corrcoef(truth, predicted)[0, 1])
    assert metrics.coverage(truth, [0, 0, 5], [1, 3, 9]) == pytest.approx(2 / 3)


def test_what_is_not_defined_is_nan() -> None:
    assert math.isnan(metrics.auc([], []))
    assert math.isnan(metrics.auc([1, 1], [0.1, 0.2]))
    assert math.isnan(metrics.brier([], []))
    assert math.isnan(metrics.ece([], []))
    assert math.isnan(metrics.correlation([1, 1], [1, 2]))
    assert math.isnan(metrics.bias([0, 0], [1, 2]))


@settings(deadline=None)
@given(ROWS, st.data())
def test_a_weight_is_a_row_that_is_there_so_many_times(
    rows: list[tuple[bool, float]], data: st.DataObject
) -> None:
    truth = np.array([float(each) for each, _ in rows])
    given_ = np.array([each for _, each in rows])
    weights = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows))), float)
    again = np.repeat(np.arange(len(rows)), weights.astype(int))
    for weighed, plain in (
        (metrics.weighed_auc(truth, given_), metrics.auc),
        (metrics.weighed_correlation(truth, given_), metrics.correlation),
        (metrics.weighed_bias(truth, given_), metrics.bias),
    ):
        left, right = weighed(weights[None])[0], plain(truth[again], given_[again])
        assert left == pytest.approx(right, abs=1e-6, nan_ok=True)


def test_the_weighed_calibration_error_keeps_the_bins_of_all_rows() -> None:
    random = np.random.default_rng(5)
    probability = random.random(400)
    truth = random.random(400) < probability
    weighed = metrics.weighed_ece(truth, probability)
    assert weighed(np.ones((2, 400))) == pytest.approx([metrics.ece(truth, probability)] * 2)
