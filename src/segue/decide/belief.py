"""What is believed of an action before it was seen at a placement: by its kind, its group, its touchpoint.

Learnt at each training from every slot whose outcome is known and may be used: a linear regression of
acceptance on the features of the moment and the person, whose coefficients are those of all slots, plus what
is particular to the kind, to the group and to the touchpoint, each of which is believed to be nothing much
(ridge, with the variances of :mod:`segue.decide.bandit`). A new action begins there, for persons like her;
what becomes of it there soon outweighs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from segue.decide.bandit import ABOUT, APART, BELIEVED, PRIOR

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST = 40
"""Groups with coefficients of their own: those with the most slots."""

Coefficients = tuple[float, ...]


class Sort(NamedTuple):
    """What is known of an action before it was shown anywhere."""

    kind: str
    group: str | None
    touchpoint: str


class Cell(NamedTuple):
    """Sums over the slots of one sort, as of an arm: Σ x xᵀ (d, d) and Σ x y (d)."""

    sort: Sort
    square: Floats
    reward: Floats


class Belief(msgspec.Struct, frozen=True, kw_only=True):
    """Coefficients of acceptance; an unknown sort has those of all."""

    overall: Coefficients
    kinds: dict[str, Coefficients] = {}
    groups: dict[str, Coefficients] = {}
    touchpoints: dict[str, Coefficients] = {}

    def of(self, sort: Sort) -> Coefficients:
        """Coefficients of acceptance without discount, by feature."""
        parts = [self.overall, self.kinds.get(sort.kind), self.touchpoints.get(sort.touchpoint)]
        parts.append(None if sort.group is None else self.groups.get(sort.group))
        return tuple(map(sum, zip(*(each for each in parts if each is not None), strict=True)))


def learn(cells: Sequence[Cell]) -> Belief | None:
    """From what was seen; None where nothing was."""
    import numpy as np

    told = [each for each in cells if each.square[0, 0] > 0]
    if not told:
        return None
    width = len(told[0].reward)
    places = _places(told)
    size = width * (1 + len(places))
    square, reward = np.zeros((size, size)), np.zeros(size)
    slots = sum(float(each.square[0, 0]) for each in told)
    rate = (sum(float(each.reward[0]) for each in told) + BELIEVED * PRIOR) / (slots + BELIEVED)
    noise = max(rate * (1 - rate), 1e-3)
    for each in told:
        blocks = [0, *(places[name] for name in _names(each.sort) if name in places)]
        for one in blocks:
            rows = slice(one * width, (one + 1) * width)
            reward[rows] += each.reward / noise
            for other in blocks:
                square[rows, other * width : (other + 1) * width] += each.square / noise
    precision = np.full(size, 1 / APART**2)
    precision[:width] = 1 / ABOUT**2
    reward[0] += PRIOR / ABOUT**2
    found = np.linalg.solve(square + np.diag(precision), reward).reshape(-1, width)
    named: dict[str, dict[str, Coefficients]] = {"kind": {}, "group": {}, "touchpoint": {}}
    for (what, name), place in places.items():
        named[what][name] = tuple(found[place].tolist())
    return Belief(
        overall=tuple(found[0].tolist()),
        kinds=named["kind"],
        groups=named["group"],
        touchpoints=named["touchpoint"],
    )


def _names(sort: Sort) -> list[tuple[str, str]]:
    named = [("kind", sort.kind), ("touchpoint", sort.touchpoint)]
    return named if sort.group is None else [*named, ("group", sort.group)]


def _places(cells: Sequence[Cell]) -> dict[tuple[str, str], int]:
    """Block of each sort's part, from 1."""
    slots: dict[tuple[str, str], float] = {}
    for each in cells:
        for name in _names(each.sort):
            slots[name] = slots.get(name, 0.0) + float(each.square[0, 0])
    groups = sorted((name for name in slots if name[0] == "group"), key=lambda name: (-slots[name], name))
    kept = sorted({*(name for name in slots if name[0] != "group"), *groups[:MOST]})
    return {name: place for place, name in enumerate(kept, 1)}
