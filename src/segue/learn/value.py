"""Data value: what each group of fields contributes to a model, so that one knows what is worth collecting.

Two ways. *Permutation*: on held-out rows, the columns of a group are shuffled together between persons, and
it is measured how much worse the fitted model gets; cheap, but blind to what another group could replace.
*Ablation*: the model is fitted again without the group; it costs a fit, and is what not collecting costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.learn.features.feature import GROUPS
from segue.learn.model import Weight
from segue.learn.purchases import Floats
from segue.stats.bootstrap import Interval, interval
from segue.stats.metrics import Weighed

ROUNDS = 200
REPEATS = 5

Score = Callable[[Any], Floats]
"""Columns → predictions, by the fitted model."""


@dataclass(frozen=True)
class Figure:
    """What is measured, and on which rows."""

    #: as on the card: ``auc``, ``lift@10%``
    name: str
    #: predictions → the figure under weightings of the rows
    of: Callable[[Floats], Weighed]
    rows: int
    higher_is_better: bool = True
    #: whose row each is, where a person has several
    persons: Sequence[int] | None = None


def permuted(
    score: Score,
    values: NDArray[Any],
    groups: Mapping[str, Sequence[int]],
    figure: Figure,
    *,
    seed: int,
    of: str = "",
    repeats: int = REPEATS,
) -> list[Weight]:
    """What the figure loses when each group's columns are shuffled between rows, best group first.

    ``values``: held-out rows × columns; ``groups``: name → its columns. A value is the mean of all shuffles.
    """
    whole = score(values)
    random = np.random.default_rng(seed)
    found = []
    for name, columns in groups.items():
        worse = []
        for _ in range(repeats):
            shuffled = values.copy()
            shuffled[:, list(columns)] = values[random.permutation(len(values))][:, list(columns)]
            worse.append(score(shuffled))
        found.append(weigh_loss(name, whole, worse, figure, seed=seed, of=of))
    return ranked(found)


def ablated(
    fit: Callable[[str | None], Floats], groups: Sequence[str], figure: Figure, *, seed: int, of: str = ""
) -> list[Weight]:
    """What the figure loses when the model is fitted without each group, best group first.

    ``fit``: the group to leave out (None: none) → predictions for the held-out rows.
    """
    whole = fit(None)
    found = [weigh_loss(name, whole, [fit(name)], figure, seed=seed, of=of) for name in groups]
    return ranked(found)


def weigh_loss(
    name: str, whole: Floats, without: Sequence[Floats], figure: Figure, *, seed: int, of: str = ""
) -> Weight:
    """The loss of one group with its 95 % interval (the same resamples with and without it)."""
    best, others = figure.of(whole), [figure.of(each) for each in without]
    sign = 1.0 if figure.higher_is_better else -1.0

    def loss(weights: Floats) -> Floats:
        worse = np.mean([each(weights) for each in others], axis=0)
        return np.asarray(sign * (best(weights) - worse), np.float64)

    found = interval(loss, figure.rows, seed=seed, rounds=ROUNDS, groups=figure.persons)
    return Weight(
        name=name, title=in_words(name, found, figure.name), value=found.value,
        low=found.low, high=found.high, of=of,
    )  # fmt: skip


def in_words(name: str, loss: Interval, figure: str) -> str:
    """Whether collecting that group of fields is worth it, in a sentence."""
    title = GROUPS.get(name, name)
    if loss.low > 0:
        return f"{title}: worth collecting, without it {figure} is worse by {loss.value:.3g}"
    if loss.high < 0:
        return f"{title}: could go, {figure} is better without it by {-loss.value:.3g}"
    return f"{title}: could go as far as this model is concerned, {figure} does not measurably miss it"


def ranked(weights: Sequence[Weight]) -> list[Weight]:
    """By what is lost, most first; equal ones by name."""
    return sorted(weights, key=lambda each: (-each.value, each.name))
