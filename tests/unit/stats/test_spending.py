"""Gamma-gamma against its integral and against customers who spend as it says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate
from scipy import stats as laws

from segue.stats.btyd import Spend, fit_spend
from segue.stats.btyd.spending import log_likelihood


def test_the_likelihood_is_the_integral_over_her_own_scale() -> None:
    law, x, z = Spend(6.25, 3.74, 15.44), 3.0, 31.5
    own = laws.gamma(law.q, scale=1 / law.v)

    def given(scale: float) -> float:
        return float(laws.gamma(law.p * x, scale=1 / (scale * x)).pdf(z) * own.pdf(scale))

    brute = integrate.quad(given, 0, np.inf)[0]
    assert log_likelihood(law, np.array([x]), np.array([z]), np.ones(1)) == pytest.approx(math.log(brute))
    mean = integrate.quad(lambda scale: given(scale) * law.p / scale, 0, np.inf)[0] / brute
    assert law.expected([x], [z])[0] == pytest.approx(mean)


def simulated(law: Spend, people: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    scale = random.gamma(law.q, 1 / law.v, people)
    x = random.integers(1, 8, people).astype(float)
    return x, random.gamma(law.p * x, 1 / (scale * x)), law.p / scale


def test_a_fit_finds_the_law_and_its_expectations_are_unbiased() -> None:
    true = Spend(5.0, 4.0, 20.0)
    x, z, own = simulated(true, 8000)
    found = fit_spend(x, z)
    assert found.log_likelihood >= log_likelihood(true, x, z, np.ones(len(x)))
    assert found.average == pytest.approx(true.average, rel=0.05)
    assert found.expected(x, z).mean() == pytest.approx(own.mean(), rel=0.03)
    shrunk, plain = ((found.expected(x, z) - own) ** 2).mean(), ((z - own) ** 2).mean()
    assert shrunk < plain


def test_few_purchases_say_little_and_many_say_all() -> None:
    law = Spend(6.0, 4.0, 15.0)
    assert law.expected([0], [np.nan])[0] == pytest.approx(law.average)
    assert law.expected([10_000], [99.0])[0] == pytest.approx(99.0, rel=1e-3)
    assert law.average < law.expected([1], [99.0])[0] < 99.0


def test_another_currency_is_another_scale() -> None:
    x, z, _ = simulated(Spend(5.0, 4.0, 20.0), 2000)
    one, other = fit_spend(x, z), fit_spend(x, z * 250)
    assert other.v == pytest.approx(250 * one.v, rel=1e-3)
    assert other.p == pytest.approx(one.p, rel=1e-3)


def test_a_heavy_tail_has_no_mean() -> None:
    assert Spend(2.0, 0.9, 5.0).average == math.inf


def test_without_spread_there_is_no_law() -> None:
    for x, z in (([1, 2], [5, 5]), ([0, 0, 3], [1, 2, 3]), ([2, 3], [0, 7])):
        with pytest.raises(ValueError, match="two customers"):
            fit_spend(x, z)
