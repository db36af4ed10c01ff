"""How far what a model sees and says has moved since it was trained: the population stability index.

Below 0.1 nothing has moved, up to 0.25 something has, and above a model should be trained anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from segue.learn.judged import Drift
from segue.learn.model import Scores

Baseline = Mapping[str, Sequence[Sequence[float]]]
"""Name → bin edges (inner ones, ascending) and the shares of the bins (one more), and of what was missing."""

MOVED = 0.1
FAR = 0.25
_LEAST = 1e-4
BINS = 10


def baseline(values: ArrayLike, bins: int = BINS) -> list[list[float]]:
    """Inner edges at quantiles of ``values``, and the shares of the bins; the last share is what is NaN."""
    column = np.asarray(values, np.float64)
    seen = column[np.isfinite(column)]
    if not len(seen):
        return [[], [0.0, 1.0 if len(column) else 0.0]]
    edges = np.unique(np.quantile(seen, np.linspace(0, 1, bins + 1)[1:-1]))
    return [edges.tolist(), shares(edges.tolist(), column)]


def shares(edges: Sequence[float], values: ArrayLike) -> list[float]:
    """The share of each bin between ``edges``, and last of what is missing."""
    column = np.asarray(values, np.float64)
    finite = np.isfinite(column)
    counts = np.bincount(np.searchsorted(edges, column[finite], side="right"), minlength=len(edges) + 1)
    total = max(len(column), 1)
    return [*(counts / total).tolist(), float((~finite).sum() / total)]


def index(before: Sequence[Sequence[float]], values: ArrayLike) -> float:
    """The population stability index of ``values`` against a baseline; 0 where one of them is empty."""
    edges, old = before[0], np.asarray(before[1], np.float64)
    column = np.asarray(values, np.float64)
    new = np.asarray(shares(edges, column))
    if len(old) == len(new) - 1:  # a baseline without a share for what is missing
        old = np.append(old, 0.0)
    if len(old) != len(new) or not old.sum() or not len(column):
        return 0.0
    old, new = np.maximum(old / old.sum(), _LEAST), np.maximum(new, _LEAST)
    return float(((new - old) * np.log(new / old)).sum())


def of_scores(scores: Sequence[Scores]) -> dict[str, list[list[float]]]:
    """The baselines of what a model says of everybody."""
    return {each.name: baseline(each.value) for each in scores if len(each.value)}


def drift(
    as_of: str,
    features: tuple[Baseline, Mapping[str, ArrayLike]],
    scores: tuple[Baseline, Mapping[str, ArrayLike]],
) -> Drift:
    """Baselines against what is seen and said now; names that only one side has are left out."""
    found = [
        {name: round(index(before[name], now[name]), 4) for name in sorted(before) if name in now}
        for before, now in (features, scores)
    ]
    worst = max([0.0, *found[0].values(), *found[1].values()])
    state: Literal["steady", "moved", "far"] = (
        "steady" if worst < MOVED else "moved" if worst < FAR else "far"
    )
    return Drift(as_of=as_of, worst=worst, state=state, features=found[0], scores=found[1])
