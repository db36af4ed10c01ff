"""Who is like a seed: three opinions that are added up.

The seed is known to belong; nobody is known not to (learning from positive and unlabelled cases). So
small boosted trees are grown again and again against other handfuls of the rest, and a person is judged only
by those that were not grown on her. A logistic regression weighs the names of what is bought. The likeness to
the seed's centre is the third opinion; it counts fully where the seed is too small to learn from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.learn.lookalike.space import Placed
from segue.learn.purchases import Floats, Ints

BAGS = 20
WORDS_WEIGHT = 2.0
SMALL_SEED = 25
"""Up to this many, the centre counts as much as the trees."""
MOST_SEEDS, MOST_OTHERS = 5_000, 50_000
"""More of them say nothing new."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Opinion:
    """Scores of all rows by one member, brought to mean 0 and spread 1 over the rest."""

    score: Floats
    weight: float
    #: what a score was divided by
    scale: float


@dataclass(frozen=True, eq=False)
class Ranked:
    """How like the seed each row is."""

    #: one a row; higher is more alike
    score: Floats
    trees: Opinion
    words: Opinion
    centre: Opinion
    #: boosters, and the rows that each may judge
    bags: list[tuple[Any, Mask]]
    #: what a product name adds to the words' score
    of_word: Floats

    def again(self, placed: Placed) -> Floats:
        """The score of the same rows if their columns were those of ``placed``, by what was learnt."""
        trees = _judged(self.bags, placed)
        words = np.asarray(placed.words @ self.of_word).ravel()
        parts = ((trees, self.trees), (words, self.words))
        return np.asarray(sum(each.weight * score / each.scale for score, each in parts), np.float64)


def rank_by_likeness(placed: Placed, seeds: Ints, *, seed: int, bags: int = BAGS) -> Ranked:
    """Scores of all rows for this seed (rows). ValueError without a seed or without others."""
    others = np.setdiff1d(np.arange(len(placed)), seeds)
    if not len(seeds) or not len(others):
        message = "a seed and others are needed"
        raise ValueError(message)
    random = np.random.default_rng(seed)
    grown = _grow(placed, _few(seeds, MOST_SEEDS, random), others, random, bags)
    of_word = _weigh_words(placed, _few(seeds, MOST_SEEDS, random), _few(others, MOST_OTHERS, random))
    trees = _opinion(_judged(grown, placed), 1.0, others)
    words = _opinion(np.asarray(placed.words @ of_word).ravel(), WORDS_WEIGHT, others)
    centre = _opinion(centre_likeness(placed.even, seeds), SMALL_SEED / max(SMALL_SEED, len(seeds)), others)
    parts = (trees, words, centre)
    score = np.sum([each.weight * each.score for each in parts], axis=0)
    return Ranked(score, trees, words, centre, grown, of_word)


def centre_likeness(columns: Floats, seeds: Ints) -> Floats:
    """Cosine of each row to the mean of the seeds' directions."""
    length = np.linalg.norm(columns, axis=1, keepdims=True)
    unit = columns / np.maximum(length, 1e-12)
    likeness: Floats = unit @ unit[seeds].mean(axis=0)
    return likeness


def _few(rows: Ints, most: int, random: np.random.Generator) -> Ints:
    return rows if len(rows) <= most else np.sort(random.choice(rows, most, replace=False))


def _opinion(score: Floats, weight: float, others: Ints) -> Opinion:
    scale = float(score[others].std())
    scale = scale if scale > 1e-12 else 1.0
    return Opinion((score - float(score[others].mean())) / scale, weight, scale)


def _grow(
    placed: Placed, seeds: Ints, others: Ints, random: np.random.Generator, bags: int
) -> list[tuple[Any, Mask]]:
    """Boosters, each of the seed against as many others (four fifths of them at most)."""
    handful = max(1, min(len(seeds), len(others) * 4 // 5))
    columns = _columns(placed)
    grown = []
    for _ in range(bags):
        against = random.choice(others, handful, replace=False)
        rows = np.concatenate([seeds, against])
        truth = np.concatenate([np.ones(len(seeds)), np.zeros(handful)])
        judges = np.ones(len(placed), np.bool_)
        judges[against] = False
        grown.append((_boost(columns[rows], truth, int(random.integers(1 << 30))), judges))
    return grown


def _boost(columns: Floats, truth: Floats, seed: int) -> Any:
    import lightgbm

    least = min(15, max(2, int(truth.sum()) // 5))
    settings = {
        "objective": "binary", "num_leaves": 3, "min_data_in_leaf": least, "learning_rate": 0.05,
        "feature_fraction": 0.15, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0,
        "min_data_in_bin": 3, "seed": seed, "num_threads": 1, "deterministic": True, "force_col_wise": True,
        "verbose": -1, "feature_pre_filter": False,
    }  # fmt: skip
    return lightgbm.train(settings, lightgbm.Dataset(columns, truth), 100)


def _columns(placed: Placed) -> Floats:
    """What the trees see: features as they are, and the embedding."""
    return np.hstack([placed.values, placed.even[:, placed.values.shape[1] :]])


def _judged(grown: list[tuple[Any, Mask]], placed: Placed) -> Floats:
    """The mean raw score by the boosters that may judge a row; by all where none may."""
    columns = _columns(placed)
    scores = np.stack([booster.predict(columns, raw_score=True) for booster, _ in grown])
    judges = np.stack([rows for _, rows in grown])
    counted = judges.sum(axis=0)
    fair = (scores * judges).sum(axis=0) / np.maximum(counted, 1)
    judged: Floats = np.where(counted > 0, fair, scores.mean(axis=0))
    return judged


def _weigh_words(placed: Placed, seeds: Ints, others: Ints) -> Floats:
    from sklearn.linear_model import LogisticRegression

    rows = np.concatenate([seeds, others])
    truth = np.concatenate([np.ones(len(seeds)), np.zeros(len(others))])
    if placed.words.shape[1] == 0 or placed.words[rows].nnz == 0:
        return np.zeros(placed.words.shape[1])
    fitted = LogisticRegression(C=1.0, max_iter=1000, class_weight="balanced").fit(placed.words[rows], truth)
    return np.asarray(fitted.coef_[0], np.float64)
