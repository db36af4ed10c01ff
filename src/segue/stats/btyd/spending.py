"""Gamma-gamma: what a purchase of a customer is worth on average, seen through her few purchases so far.

Her purchases are gamma (p, ν) around her own mean, ν is gamma (q, v) over customers, and neither depends on
how often she buys. With mean spend z over x purchases

    L = Γ(px + q) / (Γ(px) Γ(q)) · v^q · z^(px−1) · x^(px) / (v + xz)^(px+q)
    E[mean | x, z] = p (v + xz) / (px + q − 1)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import gammaln

Floats = NDArray[np.float64]
BOUNDS = (-9.0, 12.0)


@dataclass(frozen=True)
class Spend:
    """A fitted law of spend; v is in units of money."""

    p: float
    q: float
    v: float
    log_likelihood: float = float("nan")

    @property
    def average(self) -> float:
        """Over all customers; inf where q ≤ 1, which is a tail too heavy for a mean."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else float("inf")

    def expected(self, purchases: ArrayLike, mean: ArrayLike) -> Floats:
        """Her true mean ``(n,)`` after so many purchases of that mean; without any, everybody's average."""
        x, z = np.asarray(purchases, np.float64), np.nan_to_num(np.asarray(mean, np.float64))
        below = self.p * x + self.q - 1
        with np.errstate(divide="ignore", invalid="ignore"):
            worth: Floats = np.where(below > 0, self.p * (self.v + x * z) / below, np.inf)
        return worth


def log_likelihood(law: Spend, purchases: Floats, mean: Floats, weight: Floats) -> float:
    """Of customers with one purchase or more, of positive mean."""
    px = law.p * purchases
    each = gammaln(px + law.q) - gammaln(px) - gammaln(law.q) + law.q * np.log(law.v)
    each = each + (px - 1) * np.log(mean) + px * np.log(purchases)
    each = each - (px + law.q) * np.log(law.v + purchases * mean)
    return float(weight @ each)


def fit_spend(
    purchases: ArrayLike, mean: ArrayLike, weight: ArrayLike | None = None, near: Spend | None = None
) -> Spend:
    """The likeliest law; rows without a purchase or of no positive mean say nothing and are passed over.

    ``near``: a law to begin at. ValueError where fewer than two customers are left, or all have spent the
    same: there is no spread to learn.
    """
    x, z = np.asarray(purchases, np.float64), np.asarray(mean, np.float64)
    rows = np.ones_like(x) if weight is None else np.asarray(weight, np.float64)
    use = (x > 0) & (z > 0) & np.isfinite(z) & (rows > 0)
    x, z, rows = x[use], z[use], rows[use]
    if len(x) < 2 or np.ptp(z) == 0:
        message = "fewer than two customers with different spend: there is no law of spend to be found"
        raise ValueError(message)
    scale = float(np.average(z, weights=rows))

    def loss(logs: Floats) -> float:
        law = Spend(*(float(value) for value in np.exp(logs)))
        return -log_likelihood(law, x, z / scale, rows) / float(rows.sum())

    options = {"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-8}
    start = (1.0, 1.0, 0.0) if near is None else np.log([near.p, near.q, near.v / scale])
    found = minimize(loss, np.clip(start, *BOUNDS), method="L-BFGS-B", bounds=[BOUNDS] * 3, options=options)
    p, q, v = (float(value) for value in np.exp(found.x))
    law = Spend(p, q, v * scale)
    return Spend(p, q, v * scale, log_likelihood(law, x, z, rows))
