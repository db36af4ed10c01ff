"""A policy that leaves the best arm only where that is shown to pay."""

from __future__ import annotations

import numpy as np
import pytest

from segue.stats.cautious import Experiment, learn, scores


def experiment(n: int, effect: float, seed: int) -> Experiment:
    """Three arms by lot; the second is best for all but those with the first trait, of whom the third is."""
    rng = np.random.default_rng(seed)
    x = np.stack([np.ones(n), rng.integers(0, 2, n), rng.random(n)], axis=1).astype(float)
    arm = rng.integers(0, 3, n)
    chance = np.select([arm == 1, arm == 2], [0.18, np.where(x[:, 1] == 1, 0.18 + effect, 0.12)], 0.10)
    return Experiment(x, arm, (rng.random(n) < chance).astype(float), np.full(n, 1 / 3), 3)


def test_scores_are_unbiased_of_every_arm() -> None:
    given = experiment(60_000, 0.0, 1)
    assert scores(given, seed=1).mean(axis=0) == pytest.approx([0.10, 0.18, 0.15], abs=0.012)


def test_those_of_whom_another_arm_is_better_get_it() -> None:
    given = experiment(30_000, 0.10, 2)
    policy = learn(given, seed=1)
    asked = experiment(2_000, 0.10, 3).features
    chosen = policy.choose(asked)
    assert policy.best in {1, 2}
    assert (chosen[asked[:, 1] == 1] == 2).mean() > 0.95
    assert (chosen[asked[:, 1] == 0] == 1).mean() > 0.95


def test_where_nobody_differs_everybody_gets_the_best_arm() -> None:
    strayed = []
    for seed in range(8):
        policy = learn(experiment(12_000, 0.0, seed), seed=seed)
        asked = experiment(1_000, 0.0, 100 + seed).features
        strayed.append(float((policy.choose(asked) != policy.best).mean()))
    assert np.mean(strayed) < 0.1


def test_the_same_seed_gives_the_same() -> None:
    given = experiment(3_000, 0.2, 4)
    assert learn(given, seed=5) == learn(given, seed=5)
