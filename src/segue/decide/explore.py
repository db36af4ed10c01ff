"""Exploring on purpose, and knowing with which probability.

Among the best :data:`BREADTH` candidates the share of seeded posterior draws in which each is the best is its
weight w (Thompson sampling by its probabilities). A floor keeps every one possible: p = f + (1 − n·f)·w with
f = exploration ÷ n. A slot is drawn from p; for the next one those left are compared in the same draws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BREADTH = 20
"""Candidates among which there is exploring."""
DRAWS = 256
BOLDNESS = 0.35
"""What draws use of the posterior's deviation. Less than all of it explores less and earns more where actions
are many and time is short (Chapelle and Li, NIPS 2011, 3.2); the floor sees to it that nothing is lost for
good. Chosen in simulated worlds, of 1, .5, .35 and .25."""


class Drawn(NamedTuple):
    """One slot: which candidate, and with which probability it was to be drawn."""

    place: int
    propensity: float


class Draws:
    """Posterior draws of the scores of n candidates, and a stream of chances; all from one seed."""

    def __init__(self, seed: int, means: Floats, spreads: Floats, score: Callable[[Floats], Floats]) -> None:
        import numpy as np

        self._chances = np.random.Generator(np.random.PCG64(seed))
        noise = self._chances.standard_normal((DRAWS, len(means)))
        self._scores = score(np.clip(means + BOLDNESS * noise * spreads, 0.0, 1.0))

    def weights(self, left: Sequence[int]) -> Floats:
        """Share of the draws in which each of those left is the best; ties go to the first."""
        import numpy as np

        best = np.argmax(self._scores[:, left], axis=1)
        found: Floats = np.bincount(best, minlength=len(left)) / DRAWS
        return found

    def draw(self, left: Sequence[int], exploration: float) -> Drawn:
        """One of those left."""
        import numpy as np

        floor = exploration / len(left)
        chances = floor + (1 - len(left) * floor) * self.weights(left)
        at = int(np.searchsorted(np.cumsum(chances), self._chances.random() * chances.sum(), side="right"))
        at = min(at, len(left) - 1)
        return Drawn(left[at], float(chances[at]))
