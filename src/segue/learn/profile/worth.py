"""What data is worth to profiles: how the guesses fare without the views that need a group of fields.

By ablation: the vote is fitted again without those views, on what the others said of persons they had not
seen. So what another view can replace is not missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from segue.learn.model import Weight
from segue.learn.profile.measuring import Guess, macro_auc
from segue.learn.profile.stack import fair_chances
from segue.learn.purchases import Floats
from segue.learn.value import Figure, ranked, weigh_loss
from segue.stats.metrics import Weighed

GROUPS: Final = {
    "names of products": ("types", "tastes"),
    "numbers of products (sku)": ("products",),
    "categories, departments and brands": ("groups",),
    "the store of an order": ("stores",),
    "times, amounts, prices and discounts of orders": ("habits",),
}
"""Group of fields → the views that are made of it."""
ALL: Final = "all attributes"


@dataclass(frozen=True, eq=False)
class Tried:
    """One attribute: what its members said of persons they had not seen, and what the whole did."""

    guess: Guess
    held: dict[str, Floats]


def value_of_data(tried: Sequence[Tried], persons: int, seed: int) -> list[Weight]:
    """What the mean macro AUC of all attributes loses without each group, most first, then each attribute's.

    ``persons``: how many there are whose places the guesses' rows are.
    """
    if not tried:
        return []
    found, each_found = [], []
    for name, views in GROUPS.items():
        less = [_without(each, views, seed) for each in tried]
        if all(one is each.guess.chances for one, each in zip(less, tried, strict=True)):
            continue
        whole = [each.guess for each in tried]
        other = [each.guess._replace(chances=one) for each, one in zip(tried, less, strict=True)]
        found.append(_loss(name, whole, other, persons, seed=seed, of=ALL))
        each_found += [
            _loss(name, [a], [b], persons, seed=seed, of=a.name) for a, b in zip(whole, other, strict=True)
        ]
    return [*ranked(found), *sorted(each_found, key=lambda each: (each.of, -each.value, each.name))]


def _without(tried: Tried, views: tuple[str, ...], seed: int) -> Floats:
    left = {name: chances for name, chances in tried.held.items() if name not in views}
    if len(left) == len(tried.held):
        return tried.guess.chances
    if not left:
        rates = np.bincount(tried.guess.truth, minlength=tried.guess.chances.shape[1])
        return np.tile(rates / rates.sum(), (len(tried.guess.truth), 1))
    return fair_chances(left, tried.guess.truth, seed)


def _loss(
    name: str, whole: Sequence[Guess], less: Sequence[Guess], persons: int, *, seed: int, of: str
) -> Weight:
    chosen = {0: whole, 1: less}

    def figure(which: Floats) -> Weighed:
        guesses = chosen[int(which[0])]
        figures = [(each.rows, macro_auc(each.chances, each.truth)) for each in guesses]
        return lambda weights: np.asarray(np.mean([one(weights[:, rows]) for rows, one in figures], axis=0))

    which = (np.zeros(1), [np.ones(1)])
    return weigh_loss(name, *which, Figure("auc", figure, persons), seed=seed, of=of)
