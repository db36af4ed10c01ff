"""What is learnt of actions: from sums alone, shared where they are alike, sure where much was seen."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.decide.bandit import PRIOR, Arm, Learnt, aged, rewarded, saw
from segue.decide.explore import Draws

WIDTH = 3


def told(seed: int, actions: Mapping[str, tuple[float, ...]], slots: int) -> dict[str, Arm]:
    """Arms after so many slots each, whose acceptance is linear in the features with these coefficients."""
    random = np.random.default_rng(seed)
    found = {}
    for name, truth in actions.items():
        features = np.concatenate([np.ones((slots, 1)), random.random((slots, len(truth) - 1))], axis=1)
        taken = random.random(slots) < features @ np.array(truth)
        square, reward = features.T @ features, features.T @ taken
        found[name] = Arm(tuple(square.ravel().tolist()), tuple(reward.tolist()), float(slots))
    return found


def test_of_nothing_the_prior_is_foretold_and_much_is_open() -> None:
    mean, spread = Learnt(WIDTH, {}).foretell((1.0, 0.0, 0.0), ["a", "b"])
    assert mean.tolist() == pytest.approx([PRIOR, PRIOR])
    assert (spread > PRIOR).all()
    mean, spread = Learnt(WIDTH, {}).foretell((1.0, 0.0, 0.0), [])
    assert len(mean) == len(spread) == 0


def test_what_a_model_believes_is_believed() -> None:
    priors = {"a": 0.3, "b": 0.1}
    mean, _ = Learnt(WIDTH, {}, priors).foretell((1.0, 0.0, 0.0), ["a", "b", "c"])
    assert mean.tolist() == pytest.approx([0.3, 0.1, 0.2], abs=1e-6)
    # and what was seen outweighs it
    seen = told(1, {"a": (0.02, 0.0, 0.0)}, 5_000)
    mean, _ = Learnt(WIDTH, seen, priors).foretell((1.0, 0.5, 0.5), ["a"])
    assert mean[0] == pytest.approx(0.02, abs=0.01)


def test_what_was_seen_often_is_known() -> None:
    truth = {"a": (0.05, 0.2, 0.0), "b": (0.2, -0.1, 0.1)}
    mind = Learnt(WIDTH, told(2, truth, 50_000))
    for features in ((1.0, 0.0, 0.0), (1.0, 1.0, 0.5)):
        mean, spread = mind.foretell(features, ["a", "b"])
        expected = [float(np.dot(truth[name], features)) for name in ("a", "b")]
        assert mean.tolist() == pytest.approx(expected, abs=0.015)
        assert (spread < 0.01).all()


def test_a_new_action_is_like_the_others_until_it_is_known() -> None:
    alike = {f"a{number}": (0.1, 0.2, 0.0) for number in range(12)}
    mind = Learnt(WIDTH, told(3, alike, 3_000))
    mean, spread = mind.foretell((1.0, 1.0, 0.0), ["a0", "new"])
    assert mean[1] == pytest.approx(0.3, abs=0.02)
    assert spread[0] < spread[1]
    # where actions differ, a new one may be anything
    random = np.random.default_rng(5)
    unlike = {f"a{number}": (float(random.uniform(0.02, 0.5)), 0.0, 0.0) for number in range(12)}
    _, open_ = Learnt(WIDTH, told(4, unlike, 3_000)).foretell((1.0, 1.0, 0.0), ["new"])
    assert open_[0] > 2 * spread[1]


def test_what_is_alike_for_all_is_learnt_from_all() -> None:
    """Each action was hardly seen; together they tell what the second feature does."""
    alike = {f"a{number}": (0.05, 0.3, 0.0) for number in range(40)}
    arms = told(6, alike, 60)
    together = Learnt(WIDTH, arms).foretell((1.0, 1.0, 0.5), ["a0"])
    alone = Learnt(WIDTH, {"a0": arms["a0"]}).foretell((1.0, 1.0, 0.5), ["a0"])
    assert together[1][0] < 0.65 * alone[1][0]
    assert together[0][0] == pytest.approx(0.35, abs=0.05)


outcomes = st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 1), st.booleans()), min_size=1, max_size=12)


@settings(max_examples=40)
@given(outcomes, st.randoms())
def test_the_order_in_which_outcomes_arrive_does_not_matter(
    given_: list[tuple[str, float, bool]], shuffler: object
) -> None:
    events = [(name, (1.0, level), kind) for name, level, taken in given_ for kind in (0, 1)[: 1 + taken]]
    mixed = list(events)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined]
    first, second = (
        Learnt(2, _after(each)).foretell((1.0, 0.3), ["a", "b", "c"]) for each in (events, mixed)
    )
    assert first[0].tolist() == pytest.approx(second[0].tolist(), abs=1e-9)
    assert first[1].tolist() == pytest.approx(second[1].tolist(), abs=1e-9)


def _after(events: list[tuple[str, tuple[float, float], int]]) -> dict[str, Arm]:
    arms: dict[str, Arm] = {}
    for name, features, kind in events:
        arms[name] = (saw, rewarded)[kind](arms.get(name), features)
    return arms


def test_what_is_taken_back_was_never_there() -> None:
    arm = saw(None, (1.0, 0.5))
    assert rewarded(rewarded(arm, (1.0, 0.5)), (1.0, 0.5), -1.0) == arm


def test_forgetting_makes_less_sure() -> None:
    arms = told(7, {"a": (0.1, 0.1, 0.1), "b": (0.3, 0.0, 0.0)}, 2_000)
    old = {name: aged(arm, 200) for name, arm in arms.items()}
    assert old["a"].seen == pytest.approx(2_000 * 0.99**200)
    asked = ((1.0, 0.5, 0.5), ["a", "b"])
    assert (Learnt(WIDTH, old).foretell(*asked)[1] > Learnt(WIDTH, arms).foretell(*asked)[1]).all()


def test_an_outcome_whose_showing_was_not_told_yet_breaks_nothing() -> None:
    mind = Learnt(2, {"a": rewarded(None, (1.0, 1.0)), "b": saw(None, (1.0, 0.0))})
    mean, spread = mind.foretell((1.0, 1.0), ["a", "b"])
    assert np.isfinite(mean).all()
    assert np.isfinite(spread).all()
    assert ((mean >= 0) & (mean <= 1)).all()


def test_it_finds_the_best_action_and_goes_on_looking() -> None:
    """Learning while choosing: the best of five is chosen most of the time, the others still are."""
    random = np.random.default_rng(8)
    chances = [0.05, 0.05, 0.05, 0.25, 0.1]
    names = [f"a{number}" for number in range(5)]
    arms: dict[str, Arm] = {}
    late = []
    for visit in range(1_500):
        if visit % 10 == 0:
            mind = Learnt(1, dict(arms))
        means, spreads = mind.foretell((1.0,), names)
        place = Draws(visit, means, spreads, lambda drawn: drawn).draw(range(5), 0.05).place
        arms[names[place]] = saw(arms.get(names[place]), (1.0,))
        if random.random() < chances[place]:
            arms[names[place]] = rewarded(arms[names[place]], (1.0,))
        late += [place] if visit >= 750 else []
    counts = np.bincount(late, minlength=5)
    assert counts[3] > 0.85 * len(late)
    assert counts.sum() - counts[3] > 0
