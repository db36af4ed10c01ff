"""Calibration: what turns a score into a probability that means what it says.

A calibration is fitted on scores and outcomes that the model did not see while it was fitted, and is a
frozen record of numbers, so that it is kept as JSON and applied without any library but numpy:
:func:`fit` makes the one asked for, ``apply`` maps scores, and :class:`Tempered` does it for several classes.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Kind = Literal["isotonic", "platt", "beta", "none"]

EDGE: Final = 1e-6
"""Probabilities are kept this far from 0 and 1 wherever their logarithm is taken."""

_RIDGE: Final = 1e-3
"""Weight of the pull towards leaving scores as they are; it decides only where outcomes cannot."""


class Isotonic(msgspec.Struct, frozen=True, tag="isotonic"):
    """A rising step function, joined by straight lines. Fits any shape; needs about a thousand outcomes."""

    scores: list[float]
    chances: list[float]

    def apply(self, scores: ArrayLike) -> Floats:
        """Probabilities of scores (n,), in order of the scores."""
        return np.interp(np.asarray(scores, dtype=np.float64), self.scores, self.chances)


class Platt(msgspec.Struct, frozen=True, tag="platt"):
    """``sigmoid(slope × logit(p) + shift)``: two numbers, for few outcomes."""

    slope: float
    shift: float

    def apply(self, scores: ArrayLike) -> Floats:
        """Probabilities of scores in 0..1 (n,)."""
        return sigmoid(self.slope * logit(scores) + self.shift)


class Beta(msgspec.Struct, frozen=True, tag="beta"):
    """``sigmoid(rise × ln p − fall × ln(1 − p) + shift)``: three numbers, bends both ends apart."""

    rise: float
    fall: float
    shift: float

    def apply(self, scores: ArrayLike) -> Floats:
        """Probabilities of scores in 0..1 (n,)."""
        p = clipped(scores)
        return sigmoid(self.rise * np.log(p) - self.fall * np.log1p(-p) + self.shift)


class Unchanged(msgspec.Struct, frozen=True, tag="none"):
    """Scores are taken for the probabilities they claim to be."""

    def apply(self, scores: ArrayLike) -> Floats:
        """The scores (n,), within 0..1."""
        return np.clip(np.asarray(scores, dtype=np.float64), 0.0, 1.0)


class Tempered(msgspec.Struct, frozen=True, tag="tempered"):
    """For k classes: ``softmax(sharpness × ln p + shift of the class)``."""

    sharpness: float
    shifts: list[float]

    def apply(self, chances: ArrayLike) -> Floats:
        """Probabilities (n, k) of probabilities (n, k); rows sum to one."""
        return softmax(self.sharpness * np.log(clipped(chances)) + np.asarray(self.shifts))


Calibration = Isotonic | Platt | Beta | Unchanged


def fit(kind: Kind, scores: ArrayLike, outcomes: ArrayLike, weights: ArrayLike | None = None) -> Calibration:
    """Fit ``kind`` on held-out scores (n,) and outcomes 0 or 1 (n,); weights (n,) count as that many rows.

    ValueError where lengths differ, a score is not finite, or nothing is there. With outcomes of
    one sort only there is no slope to learn: all kinds then lean towards the rate seen, short of 0 or 1.
    """
    p, y, w = _checked(scores, outcomes, weights)
    if kind == "none":
        return Unchanged()
    if kind == "isotonic":
        return _isotonic(p, y, w)
    return _platt(p, y, w) if kind == "platt" else _beta(p, y, w)


def fit_beta(scores: ArrayLike, outcomes: ArrayLike) -> Beta:
    """:func:`fit` of the beta kind."""
    return _beta(*_checked(scores, outcomes, None))


def fit_tempered(
    chances: ArrayLike, classes: ArrayLike, *, shifts: bool = True, ridge: float = 1.0
) -> Tempered:
    """Fit on held-out chances (n, k) and true classes (n,) 0..k-1; ``ridge`` rows pull to unchanged.

    ValueError where shapes differ or nothing is there.
    """
    from scipy.optimize import minimize

    logs = np.log(clipped(chances))
    truth = np.asarray(classes, dtype=np.int64)
    if logs.ndim != 2 or not len(logs) or truth.shape != logs.shape[:1]:
        raise ValueError("chances are (n, k) and classes (n,), with n at least 1")
    n, k = logs.shape
    rows, hot = np.arange(n), np.zeros((n, k))
    hot[rows, truth] = 1.0

    def loss(x: Floats) -> tuple[float, Floats]:
        p = softmax(np.exp(x[0]) * logs + x[1:])
        off = p - hot
        value = -np.log(np.maximum(p[rows, truth], 1e-300)).sum() + 0.5 * ridge * float(x @ x)
        slope = np.empty(k + 1)
        slope[0] = np.exp(x[0]) * float((off * logs).sum())
        slope[1:] = off.sum(axis=0) if shifts else 0.0
        return float(value), slope + ridge * x

    found = minimize(loss, np.zeros(k + 1), jac=True, method="L-BFGS-B", bounds=[(-3.0, 3.0)] * (k + 1))
    return Tempered(float(np.exp(found.x[0])), [float(each) for each in found.x[1:]])


# ── arithmetic ───────────────────────────────────────────────────────────────


def clipped(p: ArrayLike) -> Floats:
    """Probabilities kept :data:`EDGE` away from 0 and 1."""
    return np.clip(np.asarray(p, dtype=np.float64), EDGE, 1.0 - EDGE)


def logit(p: ArrayLike) -> Floats:
    """``ln(p / (1 − p))`` of clipped probabilities."""
    inside = clipped(p)
    return np.asarray(np.log(inside) - np.log1p(-inside), dtype=np.float64)


def sigmoid(x: ArrayLike) -> Floats:
    """``1 / (1 + e^-x)`` without overflow."""
    z = np.asarray(x, dtype=np.float64)
    small = np.exp(-np.abs(z))
    return np.asarray(np.where(z >= 0, 1.0, small) / (1.0 + small), dtype=np.float64)


def softmax(x: Floats) -> Floats:
    """Rows (n, k) as probabilities."""
    raised = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), dtype=np.float64)


# ── inside ───────────────────────────────────────────────────────────────────


def _checked(scores: ArrayLike, outcomes: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, ...]:
    p = np.asarray(scores, dtype=np.float64)
    y = np.asarray(outcomes, dtype=np.float64)
    w = np.ones_like(p) if weights is None else np.asarray(weights, dtype=np.float64)
    if p.ndim != 1 or p.shape != y.shape or p.shape != w.shape:
        raise ValueError(
            f"scores {p.shape}, outcomes {y.shape} and weights {w.shape} are columns of one length"
        )
    if not len(p) or not np.isfinite(p).all():
        raise ValueError("a calibration needs at least one score, and every score finite")
    return p, y, w


def _isotonic(p: Floats, y: Floats, w: Floats) -> Isotonic:
    from scipy.optimize import isotonic_regression

    points, place = np.unique(p, return_inverse=True)
    weight = np.bincount(place, w)
    mean = np.bincount(place, w * y) / np.maximum(weight, 1e-300)
    fitted: Any = isotonic_regression(mean, weights=np.maximum(weight, 1e-12))
    level = np.asarray(fitted.x, dtype=np.float64)
    starts = np.flatnonzero(np.diff(level, prepend=-1.0))
    ends = np.append(starts[1:], len(level)) - 1
    counts = np.add.reduceat(weight, starts)
    rate = float(w @ y / w.sum())
    # half a row at the common rate: no block is ever wholly sure
    eased = (level[starts] * counts + 0.5 * rate) / (counts + 0.5)
    chances = np.maximum.accumulate(np.repeat(eased, 2))
    scores = np.column_stack([points[starts], points[ends]]).ravel()
    keep = np.append(True, (np.diff(scores) > 0) | (np.diff(chances) > 0))
    return Isotonic(scores[keep].tolist(), chances[keep].tolist())


def _targets(y: Floats, w: Floats) -> Floats:
    """Platt's targets: outcomes a little inside 0 and 1, so that separable scores give finite numbers."""
    hits = float(w @ y)
    misses = float(w.sum()) - hits
    return np.where(y > 0.5, (hits + 1.0) / (hits + 2.0), 1.0 / (misses + 2.0))


def _platt(p: Floats, y: Floats, w: Floats) -> Platt:
    x = np.column_stack([logit(p), np.ones_like(p)])
    slope, shift = _logistic(x, _targets(y, w), w, np.array([1.0, 0.0]), ((0.0, 50.0), (-50.0, 50.0)))
    return Platt(slope, shift)


def _beta(p: Floats, y: Floats, w: Floats) -> Beta:
    inside = clipped(p)
    x = np.column_stack([np.log(inside), -np.log1p(-inside), np.ones_like(p)])
    bounds = ((0.0, 50.0), (0.0, 50.0), (-50.0, 50.0))
    rise, fall, shift = _logistic(x, _targets(y, w), w, np.array([1.0, 1.0, 0.0]), bounds)
    return Beta(rise, fall, shift)


def _logistic(
    x: Floats, y: Floats, w: Floats, start: Floats, bounds: tuple[tuple[float, float], ...]
) -> list[float]:
    """Coefficients within bounds; slopes that may not fall keep the order of the scores."""
    from scipy.optimize import minimize

    def loss(b: Floats) -> tuple[float, Floats]:
        z = x @ b
        value = w @ (np.logaddexp(0.0, z) - y * z) + 0.5 * _RIDGE * ((b - start) @ (b - start))
        return float(value), np.asarray(x.T @ (w * (sigmoid(z) - y)) + _RIDGE * (b - start))

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    return [float(each) for each in found.x]
