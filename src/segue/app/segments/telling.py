"""A group in words, and as a condition: a shallow tree that tells its members from others, as rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from segue.domain.conditions import All, AnyOf, Compare, Condition, Not

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Mask = NDArray[np.bool_]

DEPTH: Final = 3
"""Questions that are asked of a person at most: more would tell better and be read by nobody."""

GROWS: Final = 0.01
"""F1 that another branch must add: a rule of many parts is read by nobody."""

LEAST: Final = 0.005
"""Of the sample, the least that a branch must hold."""


# ── in words ─────────────────────────────────────────────────────────────────

_MORE: Final = {
    "recency": ("Long gone", "Here lately"),
    "frequency": ("Often here", "Seldom here"),
    "monetary": ("Big spenders", "Small spenders"),
    "average_basket": ("Large baskets", "Small baskets"),
    "promotion_sensitivity": ("Buy on offer", "Need no offers"),
    "price_sensitivity": ("Look at the price", "Look past the price"),
    "return_rate": ("Return much", "Return little"),
}
"""What a trait that is higher, or lower, than others' is called."""

_SHARES: Final = {
    "daypart": ("Mostly at {} hours", "Seldom at {} hours"),
    "store": ("At store {}", "Seldom at store {}"),
    "channel": ("Buy by {}", "Seldom buy by {}"),
}
"""The same of a share by something; of what is bought see :func:`_word`."""

_MONEY: Final = ("monetary", "frequency")


class Different(Protocol):
    """By how much a group differs in something."""

    @property
    def effect(self) -> float:
        """Negative: less than others."""
        ...


class Respect(Protocol):
    """In what."""

    @property
    def path(self) -> tuple[str, ...]:
        """As conditions write it."""
        ...

    @property
    def of(self) -> str:
        """What a share is of."""
        ...

    @property
    def family(self) -> str:
        """What it is alike with."""
        ...


_LESS: Final = 0.6
"""What a share smaller than others' weighs in a title: what people do tells more than what they do not."""


def title_of(apart: Sequence[tuple[Different, Respect]]) -> str:
    """Of the two strongest differences that do not say the same."""
    words: list[str] = []
    said: set[str] = set()
    for difference, respect in sorted(apart, key=_telling, reverse=True):
        subject = "worth" if respect.path[1] in _MONEY else respect.family
        if subject not in said:
            said.add(subject)
            words.append(_word(respect, more=difference.effect > 0))
    first, *others = words[:2] or ["Like everybody else"]
    return ", ".join([first, *(word[:1].lower() + word[1:] for word in others)])


def _telling(each: tuple[Different, Respect]) -> float:
    difference, respect = each
    return -_LESS * difference.effect if respect.of and difference.effect < 0 else abs(difference.effect)


def _word(respect: Respect, *, more: bool) -> str:
    _, name, *key = respect.path
    if not key:
        high, low = _MORE.get(name, (f"High {name}", f"Low {name}"))
        return high if more else low
    high, low = _SHARES.get(respect.of, ("Much {}", "Little {}"))
    return (high if more else low).format(key[0].lower())


# ── as a condition ───────────────────────────────────────────────────────────


class Named(Protocol):
    """What a column is called in conditions."""

    @property
    def path(self) -> tuple[str, ...]:
        """``("traits", "frequency")``."""
        ...


def rule_of(features: Sequence[Named], values: Matrix, inside: Mask, half: int) -> tuple[Condition, Mask]:
    """The condition, made of the first ``half`` rows, and for whom of all rows it holds.

    Values (n, d) are -1 where a person has none; conditions then hold as they do of what is missing.
    Branches are taken in, purest first, for as long as F1 over the first rows grows by a hundredth.
    """
    from sklearn.tree import DecisionTreeClassifier

    made, target = values[:half], inside[:half]
    least = max(5, int(LEAST * half))
    grown = DecisionTreeClassifier(
        max_depth=DEPTH, min_samples_leaf=least, class_weight="balanced", random_state=0
    ).fit(made, target)
    branches = sorted(_branches(grown.tree_, made), key=lambda branch: -_purity(_holds(branch, made), target))
    chosen: list[_Branch] = []
    best = -1.0
    for branch in branches:
        score = _f1(_any([*chosen, branch], made), target)
        if score > best + GROWS:
            best, chosen = score, [*chosen, branch]
    rules = [_condition(branch, features) for branch in chosen]
    return rules[0] if len(rules) == 1 else AnyOf(tuple(rules)), _any(chosen, values)


_Branch = list[tuple[int, bool, float]]
"""Column, whether its value is above (else at or below), the threshold."""


def _branches(tree: Any, values: Matrix) -> list[_Branch]:
    """The ways to members of the group, none longer than it must be: who is all alike is asked no more."""
    alike = _alike(tree, 0, {})
    found: list[_Branch] = []
    waiting: list[tuple[int, _Branch]] = [(0, [])]
    while waiting:
        node, way = waiting.pop()
        if alike[node] is not None:
            if way and alike[node]:
                found.append(way)
            continue
        column = int(tree.feature[node])
        edge = _round(values[:, column], float(tree.threshold[node]))
        waiting.append((int(tree.children_left[node]), [*way, (column, False, edge)]))
        waiting.append((int(tree.children_right[node]), [*way, (column, True, edge)]))
    return found


def _alike(tree: Any, node: int, found: dict[int, bool | None]) -> dict[int, bool | None]:
    """Of each node below whether all its leaves say member (True) or all say other (False)."""
    left, right = int(tree.children_left[node]), int(tree.children_right[node])
    if left < 0:
        other, member = tree.value[node][0]
        found[node] = bool(member > other)
        return found
    _alike(tree, left, found)
    _alike(tree, right, found)
    found[node] = found[left] if found[left] == found[right] else None
    return found


def _round(values: Matrix, edge: float) -> float:
    """The shortest number that parts the values as ``edge`` does, and is 0 or more."""
    below, above = values[values <= edge], values[values > edge]
    low = max(float(below.max()) if len(below) else edge, 0.0)
    high = float(above.min()) if len(above) else edge
    for places in range(-3, 7):
        for candidate in (round((low + high) / 2, places), round(low, places)):
            if low <= candidate < high:
                return candidate
    return low


def _holds(branch: _Branch, values: Matrix) -> Mask:
    import numpy as np

    held = np.ones(len(values), dtype=bool)
    for column, above, edge in branch:
        held &= (values[:, column] > edge) == above
    return held


def _any(branches: Sequence[_Branch], values: Matrix) -> Mask:
    import numpy as np

    held = np.zeros(len(values), dtype=bool)
    for branch in branches:
        held |= _holds(branch, values)
    return held


def _purity(held: Mask, target: Mask) -> float:
    return float((held & target).sum()) / max(1.0, float(held.sum()))


def _f1(held: Mask, target: Mask) -> float:
    return 2.0 * float((held & target).sum()) / max(1.0, float(held.sum() + target.sum()))


def _condition(branch: _Branch, features: Sequence[Named]) -> Condition:
    """The tightest bounds of each column; what is missing is not above, so ``not above`` holds of it."""
    above: dict[int, float] = {}
    below: dict[int, float] = {}
    for column, over, edge in branch:
        if over:
            above[column] = max(edge, above.get(column, edge))
        else:
            below[column] = min(edge, below.get(column, edge))
    parts: list[Condition] = [
        Compare(features[column].path, ">", _plain(edge)) for column, edge in above.items()
    ]
    parts += [Not(Compare(features[column].path, ">", _plain(edge))) for column, edge in below.items()]
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _plain(edge: float) -> float:
    return int(edge) if float(edge).is_integer() else edge
