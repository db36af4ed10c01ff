"""What is believed of actions that nobody has seen yet."""

from __future__ import annotations

import numpy as np
import pytest

from segue.decide.bandit import Arm, Learnt, rewarded, saw
from segue.decide.belief import Belief, Cell, Sort, learn

COFFEE, NEWS = Sort("offer", "coffee", "web"), Sort("content", None, "web")


def cell(sort: Sort, acceptance: tuple[float, float], slots: int, seed: int = 3) -> Cell:
    """Slots of a sort; acceptance of those without and with the second feature."""
    rng = np.random.default_rng(seed)
    loyal = rng.integers(0, 2, slots)
    x = np.stack([np.ones(slots), loyal], axis=1).astype(float)
    y = (rng.random(slots) < np.where(loyal == 1, acceptance[1], acceptance[0])).astype(float)
    return Cell(sort, x.T @ x, y @ x)


def foretold(belief: Belief, sort: Sort, loyal: float) -> float:
    return float(np.dot(belief.of(sort), (1.0, loyal)))


def test_a_new_action_begins_where_its_kind_and_persons_like_her_are() -> None:
    belief = learn([cell(COFFEE, (0.05, 0.25), 20_000), cell(NEWS, (0.02, 0.02), 20_000)])
    assert belief is not None
    assert foretold(belief, COFFEE, 0) == pytest.approx(0.05, abs=0.015)
    assert foretold(belief, COFFEE, 1) == pytest.approx(0.25, abs=0.02)
    assert foretold(belief, NEWS, 1) == pytest.approx(0.02, abs=0.015)
    between = foretold(belief, Sort("service", None, "till"), 1)
    assert foretold(belief, NEWS, 1) < between < foretold(belief, COFFEE, 1), "an unknown sort is as all are"


def test_nothing_seen_is_nothing_believed() -> None:
    assert learn([]) is None
    assert learn([cell(COFFEE, (0.5, 0.5), 0)]) is None


def test_arms_begin_with_coefficients_and_leave_them_for_what_they_see() -> None:
    priors = {"new": (0.05, 0.2), "other": (0.02, 0.0)}
    cold = Learnt(2, {}, priors)
    means, _ = cold.foretell((1.0, 1.0), ["new", "other"])
    assert means == pytest.approx([0.25, 0.02])
    arm: Arm | None = None
    for number in range(3_000):
        features = (1.0, float(number % 2))
        arm = saw(arm, features)
        if number % 2 and number % 20 == 1:
            arm = rewarded(arm, features)
    assert arm is not None
    warm = Learnt(2, {"new": arm}, priors)
    assert warm.foretell((1.0, 1.0), ["new"])[0] == pytest.approx([0.1], abs=0.02)
    assert warm.foretell((1.0, 0.0), ["new"])[0] == pytest.approx([0.0], abs=0.02)


def test_the_level_that_was_learnt_moves_what_is_believed_of_the_others() -> None:
    arm: Arm | None = None
    for number in range(4_000):
        arm = saw(arm, (1.0, 0.0))
        if number % 5 == 0:
            arm = rewarded(arm, (1.0, 0.0))
    assert arm is not None
    priors = {"a": 0.05, "b": 0.05}
    before, after = Learnt(2, {}, priors), Learnt(2, {"a": arm}, priors)
    [low], [high] = (each.foretell((1.0, 0.0), ["b"])[0] for each in (before, after))
    assert low == pytest.approx(0.05)
    assert high > 0.08, "what is believed by models was too low for this place"
