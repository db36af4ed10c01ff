"""How much likelier a discount makes an acceptance, learnt from what became of slots at each depth.

An action at a placement answers a discount of d percent with a lift of 1 + β d ÷ 100. What is known of it
are counts by depth: slots seen n_d, accepted k_d. How much it is accepted at all says nothing of β and is
taken out: given that K were accepted, at which depths is multinomial with chances n_d L_d ÷ Σ n L (the
conditional likelihood of Poisson counts; Cox and Hinkley, Theoretical Statistics, 2.2), so that an action
that is only ever shown at one depth confirms nothing. Every action has a β of its own, β ~ N(common,
:data:`APART`²), and the common one is believed to be N(:data:`BELIEVED`, :data:`DOUBT`²), neither below 0:
actions of which little is known are drawn towards the others, and all of them towards the belief. Posteriors
are sums over a grid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BELIEVED = 2.5
"""β beforehand: 10 % off make an acceptance 25 % likelier. A usual elasticity."""
DOUBT = 1.5
"""Standard deviation of that belief."""
APART = 1.0
"""How far an action's β is believed to be from the common one (standard deviation)."""
OTHERS: Final = ""
"""Stands for every action of which nothing is known."""

_NORMAL: Final = NormalDist()
_EDGE: Final = 1e-9
"""Draws nearer to 0 or 1 count as this far from it."""
_MOST = 12.0
_STEPS = 121

Lift = tuple[float, float]
"""β of an action: mean and standard deviation."""
UNLEARNT: Final[Lift] = (BELIEVED, DOUBT)


class AtDepth(NamedTuple):
    """What became of an action's slots at one depth; faded, so no whole numbers."""

    percent: int
    seen: float
    accepted: float


def learn(counts: Mapping[str, Sequence[AtDepth]]) -> dict[str, Lift]:
    """Key → β, of those keys of whom something is known; :data:`OTHERS` is there always."""
    import numpy as np

    telling = {
        key: each for key, each in counts.items() if len({at.percent for at in each if at.seen > 0}) > 1
    }
    grid: Floats = np.linspace(0.0, _MOST, _STEPS)
    # row: the common one, column: an action's
    around = np.exp(-0.5 * ((grid[None, :] - grid[:, None]) / APART) ** 2)
    around /= around.sum(axis=1, keepdims=True)
    likely = {key: _likelihood(grid, each) for key, each in telling.items()}
    says = {key: np.log(np.maximum(around @ each, 1e-300)) for key, each in likely.items()}
    common: Floats = -0.5 * ((grid - BELIEVED) / DOUBT) ** 2
    for each in says.values():
        common = common + each
    found = {OTHERS: _moments(grid, _even(common) @ around)}
    for key, each in likely.items():
        found[key] = _moments(grid, _even(common - says[key]) @ around * each)
    return found


def _likelihood(grid: Floats, counts: Sequence[AtDepth]) -> Floats:
    """Of each β, the largest being 1."""
    import numpy as np

    percent, seen, accepted = (np.array(column, np.float64) for column in zip(*counts, strict=True))
    lifts = 1 + grid[:, None] * percent / 100
    log = np.log(lifts) @ accepted - accepted.sum() * np.log(lifts @ seen)
    found: Floats = np.exp(log - log.max())
    return found


def _even(log: Floats) -> Floats:
    import numpy as np

    weights: Floats = np.exp(log - log.max())
    found: Floats = weights / weights.sum()
    return found


def _moments(grid: Floats, weights: Floats) -> Lift:
    import numpy as np

    weights = weights / weights.sum()
    mean = float(weights @ grid)
    return mean, float(np.sqrt(np.maximum(float(weights @ (grid - mean) ** 2), 0.0)))


# ── asked ────────────────────────────────────────────────────────────────────


def of(lifts: Mapping[str, Lift], action: str) -> Lift:
    """β of an action."""
    return lifts.get(action) or lifts.get(OTHERS) or (BELIEVED, 0.0)


def draw(seed: int) -> float:
    """The number from 0 to 1 by which depths are tried; the same for all actions of a decision."""
    mixed = ((seed ^ 0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    return ((mixed ^ (mixed >> 31)) >> 11) / 2**53


def drawn(lift: Lift, chance: float) -> float:
    """What is known of β at this quantile, 0 to 1: the β by which a depth is tried. Never below 0."""
    mean, deviation = lift
    return max(0.0, mean + deviation * _NORMAL.inv_cdf(min(max(chance, _EDGE), 1 - _EDGE)))


def share(lift: Lift, answers: float) -> float:
    """The share of all draws by which :func:`drawn` gives a β of at most ``answers``: its cdf, 0 to 1."""
    mean, deviation = lift
    if answers >= drawn(lift, 1.0):
        return 1.0
    if answers < drawn(lift, 0.0):
        return 0.0
    return _NORMAL.cdf((answers - mean) / deviation)


def settled(lifts: Mapping[str, Lift]) -> dict[str, Lift]:
    """For whom nothing is tried: what is believed, without doubt."""
    return {action: (mean, 0.0) for action, (mean, _) in lifts.items()}
