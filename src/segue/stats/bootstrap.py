"""Percentile intervals of any figure by resampling rows, or whole persons where a person has several rows.

A resample is a row of weights: how often each row was drawn. So one matrix product serves hundreds of
resamples, and two models that are compared are measured on the very same ones (paired). The same seed gives
the same interval.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segue.stats.metrics import Floats, Weighed, weighed_mean

#: weights held at a time, so that memory stays small whatever the rows
CELLS = 4_000_000


@dataclass(frozen=True)
class Interval:
    """A figure of the data as it is, and the bounds within which it lies with the chance asked for."""

    value: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether zero is outside."""
        return self.low > 0 or self.high < 0


def interval(
    figure: Weighed,
    rows: int,
    *,
    seed: int,
    rounds: int = 1000,
    level: float = 0.95,
    groups: ArrayLike | None = None,
) -> Interval:
    """Of one figure over ``rows`` rows. ``groups`` ``(rows,)`` say whose row it is: those are drawn then."""
    drawn = [figure(weights) for weights in resamples(rows, seed=seed, rounds=rounds, groups=groups)]
    return _bounds(float(figure(np.ones((1, rows)))[0]), np.concatenate(drawn), level)


def paired(
    first: Weighed,
    second: Weighed,
    rows: int,
    *,
    seed: int,
    rounds: int = 1000,
    level: float = 0.95,
    groups: ArrayLike | None = None,
    relative: bool = False,
) -> Interval:
    """Of ``first`` less ``second``, both on the same resamples; ``relative``: of first ÷ second less 1."""

    def difference(weights: Floats) -> Floats:
        one, other = first(weights), second(weights)
        if relative:
            return np.divide(one, other, out=np.full_like(one, np.nan), where=other != 0) - 1
        return one - other

    return interval(difference, rows, seed=seed, rounds=rounds, level=level, groups=groups)


def mean_interval(
    rows: ArrayLike, *, seed: int, rounds: int = 1000, groups: ArrayLike | None = None
) -> Interval:
    """Of the mean of a figure that each row has (NDCG of each customer, squared error, …), 95 %."""
    values = np.asarray(rows, np.float64)
    return interval(weighed_mean(values), len(values), seed=seed, rounds=rounds, groups=groups)


def paired_means(
    first: ArrayLike,
    second: ArrayLike,
    *,
    seed: int,
    rounds: int = 1000,
    groups: ArrayLike | None = None,
    relative: bool = False,
) -> Interval:
    """Of the difference (or the relative gain) of two models' means over the same rows, 95 %."""
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if one.shape != other.shape:
        message = f"paired rows differ in number: {len(one)} and {len(other)}"
        raise ValueError(message)
    return paired(
        weighed_mean(one),
        weighed_mean(other),
        len(one),
        seed=seed,
        rounds=rounds,
        groups=groups,
        relative=relative,
    )


def resamples(
    rows: int, *, seed: int, rounds: int = 1000, groups: ArrayLike | None = None
) -> Iterator[Floats]:
    """Weights ``(m, rows)`` of all rounds, in portions."""
    random = np.random.default_rng(seed)
    member: NDArray[np.int64] | None = None
    drawn = rows
    if groups is not None:
        names, member = np.unique(np.asarray(groups), return_inverse=True)
        drawn = len(names)
    portion = max(1, CELLS // max(rows, 1))
    for start in range(0, rounds if rows else 0, portion):
        several = min(portion, rounds - start)
        weights = _counts(random, several, drawn)
        yield weights if member is None else weights[:, member]
    if not rows:
        yield np.ones((rounds, 0))


def _counts(random: np.random.Generator, several: int, drawn: int) -> Floats:
    """How often each of ``drawn`` comes in as many draws with replacement, for each of ``several`` rounds."""
    picks = random.integers(0, drawn, size=(several, drawn)) + np.arange(several)[:, None] * drawn
    return np.bincount(picks.ravel(), minlength=several * drawn).reshape(several, drawn).astype(np.float64)


def _bounds(value: float, drawn: Floats, level: float) -> Interval:
    """Percentiles of what is defined; nan where nothing is."""
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return Interval(value, float("nan"), float("nan"))
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high))
