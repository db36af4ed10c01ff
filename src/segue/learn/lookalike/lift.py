"""What reaching so many lookalikes is worth: members of the seed are hidden, and seen to come back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segue.learn.lookalike.ranking import rank_by_likeness
from segue.learn.lookalike.space import Placed
from segue.learn.purchases import Floats, Ints
from segue.stats.bootstrap import mean_interval

DEPTHS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
FOLDS = 5
FEWEST = 10
"""A smaller seed cannot be hidden from itself."""
CV_BAGS = 8


@dataclass(frozen=True)
class Depth:
    """If the first so many are reached."""

    #: share of the others, 0 to 1
    share: float
    persons: int
    #: how many times as many of the seed's kind are among them as among as many drawn by lot
    lift: float
    low: float
    high: float


def lift_curve(placed: Placed, seeds: Ints, *, seed: int) -> list[Depth]:
    """Lift by depth, from hidden members of the seed; empty for a seed of fewer than 10.

    Those of its kind who were never in the seed count as misses, so it is a cautious figure.
    """
    if len(seeds) < FEWEST:
        return []
    others = len(placed) - len(seeds)
    depth = held_out_depth(placed, seeds, seed=seed)
    found = []
    for share in DEPTHS:
        reached = mean_interval((depth <= share) / share, seed=seed, rounds=500)
        found.append(Depth(share, round(share * others), reached.value, reached.low, reached.high))
    return found


def held_out_depth(placed: Placed, seeds: Ints, *, seed: int) -> Floats:
    """At which depth (0 to 1) of the ranking each member of the seed stands when she is hidden."""
    random = np.random.default_rng(seed)
    fold = random.permutation(len(seeds)) % FOLDS
    everybody = np.arange(len(placed))
    depth = np.ones(len(seeds))
    for each in range(FOLDS):
        shown, hidden = seeds[fold != each], seeds[fold == each]
        score = rank_by_likeness(placed, shown, seed=seed + each, bags=CV_BAGS).score
        rest = np.sort(score[np.setdiff1d(everybody, shown)])
        above = len(rest) - np.searchsorted(rest, score[hidden], side="right")
        depth[fold == each] = (above + 1) / len(rest)
    return depth


def lift_at(curve: list[Depth], shares: Floats) -> Floats:
    """Lift at any depths, between those measured along a line; NaN where nothing was measured."""
    if not curve:
        return np.full(len(shares), np.nan)
    return np.interp(shares, [each.share for each in curve], [each.lift for each in curve])
