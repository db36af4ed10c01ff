"""Intervals hold what they promise, pair what is compared, and draw persons rather than rows when asked."""

from __future__ import annotations

import math

import numpy as np
import pytest

from segue.stats.bootstrap import interval, mean_interval, paired, paired_means, resamples
from segue.stats.metrics import weighed_auc, weighed_mean


def test_the_same_seed_gives_the_same_interval_and_another_another() -> None:
    rows = np.random.default_rng(1).normal(size=200)
    assert mean_interval(rows, seed=7) == mean_interval(rows, seed=7)
    assert mean_interval(rows, seed=7) != mean_interval(rows, seed=8)


def test_the_interval_of_a_mean_is_that_of_the_normal_law() -> None:
    rows = np.random.default_rng(2).normal(3, 2, size=2000)
    measured = mean_interval(rows, seed=1, rounds=4000)
    half = 1.96 * rows.std() / math.sqrt(len(rows))
    assert measured.value == pytest.approx(rows.mean())
    assert measured.low == pytest.approx(rows.mean() - half, abs=0.1 * half)
    assert measured.high == pytest.approx(rows.mean() + half, abs=0.1 * half)


def test_about_95_of_100_intervals_hold_the_true_mean() -> None:
    random = np.random.default_rng(3)
    held = 0
    for seed in range(200):
        found = mean_interval(random.exponential(1, size=150), seed=seed, rounds=300)
        held += found.low <= 1 <= found.high
    assert 180 <= held <= 198


def test_pairing_takes_out_what_two_models_share() -> None:
    random = np.random.default_rng(4)
    shared = random.normal(0, 10, size=500)
    first, second = shared + 0.2 + random.normal(0, 0.5, 500), shared + random.normal(0, 0.5, 500)
    together = paired_means(first, second, seed=1)
    assert together.value == pytest.approx(first.mean() - second.mean())
    assert together.clear
    assert together.high - together.low < 0.2
    apart = mean_interval(first, seed=1)
    assert apart.high - apart.low > 1


def test_a_relative_gain_is_a_ratio_less_one() -> None:
    first, second = np.full(50, 3.0), np.full(50, 2.0)
    gain = paired_means(first, second, seed=1, relative=True)
    assert (gain.value, gain.low, gain.high) == (0.5, 0.5, 0.5)


def test_rows_of_a_person_are_drawn_together() -> None:
    groups = np.repeat(np.arange(30), 5)
    for weights in resamples(150, seed=1, rounds=20, groups=groups):
        parts = weights.reshape(len(weights), 30, 5)
        assert (parts == parts[:, :, :1]).all()
        assert (parts[:, :, 0].sum(axis=1) == 30).all()


def test_repeating_each_row_narrows_nothing_when_persons_are_drawn() -> None:
    rows = np.random.default_rng(6).normal(size=100)
    once = mean_interval(rows, seed=1, rounds=3000)
    many = mean_interval(np.repeat(rows, 9), seed=1, rounds=3000, groups=np.repeat(np.arange(100), 9))
    naive = mean_interval(np.repeat(rows, 9), seed=1, rounds=3000)
    assert many.high - many.low == pytest.approx(once.high - once.low, rel=0.1)
    assert naive.high - naive.low < 0.5 * (once.high - once.low)


def test_portions_do_not_change_what_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(8).normal(size=64)
    whole = mean_interval(rows, seed=1, rounds=100)
    monkeypatch.setattr("segue.stats.bootstrap.CELLS", 640)
    assert mean_interval(rows, seed=1, rounds=100) == whole


def test_models_are_compared_by_any_figure() -> None:
    random = np.random.default_rng(9)
    truth = random.random(800) < 0.3
    good, bad = truth + random.normal(0, 1, 800), truth + random.normal(0, 3, 800)
    gain = paired(weighed_auc(truth, good), weighed_auc(truth, bad), 800, seed=1)
    assert gain.low > 0
    assert not paired(weighed_auc(truth, good), weighed_auc(truth, good), 800, seed=1).clear


def test_no_rows_and_unequal_rows() -> None:
    assert math.isnan(interval(weighed_mean([]), 0, seed=1).low)
    with pytest.raises(ValueError, match="2 and 3"):
        paired_means([1, 2], [1, 2, 3], seed=1)
