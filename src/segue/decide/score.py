"""What showing an action is worth: expected incremental margin, in units of the shop's currency.

    score = levers × acceptance × (value − discount) − cost − fatigue

``acceptance`` is what the bandit foretells of this action at this placement for these features: the
probability that it is taken up because it is shown. Other systems' priority (propensity × context × value ×
levers) is the special case without cost, fatigue and discount.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from segue.decide.asked import Known, Moment
from segue.decide.decided import Scored

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segue.decide.menu import Choice

_MILLION = 1_000_000
ATTENTION = 0.01
"""What an acceptance is worth of an action that names no value."""
FATIGUE = 0.02
"""Share of an action's value that each slot of the last seven days costs which led to nothing."""
FATIGUE_DAYS = 7
DEEPENS = 2.5
"""How much likelier a discount is believed to make an acceptance: 10 % off, 25 %. A usual elasticity."""


class Candidate(NamedTuple):
    """A choice that came through the funnel, at the one depth of discount that it may compete with."""

    choice: Choice
    discount: int
    #: if it is accepted, after discount
    margin: float
    cost: float
    fatigue: float
    levers: float
    #: how much likelier the discount makes it
    lift: float


class Depth(NamedTuple):
    """A discount that may be given."""

    percent: int
    margin: float
    lift: float


def depths(choice: Choice, known: Known) -> list[Depth] | str:
    """The discounts that may be given now, shallowest first; or the rule that forbids all of them.

    Never below the floor; never more than the margin; only where the price may be told (a likely identity is
    told none), and while she has been offered one that is still valid, that one.
    """
    action = choice.action
    value = action.value / _MILLION or ATTENTION
    if not action.discounts and action.floor is None:
        return [Depth(0, value, 1.0)]
    price = known.prices.get(action.sku or "", 0) / _MILLION
    floor = None if action.floor is None else action.floor / _MILLION
    if floor is not None and price and price < floor:
        return f"the price {price:.2f} is below the floor {floor:.2f}"
    offered = _offered(choice, known)
    found = []
    for percent in offered:
        given = price * percent / 100
        if percent and (not price or (floor is not None and price - given < floor) or given >= value):
            continue
        found.append(Depth(percent, value - given, 1 + DEEPENS * percent / 100))
    return found or "no discount leaves the price above the floor and a margin"


def _offered(choice: Choice, known: Known) -> Sequence[int]:
    held = known.held.get(choice.action.name)
    if held is not None and held in choice.action.discounts:
        return (held,)
    if known.identity == "likely":
        return (0,) if 0 in choice.action.discounts or not choice.action.discounts else ()
    return choice.action.discounts or (0,)


def smallest_that_pays(found: Sequence[Depth]) -> Depth:
    """The depth with the largest expected margin; of equal ones the smallest."""
    return max(found, key=lambda depth: (depth.lift * depth.margin, -depth.percent))


def tiring(choice: Choice, known: Known, moment: Moment, margin: float) -> float:
    """The price of showing her again what she has left untouched."""
    name = choice.action.name
    vain = sum(
        each.action == name
        and each.outcome in {"shown", "dismissed"}
        and moment.day - each.day < FATIGUE_DAYS
        for each in known.contacts
    )
    return FATIGUE * margin * vain


def values(candidates: Sequence[Candidate], acceptance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores of candidates (n) whose acceptance is given (… × n)."""
    import numpy as np

    gain = np.array([one.levers * one.lift * one.margin for one in candidates])
    spent = np.array([one.cost + one.fatigue for one in candidates])
    found: NDArray[np.float64] = acceptance * gain - spent
    return found


def scored(one: Candidate, acceptance: float, uncertainty: float, score: float, weight: float) -> Scored:
    """As it is told."""
    return Scored(
        action=one.choice.action.name,
        discount=one.discount,
        acceptance=min(acceptance * one.lift, 1.0),
        uncertainty=uncertainty,
        margin=one.margin,
        cost=one.cost,
        fatigue=one.fatigue,
        levers=one.levers,
        score=score,
        weight=weight,
        lift=one.lift,
    )
