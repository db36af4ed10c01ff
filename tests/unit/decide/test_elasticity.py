"""How discounts are answered: learnt from outcomes by depth, and drawn towards what was believed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.decide import elasticity
from segue.decide.elasticity import BELIEVED, DOUBT, OTHERS, AtDepth, learn


def counts(
    rng: np.random.Generator, answers: float, base: float, slots: int, depths: tuple[int, ...] = (0, 10, 20)
) -> list[AtDepth]:
    """What becomes of so many slots at each depth where β is this."""
    return [
        AtDepth(each, slots, float(rng.binomial(slots, min(base * (1 + answers * each / 100), 1))))
        for each in depths
    ]


def test_beforehand_it_is_as_believed() -> None:
    mean, deviation = learn({})[OTHERS]
    assert mean == pytest.approx(BELIEVED, abs=0.25), "but for what cannot be below nothing"
    assert deviation == pytest.approx((DOUBT**2 + elasticity.APART**2) ** 0.5, abs=0.35)


@pytest.mark.parametrize("truth", [0.0, 1.0, 6.0])
def test_much_evidence_outweighs_the_belief(truth: float) -> None:
    rng = np.random.default_rng(7)
    found = learn({"a": counts(rng, truth, 0.05, 200_000)})
    assert found["a"][0] == pytest.approx(truth, abs=0.35)
    assert found["a"][1] < 0.4


def test_actions_learn_from_each_other_and_keep_their_own() -> None:
    rng = np.random.default_rng(8)
    strong = {f"a{number}": counts(rng, 6.0, 0.02 + 0.03 * number, 20_000) for number in range(6)}
    little = {"new": counts(rng, 6.0, 0.05, 30)}
    weak = {"other": counts(rng, 0.5, 0.05, 200_000)}
    found = learn(strong | little | weak)
    assert found[OTHERS][0] > BELIEVED + 1
    assert found["new"][0] > BELIEVED + 1
    assert found["other"][0] == pytest.approx(0.5, abs=0.4)


def test_an_action_at_one_depth_confirms_nothing() -> None:
    """It may be liked or not: that says nothing of discounts."""
    for accepted in (1.0, 4_000.0):
        found = learn({"a": [AtDepth(20, 5_000, accepted)]})
        assert found == learn({})


def test_how_much_an_action_is_liked_does_not_matter() -> None:
    liked = learn({"a": [AtDepth(0, 1000, 400.0), AtDepth(10, 1000, 500.0)]})["a"]
    rare = learn({"a": [AtDepth(0, 100_000, 400.0), AtDepth(10, 100_000, 500.0)]})["a"]
    assert liked == pytest.approx(rare)


def test_draws_follow_what_is_known_and_the_seed() -> None:
    rng = np.random.default_rng(1)
    lift = (3.0, 0.5)
    drawn = [elasticity.drawn(lift, elasticity.draw(int(rng.integers(2**63)))) for _ in range(4_000)]
    assert np.mean(drawn) == pytest.approx(3.0, abs=0.05)
    assert np.std(drawn) == pytest.approx(0.5, abs=0.05)
    assert elasticity.draw(42) == elasticity.draw(42) != elasticity.draw(43)
    assert elasticity.drawn((3.0, 0.0), 0.42) == 3.0


@given(
    st.floats(0, 12), st.sampled_from([0.0, 0.3, 2.0, 50.0]),
    st.floats(0, 1, exclude_max=True), st.floats(-1, 40),
)  # fmt: skip
def test_a_share_is_the_share_of_draws(mean: float, deviation: float, draw: float, answers: float) -> None:
    """Clipped at nothing and at the ends as draws are: draws below the share give no more, others more."""
    lift = (mean, deviation)
    share = elasticity.share(lift, answers)
    assert 0.0 <= share <= 1.0
    if draw < share - 1e-6:
        assert elasticity.drawn(lift, draw) <= answers
    if draw > share + 1e-6:
        assert elasticity.drawn(lift, draw) > answers or draw > 1 - 1e-6
