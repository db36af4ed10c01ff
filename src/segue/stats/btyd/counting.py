"""One likelihood for BG/NBD, MBG/NBD and (M)BG/CNBD-k, and its fit.

While alive, a customer's gaps are Erlang with shape k and rate λ (k = 1: purely random; higher: more
regular). After each purchase she dies with probability p. λ is gamma (r, α) over customers, p beta (a, b).
BG lets nobody die right after the first purchase, MBG does. Integrated over both, a customer with frequency
x, recency s and age T has

    L = α^r / Γ(r) / B(a, b) · Π gap^(k−1) / Γ(k)^x · ( dead + Σ_{j<k} alive_j )
    dead    = Γ(r + kx) / (α + s)^(r+kx) · B(a + 1, b + x + m − 1)         (not for x + m = 0)
    alive_j = (T − s)^j / j! · Γ(r + kx + j) / (α + T)^(r+kx+j) · B(a, b + x + m)

with m = 1 for MBG, 0 for BG; j counts the Erlang stages passed since the last purchase.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln, digamma, gammaln

from segue.stats.btyd.customers import Customers, grouped

Floats = NDArray[np.float64]

#: logarithms of parameters are kept within these: data without deaths would drive a to zero for ever
BOUNDS = (-9.0, 9.0)
STARTS = ((0.0, 1.0, 0.0, 1.0), (-1.0, 2.0, -1.0, 0.5))


@dataclass(frozen=True)
class Law:
    """A fitted model. Rates are in the unit of time of the customers it was fitted on."""

    r: float
    alpha: float
    a: float
    b: float
    #: regularity of the gaps
    k: int = 1
    #: whether one may die right after the first purchase (MBG)
    modified: bool = False
    #: of all customers, without weights' normalisation; nan for a law that was not fitted
    log_likelihood: float = float("nan")

    @property
    def shift(self) -> int:
        """The m of the formulas."""
        return int(self.modified)


@dataclass(frozen=True, eq=False)
class Terms:
    """Logarithms of what stands in the brackets, for each customer: what all else is made of."""

    #: (n,), -inf where she cannot be dead
    dead: Floats
    #: (k, n): alive, by stages passed
    alive: Floats

    @property
    def total(self) -> Floats:
        """Logarithm of the sum (n,)."""
        total: Floats = np.logaddexp(self.dead, self.living)
        return total

    @property
    def living(self) -> Floats:
        """Logarithm of the sum over the stages (n,)."""
        if len(self.alive) == 1:
            only: Floats = self.alive[0]
            return only
        living: Floats = np.logaddexp.reduce(self.alive, axis=0)
        return living


def terms(law: Law, each: Customers) -> Terms:
    """The brackets' terms; special functions are taken once for each frequency that occurs."""
    x = np.arange(int(each.frequency.max(initial=0)) + 1, dtype=np.float64)
    at = each.frequency.astype(np.int64)
    died = x + law.shift > 0
    chance = np.where(died, betaln(law.a + 1, np.where(died, law.b + x + law.shift - 1, 1.0)), -np.inf)
    power = law.r + law.k * x
    dead = (gammaln(power) + chance)[at] - power[at] * np.log(law.alpha + each.recency)
    now = np.log(law.alpha + each.age)
    lives = betaln(law.a, law.b + x + law.shift)
    alive = np.empty((law.k, len(each)))
    for stage in range(law.k):
        fixed = gammaln(power + stage) - gammaln(stage + 1) + lives
        alive[stage] = fixed[at] - (power[at] + stage) * now + _stage(stage, each)
    return Terms(dead, alive)


def _stage(stage: int, each: Customers) -> Floats | float:
    if stage == 0:
        return 0.0
    with np.errstate(divide="ignore"):
        waited: Floats = stage * np.log(each.age - each.recency)
    return waited


def log_likelihood(law: Law, each: Customers) -> float:
    """Of all customers together."""
    fixed = law.r * np.log(law.alpha) - gammaln(law.r) - betaln(law.a, law.b)
    inside = each.weight @ (terms(law, each).total + fixed)
    return float(inside + _gaps(law.k, each))


def _gaps(k: int, each: Customers) -> float:
    return float((k - 1) * each.log_gaps - gammaln(k) * (each.weight @ each.frequency))


def gradient(law: Law, each: Customers) -> Floats:
    """Of :func:`log_likelihood` in the logarithms of r, α, a and b ``(4,)``."""
    x = np.arange(int(each.frequency.max(initial=0)) + 1, dtype=np.float64)
    at = each.frequency.astype(np.int64)
    parts = terms(law, each)
    total = parts.total
    died = np.exp(parts.dead - total)
    power = law.r + law.k * x
    seen, now = law.alpha + each.recency, law.alpha + each.age
    by_r = died * (digamma(power)[at] - np.log(seen))
    by_alpha = -died * power[at] / seen
    for stage in range(law.k):
        share = np.exp(parts.alive[stage] - total)
        by_r += share * (digamma(power + stage)[at] - np.log(now))
        by_alpha -= share * (power[at] + stage) / now
    both = digamma(law.a + law.b + x + law.shift)[at]
    before = np.where(x + law.shift > 0, digamma(np.maximum(law.b + x + law.shift - 1, law.b)), 0.0)[at]
    by_a = digamma(law.a) + died / law.a - both
    by_b = died * before + (1 - died) * digamma(law.b + x + law.shift)[at] - both
    fixed_a, fixed_b = digamma(law.a + law.b) - digamma([law.a, law.b])[:, None]
    by_r = by_r + np.log(law.alpha) - digamma(law.r)
    by_alpha = by_alpha + law.r / law.alpha
    rows = np.stack([by_r, by_alpha, by_a + fixed_a, by_b + fixed_b])
    slope: Floats = (rows @ each.weight) * np.array([law.r, law.alpha, law.a, law.b])
    return slope


def fit(each: Customers, *, k: int = 1, modified: bool = False, near: Law | None = None) -> Law:
    """The likeliest law. ValueError where nobody bought twice: nothing can be told then.

    ``near``: where to begin, a law of the same customers a little earlier; it saves two thirds of the work.
    """
    rows, _ = grouped(each)
    if not (rows.weight @ rows.frequency > 0 and rows.weight @ rows.age > 0):
        message = "nobody has bought a second time: there is no rate to be found"
        raise ValueError(message)
    scale = float(rows.weight @ rows.age / rows.weight.sum())
    unit = Customers(rows.frequency, rows.recency / scale, rows.age / scale, rows.weight, 0.0)
    starts = STARTS if near is None else (np.log([near.r, near.alpha / scale, near.a, near.b]),)
    best = min((_descend(unit, k, modified, start) for start in starts), key=lambda found: float(found.fun))
    r, alpha, a, b = (float(value) for value in np.exp(best.x))
    law = Law(r, alpha * scale, a, b, k, modified)
    return Law(r, alpha * scale, a, b, k, modified, log_likelihood(law, rows))


def _descend(each: Customers, k: int, modified: bool, start: ArrayLike) -> Minimum:
    people = each.weight.sum()

    def loss(logs: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = (float(value) for value in np.exp(logs))
        law = Law(r, alpha, a, b, k, modified)
        return -log_likelihood(law, each) / people, -gradient(law, each) / people

    options = {"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8}
    found: Minimum = minimize(
        loss, np.clip(start, *BOUNDS), jac=True, method="L-BFGS-B", bounds=[BOUNDS] * 4, options=options
    )
    return found


class Minimum:
    """What scipy's optimiser answers, as far as it is read here."""

    x: Floats
    fun: float


def choose(each: Customers, *, modified: bool = True, most: int = 6) -> Law:
    """The likeliest k from 1 up, as far as the likelihood rises: cadence as regular as the data says."""
    best = fit(each, modified=modified)
    for k in range(2, most + 1):
        tried = fit(each, k=k, modified=modified)
        if tried.log_likelihood <= best.log_likelihood:
            break
        best = tried
    return best
