"""Heads and amounts: calibrated on later rows, sure as far as rows allow, and honest where there are few."""

from __future__ import annotations

import numpy as np
import pytest

from segue.learn.predict.amounts import Amounts, learn_amounts
from segue.learn.predict.heads import Sureness, learn, of_later
from segue.stats import metrics
from segue.stats.calibration import Unchanged

NAMES = ("law_14", "noise", "visits_90", "law_90", "worth")


def rows(count: int, seed: int, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    law = random.random(count)
    values = np.stack([law, random.random(count), 5 * law + 0.1, law, 20 + 10 * law], axis=1)
    truth = random.random(count) < np.clip(law**2 + shift, 0, 1)
    return values.astype(np.float32), truth


def test_a_head_learns_the_order_and_is_calibrated_where_the_law_is_not() -> None:
    head = learn(rows(4000, 1), rows(2000, 2), NAMES, "law_14", seed=1)
    values, truth = rows(4000, 3)
    assert metrics.ece(truth, head.chance(values)) < 0.03 < metrics.ece(truth, values[:, 0])
    assert metrics.auc(truth, head.chance(values)) > 0.78
    assert head.gains()[1] < 0.2
    assert head.gains().sum() == pytest.approx(1)


def test_calibration_follows_a_change_that_later_time_brought() -> None:
    head = learn(rows(4000, 1), rows(3000, 2, shift=0.2), NAMES, "law_14", seed=1)
    values, truth = rows(4000, 3, shift=0.2)
    assert abs(metrics.bias(truth, head.chance(values))) < 0.05


def test_the_same_seed_grows_the_same_trees_and_another_others() -> None:
    values = rows(50, 9)[0]
    first, again, other = (
        learn(rows(2000, 1), rows(800, 2), NAMES, "law_14", seed=seed).chance(values) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_with_too_few_of_one_answer_the_law_answers() -> None:
    values, truth = rows(400, 1)
    truth = np.zeros_like(truth)
    truth[:5] = True
    head = learn((values, truth), rows(800, 2), NAMES, "law_14", seed=1)
    assert head.booster is None
    order = np.argsort(values[:, 0], kind="stable")
    assert (np.diff(head.chance(values)[order]) >= -1e-12).all()


def test_one_answer_only_leaves_the_raw_chance() -> None:
    raw = np.array([0.2, 0.8, 0.5])
    calibration, sureness = of_later(raw, np.array([True, True, True]))
    assert isinstance(calibration, Unchanged)
    low, high = sureness.bounds(raw)
    assert (low <= raw).all()
    assert (high >= raw).all()


def test_bounds_hold_the_value_and_widen_with_fewer_rows() -> None:
    widths = []
    for count in (100, 10_000):
        random = np.random.default_rng(4)
        raw = random.random(count)
        _, sureness = of_later(raw, random.random(count) < raw)
        chance = np.linspace(0.1, 0.9, 9)
        low, high = sureness.bounds(chance)
        assert ((low <= chance) & (chance <= high)).all()
        widths.append(float((high - low).mean()))
    assert widths[1] < widths[0] / 3
    assert Sureness([], [], []).bounds(np.array([0.3]))[0] == pytest.approx([0.3])


def test_contributions_add_up_to_the_log_odds() -> None:
    head = learn(rows(3000, 1), rows(800, 2), NAMES, "law_14", seed=1)
    values = rows(20, 5)[0]
    raw = head.raw(values)
    parts = head.parts(values).sum(axis=1)
    offsets = np.log(raw / (1 - raw)) - parts
    assert offsets == pytest.approx(np.full(20, offsets[0]), abs=1e-6)


def spend(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    values, _ = rows(count, seed)
    mean = 3 * values[:, 2] / np.maximum(values[:, 3], 0.01) * values[:, 4]
    amount = np.where(random.random(count) < 0.8, mean * random.gamma(4, 0.25, count), 0.0)
    return values, amount


def test_amounts_meet_the_sum_and_hold_eight_in_ten() -> None:
    amounts = learn_amounts(spend(4000, 1), spend(2000, 2), NAMES, 1)
    values, true = spend(3000, 3)
    said = 0.8 * amounts.given_any(values)
    assert abs(metrics.bias(true, said)) < 0.05
    low, high = amounts.bounds(np.full(3000, 0.8), amounts.given_any(values))
    assert metrics.coverage(true, low, high) == pytest.approx(0.8, abs=0.04)
    assert (low == 0).all()


def test_who_is_sure_to_come_spends_between_the_tenths() -> None:
    amounts = Amounts(None, (2, 3, 4), 1.0, np.linspace(0.1, 3.9, 39).tolist())
    low, high = amounts.bounds(np.array([1.0]), np.array([100.0]))
    assert low[0] == pytest.approx(40, abs=1)
    assert high[0] == pytest.approx(360, abs=1)


def test_who_hardly_comes_may_spend_nothing_at_all() -> None:
    amounts = Amounts(None, (2, 3, 4), 1.0, np.linspace(0.2, 3, 39).tolist())
    low, high = amounts.bounds(np.array([0.05, 0.5]), np.array([100.0, 100.0]))
    assert low[0] == high[0] == low[1] == 0
    assert high[1] > 100


def test_few_purchases_leave_spend_to_the_law() -> None:
    values, amount = spend(60, 1)
    amounts = learn_amounts((values, amount), (values, np.zeros(60)), NAMES, 1)
    assert amounts.booster is None
    visits = np.maximum(values[:, 2] / np.maximum(values[:, 3], 0.01), 1)
    assert amounts.given_any(values) == pytest.approx(visits * values[:, 4], rel=1e-5)
