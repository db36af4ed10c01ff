"""Scoring a visit: what a fitted model of intent is asked with, and nothing of what fitting needs.

Neither LightGBM nor numpy is imported for a visit at a time: whoever reads records stays small.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from segue.learn.intent.features import NAMES, Usual, features, worded
from segue.learn.intent.steps import Visit, has_order
from segue.learn.trees import Trees

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILE: Final = "intent.json"

Goal = Literal["order", "checkout"]


_EDGE: Final = 1e-6


class Scorer(msgspec.Struct, frozen=True):
    """One calibrated question: trees, and the beta calibration of their score."""

    trees: Trees
    rise: float
    fall: float
    shift: float

    def chance(self, row: Sequence[float]) -> float:
        """Probability for one row."""
        p = min(1.0 - _EDGE, max(_EDGE, _sigmoid(self.trees.raw(row)[0])))
        return _sigmoid(self.rise * math.log(p) - self.fall * math.log1p(-p) + self.shift)

    def chances(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities (n,) of rows (n, features)."""
        from segue.stats.calibration import Beta, sigmoid

        return Beta(self.rise, self.fall, self.shift).apply(sigmoid(self.trees.raw_many(rows)[:, 0]))


def _sigmoid(x: float) -> float:
    small = math.exp(-abs(x))
    return (1.0 if x >= 0 else small) / (1.0 + small)


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """What a visit looks like after its latest step."""

    #: probability that she goes on to the goal in this visit
    will_buy: float
    #: probability that she leaves within the next steps with products in the cart; None for an empty cart
    leaves_cart: float | None
    #: what speaks for and against buying, in words, best first
    because: list[str]


class Judge(msgspec.Struct, frozen=True, kw_only=True):
    """A fitted model of intent, as it is kept."""

    #: what buying is: an order, or where the shop takes none online, the beginning of a checkout
    goal: Goal
    zone: str
    usual: Usual
    will_buy: Scorer
    #: None where filled carts were too few, or all came to the same end
    leaves_cart: Scorer | None = None
    #: share of filled carts that were left, where there is no scorer of it
    left: float | None = None

    def __call__(self, visit: Visit) -> Intent:
        """Score a visit that has come this far."""
        row = features(visit, self.zone, self.usual)
        if self.reached(visit):
            return Intent(will_buy=1.0, leaves_cart=self._leaves(row), because=["is at the checkout already"])
        because = worded(row, self.will_buy.trees.because(row))
        return Intent(will_buy=self.will_buy.chance(row), leaves_cart=self._leaves(row), because=because)

    def reached(self, visit: Visit) -> bool:
        """Whether the goal is behind her; of orders there may always be another."""
        return self.goal == "checkout" and reached_checkout(visit)

    def _leaves(self, row: Sequence[float]) -> float | None:
        if row[_PIECES] <= 0:
            return None
        return self.left if self.leaves_cart is None else self.leaves_cart.chance(row)


_PIECES: Final = NAMES.index("cart_pieces")


def reached_checkout(visit: Visit) -> bool:
    """Whether she has begun to check out, or bought."""
    return has_order(visit.steps) or any(step.what == "Checkout Started" for step in visit.steps)


def read_judge(folder: Path) -> Judge:
    """What a training run has left in ``folder``. FileNotFoundError, ``msgspec.DecodeError``."""
    return msgspec.json.decode((folder / FILE).read_bytes(), type=Judge)
