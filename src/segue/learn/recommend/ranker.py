"""The ranker: LightGBM's lambdarank over candidates, kept as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    "force_row_wise": True,
}
ROUNDS = 200


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
    """A fitted one."""

    def __init__(self, booster: Any) -> None:
        self._booster = booster

    def score(self, rows: Matrix, threads: int = 0) -> NDArray[np.float64]:
        """Higher is likelier; comparable within one query only."""
        if not len(rows):
            return np.zeros(0)
        scores: NDArray[np.float64] = self._booster.predict(rows, num_threads=threads)
        return scores

    def gains(self) -> NDArray[np.float64]:
        """Each feature's share of the total gain."""
        gains: NDArray[np.float64] = self._booster.feature_importance("gain")
        return gains / max(float(gains.sum()), 1e-12)

    def text(self) -> str:
        """As LightGBM writes it."""
        written: str = self._booster.model_to_string()
        return written

    def save(self, path: Path) -> None:
        """As LightGBM's text."""
        path.write_text(self.text(), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Ranker:
        """What :meth:`save` wrote."""
        import lightgbm

        return cls(lightgbm.Booster(model_str=path.read_text(encoding="utf-8")))


def fit(examples: Examples, seed: int, *, rounds: int = ROUNDS, **settings: Any) -> Ranker:
    """Fit; the same examples and seed give the same ranker."""
    import lightgbm

    data = lightgbm.Dataset(
        examples.rows, examples.bought.astype(np.int8), group=examples.sizes, feature_name=list(FEATURES),
    )  # fmt: skip
    return Ranker(lightgbm.train(SETTINGS | {"seed": seed} | settings, data, rounds))
