"""A policy that leaves what is best for all only where that is shown to pay: by shallow trees.

From an experiment (or a log) with known propensities come doubly robust scores of every arm for every row,
whose models of rewards were fitted without the row. On one half of the rows a tree of depth two is found,
exhaustively, that would earn most; what it would do otherwise than the arm that is best for all is then tried
on the other half, arm by arm, and stays only where the lower bound of what it gains there is above nothing.
Halves are drawn anew many times; a person is decided for otherwise where most trees say so (Athey and Wager,
Policy learning with observational data, Econometrica 2021; Zhou, Athey and Wager, Offline multi-action policy
learning, 2023). Where persons do not differ in what is best for them, it is the best arm for everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

FOLDS = 5
HALVES = 20
CUTS = (0.25, 0.5, 0.75)
"""Quantiles at which a feature of many values may be split."""
LEAST = 0.05
"""Share of the rows that a leaf has at least."""
SURE = 1.645
"""Standard errors below the mean at which a gain's lower bound is: 95 %, one-sided."""
RIDGE = 1.0


class Experiment(NamedTuple):
    """Rows of an experiment."""

    #: (n, d); the first is always 1
    features: Floats
    #: (n,), from 0 to k - 1
    arm: Ints
    reward: Floats
    #: chance of the arm that was drawn (n,)
    propensity: Floats
    arms: int


class Condition(NamedTuple):
    """Whether a feature is above a value."""

    feature: int
    above: float

    def holds(self, features: Floats) -> Mask:
        """Of each row (n,)."""
        found: Mask = features[:, self.feature] > self.above
        return found


class Leaf(NamedTuple):
    """Persons of whom both hold, or do not, and the arm for them."""

    conditions: tuple[tuple[Condition, bool], ...]
    arm: int

    def holds(self, features: Floats) -> Mask:
        """Of each row (n,)."""
        found = np.ones(len(features), bool)
        for condition, wanted in self.conditions:
            found &= condition.holds(features) == wanted
        return found


class Policy(NamedTuple):
    """What was learnt."""

    #: for all of whom nothing else is shown
    best: int
    arms: int
    #: those that were shown to pay, tree by tree
    trees: tuple[tuple[Leaf, ...], ...]

    def choose(self, features: Floats) -> Ints:
        """An arm for each row (n,)."""
        votes = np.zeros((len(features), self.arms))
        for tree in self.trees:
            for leaf in tree:
                votes[leaf.holds(features), leaf.arm] += 1
        agreed = votes.argmax(axis=1)
        found: Ints = np.where(votes.max(axis=1) > len(self.trees) / 2, agreed, self.best).astype(np.int64)
        return found


def scores(given: Experiment, *, seed: int) -> Floats:
    """Doubly robust scores of every arm for every row ``(n, k)``; each row's model does not know the row."""
    random = np.random.default_rng(seed)
    fold = random.permutation(len(given.arm)) % FOLDS
    found = np.empty((len(given.arm), given.arms))
    for each in range(FOLDS):
        held = fold == each
        for arm in range(given.arms):
            rows = ~held & (given.arm == arm)
            x, y = given.features[rows], given.reward[rows]
            square = x.T @ x + RIDGE * np.diag(np.r_[0.0, np.ones(x.shape[1] - 1)])
            found[held, arm] = given.features[held] @ np.linalg.lstsq(square, x.T @ y, rcond=None)[0]
    rows = np.arange(len(given.arm))
    found[rows, given.arm] += (given.reward - found[rows, given.arm]) / given.propensity
    return found


def learn(given: Experiment, *, seed: int) -> Policy:
    """The policy; the same seed gives the same."""
    scored = scores(given, seed=seed)
    best = int(scored.mean(axis=0).argmax())
    random = np.random.default_rng(seed + 1)
    conditions = _conditions(given.features)
    trees = []
    for _ in range(HALVES):
        half = random.permutation(len(scored)) % 2 == 0
        for finding in (half, ~half):
            leaves = _grow(given.features[finding], scored[finding], conditions)
            trying = given.features[~finding], scored[~finding]
            kept: list[Leaf] = []
            for arm in {leaf.arm for leaf in leaves} - {best}:
                same = [leaf for leaf in leaves if leaf.arm == arm]
                kept += same if _pays(same, best, *trying) else []
            trees.append(tuple(kept))
    return Policy(best, given.arms, tuple(trees))


def _conditions(features: Floats) -> list[Condition]:
    found = []
    for number in range(features.shape[1]):
        values = np.unique(features[:, number])
        cuts = (
            [float(values[:-1].mean())]
            if len(values) == 2
            else np.quantile(features[:, number], CUTS).tolist()
        )
        found += [Condition(number, cut) for cut in sorted(set(cuts)) if values[0] <= cut < values[-1]]
    return found


_Parts = list[tuple[tuple[tuple[Condition, bool], ...], int]]


class _Sums(NamedTuple):
    """What rows earn by each arm, of k, and how many they are."""

    whole: Floats
    #: of those of whom each condition holds (c, k), and how many (c,)
    inside: Floats
    sizes: Floats
    many: float


def _grow(features: Floats, scored: Floats, conditions: Sequence[Condition]) -> list[Leaf]:
    """The leaves of the tree of depth two that earns most on these rows."""
    holds = np.stack([each.holds(features) for each in conditions], axis=1).astype(np.float64)
    least = LEAST * len(features)
    sums, sizes = holds.T @ scored, holds.T @ holds
    pairs = np.stack([(holds * column[:, None]).T @ holds for column in scored.T], axis=2)
    total, each_size = scored.sum(axis=0), np.diag(sizes)
    found: list[Leaf] = []
    most = -np.inf
    for root, condition in enumerate(conditions):
        above = _Sums(sums[root], pairs[root], sizes[root], each_size[root])
        below = _Sums(
            total - sums[root], sums - pairs[root], each_size - sizes[root], len(features) - each_size[root]
        )
        value, leaves = 0.0, []
        for side, rows in ((True, above), (False, below)):
            earned, parts = _side(rows, conditions, least)
            value += earned
            leaves += [Leaf(((condition, side), *part), arm) for part, arm in parts]
        if value > most:
            most, found = value, leaves
    return found


def _side(rows: _Sums, conditions: Sequence[Condition], least: float) -> tuple[float, _Parts]:
    """What one side of the root earns, split once more where that earns more; and its leaves."""
    earned = float(rows.whole.max())
    parts: _Parts = [((), int(rows.whole.argmax()))]
    if rows.many < least:
        return -np.inf, parts
    outside = rows.whole - rows.inside
    both = rows.inside.max(axis=1) + outside.max(axis=1)
    both[(rows.sizes < least) | (rows.many - rows.sizes < least)] = -np.inf
    at = int(both.argmax())
    if both[at] > earned:
        earned = float(both[at])
        parts = [
            (((conditions[at], True),), int(rows.inside[at].argmax())),
            (((conditions[at], False),), int(outside[at].argmax())),
        ]
    return earned, parts


def _pays(leaves: Sequence[Leaf], best: int, features: Floats, scored: Floats) -> bool:
    """Whether the lower bound of what they gain, on rows that they were not found on, is above nothing."""
    rows = np.any([leaf.holds(features) for leaf in leaves], axis=0)
    gain = scored[rows, leaves[0].arm] - scored[rows, best]
    if len(gain) < 2:
        return False
    return bool(gain.mean() > SURE * gain.std(ddof=1) / np.sqrt(len(gain)))
