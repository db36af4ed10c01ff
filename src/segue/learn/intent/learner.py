"""Fitting a question about visits: boosted trees in bags, chosen and calibrated on held-out rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from segue.learn.intent.scoring import Scorer
from segue.learn.trees import Tree, Trees, of_booster
from segue.stats import calibration
from segue.stats.metrics import log_loss

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LARGE: Final = 40_000
"""From so many rows on, one held-out fifth says as much as all folds, at a fraction of the time."""


@dataclass(frozen=True)
class Recipe:
    """How trees are grown."""

    rounds: int
    leaves: int
    rate: float
    #: ensembles of different seeds that are averaged
    bags: int = 1
    more: dict[str, Any] = field(default_factory=dict)

    def settings(self, seed: int) -> dict[str, Any]:
        """As LightGBM wants them."""
        return {
            "objective": "binary", "learning_rate": self.rate, "num_leaves": self.leaves,
            "min_data_in_leaf": 40, "lambda_l2": 5.0, "feature_fraction": 0.5,
            "bagging_fraction": 0.7, "bagging_freq": 1, "deterministic": True, "force_row_wise": True,
            "num_threads": 1, "verbose": -1, "seed": seed, **self.more,
        }  # fmt: skip


SERVED: Final = (Recipe(120, 15, 0.08),)
"""For records that are read: small enough to be walked in a millisecond."""

THOROUGH: Final = (Recipe(160, 12, 0.05, bags=3), Recipe(200, 6, 0.05, bags=3))
"""Where there is time; the inner folds choose."""


def fit_scorer(
    rows: Floats,
    truth: NDArray[Any],
    names: list[str],
    *,
    seed: int,
    groups: NDArray[Any] | None = None,
    recipes: tuple[Recipe, ...] = SERVED,
    folds: int = 3,
) -> Scorer:
    """Fit on rows (n, features) and truth 0/1 (n,); ``groups`` (n,), in order of time, are never torn apart.

    The recipe is the one whose held-out log loss is least, and the calibration is fitted on the same
    held-out scores (of one bag). ValueError where truth is of one kind only.
    """
    truth = np.asarray(truth, np.float64)
    if not 0 < truth.sum() < len(truth):
        raise ValueError("there is nothing to tell apart: every row has the same outcome")
    parts = _folds(truth, groups, folds, seed)
    held = np.concatenate(parts)
    scored = []
    for recipe in recipes:
        out = np.zeros(len(rows))
        single = replace(recipe, bags=1)
        for part in parts:
            inside = np.ones(len(rows), bool)
            inside[part] = False
            out[part] = _chances(_grow(rows[inside], truth[inside], names, single, seed), rows[part])
        scored.append((log_loss(truth[held], out[held]), out))
    best = min(range(len(recipes)), key=lambda place: scored[place][0])
    curve = calibration.fit_beta(scored[best][1][held], truth[held])
    return Scorer(_grow(rows, truth, names, recipes[best], seed), curve.rise, curve.fall, curve.shift)


def gain_shares(trees: Trees) -> dict[str, float]:
    """How much each feature moves the scores: its share of the change of the mean output over all splits."""
    moved = dict.fromkeys(trees.features, 0.0)
    for tree in trees.trees:
        for node, feature in enumerate(tree.feature):
            here = tree.node[node]
            for child in (tree.left[node], tree.right[node]):
                there = tree.node[child] if child >= 0 else tree.leaf[~child]
                moved[trees.features[feature]] += abs(there - here)
    total = sum(moved.values()) or 1.0
    return {name: value / total for name, value in moved.items()}


def _folds(truth: Floats, groups: NDArray[Any] | None, folds: int, seed: int) -> list[Ints]:
    """Rows of each held-out part; a part has both outcomes wherever possible."""
    if groups is None:
        order = np.lexsort((np.random.default_rng(seed).random(len(truth)), truth))
        return [np.sort(order[part::folds]) for part in range(folds)]
    names, member = np.unique(groups, return_inverse=True)
    if len(truth) >= LARGE:
        return [np.flatnonzero(member >= int(0.8 * len(names)))]
    bought = np.bincount(member, truth) > 0
    order = np.lexsort((np.random.default_rng(seed).random(len(names)), bought))
    part_of = np.empty(len(names), np.int64)
    part_of[order] = np.arange(len(names)) % folds
    return [np.flatnonzero(part_of[member] == part) for part in range(folds)]


def _grow(rows: Floats, truth: Floats, names: list[str], recipe: Recipe, seed: int) -> Trees:
    import lightgbm

    grown = []
    for bag in range(recipe.bags):
        data = lightgbm.Dataset(rows, truth, feature_name=names, params={"verbose": -1})
        grown.append(of_booster(lightgbm.train(recipe.settings(1000 * seed + bag), data, recipe.rounds)))
    trees = [_scaled(tree, 1.0 / recipe.bags) for bag in grown for tree in bag.trees]
    return msgspec.structs.replace(grown[0], trees=trees)


def _scaled(tree: Tree, by: float) -> Tree:
    if by == 1.0:
        return tree
    node, leaf = [value * by for value in tree.node], [value * by for value in tree.leaf]
    return msgspec.structs.replace(tree, node=node, leaf=leaf)


def _chances(trees: Trees, rows: Floats) -> Floats:
    return calibration.sigmoid(trees.raw_many(rows)[:, 0])
