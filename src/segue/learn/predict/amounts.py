"""What she will spend: the chance of any order, times what it comes to if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segue.learn.predict.features import Matrix
from segue.learn.predict.heads import FEW, gains, grow

if TYPE_CHECKING:
    import lightgbm

Floats = NDArray[np.float64]

LEVELS = tuple(np.linspace(0.025, 0.975, 39).round(3).tolist())
LEAST = 0.01
"""Of a unit of money: what is counted as spending something."""
ROUNDS = 150
UNLIKELY = 0.01
Law3 = tuple[int, int, int]


class Amounts:
    """Spend within the horizon, given that there is any."""

    def __init__(
        self,
        booster: lightgbm.Booster | None,
        law: Law3,
        factor: float,
        ratios: Sequence[float],
    ) -> None:
        #: what the trees add to the law's word; None where there was too little to grow them
        self.booster = booster
        #: columns of the visits that the law expects, of the chance of any, and of what one comes to
        self.law = law
        #: what brings the sum to that of the calibrating window
        self.factor = factor
        #: what was spent ÷ what was said, at :data:`LEVELS`
        self.ratios = list(ratios)

    def raw(self, values: Matrix) -> Floats:
        """Before the factor ``(n,)``."""
        start = by_law(values, self.law)
        if self.booster is None or not len(values):
            return np.exp(start)
        return np.exp(start + np.asarray(self.booster.predict(values, raw_score=True), np.float64))

    def given_any(self, values: Matrix) -> Floats:
        """Expected spend if there is any ``(n,)``."""
        return self.factor * self.raw(values)

    def bounds(self, chance: Floats, given_any: Floats) -> tuple[Floats, Floats]:
        """What holds 80 % of what she may spend ``(n,)``: between the outer tenths of the mixture.

        Where a tenth or more spends nothing, from nothing to what four fifths stay below.
        """
        nothing = 1 - chance
        high = np.where(nothing >= 0.1, 0.8, 0.9)
        return self._at(0.1, nothing, chance) * given_any, self._at(high, nothing, chance) * given_any

    def parts(self, values: Matrix) -> Floats:
        """What each feature adds to the logarithm ``(n, names)``."""
        if self.booster is None or not len(values):
            return np.zeros(values.shape)
        return np.asarray(self.booster.predict(values, pred_contrib=True), np.float64)[:, :-1]

    def gains(self) -> Floats:
        """Share of the total gain of each feature ``(names,)``; empty without trees."""
        return gains(self.booster)

    def _at(self, level: float | Floats, nothing: Floats, chance: Floats) -> Floats:
        inside = np.clip((level - nothing) / np.maximum(chance, 1e-9), 0, 1)
        ratio = np.interp(inside, LEVELS, self.ratios) if self.ratios else np.ones_like(chance)
        return np.where(level <= nothing, 0.0, ratio)


def learn_amounts(
    training: tuple[Matrix, Floats],
    later: tuple[Matrix, Floats],
    names: Sequence[str],
    seed: int,
) -> Amounts:
    """Grow on who spent something; bring sum and spread to what the later rows spent."""
    values, amount = training
    some = amount > LEAST
    law = (list(names).index("visits_90"), list(names).index("law_90"), list(names).index("worth"))
    booster = None
    if int(some.sum()) >= 4 * FEW and float(np.ptp(amount[some])) > 0:
        start = by_law(values[some], law)
        booster = grow(values[some], amount[some], names, "gamma", seed=seed, rounds=ROUNDS, start=start)
    plain = Amounts(booster, law, 1.0, ())
    spent = later[1] > LEAST
    if not spent.any():
        return plain
    said, true = plain.raw(later[0][spent]), later[1][spent]
    factor = float(true.sum() / said.sum())
    ratios = np.quantile(true / (factor * said), LEVELS)
    return Amounts(booster, law, factor, ratios.tolist())


def by_law(values: Matrix, law: Law3) -> Floats:
    """Logarithm of what the laws expect of who comes ``(n,)``: visits if any, times what one comes to."""
    visits, chance, worth = (np.nan_to_num(values[:, column].astype(np.float64)) for column in law)
    given_any = np.maximum(visits / np.maximum(chance, UNLIKELY), 1.0)
    return np.log(np.maximum(given_any * worth, LEAST))
