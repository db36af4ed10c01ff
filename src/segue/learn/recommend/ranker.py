"""The ranker: LightGBM's lambdarank over candidates, and a second opinion on the new ones; kept as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from segue.learn.recommend.chances import Chances
from segue.learn.recommend.features import FEATURES, Matrix

SETTINGS: dict[str, Any] = {
    "objective": "lambdarank",
    "learning_rate": 0.08,
    "num_leaves": 15,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambdarank_truncation_level": 12,
    "max_bin": 63,
    "label_gain": [0, 1],
    "verbosity": -1,
    "deterministic": True,
    # its threads wait for one another on a machine that others use too
    "num_threads": 1,
    "force_row_wise": True,
}
ROUNDS = 200
ANEW: dict[str, Any] = {
    name: value
    for name, value in SETTINGS.items()
    if name not in ("lambdarank_truncation_level", "label_gain")
} | {"objective": "binary", "learning_rate": 0.05}
"""Who orders what she never bought: one query rarely has two of them to compare, so each counts alone."""
ANEW_ROUNDS = 80
FEWEST = 100
"""Bought for the first time: so many that they are worth a ranker of their own."""
RANKER, FRESH, CHANCES = "ranker.txt", "fresh.txt", "chances.json"
_TIMES = FEATURES.index("times")
_NONE: NDArray[np.int64] = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class Examples:
    """Rows to learn from, those of a query beside each other."""

    rows: Matrix
    #: whether it was bought
    bought: NDArray[np.bool_]
    #: rows of each query
    sizes: NDArray[np.int64]

    @classmethod
    def joined(cls, parts: Sequence[Examples]) -> Examples:
        """Several after one another."""
        return cls(
            *(np.concatenate([getattr(part, name) for part in parts]) for name in ("rows", "bought", "sizes"))
        )


class Ranker:
    """A fitted one: who orders everything, who orders anew what she never bought, and how likely each is.

    What is bought again and what is bought for the first time compete for places in one answer; which places
    go to the new is said by the first ranker, and which of the new take them by the second, for the first
    learns of them little but that they rarely win.
    """

    def __init__(self, booster: Any, fresh: Any = None, chances: Chances | None = None) -> None:
        self._booster, self._fresh = booster, fresh
        #: None where too little was held out to learn chances from: then a score only orders
        self.chances = chances

    def score(self, rows: Matrix, asked: NDArray[Any], threads: int = 0) -> NDArray[np.float64]:
        """Higher is likelier; comparable within one query only. ``asked``: of which query each row is."""
        if not len(rows):
            return np.zeros(0)
        scores: NDArray[np.float64] = self._booster.predict(rows, num_threads=threads)
        fresh = np.flatnonzero(rows[:, _TIMES] == 0) if self._fresh is not None else _NONE
        if len(fresh) > 1:
            anew = self._fresh.predict(rows[fresh], num_threads=threads)
            places = fresh[np.lexsort((-scores[fresh], asked[fresh]))]
            scores[fresh[np.lexsort((-anew, asked[fresh]))]] = scores[places]
        return scores

    def gains(self) -> NDArray[np.float64]:
        """Each feature's share of the total gain."""
        gains: NDArray[np.float64] = self._booster.feature_importance("gain")
        return gains / max(float(gains.sum()), 1e-12)

    def text(self) -> str:
        """All of it."""
        chances = "" if self.chances is None else msgspec.json.encode(self.chances).decode()
        return "\n".join((*(each.model_to_string() for each in self._boosters().values()), chances))

    def knowing(self, chances: Chances | None) -> Ranker:
        """The same with these chances."""
        return Ranker(self._booster, self._fresh, chances)

    def _boosters(self) -> dict[str, Any]:
        every = {RANKER: self._booster, FRESH: self._fresh}
        return {name: booster for name, booster in every.items() if booster is not None}

    def save(self, folder: Path) -> None:
        """Into an existing folder: LightGBM's texts, and the chances."""
        for name, booster in self._boosters().items():
            (folder / name).write_text(booster.model_to_string(), encoding="utf-8")
        if self.chances is not None:
            (folder / CHANCES).write_bytes(msgspec.json.encode(self.chances))

    @classmethod
    def load(cls, folder: Path) -> Ranker:
        """What :meth:`save` wrote."""
        chances = folder / CHANCES
        return cls(
            _booster(folder / RANKER),
            _booster(folder / FRESH) if (folder / FRESH).exists() else None,
            msgspec.json.decode(chances.read_bytes(), type=Chances) if chances.exists() else None,
        )


def _booster(path: Path) -> Any:
    import lightgbm

    return lightgbm.Booster(model_str=path.read_text(encoding="utf-8"))


def fit(examples: Examples, seed: int, *, rounds: int = ROUNDS) -> Ranker:
    """Fit; the same examples and seed give the same ranker. Chances are learnt later, from others."""
    import lightgbm

    data = lightgbm.Dataset(
        examples.rows, examples.bought.astype(np.int8), group=examples.sizes, feature_name=list(FEATURES),
    )  # fmt: skip
    booster = lightgbm.train(SETTINGS | {"seed": seed}, data, rounds)
    fresh = examples.rows[:, _TIMES] == 0
    if examples.bought[fresh].sum() < FEWEST:
        return Ranker(booster)
    data = lightgbm.Dataset(
        examples.rows[fresh], examples.bought[fresh].astype(np.int8), feature_name=list(FEATURES)
    )
    return Ranker(booster, lightgbm.train(ANEW | {"seed": seed}, data, min(rounds, ANEW_ROUNDS)))
