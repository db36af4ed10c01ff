"""Likeness turned round: what an attribute probably is for those who never told it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segue.learn.lookalike.space import Placed
from segue.learn.purchases import Floats, Ints
from segue.stats.calibration import fit

NEIGHBOURS = 25
FOLDS = 5
FEWEST = 20
"""Persons who told it, and of each value that is proposed."""
CONFIDENT = 0.5


@dataclass(frozen=True, eq=False)
class Filled:
    """The likeliest value of each row."""

    #: chance that it is right, as it came out for those who told theirs
    confidence: Floats
    label: list[str | None]
    #: share of those who told whose value is named, of whom (by held-out) so many rightly
    coverage: float
    accuracy: float


def fill_attribute(
    placed: Placed, told: Ints, values: list[str], asked: Ints, *, seed: int, confident: float = CONFIDENT
) -> Filled:
    """For rows ``asked``, from rows ``told`` with their ``values``; None where it is not ``confident``.

    ValueError where fewer than two values were told by 20 persons each.
    """
    names = sorted({each for each in set(values) if values.count(each) >= FEWEST})
    if len(names) < 2:
        message = f"at least two values told by {FEWEST} persons each are needed"
        raise ValueError(message)
    truth = np.array([names.index(each) if each in names else -1 for each in values])
    told, truth = told[truth >= 0], truth[truth >= 0]
    fold = np.random.default_rng(seed).permutation(len(told)) % FOLDS
    hidden = np.zeros((len(told), len(names)))
    for each in range(FOLDS):
        rows = fold != each
        hidden[~rows] = _chances(placed, told[rows], truth[rows], told[~rows], len(names))
    right = (hidden.argmax(axis=1) == truth).astype(np.float64)
    calibrate = fit("platt", hidden.max(axis=1), right).apply
    sure = calibrate(hidden.max(axis=1)) >= confident
    chances = _chances(placed, told, truth, asked, len(names))
    confidence = calibrate(chances.max(axis=1)) if len(asked) else np.zeros(0)
    best = chances.argmax(axis=1)
    label = [
        names[value] if sure_ else None for value, sure_ in zip(best, confidence >= confident, strict=True)
    ]
    accuracy = float(right[sure].mean()) if sure.any() else float("nan")
    return Filled(confidence, label, float(sure.mean()), accuracy)


def _chances(placed: Placed, told: Ints, truth: Ints, asked: Ints, values: int) -> Floats:
    """Mean of what product names say and what the nearest say (asked × values)."""
    from sklearn.linear_model import LogisticRegression

    if not len(asked):
        return np.zeros((0, values))
    near = _neighbours(placed.even, told, truth, asked, values)
    if not placed.words.shape[1] or len(np.unique(truth)) < values:
        return near
    fitted = LogisticRegression(C=1.0, max_iter=200, tol=1e-3).fit(placed.words[told], truth)
    both: Floats = (near + np.asarray(fitted.predict_proba(placed.words[asked]))) / 2
    return both


def _neighbours(even: Floats, told: Ints, truth: Ints, asked: Ints, values: int) -> Floats:
    unit = even / np.maximum(np.linalg.norm(even, axis=1, keepdims=True), 1e-12)
    count = min(NEIGHBOURS, len(told))
    result = np.zeros((len(asked), values))
    for start in range(0, len(asked), 2000):
        likeness = unit[asked[start : start + 2000]] @ unit[told].T
        nearest = np.argsort(-likeness, axis=1, kind="stable")[:, :count]
        rows = np.repeat(np.arange(len(likeness)), count) + start
        np.add.at(result, (rows, truth[nearest.ravel()]), 1.0)
    shares: Floats = (result + 1 / values) / (count + 1)
    return shares
