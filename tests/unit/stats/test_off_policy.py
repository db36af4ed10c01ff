"""Off-policy estimators: by hand, by their laws, and where their intervals promise something."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.stats.off_policy import (
    NAMES,
    Logged,
    Modelled,
    Name,
    asymptotic,
    dm,
    dr,
    dros,
    estimate,
    evaluate,
    ips,
    logged,
    modelled,
    shrinkage,
    sndr,
    snips,
    support,
    terms_of,
)

# weights 2, 0, .5, 4
LOG = logged([1, 1, 0, 1], [0.5, 0.5, 1.0, 0.2], [1.0, 0.0, 0.5, 0.8])
MODEL = Modelled(np.array([0.5, 0.5, 0.2, 0.6]), np.array([0.6, 0.4, 0.2, 0.5]))


def test_each_estimator_by_hand() -> None:
    assert LOG.weight.tolist() == [2.0, 0.0, 0.5, 4.0]
    assert ips(LOG).value() == pytest.approx((2 + 0 + 0 + 4) / 4)
    assert snips(LOG).value() == pytest.approx(6 / 6.5)
    assert dm(LOG, MODEL).value() == pytest.approx(1.7 / 4)
    # corrections: 2·.5, 0, .5·(−.2), 4·.4
    assert dr(LOG, MODEL).value() == pytest.approx(1.7 / 4 + 2.5 / 4)
    assert sndr(LOG, MODEL).value() == pytest.approx(1.7 / 4 + 2.5 / 6.5)
    # λ = 4: weights 8/8, 0, 2/4.25, 16/20
    assert dros(LOG, MODEL, 4.0).value() == pytest.approx((1.7 + 0.5 - 0.2 * 2 / 4.25 + 0.4 * 0.8) / 4)


def test_shrinking_goes_from_the_model_to_doubly_robust() -> None:
    assert dros(LOG, MODEL, 0.0).value() == pytest.approx(dm(LOG, MODEL).value())
    assert dros(LOG, MODEL, float("inf")).value() == pytest.approx(dr(LOG, MODEL).value())
    assert dros(LOG, MODEL, 1e12).value() == pytest.approx(dr(LOG, MODEL).value())
    assert shrinkage(LOG, MODEL) in {0.1, 1.0, 10.0, 50.0, 100.0, 500.0, 1000.0, 5000.0, 10000.0, np.inf}


def test_a_model_of_all_actions_is_averaged_over_the_candidate() -> None:
    found = modelled([[0.1, 0.9], [0.4, 0.2]], [[0.25, 0.75], [1.0, 0.0]], [0, 1])
    assert found.chosen.tolist() == [0.1, 0.2]
    assert found.candidate.tolist() == pytest.approx([0.7, 0.4])


chances = st.floats(0.05, 1)


@given(st.lists(st.tuples(st.floats(-5, 5), chances), min_size=2, max_size=40), st.integers(0, 99))
def test_the_logging_policy_itself_earns_what_it_earned(rows: list[tuple[float, float]], seed: int) -> None:
    reward, chance = np.array(rows).T
    log = logged(reward, chance, chance)
    assert ips(log).value() == pytest.approx(reward.mean())
    assert snips(log).value() == pytest.approx(reward.mean())
    said = np.random.default_rng(seed).normal(size=len(reward))
    # a model that is used of what was done moves nothing, whatever it says
    assert dr(log, Modelled(said, said)).value() == pytest.approx(reward.mean())
    assert support(log).effective == pytest.approx(len(reward))


@given(st.lists(st.tuples(chances, st.floats(0, 1), st.floats(-3, 3)), min_size=2, max_size=40))
def test_a_perfect_model_is_the_truth_whatever_the_weights(rows: list[tuple[float, float, float]]) -> None:
    propensity, candidate, value = np.array(rows).T
    log = logged(value, propensity, candidate)
    model = Modelled(value, value + 1)
    for name in ("dm", "dr", "dros") if not candidate.sum() else ("dm", "dr", "sndr", "dros"):
        assert terms_of(name, log, model).value() == pytest.approx(value.mean() + 1)


@given(st.lists(st.tuples(st.floats(0, 1), chances, st.floats(0.01, 1)), min_size=1, max_size=30))
def test_self_normalised_values_stay_within_the_rewards(rows: list[tuple[float, float, float]]) -> None:
    reward, propensity, candidate = np.array(rows).T
    value = snips(logged(reward, propensity, candidate)).value()
    assert reward.min() - 1e-9 <= value <= reward.max() + 1e-9


def _world(seed: int, rows: int = 600) -> tuple[Logged, Modelled, float]:
    """Three actions, known values, a logging policy that prefers the worst; and a crude model."""
    random = np.random.default_rng(seed)
    context = random.normal(size=rows)
    values = 1 / (1 + np.exp(-np.stack([context, -context, 0.3 * context - 0.5], axis=1)))
    logging = np.array([0.2, 0.3, 0.5])
    action = random.choice(3, size=rows, p=logging)
    reward = (random.random(rows) < values[np.arange(rows), action]).astype(float)
    policy = np.where(context[:, None] > 0, [0.8, 0.1, 0.1], [0.1, 0.8, 0.1])
    log = logged(reward, logging[action], policy[np.arange(rows), action])
    truth = _truth()
    return log, modelled(0.7 * values + 0.1, policy, action), truth


@cache
def _truth() -> float:
    context = np.random.default_rng(10**6).normal(size=400_000)
    values = 1 / (1 + np.exp(-np.stack([context, -context, 0.3 * context - 0.5], axis=1)))
    policy = np.where(context[:, None] > 0, [0.8, 0.1, 0.1], [0.1, 0.8, 0.1])
    return float((values * policy).sum(axis=1).mean())


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    names: tuple[Name, ...] = ("ips", "snips", "dr", "sndr")
    held = dict.fromkeys(names, 0)
    for seed in range(200):
        log, model, truth = _world(seed)
        for name in held:
            found = asymptotic(terms_of(name, log, model))
            held[name] += found.low <= truth <= found.high
    assert all(183 <= count <= 199 for count in held.values()), held


def test_the_two_intervals_agree_where_rows_are_many() -> None:
    log, model, _ = _world(1, rows=4000)
    found, _ = evaluate(log, model, seed=3)
    assert set(found) == set(NAMES)
    for each in found.values():
        wide = each.asymptotic.high - each.asymptotic.low
        assert each.bootstrap.low == pytest.approx(each.asymptotic.low, abs=0.15 * wide)
        assert each.bootstrap.high == pytest.approx(each.asymptotic.high, abs=0.15 * wide)
    assert found == evaluate(log, model, seed=3)[0]
    assert set(evaluate(log, seed=3)[0]) == {"ips", "snips"}


def test_rows_of_one_person_are_no_independent_rows() -> None:
    """Each row twice says nothing more than once, if it is said whose they are."""
    log, _, _ = _world(2)
    once = asymptotic(ips(log))
    twice = logged(*(np.repeat(each, 2) for each in (log.reward, log.propensity, log.candidate)))
    persons = np.repeat(np.arange(len(log.reward)), 2)
    together = asymptotic(ips(twice), groups=persons)
    assert (together.low, together.high) == pytest.approx((once.low, once.high))
    apart = asymptotic(ips(twice))
    assert apart.high - apart.low == pytest.approx((once.high - once.low) / np.sqrt(2), rel=0.01)
    drawn = estimate("ips", ips(twice), seed=1, groups=persons).bootstrap
    assert drawn.high - drawn.low == pytest.approx(once.high - once.low, rel=0.1)


def test_thin_support_is_said() -> None:
    rows = 10_000
    random = np.random.default_rng(1)
    fine = logged(np.ones(rows), np.full(rows, 0.5), np.where(random.random(rows) < 0.5, 0.4, 0.6))
    assert support(fine).warnings == ()
    chances = np.zeros(rows)
    chances[:40] = 1.0
    thin = support(logged(np.ones(rows), np.full(rows, 40 / rows), chances))
    assert thin.effective == pytest.approx(40)
    assert [said.split(":")[0] for said in thin.warnings] == ["support is thin"]
    chances[:] = 0.5
    few = np.full(rows, 0.5)
    few[0], chances[0] = 0.0005, 1.0
    heavy = support(logged(np.ones(rows), few, chances))
    assert any("one row has 17% of all weight" in said for said in heavy.warnings)
    wrong = support(logged(np.ones(rows), np.full(rows, 0.5), np.full(rows, 0.9)))
    assert any("weights average 1.80, not 1" in said for said in wrong.warnings)
    assert support(logged([1.0], [0.5], [0.0])).warnings != ()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (([1], [0.5, 0.5], [1]), "one length"),
        (([1], [0.0], [1]), "propensity"),
        (([1], [1.5], [1]), "propensity"),
        (([1], [0.5], [-0.1]), "candidate's chance"),
        (([1], [0.5], [np.nan]), "candidate's chance"),
        (([np.nan], [0.5], [1]), "reward"),
    ],
)
def test_a_log_that_cannot_be_is_refused(given: tuple[list[float], ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        logged(*given)


def test_what_is_missing_is_said() -> None:
    with pytest.raises(ValueError, match="needs a model"):
        terms_of("dr", LOG)
    with pytest.raises(ValueError, match="shapes differ"):
        modelled([[0.1]], [[0.5, 0.5]], [0])
    with pytest.raises(ValueError, match="add up"):
        modelled([[0.1, 0.2]], [[0.5, 0.4]], [0])


def test_nothing_logged_is_no_estimate() -> None:
    nothing = logged([], [], [])
    assert np.isnan(estimate("ips", ips(nothing), seed=1).value)
    never = logged([1.0, 0.0], [0.5, 0.5], [0.0, 0.0])
    assert np.isnan(estimate("snips", snips(never), seed=1, rounds=10).value)
