"""What showing an action is worth: expected incremental margin, in units of the shop's currency.

    score = levers × (uplift × (value − discount) − anyway × discount) − cost − fatigue

``uplift`` is acceptance, what the bandit foretells of this action at this placement for these features (the
probability that it is taken up when it is shown), less ``anyway``, the probability that its product is bought
without being shown; see :mod:`segue.decide.anyway`. Other systems' priority (propensity × context × value ×
levers) is the special case without anyway, cost, fatigue and discount.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from segue.decide import elasticity
from segue.decide.asked import Ask, Contact, Known, Moment

if TYPE_CHECKING:
    from segue.decide.menu import Choice
    from segue.domain.actions import Action

_MILLION = 1_000_000
ATTENTION = 0.01
"""What an acceptance is worth of an action that names no value."""
FATIGUE = 0.02
"""Share of an action's value that each slot of the last seven days costs which led to nothing."""
FATIGUE_DAYS = 7


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
    #: her price differs from others' because of who she is
    personalised: bool = False


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
    value = _value(action)
    if not choice.priced:
        return [Depth(0, value, 1.0)]
    price = known.prices.get(action.sku or "", 0) / _MILLION
    floor = None if action.floor is None else action.floor / _MILLION
    if floor is not None and price and price < floor:
        return f"the price {price:.2f} is below the floor {floor:.2f}"
    offered = _offered(choice, known)
    answers, _ = elasticity.of(known.lifts, action.name)
    found = []
    for percent in offered:
        given = price * percent / 100
        if percent and (not price or (floor is not None and price - given < floor) or given >= value):
            continue
        found.append(Depth(percent, value - given, 1 + answers * percent / 100))
    return found or "no discount leaves the price above the floor and a margin"


def differs(choice: Choice, known: Known, percent: int, draw: float) -> bool:
    """Whether a price with this discount is another than others get, because of who she is.

    It is where others may not have the offer at all, and where they would be given another discount at this
    moment: because she was offered one before, or because it is not certain who she is.
    """
    if choice.for_some and percent:
        return True
    if choice.action.name not in known.held and known.identity != "likely":
        return False
    found = depths(choice, msgspec.structs.replace(known, held={}, identity="unknown"))
    return isinstance(found, str) or smallest_that_pays(found, tried(choice, known, draw)).percent != percent


def _value(action: Action) -> float:
    return action.value / _MILLION or ATTENTION


def _offered(choice: Choice, known: Known) -> Sequence[int]:
    held = known.held.get(choice.action.name)
    if held is not None and held in choice.action.discounts:
        return (held,)
    if known.identity == "likely":
        return (0,) if 0 in choice.action.discounts or not choice.action.discounts else ()
    return choice.action.discounts or (0,)


def smallest_that_pays(found: Sequence[Depth], answers: float) -> Depth:
    """The depth with the largest expected margin by that answer to discounts; of equal ones the smallest.

    Expected margin is concave in the percentage, so this is where going deeper step by step ends: at the last
    step that earns more than it gives away.
    """
    return max(found, key=lambda depth: ((1 + answers * depth.percent / 100) * depth.margin, -depth.percent))


def draw_of(ask: Ask) -> float:
    """The draw by which this decision tries depths."""
    return elasticity.draw(ask.seed) if ask.draw is None else ask.draw


def tried(choice: Choice, known: Known, draw: float) -> float:
    """By which answer to discounts (β) this decision picks a depth: drawn, so that it can be learnt."""
    return elasticity.drawn(elasticity.of(known.lifts, choice.action.name), draw)


def draws_of(choice: Choice, known: Known, percent: int) -> tuple[float, float]:
    """From where to where draws bring this depth; what is between is its probability.

    (0, 1) where nothing is tried: one depth only, or she holds one. Nothing lies between for a depth that may
    not be given now, or never pays.
    """
    found = depths(choice, known)
    if isinstance(found, str) or percent not in {each.percent for each in found}:
        return 0.0, 0.0
    if len(found) == 1:
        return 0.0, 1.0
    low, high = pays_within(found, percent)
    lift = elasticity.of(known.lifts, choice.action.name)
    begins = elasticity.share(lift, low)
    return begins, max(begins, elasticity.share(lift, high))


def pays_within(found: Sequence[Depth], percent: int) -> tuple[float, float]:
    """The answers to discounts (β) above the first and up to the second by which this one of them is picked.

    Expected margins are lines in β, and what is picked is their upper envelope: a deeper one begins lower and
    rises faster, or is never picked. Without such β the first is not below the second.
    """
    [own] = [each for each in found if each.percent == percent]
    low, high = -inf, inf
    for other in found:
        if other is own:
            continue
        # what the deeper of the two gains more with each unit of β, and how much less it earns at none
        deeper, less = (own, other) if own.percent > other.percent else (other, own)
        gains = (deeper.margin * deeper.percent - less.margin * less.percent) / 100
        worth_it = (less.margin - deeper.margin) / gains if gains > 0 else inf
        if deeper is own:
            low = max(low, worth_it)
        else:
            high = min(high, worth_it)
    return low, high


def tiring(met: Iterable[Contact], moment: Moment, margin: float) -> float:
    """The price of showing her again what she has left untouched; ``met`` is when she did."""
    return FATIGUE * margin * sum(moment.day - each.day < FATIGUE_DAYS for each in met)


def plain(choice: Choice) -> Candidate:
    """A choice as it competes without discount and levers, before it has tired anybody."""
    action = choice.action
    return Candidate(choice, 0, _value(action), action.cost / _MILLION, 0.0, 1.0, 1.0)


def margins(one: Candidate) -> tuple[float, float]:
    """What an acceptance of it earns, and what showing it costs: score = acceptance × the one − the other."""
    return one.levers * one.lift * one.margin, one.cost + one.fatigue


def row_of(one: Candidate) -> tuple[float, ...]:
    """What is told of it whatever is foretold, as :data:`segue.decide.decided.COLUMNS` begins."""
    return one.discount, one.margin, one.cost, one.fatigue, one.levers, one.lift
