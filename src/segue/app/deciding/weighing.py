"""What policies would have done with the rows of a log, and what that is worth.

A row's arm is an action at a depth of discount. Which depth each action competes at follows from one draw
between 0 and 1 (:func:`segue.decide.score.draws_of`), so the chance of an arm is that of the draws which
bring its depth, times that of the action at the depths of all. A policy is asked twice of a row: what it
would do by the row's own draw, for what a model foretells of it; and for the arm that was logged by a draw
of its own that brings that depth: the one that lies among its draws where the logged one lies among those of
the log. So each draw of a policy that brings an arm is met by as many rows, and weights are right whatever
the depths of the other actions are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from segue.decide.choose import decide
from segue.decide.decided import Decision, Scored
from segue.decide.elasticity import settled
from segue.decide.kept import Given, Recalling, decision_of, given_of
from segue.decide.score import draw_of, draws_of
from segue.enrich.segments.facts import Facts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segue.decide.asked import Known
    from segue.decide.menu import Menu
    from segue.stats.off_policy import Estimate, Logged, Modelled

RESAMPLED = 3_000
"""Rows up to which intervals come from resampling persons; above, where both agree, from the delta method."""
_SEED = 7
_EDGE = 1e-9

Arm = tuple[str, int]
"""An action, and the percent of its discount."""


class EstimateView(msgspec.Struct, frozen=True, kw_only=True):
    """A policy's value by one estimator: expected margin of a decision, in the shop's currency."""

    estimator: str
    value: float
    low: float
    high: float


class PolicyView(msgspec.Struct, frozen=True, kw_only=True):
    """One policy."""

    policy: str
    says: str
    estimates: list[EstimateView]
    #: rows that as many equal weights would be worth
    effective: float
    warnings: list[str]


class Row(NamedTuple):
    """A first slot that was seen."""

    at: int
    fragment: bytes | None
    #: version of the definitions that it was decided by
    definitions: int
    #: where a candidate is to decide again
    given: Given | None
    scores: Sequence[Scored]
    arm: Arm
    #: of the action alone, and the draws that brought its depth; None: decided before depths had a chance
    action_propensity: float
    tried: tuple[float, float] | None
    rewarded: bool

    @property
    def share(self) -> float:
        """Chance of its depth; one where none is known."""
        begins, ends = self.tried or (0.0, 1.0)
        return ends - begins

    @property
    def propensity(self) -> float:
        """Of its arm."""
        return self.action_propensity * self.share

    @property
    def reward(self) -> float:
        """Margin if it was accepted."""
        action, _ = self.arm
        margin = next((each.margin for each in self.scores if each.action == action), 0.0)
        return margin if self.rewarded else 0.0


class Chances(NamedTuple):
    """What a policy does with a row."""

    #: by the row's own draw, which gives every action one depth: arm → chance; together 1, or there is none
    arms: Mapping[Arm, float]
    #: of the arm that was logged, whatever the draw
    taken: float


def row_of(*columns: Any) -> Row:
    """A row of the statement ``logged``."""
    _, at, fragment, given, answer, action, propensity, rewarded, definitions = columns
    decision = decision_of(answer)
    slot, whole = decision.slots[0], None if given is None else given_of(given)
    own = slot.action_propensity
    return Row(
        at=at,
        fragment=fragment,
        definitions=definitions,
        given=whole,
        scores=decision.scores,
        arm=(action, slot.discount),
        action_propensity=propensity if own is None else own,
        tried=None if own is None else slot.tried,
        rewarded=rewarded,
    )


def with_depth(row: Row, menu: Menu | None) -> Row:
    """A row of before depths had a chance of their own, with the one that it had: ``menu`` is what it was
    decided from. As it is where that cannot be known any more.
    """
    action, discount = row.arm
    choice = None if menu is None else menu.choice(action)
    if row.tried is not None or row.given is None or choice is None:
        return row
    begins, ends = draws_of(choice, row.given.known, discount)
    return row._replace(tried=(begins, ends)) if ends > begins else row


# ── policies ─────────────────────────────────────────────────────────────────


def as_logged(row: Row) -> Chances:
    """As drawn: what is logged of the one that was chosen; of the others their weights of the rest."""
    action, _ = row.arm
    others = sum(each.weight for each in row.scores if each.action != action)
    rest = 1 - row.action_propensity
    even = rest / max(len(row.scores) - 1, 1)
    chances = {
        (each.action, each.discount): each.weight / others * rest if others else even
        for each in row.scores
        if each.action != action
    }
    return _as_tried(row, {**chances, row.arm: row.action_propensity})


def greedy(row: Row) -> Chances:
    """Always the best score, at depths tried as they were."""
    best = max(row.scores, key=lambda each: each.score, default=None)
    return _as_tried(row, {} if best is None else {(best.action, best.discount): 1.0})


def evenly(row: Row) -> Chances:
    """Each of those explored among alike, at depths tried as they were."""
    return _as_tried(row, {(each.action, each.discount): 1 / len(row.scores) for each in row.scores})


def _as_tried(row: Row, arms: Mapping[Arm, float]) -> Chances:
    return Chances(arms, arms.get(row.arm, 0.0) * row.share)


def by_menu(row: Row, menu: Menu | None) -> Chances:
    """As there would be decided from this menu, of what was known then."""
    if menu is None or row.given is None:
        return Chances({}, 0.0)
    known = _known(row.given, menu)
    again = _again(row, menu, known, None)
    return Chances(_arms(again, menu), _chance_of(row, menu, known, again))


def _chance_of(row: Row, menu: Menu, known: Known, again: Decision) -> float:
    """Of the logged arm."""
    if row.given is None:
        return 0.0
    action, discount = row.arm
    choice = menu.choice(action)
    if choice is None:
        return 0.0
    begins, ends = draws_of(choice, known, discount)
    if ends <= begins:
        return 0.0
    first, last = row.tried or (0.0, 1.0)
    draw = draw_of(row.given.ask)
    if abs(begins - first) > _EDGE or abs(ends - last) > _EDGE:
        within = (draw - first) / (last - first)
        draw = begins + min(max(within, _EDGE), 1 - _EDGE) * (ends - begins)
        again = _again(row, menu, known, draw)
    return _arms(again, menu).get(row.arm, 0.0) * (ends - begins)


def _known(given: Given, menu: Menu) -> Known:
    """What was known; who explores nothing tries no depths either."""
    facts = msgspec.convert(given.known.facts or {}, Facts)
    lifts = given.known.lifts if menu.placement.exploration > 0 else settled(given.known.lifts)
    return msgspec.structs.replace(given.known, facts=facts, lifts=lifts)


def _again(row: Row, menu: Menu, known: Known, draw: float | None) -> Decision:
    assert row.given is not None
    foretold = row.given.foretold
    believed = {choice.action.name: foretold.get(choice.action.name, (0.0, 0.0)) for choice in menu.choices}
    ask = row.given.ask if draw is None else msgspec.structs.replace(row.given.ask, draw=draw)
    return decide(ask, known, menu, Recalling(believed, row.given.bought))


def _arms(again: Decision, menu: Menu) -> Mapping[Arm, float]:
    """Chance of each arm for the first slot."""
    scores = again.scores
    floor = menu.placement.exploration / max(len(scores), 1)
    share = 1 - len(scores) * floor
    return {(each.action, each.discount): floor + share * each.weight for each in scores}


# ── their values ─────────────────────────────────────────────────────────────


def valued(name: str, says: str, chances: Sequence[Chances], rows: Sequence[Row]) -> PolicyView:
    """A policy's value by every estimator, and how much of the log speaks of it."""
    import numpy as np

    from segue.stats.off_policy import logged, modelled, support

    log = logged(
        [row.reward for row in rows], [row.propensity for row in rows], [each.taken for each in chances]
    )
    arms = sorted({arm for each in chances for arm in each.arms} | {row.arm for row in rows})
    place = {arm: number for number, arm in enumerate(arms)}
    policy = np.zeros((len(rows), len(arms)))
    for number, each in enumerate(chances):
        for arm, chance in each.arms.items():
            policy[number, place[arm]] = chance
    whole = policy.sum(axis=1, keepdims=True)
    model = None
    if (whole > 0).all():
        taken = np.array([place[row.arm] for row in rows])
        model = modelled(_rewards(rows, place), policy / whole, taken)
    persons = [row.fragment or number.to_bytes(16, "big") for number, row in enumerate(rows)]
    found = support(log)
    return PolicyView(
        policy=name,
        says=says,
        estimates=_estimates(log, model, np.array(persons, dtype="S16")),
        effective=found.effective,
        warnings=list(found.warnings),
    )


def _estimates(log: Logged, model: Modelled | None, persons: NDArray[np.bytes_]) -> list[EstimateView]:
    """Every estimator with its interval over persons."""
    import numpy as np

    from segue.stats.off_policy import MODEL_FREE, NAMES, asymptotic, evaluate, terms_of

    if len(persons) <= RESAMPLED:
        estimates, _ = evaluate(log, model, seed=_SEED, groups=persons)
        return [_estimate(each) for each in estimates.values()]
    _, numbered = np.unique(persons, return_inverse=True)
    found = []
    for name in MODEL_FREE if model is None else NAMES:
        at = asymptotic(terms_of(name, log, model), groups=numbered)
        found.append(EstimateView(estimator=name, value=at.value, low=at.low, high=at.high))
    return found


def _rewards(rows: Sequence[Row], place: Mapping[Arm, int]) -> Any:
    """A plain model of rewards: each arm's mean, drawn towards the mean of all by ten rows; of the arm that
    was taken, without the row itself, so that no row is foretold by its own reward.
    """
    import numpy as np

    rewards = np.array([row.reward for row in rows])
    taken = np.array([place[row.arm] for row in rows])
    usual = float(rewards.mean())
    sums = np.bincount(taken, rewards, len(place)) + 10 * usual
    counts = np.bincount(taken, minlength=len(place)) + 10
    found = np.tile(sums / counts, (len(rows), 1))
    found[np.arange(len(rows)), taken] = (sums[taken] - rewards) / (counts[taken] - 1)
    return found


def _estimate(found: Estimate) -> EstimateView:
    return EstimateView(
        estimator=found.name, value=found.value, low=found.bootstrap.low, high=found.bootstrap.high
    )
