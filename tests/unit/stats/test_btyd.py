"""The closed forms against brute force: integrals over the latent rates, sums over counts, lives made up."""

from __future__ import annotations

import math
from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special
from scipy import stats as laws

from segue.stats.btyd import Law, alive, buys, choose, expected, fit, grouped, summarise
from segue.stats.btyd.counting import gradient, log_likelihood
from segue.stats.btyd.customers import Customers, customers
from segue.stats.btyd.expecting import beta_nodes

Floats = NDArray[np.float64]
RATES = st.floats(0.2, 6.0)
LAWS = st.builds(
    Law, r=RATES, alpha=st.floats(0.5, 20), a=RATES, b=RATES, k=st.integers(1, 4), modified=st.booleans()
)


@st.composite
def histories(draw: st.DrawFn) -> Customers:
    frequency = draw(st.integers(0, 6))
    age = draw(st.floats(0.5, 40))
    recency = draw(st.floats(0.05, 1)) * age if frequency else 0.0
    return customers([frequency], [recency], [age])


def conditional(law: Law, each: Customers, rate: float, p: float) -> tuple[float, Floats]:
    """Likelihood of a history given her own rates, without the gaps' constant: dead, alive by stage."""
    x, seen, age = float(each.frequency[0]), float(each.recency[0]), float(each.age[0])
    bought = rate ** (law.k * x) * math.exp(-rate * seen)
    survived = (1 - p) ** (x if law.modified else max(x - 1, 0))
    may_die = law.modified or x > 0
    stays = survived * (1 - p if may_die else 1)
    waits = np.array(
        [
            math.exp(-rate * (age - seen)) * (rate * (age - seen)) ** j / math.factorial(j)
            for j in range(law.k)
        ]
    )
    return bought * survived * p * may_die, bought * stays * waits


def integrated(law: Law, each: Customers) -> tuple[float, Floats]:
    """Both, over gamma and beta, by scipy's quadratures (none of our formulas in it)."""
    rates, weigh_rate = special.roots_genlaguerre(60, law.r - 1)
    places, weigh_p = special.roots_jacobi(40, law.b - 1, law.a - 1)
    dead, lives = 0.0, np.zeros(law.k)
    for rate, one in zip(rates / law.alpha, weigh_rate / weigh_rate.sum(), strict=True):
        for p, other in zip((places + 1) / 2, weigh_p / weigh_p.sum(), strict=True):
            died, lived = conditional(law, each, float(rate), float(p))
            dead, lives = dead + one * other * died, lives + one * other * lived
    return dead, lives


@pytest.mark.parametrize("modified", [False, True])
@pytest.mark.parametrize(("k", "x"), [(1, 0), (1, 3), (2, 0), (3, 2)])
def test_the_likelihood_is_the_integral_over_both_rates(k: int, x: int, modified: bool) -> None:
    law = Law(1.7, 3.0, 1.3, 2.2, k, modified)
    each = customers([x], [4.0 * (x > 0)], [6.5])
    dead, lives = integrated(law, each)
    assert log_likelihood(law, each) + x * math.lgamma(k) == pytest.approx(
        math.log(dead + lives.sum()), abs=1e-4
    )
    assert alive(law, each)[0] == pytest.approx(lives.sum() / (dead + lives.sum()), abs=1e-4)


@settings(deadline=None)
@given(LAWS, histories())
def test_the_slope_is_that_of_the_likelihood(law: Law, each: Customers) -> None:
    logs = np.log([law.r, law.alpha, law.a, law.b])

    def moved(place: int, by: float) -> float:
        r, alpha, a, b = np.exp(logs + by * np.eye(4)[place])
        return log_likelihood(Law(r, alpha, a, b, law.k, law.modified), each)

    numeric = [(moved(place, 1e-5) - moved(place, -1e-5)) / 2e-5 for place in range(4)]
    assert gradient(law, each) == pytest.approx(numeric, rel=1e-4, abs=1e-5)


def counted(law: Law, each: Customers, span: float) -> Floats:
    """Chance of at least 1, 2, … purchases within the span, summed term by term with scipy's own laws."""
    x, seen, age = each.frequency, each.recency[0], float(each.age[0])
    sizes = law.r + law.k * float(x[0]) + np.arange(law.k)
    logs = special.gammaln(sizes) - sizes * math.log(law.alpha + age) - special.gammaln(np.arange(law.k) + 1)
    logs = logs + special.xlogy(np.arange(law.k), age - seen)
    stages = np.exp(logs - special.logsumexp(logs))
    b = law.b + float(x[0]) + law.modified
    survives, tails = alive(law, each)[0], []
    for n in count(1):
        waits = laws.nbinom.sf(
            n * law.k - np.arange(law.k) - 1, sizes, (law.alpha + age) / (law.alpha + age + span)
        )
        tails.append(survives * (stages @ waits))
        survives *= (b + n - 1) / (law.a + b + n - 1)
        if tails[-1] < 1e-10 or n > 3000:
            return np.array(tails)
    raise AssertionError


@settings(deadline=None, max_examples=150)
@given(LAWS, histories(), st.floats(0.1, 60))
def test_expected_purchases_are_the_sum_over_counts(law: Law, each: Customers, span: float) -> None:
    tails = counted(law, each, span)
    # what is far out in a heavy tail is left out of the sum, or of the closed form's series
    assert expected(law, each, span)[0] == pytest.approx(tails.sum(), rel=1e-4, abs=1e-8)
    assert buys(law, each, span)[0] == pytest.approx(tails[0], rel=1e-6, abs=1e-9)


def test_bg_nbd_is_the_papers_hypergeometric_form() -> None:
    law = Law(0.243, 4.414, 0.793, 2.426)
    x, seen, age, span = 2, 30.43, 38.86, 39.0
    share = span / (law.alpha + age + span)
    series = special.hyp2f1(law.r + x, law.b + x, law.a + law.b + x - 1, share)
    above = 1 - ((law.alpha + age) / (law.alpha + age + span)) ** (law.r + x) * series
    above *= (law.a + law.b + x - 1) / (law.a - 1)
    below = 1 + law.a / (law.b + x - 1) * ((law.alpha + age) / (law.alpha + seen)) ** (law.r + x)
    assert expected(law, customers([x], [seen], [age]), span)[0] == pytest.approx(above / below)
    # the paper's own example: 1.226 purchases in the next 39 weeks
    assert expected(law, customers([x], [seen], [age]), span)[0] == pytest.approx(1.226, abs=5e-4)


def lives(law: Law, people: int, until: float, seed: int) -> list[list[float]]:
    """Purchases of simulated customers who all begin at 0."""
    random = np.random.default_rng(seed)
    rates, deaths = random.gamma(law.r, 1 / law.alpha, people), random.beta(law.a, law.b, people)
    bought = []
    for rate, p in zip(rates, deaths, strict=True):
        times = [0.0]
        while not ((len(times) > 1 or law.modified) and random.random() < p):
            following = times[-1] + random.gamma(law.k, 1 / rate)
            if following > until:
                break
            times.append(following)
        bought.append(times)
    return bought


@pytest.mark.parametrize(
    "law", [Law(0.9, 4.0, 0.8, 2.5), Law(1.2, 3.0, 1.1, 3.0, 1, True), Law(1.5, 2.0, 0.9, 4.0, 3, True)]
)
def test_simulated_customers_do_what_is_expected_of_them(law: Law) -> None:
    people, age, span = 20_000, 20.0, 15.0
    bought = lives(law, people, age + span, seed=1)
    before = [[t for t in times if t <= age] for times in bought]
    each = customers([len(t) - 1 for t in before], [t[-1] for t in before], [age] * people)
    later = np.array([len(t) for t in bought]) - np.array([len(t) for t in before])
    for mine, true in ((expected(law, each, span), later), (buys(law, each, span), later > 0)):
        for part in (each.frequency == 0, each.frequency == 1, each.frequency > 1):
            error = true[part].std() / math.sqrt(part.sum())
            assert mine[part].mean() == pytest.approx(true[part].mean(), abs=4.5 * error)


@pytest.mark.parametrize(("k", "modified"), [(1, False), (2, True)])
def test_a_fit_finds_the_law_that_made_the_customers(k: int, modified: bool) -> None:
    true = Law(1.1, 4.0, 0.8, 2.5, k, modified)
    bought = lives(true, 6000, 40.0, seed=2)
    each = customers([len(t) - 1 for t in bought], [t[-1] for t in bought], [40.0] * len(bought))
    found = fit(each, k=k, modified=modified)
    assert found.log_likelihood >= log_likelihood(true, each)
    assert found.r / found.alpha == pytest.approx(true.r / true.alpha, rel=0.1)
    assert found.a / (found.a + found.b) == pytest.approx(true.a / (true.a + true.b), rel=0.15)


def test_the_regularity_is_chosen_from_the_gaps() -> None:
    for k in (1, 3):
        bought = lives(Law(2.0, 2.0, 0.8, 6.0, k, True), 1500, 30.0, seed=3)
        gaps = sum(float(np.log(np.diff(t)).sum()) for t in bought)
        each = customers(
            [len(t) - 1 for t in bought], [t[-1] for t in bought], [30.0] * len(bought), log_gaps=gaps
        )
        assert choose(each).k == k


def test_a_change_of_the_unit_changes_nothing_but_the_unit() -> None:
    bought = lives(Law(1.1, 4.0, 0.8, 2.5), 2000, 40.0, seed=4)
    weeks = customers([len(t) - 1 for t in bought], [t[-1] for t in bought], [40.0] * len(bought))
    days = Customers(weeks.frequency, weeks.recency * 7, weeks.age * 7, weeks.weight)
    by_week, by_day = fit(weeks), fit(days)
    assert by_day.alpha == pytest.approx(7 * by_week.alpha, rel=1e-4)
    assert expected(by_day, days, 70) == pytest.approx(expected(by_week, weeks, 10), rel=1e-4)


@pytest.mark.parametrize("a", [1e-4, 1.0, 50.0])
@pytest.mark.parametrize("k", [1, 2, 5])
def test_extremes_stay_finite_and_in_order(a: float, k: int) -> None:
    law = Law(0.01, 1e-3, a, 5000.0, k, True)
    each = customers([0, 0, 3000, 3000, 1], [0, 0, 364, 1, 1e-9], [0, 1e4, 365, 365, 1e4])
    chance, soon, late = alive(law, each), expected(law, each, 1.0), expected(law, each, 1000.0)
    assert np.isfinite(chance).all()
    assert ((chance >= 0) & (chance <= 1)).all()
    assert np.isfinite(soon).all()
    assert (soon >= 0).all()
    assert (late >= soon * (1 - 1e-9)).all()
    assert (buys(law, each, 1.0) <= chance + 1e-12).all()


def test_nodes_integrate_over_a_beta() -> None:
    for a in (0.05, 1.0, 7.0):
        b = np.array([0.3, 1.0, 40.0, 900.0])
        nodes, weights = beta_nodes(a, b, 24)
        assert weights.sum(axis=1) == pytest.approx(np.ones(4))
        for power in (1, 2, 9):
            moments = np.exp(special.betaln(a + power, b) - special.betaln(a, b))
            assert (weights * nodes**power).sum(axis=1) == pytest.approx(moments, rel=1e-6)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2)), max_size=30))
def test_grouping_keeps_every_customer(rows: list[tuple[int, int, int]]) -> None:
    table = np.array([(x, x * s / 3, s + t) for x, s, t in rows if s or not x], float).reshape(-1, 3)
    each = Customers(table[:, 0], table[:, 1], table[:, 2], np.ones(len(table)))
    together, group = grouped(each)
    assert np.array_equal(np.stack([together.frequency, together.recency, together.age], 1)[group], table)
    assert together.weight.sum() == len(table)
    assert len(together) == len({tuple(row) for row in table})


def test_purchases_become_histories() -> None:
    found = summarise([0, 0, 0, 2, 2], [3, 3, 10, 5, 4], now=20, persons=4, unit=7)
    assert list(found.known) == [True, False, True, False]
    assert list(found.customers.frequency) == [1, 0, 1, 0]
    assert found.customers.recency[[0, 2]] == pytest.approx([1, 1 / 7])
    assert found.customers.age[[0, 2]] == pytest.approx([17 / 7, 16 / 7])
    assert np.isnan(found.customers.age[[1, 3]]).all()
    assert found.customers.log_gaps == pytest.approx(math.log(1) + math.log(1 / 7))


def test_what_cannot_be_is_refused_by_row() -> None:
    with pytest.raises(ValueError, match="row 1"):
        customers([1, 1], [2, 9], [3, 8])
    with pytest.raises(ValueError, match="row 0"):
        customers([0], [1], [3])
    with pytest.raises(ValueError, match="length"):
        customers([0], [0], [1, 2])


def test_customers_who_bought_once_tell_no_rate() -> None:
    with pytest.raises(ValueError, match="second time"):
        fit(customers([0, 0], [0, 0], [3, 8]))
