"""One yes-or-no question: boosted trees, a calibration from later time, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from segue.learn.predict.features import Matrix
from segue.stats.calibration import Calibration, Unchanged
from segue.stats.calibration import fit as calibrate
from segue.stats.metrics import calibration as bins_of

if TYPE_CHECKING:
    import lightgbm

Floats = NDArray[np.float64]

ROUNDS = 150
FEW = 30
"""Rows of the rarer answer below which trees are not grown: the law answers then."""
ENOUGH_TO_BEND = 100
BINS = 10
LEVEL = 0.8

TREES: dict[str, Any] = {
    "learning_rate": 0.05,
    "num_leaves": 7,
    "min_child_samples": 60,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 127,
    "verbose": -1,
    "deterministic": True,
    "force_row_wise": True,
    # threads that wait for each other on a busy machine cost fifty times what they save on so few rows
    "num_threads": 1,
}
"""Chosen on Complete Journey's weeks 37 to 44, none of which any bench tests on."""


class Sureness(msgspec.Struct, frozen=True):
    """Bounds of a probability, by rising probability; between them straight lines."""

    chance: list[float]
    low: list[float]
    high: list[float]

    def bounds(self, chance: Floats) -> tuple[Floats, Floats]:
        """80 % bounds of the share of yes among customers like these ``(n,)``."""
        if not self.chance:
            return chance, chance
        low = np.minimum(np.interp(chance, self.chance, self.low), chance)
        high = np.maximum(np.interp(chance, self.chance, self.high), chance)
        return low, high


class Head:
    """A fitted question over named features."""

    def __init__(
        self,
        booster: lightgbm.Booster | None,
        calibration: Calibration,
        sureness: Sureness,
        fallback: int,
    ) -> None:
        #: None where there was too little to grow trees on
        self.booster = booster
        self.calibration = calibration
        self.sureness = sureness
        #: column of the law's own answer
        self.fallback = fallback

    def chance(self, values: Matrix) -> Floats:
        """Probability of yes ``(n,)``."""
        return self.calibration.apply(self.raw(values))

    def raw(self, values: Matrix) -> Floats:
        """Before calibration ``(n,)``."""
        if self.booster is None:
            return np.clip(np.nan_to_num(values[:, self.fallback].astype(np.float64)), 0, 1)
        return np.asarray(self.booster.predict(values), np.float64) if len(values) else np.empty(0)

    def parts(self, values: Matrix) -> Floats:
        """What each feature adds to the log-odds ``(n, names)``."""
        if self.booster is None or not len(values):
            parts = np.zeros(values.shape)
            parts[:, self.fallback] = np.nan_to_num(values[:, self.fallback]) - 0.5
            return parts
        return np.asarray(self.booster.predict(values, pred_contrib=True), np.float64)[:, :-1]

    def gains(self) -> Floats:
        """Share of the total gain of each feature ``(names,)``; empty without trees."""
        return gains(self.booster)


def gains(booster: lightgbm.Booster | None) -> Floats:
    """Share of the total gain of each feature ``(names,)``; empty without trees."""
    if booster is None:
        return np.empty(0)
    gain = np.asarray(booster.feature_importance("gain"), np.float64)
    return np.asarray(gain / max(float(gain.sum()), 1e-12))


def learn(
    training: tuple[Matrix, NDArray[np.bool_]],
    later: tuple[Matrix, NDArray[np.bool_]],
    names: Sequence[str],
    fallback: str,
    *,
    seed: int,
    rounds: int = ROUNDS,
) -> Head:
    """Grow on the training rows and calibrate on the later ones."""
    values, truth = training
    rare = min(int(truth.sum()), int((~truth).sum()))
    booster = (
        grow(values, truth.astype(np.float64), names, "binary", seed=seed, rounds=rounds)
        if rare >= FEW
        else None
    )
    plain = Head(booster, Unchanged(), Sureness([], [], []), list(names).index(fallback))
    return Head(booster, *of_later(plain.raw(later[0]), later[1]), plain.fallback)


def of_later(raw: Floats, truth: NDArray[np.bool_]) -> tuple[Calibration, Sureness]:
    """What makes a raw chance an answer, from rows later than those it was learnt from."""
    calibration = _calibration(raw, truth)
    return calibration, _sureness(calibration.apply(raw), truth)


def grow(
    values: Matrix,
    target: Floats,
    names: Sequence[str],
    objective: str,
    *,
    seed: int,
    rounds: int = ROUNDS,
    start: Floats | None = None,
) -> lightgbm.Booster:
    """Trees with the settings above, grown from ``start``; the same rows and seed give the same trees."""
    import lightgbm

    least = max(5, min(int(TREES["min_child_samples"]), len(values) // 50))
    settings = {**TREES, "objective": objective, "seed": seed, "min_child_samples": least}
    plain = [f"f{place}" for place in range(len(names))]
    data = lightgbm.Dataset(
        values,
        target,
        init_score=start,
        feature_name=plain,
        params={"max_bin": TREES["max_bin"], "verbose": -1},
    )
    return lightgbm.train(settings, data, rounds)


def _calibration(raw: Floats, truth: NDArray[np.bool_]) -> Calibration:
    """Beta where there are enough of both answers, Platt for few, nothing where there is but one."""
    rare = min(int(truth.sum()), int((~truth).sum()))
    if rare == 0:
        return Unchanged()
    return calibrate("beta" if rare >= ENOUGH_TO_BEND else "platt", raw, truth)


def _sureness(chance: Floats, truth: NDArray[np.bool_]) -> Sureness:
    """Jeffreys' interval of the share of yes in each tenth of the calibrating rows."""
    from scipy.special import betaincinv

    predicted, observed, rows = bins_of(truth, chance, BINS)
    if not len(rows):
        return Sureness([], [], [])
    yes, no = observed * rows + 0.5, (1 - observed) * rows + 0.5
    low, high = betaincinv(yes, no, (1 - LEVEL) / 2), betaincinv(yes, no, (1 + LEVEL) / 2)
    return Sureness(predicted.tolist(), low.tolist(), high.tolist())
