"""When she comes back: one curve for each customer through the chances of all horizons.

Between two horizons the hazard is constant; beyond the last it stays what it was before it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LATEST = 365.0
"""Days beyond which a curve says nothing."""
EDGE = 1e-6


class Curve:
    """Chances of having come back ``(horizons, n)`` at rising ``days``, made to rise."""

    def __init__(self, days: Sequence[int], chances: Floats) -> None:
        rising = np.maximum.accumulate(np.clip(chances, EDGE, 1 - EDGE), axis=0)
        self.days = np.array([0.0, *days])
        #: minus the logarithm of the chance of not having come by then (horizons + 1, n)
        self.hazard = np.vstack([np.zeros(chances.shape[1]), -np.log1p(-rising)])
        last = np.diff(self.hazard[-2:], axis=0)[0] / (self.days[-1] - self.days[-2])
        self.rate = np.maximum(last, EDGE)

    def away(self, days: Floats) -> Floats:
        """Chance of not coming within these days, one figure a customer ``(n,)``."""
        total = self.rate * np.maximum(days - self.days[-1], 0)
        for place in range(len(self.days) - 1):
            width = self.days[place + 1] - self.days[place]
            part = np.clip((days - self.days[place]) / width, 0, 1)
            total = total + part * (self.hazard[place + 1] - self.hazard[place])
        gone: Floats = np.exp(-total)
        return gone

    def day(self, share: float) -> Floats:
        """Days after which she has come with this chance ``(n,)``, at most :data:`LATEST`."""
        wanted = -np.log1p(-share)
        result = self.days[-1] + (wanted - self.hazard[-1]) / self.rate
        for place in reversed(range(len(self.days) - 1)):
            low, high = self.hazard[place], self.hazard[place + 1]
            within = (wanted - low) / np.maximum(high - low, EDGE)
            inside = self.days[place] + within * (self.days[place + 1] - self.days[place])
            result = np.where(wanted <= high, inside, result)
        days: Floats = np.clip(result, 0, LATEST)
        return days
