"""Exploring on purpose, and knowing with which probability.

Among the best :data:`BREADTH` candidates the share of seeded posterior draws in which each is the best is its
weight w (Thompson sampling by its probabilities). A floor keeps every one possible: p = f + (1 − n·f)·w with
f = exploration ÷ n. A slot is drawn from p; for the next one those left are compared in the same draws.

The draws come from one table of standard normal numbers, the same for everybody: a seed says where in it a
decision begins, which is as good for weights as numbers of its own and costs nothing. Which candidate is
drawn from p follows from the seed alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

BREADTH = 20
"""Candidates among which there is exploring."""
DRAWS = 256
BOLDNESS = 0.35
"""What draws use of the posterior's deviation. Less than all of it explores less and earns more where actions
are many and time is short (Chapelle and Li, NIPS 2011, 3.2); the floor sees to it that nothing is lost for
good. Chosen in simulated worlds, of 1, .5, .35 and .25."""

_ROWS: Final = 8_192
_TABLE_SEED: Final = 20_261
_ALL: Final = 2**64 - 1


class Drawn(NamedTuple):
    """One slot: which candidate, and with which probability it was to be drawn."""

    place: int
    propensity: float


class Draws:
    """Posterior draws of the scores of n candidates, and a stream of chances; all from one seed."""

    def __init__(self, seed: int, means: Floats, spreads: Floats, score: Callable[[Floats], Floats]) -> None:
        self._seed = seed
        self._taken = 0
        drawn = _noise(len(means), _mixed(seed))
        drawn = drawn * (BOLDNESS * spreads)
        drawn += means
        self._scores = score(drawn.clip(0.0, 1.0, out=drawn))
        self._first: Ints = self._scores.argmax(axis=1)
        self._shares: list[float] | None = None
        self._alive = set(range(len(means)))

    def weights(self, left: Sequence[int]) -> list[float]:
        """Share of the draws in which each of those left is the best; ties go to the first.

        Whoever is not left is never left again.
        """
        import numpy as np

        width = self._scores.shape[1]
        if len(left) == width and self._shares is not None:
            return self._shares
        counts = np.bincount(self._best(left), minlength=width).tolist()
        shares = [counts[place] / DRAWS for place in left]
        if len(left) == width:
            self._shares = shares
        return shares

    def _best(self, left: Sequence[int]) -> Ints:
        """Of each draw the best of those left."""
        for place in self._alive.difference(left):
            self._alive.discard(place)
            self._scores[:, place] = -inf
            stale = (self._first == place).nonzero()[0]
            self._first[stale] = self._scores[stale].argmax(axis=1)
        return self._first

    def draw(self, left: Sequence[int], exploration: float) -> Drawn:
        """One of those left, which are ascending."""
        floor = exploration / len(left)
        share = 1 - len(left) * floor
        chances = [floor + share * weight for weight in self.weights(left)]
        until = list(accumulate(chances))
        self._taken += 1
        aim = chance(self._seed, self._taken) * until[-1]
        at = next((place for place, end in enumerate(until) if aim < end), len(left) - 1)
        return Drawn(left[at], chances[at])


def _noise(width: int, start: int) -> Floats:
    table = _table(max(width, BREADTH))
    first = start % (_ROWS - DRAWS)
    return table[first : first + DRAWS, :width]


@lru_cache(maxsize=4)
def _table(width: int) -> Floats:
    import numpy as np

    return np.random.Generator(np.random.PCG64(_TABLE_SEED)).standard_normal((_ROWS, width))


def _mixed(number: int) -> int:
    """A number of 64 bits that tells nothing of its neighbours' (SplitMix64; Steele, Lea and Flood, 2014)."""
    mixed = number & _ALL
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _ALL
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _ALL
    return mixed ^ (mixed >> 31)


def chance(seed: int, number: int) -> float:
    """From 0 to 1, the ``number``-th of a seed's."""
    return (_mixed(seed + number * 0x9E3779B97F4A7C15) >> 11) * 2.0**-53
