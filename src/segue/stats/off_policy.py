"""What another policy would have earned, from what the logged one did: off-policy evaluation.

A row is a slot that was decided: reward ``r``, the probability ``p`` with which the logging policy chose what
it chose, and the probability ``c`` with which the candidate would have. The weight of a row is w = c ÷ p. A
model of rewards q̂ may help: q̂ of what was chosen, and q̂ averaged over what the candidate would choose,
q̂(c) = Σ c(a) q̂(a).

=======  =======================================  ============================================================
IPS      mean of w·r                              Horvitz and Thompson (1952); Dudík, Langford and Li (2011)
SNIPS    Σ w·r ÷ Σ w                              Swaminathan and Joachims (NeurIPS 2015)
DM       mean of q̂(c)                             the direct method; Dudík, Langford and Li (ICML 2011)
DR       mean of q̂(c) + w·(r − q̂)                 Dudík, Erhan, Langford and Li (Statistical Science 2014)
SNDR     mean of q̂(c) + Σ w·(r − q̂) ÷ Σ w         the same, self-normalised
DRos     DR with λ·w ÷ (w² + λ) in place of w     Su, Dimakopoulou, Krishnamurthy and Dudík (ICML 2020)
=======  =======================================  ============================================================

All are mean(base) + mean(gain) ÷ mean(share), so one expression gives value, asymptotic interval (delta
method) and bootstrap interval of each. Rows of one person are drawn together where ``groups`` says whose they
are. q̂ must come from other rows than those it is used on (cross-fitting), else DM and DR flatter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segue.stats.bootstrap import Interval, interval
from segue.stats.metrics import Floats

Name = Literal["ips", "snips", "dm", "dr", "sndr", "dros"]
NAMES: tuple[Name, ...] = ("ips", "snips", "dm", "dr", "sndr", "dros")
MODEL_FREE: tuple[Name, ...] = ("ips", "snips")
SHRINKAGES = (0.1, 1.0, 10.0, 50.0, 100.0, 500.0, 1000.0, 5000.0, 10000.0, float("inf"))
"""λ that :func:`shrinkage` chooses among."""

THIN = 100.0
"""Effective rows below which an interval is not to be trusted."""
THIN_SHARE = 0.02
"""Effective rows ÷ rows below which the two policies hardly overlap."""
HEAVY = 0.05
"""Share of all weight that one row may have."""
ASTRAY = 3.3
"""Standard errors that the mean weight may be from 1; about one right log in a thousand is further."""


@dataclass(frozen=True)
class Logged:
    """Rows of a log ``(n,)`` as a candidate sees them; see :func:`logged`."""

    reward: Floats
    #: chance with which the logging policy chose what it chose, (0, 1]
    propensity: Floats
    #: chance with which the candidate would have chosen that, [0, 1]
    candidate: Floats

    @property
    def weight(self) -> Floats:
        """Candidate's chance ÷ logged chance."""
        weight: Floats = self.candidate / self.propensity
        return weight


@dataclass(frozen=True)
class Modelled:
    """What a model of rewards says of the same rows ``(n,)``."""

    #: of the action that was chosen
    chosen: Floats
    #: averaged over what the candidate would choose
    candidate: Floats


@dataclass(frozen=True)
class Support:
    """How much of the log speaks of the candidate."""

    rows: int
    #: rows that as many equal weights would be worth: (Σ w)² ÷ Σ w² (Kish)
    effective: float
    #: largest weight, and its share of all weight
    largest: float
    heaviest: float
    #: mean weight; 1 but for chance where the propensities are right
    mean_weight: float
    #: sentences on what is wrong; none: nothing is
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Estimate:
    """A candidate's value by one estimator, in units of the reward."""

    name: Name
    value: float
    #: by the delta method
    asymptotic: Interval
    #: by resampling rows (or persons)
    bootstrap: Interval


@dataclass(frozen=True)
class Terms:
    """An estimator's rows ``(n,)``: value = mean(base) + mean(gain) ÷ mean(share)."""

    base: Floats
    gain: Floats
    share: Floats

    def value(self) -> float:
        """The estimate; nan without rows, or where no row speaks of the candidate."""
        return float(self.weighed(np.ones((1, len(self.base))))[0]) if len(self.base) else float("nan")

    def weighed(self, weights: Floats) -> Floats:
        """Under each of m weightings of the rows ``(m, n)``: ``(m,)``."""
        rows, shares = weights.sum(axis=1), weights @ self.share
        gained = np.divide(weights @ self.gain, shares, out=np.full(len(rows), np.nan), where=shares > 0)
        found: Floats = weights @ self.base / rows + gained
        return found

    def influence(self) -> Floats:
        """How much each row moves the estimate ``(n,)``, times n; its mean is 0."""
        share = float(self.share.mean())
        if share <= 0:
            return np.full(len(self.base), np.nan)
        moved: Floats = (
            self.base - self.base.mean() + (self.gain - self.gain.mean() / share * self.share) / share
        )
        return moved


def logged(reward: ArrayLike, propensity: ArrayLike, candidate: ArrayLike) -> Logged:
    """Checked rows of a log; ValueError says what is wrong with them."""
    found = Logged(*(np.asarray(each, np.float64) for each in (reward, propensity, candidate)))
    sizes = {found.reward.shape, found.propensity.shape, found.candidate.shape}
    if len(sizes) != 1 or found.reward.ndim != 1:
        message = f"rewards, propensities and candidate's chances must be of one length, not {sorted(sizes)}"
        raise ValueError(message)
    if not np.isfinite(found.reward).all():
        message = "a reward is no number"
        raise ValueError(message)
    if not ((found.propensity > 0) & (found.propensity <= 1 + 1e-9)).all():
        message = "a propensity is not in (0, 1]: what was chosen had a chance to be"
        raise ValueError(message)
    if not ((found.candidate >= 0) & (found.candidate <= 1 + 1e-9)).all():
        message = "a candidate's chance is not in [0, 1]"
        raise ValueError(message)
    return found


def modelled(rewards: ArrayLike, policy: ArrayLike, action: ArrayLike) -> Modelled:
    """From q̂ ``(n, k)`` and the candidate's chances ``(n, k)`` of all actions, and which was chosen ``(n,)``.

    ValueError where the shapes differ or a row of the policy does not add up to 1.
    """
    said, chances = np.asarray(rewards, np.float64), np.asarray(policy, np.float64)
    taken: NDArray[np.int64] = np.asarray(action, np.int64)
    if said.ndim != 2 or said.shape != chances.shape or taken.shape != said.shape[:1]:
        message = f"shapes differ: rewards {said.shape}, policy {chances.shape}, actions {taken.shape}"
        raise ValueError(message)
    if not np.allclose(chances.sum(axis=1), 1.0, atol=1e-6):
        message = "the candidate's chances of a row do not add up to 1"
        raise ValueError(message)
    return Modelled(said[np.arange(len(said)), taken], np.einsum("nk,nk->n", said, chances))


# ── the estimators ───────────────────────────────────────────────────────────


def ips(log: Logged) -> Terms:
    """Inverse propensity score: unbiased where every action had a chance, and noisy."""
    return Terms(np.zeros_like(log.reward), log.weight * log.reward, np.ones_like(log.reward))


def snips(log: Logged) -> Terms:
    """Self-normalised: a little bias for much less noise, and always within the rewards' range."""
    return Terms(np.zeros_like(log.reward), log.weight * log.reward, log.weight)


def dm(log: Logged, model: Modelled) -> Terms:
    """Direct method: what the model says. As biased as the model is."""
    return Terms(model.candidate, np.zeros_like(log.reward), np.ones_like(log.reward))


def dr(log: Logged, model: Modelled) -> Terms:
    """Doubly robust: right where either the propensities or the model are."""
    return Terms(model.candidate, log.weight * (log.reward - model.chosen), np.ones_like(log.reward))


def sndr(log: Logged, model: Modelled) -> Terms:
    """Doubly robust, its correction self-normalised."""
    return Terms(model.candidate, log.weight * (log.reward - model.chosen), log.weight)


def dros(log: Logged, model: Modelled, strength: float) -> Terms:
    """Doubly robust with optimistic shrinkage of weights; λ from 0 (DM) to infinity (DR)."""
    weight = log.weight
    shrunk = weight
    if not np.isinf(strength):
        below = weight**2 + strength
        shrunk = np.divide(strength * weight, below, out=np.zeros_like(weight), where=below > 0)
    return Terms(model.candidate, shrunk * (log.reward - model.chosen), np.ones_like(log.reward))


def shrinkage(log: Logged, model: Modelled) -> float:
    """λ of the least estimated squared error: variance and the square of what shrinking moves (Su et al.)."""
    if not len(log.reward):
        return float("inf")
    whole = dr(log, model)

    def error(strength: float) -> float:
        terms = dros(log, model, strength)
        moved = float((terms.gain - whole.gain).mean())
        return float((terms.base + terms.gain).var()) / len(log.reward) + moved**2

    return min(SHRINKAGES[::-1], key=error)


def terms_of(name: Name, log: Logged, model: Modelled | None = None, strength: float | None = None) -> Terms:
    """The rows of one estimator; ValueError for one that needs a model and has none."""
    if name == "ips":
        return ips(log)
    if name == "snips":
        return snips(log)
    if model is None:
        message = f"{name} needs a model of rewards"
        raise ValueError(message)
    if name == "dros":
        return dros(log, model, shrinkage(log, model) if strength is None else strength)
    plain: dict[str, Callable[[Logged, Modelled], Terms]] = {"dm": dm, "dr": dr, "sndr": sndr}
    return plain[name](log, model)


# ── intervals and support ────────────────────────────────────────────────────


def estimate(
    name: Name, terms: Terms, *, seed: int, rounds: int = 1000, level: float = 0.95,
    groups: ArrayLike | None = None,
) -> Estimate:  # fmt: skip
    """Value and intervals of an estimator's rows; the same seed gives the same."""
    value = terms.value()
    if not len(terms.base):
        nothing = Interval(value, float("nan"), float("nan"))
        return Estimate(name, value, nothing, nothing)
    resampled = interval(terms.weighed, len(terms.base), seed=seed, rounds=rounds, level=level, groups=groups)
    return Estimate(name, value, asymptotic(terms, level=level, groups=groups), resampled)


def asymptotic(terms: Terms, *, level: float = 0.95, groups: ArrayLike | None = None) -> Interval:
    """Value ± z standard errors by the delta method; of persons' sums where ``groups`` are given."""
    influence = terms.influence()
    rows = len(influence)
    if groups is not None:
        _, member = np.unique(np.asarray(groups), return_inverse=True)
        influence = np.bincount(member, weights=influence).astype(np.float64)
    drawn = len(influence)
    if drawn < 2:
        return Interval(terms.value(), float("nan"), float("nan"))
    error = float(np.sqrt(np.sum(influence**2) * drawn / (drawn - 1))) / rows
    half = NormalDist().inv_cdf((1 + level) / 2) * error
    value = terms.value()
    return Interval(value, value - half, value + half)


def support(log: Logged) -> Support:
    """Effective sample size and what is wrong with the weights, in sentences."""
    weight, rows = log.weight, len(log.reward)
    total = float(weight.sum())
    if not total:
        return Support(rows, 0.0, 0.0, 0.0, 0.0, ("nothing that was logged would the candidate have done",))
    largest = float(weight.max())
    found = Support(
        rows=rows,
        effective=total**2 / float(weight @ weight),
        largest=largest,
        heaviest=largest / total,
        mean_weight=total / rows,
    )
    return Support(
        found.rows,
        found.effective,
        found.largest,
        found.heaviest,
        found.mean_weight,
        _warnings(found, weight),
    )


def _warnings(found: Support, weight: Floats) -> tuple[str, ...]:
    said = []
    if found.effective < max(THIN, THIN_SHARE * found.rows):
        said.append(
            f"support is thin: {found.rows:,} rows are worth {found.effective:,.0f} for this candidate"
        )
    if found.heaviest > HEAVY:
        said.append(f"one row has {found.heaviest:.0%} of all weight (weight {found.largest:,.0f})")
    error = float(weight.std(ddof=1)) / np.sqrt(found.rows) if found.rows > 1 else float("inf")
    if abs(found.mean_weight - 1) > max(ASTRAY * error, 1e-6):
        said.append(
            f"weights average {found.mean_weight:.2f}, not 1: propensities are wrong, "
            "or the candidate does what the log never tried"
        )
    return tuple(said)


def evaluate(
    log: Logged, model: Modelled | None = None, *, seed: int, rounds: int = 1000, level: float = 0.95,
    groups: ArrayLike | None = None,
) -> tuple[dict[Name, Estimate], Support]:  # fmt: skip
    """Every estimator that what is given allows, and the support behind them."""
    names = MODEL_FREE if model is None else NAMES
    found = {
        name: estimate(name, terms_of(name, log, model), seed=seed, rounds=rounds, level=level, groups=groups)
        for name in names
    }
    return found, support(log)
