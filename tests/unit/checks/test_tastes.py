"""The world of hidden tastes: repeatable, drifting, and something in it can be learnt from what is seen."""

from __future__ import annotations

import numpy as np
import pytest

from segue.checks.world.tastes import FEATURES, Visits, visits

SMALL = {"customers": 400, "decisions": 4_000, "actions": 10, "days": 30}


@pytest.fixture(scope="module")
def world() -> Visits:
    return visits(1, **SMALL)


def test_the_same_seed_is_the_same_world(world: Visits) -> None:
    again, other = visits(1, **SMALL), visits(2, **SMALL)
    for name in ("day", "person", "features", "chances", "luck"):
        assert np.array_equal(getattr(world, name), getattr(again, name))
    assert not np.array_equal(world.chances, other.chances)


def test_its_shape(world: Visits) -> None:
    assert len(world) == 4_000
    assert world.actions == 10
    assert world.features.shape == (4_000, len(FEATURES))
    assert (world.features[:, 0] == 1).all()
    assert world.features.min() >= 0
    assert world.features.max() <= 1
    assert 0 < world.chances.min() < world.chances.max() < 1
    assert (np.diff(world.day) >= 0).all()
    assert set(world.day.tolist()) == set(range(30))


def test_whether_she_accepts_is_settled_by_the_chance(world: Visits) -> None:
    accepted = [world.accepts(visit, 3) for visit in range(len(world))]
    assert np.mean(accepted) == pytest.approx(world.chances[:, 3].mean(), abs=0.015)


def test_regret_is_none_for_the_best_and_some_for_the_rest(world: Visits) -> None:
    best = world.chances.argmax(axis=1)
    assert world.regret(best).sum() == 0
    assert (world.regret((best + 1) % 10) > 0).all()


def test_what_is_seen_tells_of_what_is_hidden(world: Visits) -> None:
    """A line through what is seen chooses better than one action for all, worse than who knows all."""
    said = world.features @ np.linalg.lstsq(world.features, world.chances, rcond=None)[0]
    single = np.full(len(world), world.chances.mean(axis=0).argmax())
    assert 0 < world.regret(said.argmax(axis=1)).sum() < 0.8 * world.regret(single).sum()


def test_what_is_best_changes(world: Visits) -> None:
    early, late = (world.chances[world.day == day].mean(axis=0) for day in (0, 29))
    assert np.abs(np.log(late / early)).max() > 0.3
