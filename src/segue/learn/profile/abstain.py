"""When to say nothing: from which confidence on a guess is said, and how often it is then right."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RIGHT: Final = 0.7
"""Of what is said, this share is to be right,"""
BETTER: Final = 0.03
"""and so much more than if the most frequent class were said of everybody."""
_FEW: Final = 0.1
_CLEARLY: Final = 1.25
"""Where that cannot be had, the surest tenth is said if right this many times as often as that class."""
_ROWS: Final = 30
NEVER: Final = 2.0
"""A confidence that nobody reaches."""
SHARES: Final = (1.0, 0.8, 0.6, 0.4, 0.2, 0.1)
"""Points of the abstention curve: the surest so many."""


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """From which confidence on a guess is said."""

    confidence: float
    #: share of what is then said that is right, measured on persons it was not fitted on
    accuracy: float
    #: share of persons of whom something is said
    answered: float

    @classmethod
    def choose(cls, chances: Floats, truth: Ints) -> Threshold:
        """The lowest that is right often enough, from held-out chances (n, k) and classes (n,).

        Where nothing is, nothing is said: the confidence is ``NEVER``, the accuracy that of the surest tenth.
        """
        sure, right = confidence(chances, truth)
        rows = np.arange(1, len(right) + 1)
        frequent = float(np.bincount(truth).max() / len(truth))
        wanted = max(RIGHT, min(0.95, frequent + BETTER))
        share = np.cumsum(right) / rows
        good = np.flatnonzero((share >= wanted) & (rows >= min(_ROWS, len(right))))
        last = int(good[-1]) if len(good) else max(0, int(_FEW * len(right)) - 1)
        if not len(good) and share[last] < _CLEARLY * frequent:
            return cls(confidence=NEVER, accuracy=float(share[last]), answered=0.0)
        said = sure >= sure[last]
        return cls(
            confidence=float(sure[last]), accuracy=float(right[said].mean()), answered=float(said.mean())
        )


def confidence(chances: Floats, truth: Ints) -> tuple[Floats, Floats]:
    """Confidence in the likeliest class and whether it was right, surest first."""
    sure = chances.max(axis=1)
    order = np.argsort(-sure, kind="stable")
    right = (chances.argmax(axis=1) == truth)[order].astype(np.float64)
    return np.asarray(sure[order], np.float64), right


def curve(chances: Floats, truth: Ints) -> list[tuple[float, float, float]]:
    """``(share answered, confidence, accuracy)`` at each of ``SHARES``."""
    sure, right = confidence(chances, truth)
    found = []
    for share in SHARES:
        rows = max(1, round(share * len(right)))
        found.append((share, float(sure[rows - 1]), float(right[:rows].mean())))
    return found
