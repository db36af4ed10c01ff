"""The classifier: a strongly regularised logistic regression on each view, and how far to trust it.

How much each view weighs, and how sure the whole may be, is fitted on chances that the members gave to
persons they had not seen; so what comes out is calibrated, and a view that says nothing counts for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from segue.stats.calibration import EDGE, clipped, softmax

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STRENGTH: Final = {"types": 0.3, "products": 0.3, "tastes": 0.1, "groups": 0.3, "stores": 0.1, "habits": 0.1}
"""Inverse of the regularisation of each view's member; .1 for views this does not name."""

_FOLDS: Final = 5
_TRUST: Final = 8.0
_SHIFT: Final = 2.0
"""Rows' worth of pull of the weights towards each other, and of the classes' shifts towards none."""


class Member(msgspec.Struct, frozen=True):
    """A logistic regression: classes × columns."""

    coefficients: list[list[float]]
    intercepts: list[float]

    def chances(self, columns: Floats) -> Floats:
        """Probabilities (n, k) of rows (n, d)."""
        return softmax(columns @ np.asarray(self.coefficients).T + np.asarray(self.intercepts))


class Blend(msgspec.Struct, frozen=True):
    """``softmax(Σ weight × ln p of the member + shift of the class)``; a calibration and a vote at once."""

    weights: dict[str, float]
    shifts: list[float]

    def apply(self, chances: Mapping[str, Floats]) -> Floats:
        """Probabilities (n, k) of the members' (n, k)."""
        return softmax(
            sum(self.weights[name] * _logs(chances[name]) for name in self.weights) + np.asarray(self.shifts)
        )


class Stack(msgspec.Struct, frozen=True):
    """A fitted classifier over views."""

    members: dict[str, Member]
    blend: Blend

    def chances(self, columns: Mapping[str, Floats]) -> Floats:
        """Probabilities (n, k) of persons whose views have these columns."""
        return self.blend.apply({name: each.chances(columns[name]) for name, each in self.members.items()})


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted stack, and what was said of each person by what had not seen her."""

    stack: Stack
    #: chances of the whole (n, k)
    fair: Floats
    #: chances of each member (n, k)
    held: dict[str, Floats]


def fit_stack(columns: Mapping[str, Floats], truth: Ints, classes: int, seed: int) -> Fit:
    """Fit on views' columns (n, d) and classes (n,) 0..k-1; also chances of persons held out in turn.

    Those chances are given by members and a blend that had not seen the person, so what is measured on them
    is fair. ValueError where a class has nobody.
    """
    if len(np.unique(truth)) < classes:
        raise ValueError("each class needs somebody")
    parts = stratified(truth, _FOLDS, seed)
    held = {name: np.zeros((len(truth), classes)) for name in columns}
    for part in range(_FOLDS):
        inside = parts != part
        for name, rows in columns.items():
            member = fit_member(rows[inside], truth[inside], classes, STRENGTH.get(name, 0.1))
            held[name][~inside] = member.chances(rows[~inside])
    members = {
        name: fit_member(rows, truth, classes, STRENGTH.get(name, 0.1)) for name, rows in columns.items()
    }
    return Fit(Stack(members, fit_blend(held, truth)), fair_chances(held, truth, seed), held)


def fair_chances(held: Mapping[str, Floats], truth: Ints, seed: int) -> Floats:
    """Chances (n, k) by blends of these members, at least one, that had not seen the person."""
    parts = stratified(truth, _FOLDS, seed)
    fair = np.zeros(next(iter(held.values())).shape)
    for part in range(_FOLDS):
        inside = parts != part
        blend = fit_blend({name: p[inside] for name, p in held.items()}, truth[inside])
        fair[~inside] = blend.apply({name: p[~inside] for name, p in held.items()})
    return fair


def stratified(truth: Ints, folds: int, seed: int) -> Ints:
    """A fold (n,) for each row, every class spread evenly over them."""
    shuffled = np.random.default_rng(seed).permutation(len(truth))
    order = shuffled[np.argsort(truth[shuffled], kind="stable")]
    parts = np.empty(len(truth), np.int64)
    parts[order] = np.arange(len(truth)) % folds
    return parts


def fit_member(columns: Floats, truth: Ints, classes: int, strength: float) -> Member:
    """A logistic regression with an L2 penalty of 1/strength; a class that nobody has here gets little."""
    from scipy.optimize import minimize

    n, d = columns.shape
    hot = np.zeros((n, classes))
    hot[np.arange(n), truth] = 1.0
    rates = np.log((hot.sum(axis=0) + 0.5) / (n + 0.5 * classes))

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(classes, d + 1)
        scores = columns @ weights[:, :d].T + weights[:, d] + rates
        top = scores.max(axis=1, keepdims=True)
        raised = np.exp(scores - top)
        total = raised.sum(axis=1, keepdims=True)
        value = float((np.log(total) + top).sum() - (scores * hot).sum())
        off = raised / total - hot
        slope = np.empty_like(weights)
        slope[:, :d] = off.T @ columns + weights[:, :d] / strength
        slope[:, d] = off.sum(axis=0) + weights[:, d] * _EASE
        value += 0.5 * float((weights[:, :d] ** 2).sum()) / strength
        value += 0.5 * _EASE * float((weights[:, d] ** 2).sum())
        return value, slope.ravel()

    found = minimize(
        loss, np.zeros(classes * (d + 1)), jac=True, method="L-BFGS-B", options={"maxiter": 100, "ftol": 1e-6}
    )
    weights = found.x.reshape(classes, d + 1)
    return Member(weights[:, :d].tolist(), (weights[:, d] + rates).tolist())


_EASE: Final = 1e-3
"""A little pull on the intercepts, of which one is superfluous."""


def fit_blend(chances: Mapping[str, Floats], truth: Ints) -> Blend:
    """Weights (none below zero) and shifts that make the truth likeliest.

    How much the weights come to together is free: that is how sure the whole is, which a pull would spoil.
    """
    from scipy.optimize import minimize

    names = list(chances)
    logs = np.stack([_logs(chances[name]) for name in names])
    m, n, k = logs.shape
    rows, hot = np.arange(n), np.zeros((n, k))
    hot[rows, truth] = 1.0
    equal = 1.0 / m

    def loss(x: Floats) -> tuple[float, Floats]:
        p = softmax(np.tensordot(x[:m], logs, 1) + x[m:])
        off = p - hot
        pull = x[:m] - x[:m].mean()
        value = -np.log(np.maximum(p[rows, truth], EDGE)).sum()
        value += 0.5 * _TRUST * float(pull @ pull) * m + 0.5 * _SHIFT * float(x[m:] @ x[m:])
        slope = np.concatenate(
            [(off * logs).sum(axis=(1, 2)) + _TRUST * m * pull, off.sum(axis=0) + _SHIFT * x[m:]]
        )
        return float(value), slope

    start = np.concatenate([np.full(m, equal), np.zeros(k)])
    bounds = [(0.0, 4.0)] * m + [(-2.0, 2.0)] * k
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    weights = dict(zip(names, (float(each) for each in found.x[:m]), strict=True))
    return Blend(weights, [float(each) for each in found.x[m:]])


def _logs(chances: Floats) -> Floats:
    """Logarithms, centred in each row."""
    logs = np.log(clipped(chances))
    return np.asarray(logs - logs.mean(axis=1, keepdims=True), np.float64)
