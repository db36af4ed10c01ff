"""Groups in a cloud of points: k-means, how many groups there are, and how firmly each stands.

Everything is decided by the seed: the same points in the same order give the same groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Points (n, d), of features that are worth the same (see :func:`standardised`)."""
Labels = NDArray[np.int64]
"""The group of each point (n,), from 0."""

STARTS: Final = 4
"""k-means is tried from so many starts, and the tightest result taken."""

ROUNDS: Final = 60
_COMPARED: Final = 1_500
"""Points whose distances to all others of them the silhouette is taken of."""

_DRAWN: Final = 4_000
"""Points that bootstrap samples are drawn of."""

STABLE: Final = 0.6
"""Groups that are found again less well (mean Jaccard) are patterns of chance: Hennig's rule of thumb."""

CLEAR: Final = 0.1
"""By how much less than the highest a silhouette is still as good: more groups say more."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """How good a number of groups is."""

    groups: int
    #: mean silhouette, -1 to 1: how much nearer points are to their own group than to the next
    silhouette: float
    #: mean Jaccard, 0 to 1, of each group with its likeliest in bootstrap samples; the weakest group's
    weakest: float
    #: the same for each group, in order of the labels
    stability: list[float]
    #: mean adjusted Rand index with the groups of bootstrap samples: 1 the same groups, 0 chance
    agreement: float


@dataclass(frozen=True, eq=False)
class Clustering:
    """The groups that were chosen."""

    centres: Points
    choice: Choice
    #: every number that was tried
    scores: list[Choice]

    def labels(self, points: Points) -> Labels:
        """The group of each of these points, which need not be those it was made of."""
        return nearest(points, self.centres)


def standardised(columns: Points) -> Points:
    """Columns (n, d) with mean 0 and deviation 1; a column that never varies becomes 0."""
    deviation = columns.std(axis=0)
    scale = np.where(deviation > 1e-12, deviation, 1.0)
    return np.asarray((columns - columns.mean(axis=0)) / scale * (deviation > 1e-12), dtype=np.float64)


def principal(columns: Points, components: int) -> Points:
    """Columns (n, d) in at most so many principal components, with mean 0 and a mean squared length of 1.

    What does not vary at all becomes 0. The sign of each component is that its largest loading is positive.
    """
    centred = columns - columns.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :components]
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    found = centred @ (axes * np.where(largest < 0, -1.0, 1.0))
    length = float((found**2).sum(axis=1).mean())
    return np.asarray(found / np.sqrt(length) if length > 1e-18 else found * 0.0, dtype=np.float64)


def nearest(points: Points, centres: Points) -> Labels:
    """The nearest centre (k, d) of each point; the first of equally near ones."""
    return np.asarray(_distances(points, centres).argmin(axis=1), dtype=np.int64)


def _distances(points: Points, centres: Points) -> Points:
    """Squared distances (n, k)."""
    squares = (points**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1)[None, :]
    return np.asarray(np.maximum(squares - 2.0 * points @ centres.T, 0.0))


def k_means(points: Points, groups: int, seed: int) -> Points:
    """Centres (groups, d) with the least sum of squared distances that a few starts find.

    ValueError with fewer points than groups.
    """
    if len(points) < groups:
        raise ValueError(f"{len(points)} points are too few for {groups} groups")
    return _tightest(points, groups, np.random.default_rng([seed, groups]))


def _tightest(points: Points, groups: int, chance: np.random.Generator) -> Points:
    found = [_improved(points, _start(points, groups, chance)) for _ in range(STARTS)]
    return min(found, key=lambda centres: float(_distances(points, centres).min(axis=1).sum()))


def _start(points: Points, groups: int, chance: np.random.Generator) -> Points:
    """k-means++: each next centre is drawn with the squared distance to those there are as its weight."""
    centres = points[[int(chance.integers(len(points)))]]
    while len(centres) < groups:
        weights = _distances(points, centres).min(axis=1)
        total = weights.sum()
        drawn = chance.choice(len(points), p=weights / total) if total > 0 else chance.integers(len(points))
        centres = np.vstack([centres, points[[int(drawn)]]])
    return centres


def _improved(points: Points, centres: Points) -> Points:
    """Lloyd's rounds, until no point changes its group. A group that loses its points keeps its centre."""
    labels = None
    for _ in range(ROUNDS):
        fresh = nearest(points, centres)
        if labels is not None and np.array_equal(fresh, labels):
            break
        labels = fresh
        sizes = np.bincount(labels, minlength=len(centres))
        sums = np.column_stack(
            [np.bincount(labels, weights=column, minlength=len(centres)) for column in points.T]
        )
        centres = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centres)
    return centres


def silhouette(points: Points, labels: Labels, seed: int) -> float:
    """The mean silhouette of at most 1,500 points drawn by the seed; 0 where there is only one group."""
    chosen = np.random.default_rng([seed, 7]).permutation(len(points))[:_COMPARED]
    points, labels = points[chosen], labels[chosen]
    groups = np.unique(labels)
    if len(groups) < 2:
        return 0.0
    apart = np.sqrt(_distances(points, points))
    sizes = np.array([(labels == each).sum() for each in groups])
    sums = np.column_stack([apart[:, labels == each].sum(axis=1) for each in groups])
    own = np.searchsorted(groups, labels)
    rows = np.arange(len(points))
    inner = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[rows, own] = np.inf
    outer = means.min(axis=1)
    widest = np.maximum(inner, outer)
    values = np.where(
        (sizes[own] > 1) & (widest > 0), (outer - inner) / np.where(widest > 0, widest, 1.0), 0.0
    )
    return float(values.mean())


class Firmness(NamedTuple):
    """How well groups are found again in bootstrap samples."""

    #: of each group, the mean of its best Jaccard, 0 to 1
    groups: list[float]
    #: mean adjusted Rand index of all of them together
    agreement: float


def stability(points: Points, centres: Points, seed: int, draws: int) -> Firmness:
    """How well each group is found again in so many bootstrap samples, and all of them together."""
    groups = len(centres)
    points = points[np.random.default_rng([seed, 11]).permutation(len(points))[:_DRAWN]]
    labels = nearest(points, centres)
    found, agreed = np.zeros((draws, groups)), np.zeros(draws)
    for draw in range(draws):
        chance = np.random.default_rng([seed, groups, draw])
        sample = points[chance.integers(len(points), size=len(points))]
        again = nearest(points, _tightest(sample, groups, chance))
        found[draw] = jaccards(labels, again, groups).max(axis=1)
        agreed[draw] = adjusted_rand(labels, again)
    return Firmness([float(each) for each in found.mean(axis=0)], float(agreed.mean()))


def adjusted_rand(one: Labels, other: Labels) -> float:
    """How alike two partitions of the same points are: 1 the same, 0 as by chance, below 0 less than that."""
    groups = int(max(one.max(), other.max())) + 1
    both = np.bincount(one * groups + other, minlength=groups * groups).reshape(groups, groups)
    shared, rows, columns = (
        float((counts * (counts - 1) / 2).sum()) for counts in (both, both.sum(axis=1), both.sum(axis=0))
    )
    pairs = len(one) * (len(one) - 1) / 2
    expected, most = rows * columns / pairs if pairs else 0.0, (rows + columns) / 2
    return (shared - expected) / (most - expected) if most > expected else 1.0


def jaccards(one: Labels, other: Labels, groups: int) -> Points:
    """Shared points over all points of each pair of groups (groups, groups)."""
    both = np.bincount(one * groups + other, minlength=groups * groups).reshape(groups, groups)
    either = both.sum(axis=1)[:, None] + both.sum(axis=0)[None, :] - both
    return np.asarray(both / np.maximum(either, 1), dtype=np.float64)


def cluster(
    points: Points, numbers: Sequence[int], seed: int, *, draws: int = 10, smallest: int = 1
) -> Clustering:
    """The best number of groups among ``numbers``, and the groups.

    Best is the most groups that are clear and firm: every one is found again in bootstrap samples
    (:data:`STABLE`) and has at least ``smallest`` points, and the silhouette is at most :data:`CLEAR` below
    the highest among such numbers. Where there is none, the number whose weakest group is the firmest.
    ValueError for no points or no number that is possible.
    """
    tried: list[tuple[Choice, Points, bool]] = []
    for groups in numbers:
        if groups > len(points):
            continue
        centres = k_means(points, groups, seed)
        labels = nearest(points, centres)
        firm = stability(points, centres, seed, draws)
        choice = Choice(
            groups=groups,
            silhouette=silhouette(points, labels, seed),
            weakest=min(firm.groups),
            stability=firm.groups,
            agreement=firm.agreement,
        )
        large = bool(np.bincount(labels, minlength=groups).min() >= smallest)
        tried.append((choice, centres, large))
    if not tried:
        raise ValueError(f"{len(points)} points are too few")
    firm_ones = [each for each in tried if each[0].weakest >= STABLE and each[2]]
    if firm_ones:
        clear = max(each[0].silhouette for each in firm_ones) - CLEAR
        best = max(
            (each for each in firm_ones if each[0].silhouette >= clear), key=lambda each: each[0].groups
        )
    else:
        best = max(tried, key=lambda each: (each[2], each[0].weakest, -each[0].groups))
    return Clustering(centres=best[1], choice=best[0], scores=[each[0] for each in tried])
