"""How good predictions are. Arrays of one length n in, one figure out; each says what is better.

``truth`` of a yes-or-no question is 0/1 (or bool), ``probability`` is in [0, 1], ``score`` is any number.
A figure that the data does not define (one class only, no rows, no spread) is nan, never an error.

The ``weighed_*`` forms give one figure for each row of a matrix of weights ``(m, n)``: that is what
:mod:`segue.stats.bootstrap` asks for.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Weighed = Callable[[Floats], Floats]
"""Weights of rows ``(m, n)`` → a figure for each of the m weightings ``(m,)``."""

#: probabilities are kept this far from 0 and 1 before a logarithm is taken
EDGE = 1e-15
#: share of a mean square below which a variance is rounding
ROUNDING = 1e-12


def auc(truth: ArrayLike, score: ArrayLike) -> float:
    """Chance that a yes has a higher score than a no; ties count half. Higher is better, .5 is chance."""
    return _single(weighed_auc(truth, score), truth)


def brier(truth: ArrayLike, probability: ArrayLike) -> float:
    """Mean squared difference of probability and outcome. Lower is better."""
    return _mean(brier_rows(truth, probability))


def log_loss(truth: ArrayLike, probability: ArrayLike) -> float:
    """Mean negative log-likelihood in nats; probabilities are kept 1e-15 from 0 and 1. Lower is better."""
    return _mean(log_loss_rows(truth, probability))


def ece(truth: ArrayLike, probability: ArrayLike, bins: int = 10) -> float:
    """Expected calibration error: |mean probability − share of yes|, mean over ``bins``, weighted by rows.

    The bins hold equally many rows (equal mass, not equal width), cut in the order of the probability; rows
    of equal probability stay in one bin, so there may be fewer. Lower is better. Even a perfect model has
    some by chance: about .8 · sqrt(p(1 − p) · bins / n).
    """
    predicted, observed, rows = calibration(truth, probability, bins)
    return _ratio(float(np.abs(predicted - observed) @ rows), float(rows.sum()))


def calibration(truth: ArrayLike, probability: ArrayLike, bins: int = 10) -> tuple[Floats, Floats, Floats]:
    """Mean probability, share of yes and rows of each equal-mass bin, by rising probability."""
    yes, given = _floats(truth), _floats(probability)
    order = np.argsort(given, kind="stable")
    yes, given = yes[order], given[order]
    starts = _equal_mass(given, bins)
    if not len(starts):
        return np.empty(0), np.empty(0), np.empty(0)
    rows = np.diff(np.append(starts, len(given))).astype(np.float64)
    return np.add.reduceat(given, starts) / rows, np.add.reduceat(yes, starts) / rows, rows


def ndcg(hits: ArrayLike, relevant: ArrayLike, k: int) -> Floats:
    """Normalised discounted cumulative gain at k of each ranked list ``(queries,)``, yes-or-no relevance.

    ``hits`` ``(queries, ranks)``: whether what stands at that rank is relevant; a short list ends early.
    ``relevant`` ``(queries,)``: how many relevant things there are in all. 0 where there is none.
    """
    found = np.atleast_2d(_floats(hits))[:, :k]
    discount = 1 / np.log2(np.arange(2, k + 2))
    best = np.append(0, np.cumsum(discount))[np.clip(np.asarray(relevant, np.int64), 0, k)]
    gain: Floats = found @ discount[: found.shape[1]]
    return _shares(gain, best, 0.0)


def recall(hits: ArrayLike, relevant: ArrayLike, k: int) -> Floats:
    """Share of the relevant things that stand among the first k, of each list ``(queries,)``; 0 for none."""
    found: Floats = np.atleast_2d(_floats(hits))[:, :k].sum(axis=1)
    there = _floats(relevant)
    return _shares(found, there, 0.0)


def mae(truth: ArrayLike, predicted: ArrayLike) -> float:
    """Mean absolute error. Lower is better."""
    return _mean(np.abs(_floats(predicted) - _floats(truth)))


def rmse(truth: ArrayLike, predicted: ArrayLike) -> float:
    """Root of the mean squared error. Lower is better."""
    return float(np.sqrt(_mean((_floats(predicted) - _floats(truth)) ** 2)))


def correlation(truth: ArrayLike, predicted: ArrayLike) -> float:
    """Pearson's correlation, in [-1, 1]. Higher is better."""
    return _single(weighed_correlation(truth, predicted), truth)


def bias(truth: ArrayLike, predicted: ArrayLike) -> float:
    """Sum of the predictions against the true sum, less 1: -.12 says 12 % too few. Zero is best."""
    return _single(weighed_bias(truth, predicted), truth)


def coverage(truth: ArrayLike, low: ArrayLike, high: ArrayLike) -> float:
    """Share of truths within [low, high]; best at the interval's own level."""
    value = _floats(truth)
    return _mean(((value >= _floats(low)) & (value <= _floats(high))).astype(np.float64))


def brier_rows(truth: ArrayLike, probability: ArrayLike) -> Floats:
    """Squared error of each row ``(n,)``."""
    return (_floats(probability) - _floats(truth)) ** 2


def log_loss_rows(truth: ArrayLike, probability: ArrayLike) -> Floats:
    """Negative log-likelihood of each row ``(n,)``."""
    yes, given = _floats(truth), np.clip(_floats(probability), EDGE, 1 - EDGE)
    loss: Floats = -(yes * np.log(given) + (1 - yes) * np.log1p(-given))
    return loss


def weighed_mean(rows: ArrayLike) -> Weighed:
    """Mean of a figure of each row."""
    values = _floats(rows)
    return lambda weights: _ratios(weights @ values, weights.sum(axis=1))


def weighed_auc(truth: ArrayLike, score: ArrayLike) -> Weighed:
    """:func:`auc`; the rows are sorted once for all weightings."""
    yes, given = _floats(truth), _floats(score)
    order = np.argsort(given, kind="stable")
    yes, given = yes[order], given[order]
    starts = np.flatnonzero(np.append(True, np.diff(given) > 0)) if len(given) else np.empty(0, np.int64)

    def figure(weights: Floats) -> Floats:
        if not len(starts):
            return np.full(len(weights), np.nan)
        ordered = weights[:, order]
        good = np.add.reduceat(ordered * yes, starts, axis=1)
        bad = np.add.reduceat(ordered * (1 - yes), starts, axis=1)
        below = np.cumsum(bad, axis=1) - bad / 2
        return _ratios((good * below).sum(axis=1), good.sum(axis=1) * bad.sum(axis=1))

    return figure


def weighed_ece(truth: ArrayLike, probability: ArrayLike, bins: int = 10) -> Weighed:
    """:func:`ece`; the bins stay those of the data as it is, whatever the weighting."""
    yes, given = _floats(truth), _floats(probability)
    order = np.argsort(given, kind="stable")
    starts = _equal_mass(given[order], bins)
    off = (given - yes)[order]

    def figure(weights: Floats) -> Floats:
        if not len(starts):
            return np.full(len(weights), np.nan)
        sums = np.add.reduceat(weights[:, order] * off, starts, axis=1)
        return _ratios(np.abs(sums).sum(axis=1), weights.sum(axis=1))

    return figure


def weighed_correlation(truth: ArrayLike, predicted: ArrayLike) -> Weighed:
    """:func:`correlation`."""
    one, other = _floats(truth), _floats(predicted)
    if len(one):
        one, other = one - one.mean(), other - other.mean()
    rows = np.stack([one, other, one * one, other * other, one * other], axis=1)

    def figure(weights: Floats) -> Floats:
        total = weights.sum(axis=1, keepdims=True)
        x, y, xx, yy, xy = (
            np.divide(weights @ rows, total, where=total > 0, out=np.full((len(weights), 5), np.nan))
        ).T
        spread = _spread(xx, x) * _spread(yy, y)
        return _ratios(xy - x * y, np.sqrt(spread))

    return figure


def weighed_bias(truth: ArrayLike, predicted: ArrayLike) -> Weighed:
    """:func:`bias`."""
    true, said = _floats(truth), _floats(predicted)
    return lambda weights: _ratios(weights @ said, weights @ true) - 1


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _equal_mass(ordered: Floats, bins: int) -> NDArray[np.int64]:
    """Where each bin begins: n/bins rows apart, moved up to where the value changes."""
    if not len(ordered):
        return np.empty(0, np.int64)
    planned = np.unique(np.arange(bins) * len(ordered) // bins)
    changes = np.flatnonzero(np.append(True, np.diff(ordered) > 0))
    after = np.searchsorted(changes, planned)
    return np.unique(changes[after[after < len(changes)]])


def _single(figure: Weighed, rows: ArrayLike) -> float:
    return float(figure(np.ones((1, len(_floats(rows)))))[0])


def _mean(rows: Floats) -> float:
    return float(rows.mean()) if len(rows) else float("nan")


def _spread(square: Floats, mean: Floats) -> Floats:
    """Variance of mean square and mean; what is left of a constant by rounding is none."""
    left = square - mean * mean
    return np.where(left > ROUNDING * square, left, 0.0)


def _ratio(above: float, below: float) -> float:
    return above / below if below else float("nan")


def _ratios(above: Floats, below: Floats) -> Floats:
    return _shares(above, below, np.nan)


def _shares(above: Floats, below: Floats, nothing: float) -> Floats:
    shares: Floats = np.divide(above, below, out=np.full(np.shape(above), nothing), where=below != 0)
    return shares
