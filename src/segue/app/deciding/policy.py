"""What the logged policy is worth, and what others would have been worth: off policy, with intervals.

A row is a first slot that was seen. Its reward is the margin if it was accepted, else 0. Since every
propensity is known, the log also tells of policies that were never tried (:mod:`segue.stats.off_policy`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from segue.app.deciding.daily import DayView, EarnedView, Span, by_action, series
from segue.app.deciding.prepared import Prepared, prepared
from segue.app.definitions import read_rules
from segue.app.installation import Installation
from segue.decide import store
from segue.decide.choose import decide
from segue.decide.decided import Scored
from segue.decide.kept import Given, Recalling, decision_of, given_of
from segue.domain.order import DAY, rfc3339
from segue.enrich.segments.facts import Facts
from segue.errors import NotFoundError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segue.stats.off_policy import Estimate, Logged, Modelled

MOST = 100_000
"""Decisions that a report looks at, the newest."""
AT_ONCE = 20_000
"""Likewise for a page, which waits for it."""
RESAMPLED = 3_000
"""Rows up to which intervals come from resampling persons; above, where both agree, from the delta method."""
_SEED = 7


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


class ActionView(msgspec.Struct, frozen=True, kw_only=True):
    """How one action did."""

    action: str
    seen: int
    accepted: int
    #: share of decisions, and the mean probability with which it was drawn
    share: float
    propensity: float


class PolicyReport(msgspec.Struct, frozen=True, kw_only=True):
    """The value of policies at one placement."""

    placement: str
    decisions: int
    since: str | None
    until: str | None
    policies: list[PolicyView]
    actions: list[ActionView]
    #: day by day, oldest first; of every slot, and of every question
    series: list[DayView]
    #: of every slot
    earned: list[EarnedView]


class PlacementDays(msgspec.Struct, frozen=True, kw_only=True):
    """One placement at a glance, day by day, without its actions."""

    placement: str
    series: list[DayView]


class PolicyOverview(msgspec.Struct, frozen=True, kw_only=True):
    """Every placement at a glance, in the order of placements.yaml."""

    placements: list[PlacementDays]


class _Row(NamedTuple):
    at: int
    fragment: bytes | None
    #: where a candidate is to decide again
    given: Given | None
    scores: Sequence[Scored]
    action: str
    propensity: float
    rewarded: bool

    @property
    def reward(self) -> float:
        """Margin if it was accepted."""
        margin = next((each.margin for each in self.scores if each.action == self.action), 0.0)
        return margin if self.rewarded else 0.0


Chances = Mapping[str, float]
"""Action → the chance with which a policy shows it first."""


def report(
    installation: Installation,
    placement: str,
    *,
    days: int = 30,
    candidate: Mapping[str, str] | None = None,
    most: int = MOST,
) -> PolicyReport:
    """The report on the newest ``most`` decisions that were seen.

    ``candidate`` are definitions by file name that would be in force instead.

    NotFoundError for an unknown placement, DefinitionError for a wrong candidate.
    """
    rules = installation.rules()
    if placement not in {each.name for each in rules.placements}:
        raise NotFoundError(f"there is no placement {placement[:80]!r}", cure="see placements.yaml")
    now = installation.clock.now()
    since = now - days * DAY
    with installation.database.transaction(read_only=True) as session:
        found = session.fetch(
            store.SQL["logged"], placement=placement, since=since, limit=most, whole=candidate is not None
        )
        span = Span(placement, since, now, rules.time_zone)
        daily, earned = series(session, span), by_action(session, span)
    rows = [_row(*each) for each in found]
    policies = {
        "logged": ("what was decided", [_logged(row) for row in rows]),
        "greedy": ("always the one with the best score", [_greedy(row) for row in rows]),
        "even": ("each of those explored among alike", [_even(row) for row in rows]),
    }
    if candidate is not None:
        ready = prepared(read_rules(candidate, time_zone=rules.time_zone))
        policies["candidate"] = ("these definitions", [_by(row, ready) for row in rows])
    return PolicyReport(
        placement=placement,
        decisions=len(rows),
        since=rfc3339(rows[-1].at) if rows else None,
        until=rfc3339(rows[0].at) if rows else None,
        policies=[_policy(name, says, chances, rows) for name, (says, chances) in policies.items()]
        if rows
        else [],
        actions=_actions(rows),
        series=daily,
        earned=earned,
    )


def overview(installation: Installation, *, days: int = 30) -> PolicyOverview:
    """How every placement did, day by day; nothing of other policies, which takes longer."""
    rules, now = installation.rules(), installation.clock.now()
    with installation.database.transaction(read_only=True) as session:
        found = {
            each.name: series(session, Span(each.name, now - days * DAY, now, rules.time_zone))
            for each in rules.placements
        }
    return PolicyOverview(
        placements=[
            PlacementDays(placement=name, series=[msgspec.structs.replace(day, actions=[]) for day in days_])
            for name, days_ in found.items()
        ]
    )


def _row(*columns: Any) -> _Row:
    _, at, fragment, given, answer, action, propensity, rewarded = columns
    scores = decision_of(answer).scores
    whole = None if given is None else given_of(given)
    return _Row(at, fragment, whole, scores, action, propensity, rewarded)


# ── policies ─────────────────────────────────────────────────────────────────


def _logged(row: _Row) -> Chances:
    """As drawn: what is logged of the one that was chosen; of the others their weights of the rest."""
    others = sum(each.weight for each in row.scores if each.action != row.action)
    rest = 1 - row.propensity
    even = rest / max(len(row.scores) - 1, 1)
    chances = {
        each.action: each.weight / others * rest if others else even
        for each in row.scores
        if each.action != row.action
    }
    return {**chances, row.action: row.propensity}


def _greedy(row: _Row) -> Chances:
    best = max(row.scores, key=lambda each: each.score, default=None)
    return {} if best is None else {best.action: 1.0}


def _even(row: _Row) -> Chances:
    return {each.action: 1 / len(row.scores) for each in row.scores}


def _by(row: _Row, ready: Prepared) -> Chances:
    """As these definitions would have it, of what was known then."""
    menu = None if row.given is None else ready.menus.get(row.given.ask.placement)
    if menu is None or row.given is None:
        return {}
    facts = msgspec.convert(row.given.known.facts or {}, Facts)
    known = msgspec.structs.replace(row.given.known, facts=facts)
    believed = {
        choice.action.name: row.given.foretold.get(choice.action.name, (0.0, 0.0)) for choice in menu.choices
    }
    again = decide(row.given.ask, known, menu, Recalling(believed))
    if not again.scores:
        return {}
    floor = menu.placement.exploration / len(again.scores)
    return {each.action: floor + (1 - len(again.scores) * floor) * each.weight for each in again.scores}


# ── their values ─────────────────────────────────────────────────────────────


def _policy(name: str, says: str, chances: Sequence[Chances], rows: Sequence[_Row]) -> PolicyView:
    import numpy as np

    from segue.stats.off_policy import logged, modelled, support

    log = logged(
        [row.reward for row in rows],
        [row.propensity for row in rows],
        [each.get(row.action, 0.0) for each, row in zip(chances, rows, strict=True)],
    )
    names = sorted({action for each in chances for action in each} | {row.action for row in rows})
    place = {action: number for number, action in enumerate(names)}
    policy = np.zeros((len(rows), len(names)))
    for number, each in enumerate(chances):
        for action, chance in each.items():
            policy[number, place[action]] = chance
    whole = policy.sum(axis=1, keepdims=True)
    model = None
    if (whole > 0).all():
        taken = np.array([place[row.action] for row in rows])
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


def _rewards(rows: Sequence[_Row], place: Mapping[str, int]) -> Any:
    """A plain model of rewards: each action's mean, drawn towards the mean of all by ten rows; of the action
    that was taken, without the row itself, so that no row is foretold by its own reward.
    """
    import numpy as np

    rewards = np.array([row.reward for row in rows])
    taken = np.array([place[row.action] for row in rows])
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


def _actions(rows: Sequence[_Row]) -> list[ActionView]:
    names = sorted({row.action for row in rows})
    found = []
    for name in names:
        hers = [row for row in rows if row.action == name]
        found.append(
            ActionView(
                action=name,
                seen=len(hers),
                accepted=sum(row.rewarded for row in hers),
                share=len(hers) / len(rows),
                propensity=sum(row.propensity for row in hers) / len(hers),
            )
        )
    return sorted(found, key=lambda each: -each.seen)
