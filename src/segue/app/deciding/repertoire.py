"""What there is to show, where it may be shown, and how it did lately: for those who make offers.

What an action earned is told from the slots that were answered; why it is not shown, from the last answers of
the placements where it competes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from segue.app import entries
from segue.app.deciding.prepared import Prepared, prepared
from segue.app.deciding.standing import (
    ActionList,
    ActionStanding,
    ActionWhole,
    DayEarned,
    Earned,
    Falls,
    PlaceAction,
    PlaceEarned,
    PlacementList,
    PlacementStanding,
    PlacementWhole,
    RuleCount,
    ShowingNow,
    StageFalls,
    Valid,
)
from segue.app.installation import Installation
from segue.decide.decided import STAGES, Decision, Stage
from segue.decide.kept import decision_of
from segue.domain.actions import Action, Placement
from segue.domain.order import DAY, rfc3339
from segue.domain.rules import Rules
from segue.domain.rules.actions import action_to_json
from segue.domain.rules.placements import placement_to_json
from segue.domain.rules.yamls import nearest
from segue.enrich.calendar import date_text, day_and_hour
from segue.errors import NotFoundError
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.app.deciding", "repertoire.sql")
_MILLION = 1_000_000

LOOKED_AT = 600
"""Last answers that are looked at to say why an action is not shown, over all placements."""
_RULES = 6
"""Rules that are told of a stage, the most frequent."""
_FIGURE = re.compile(r" \(-?\d+\.\d+\)$")


class Repertoire:
    """Reads what an installation has to show. Safe to share between threads."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    # ── actions ───────────────────────────────────────────────────────────────

    def actions(self, *, days: int = 7) -> ActionList:
        """All actions, in the order of the file."""
        rules = self._installation.rules()
        with self._installation.database.transaction(read_only=True) as session:
            sums = _sums(session, rules.actions, self._since(days))
        return ActionList(
            actions=[
                self._action(action, rules, sums.get(action.name, _NOTHING)) for action in rules.actions
            ],
            days=days,
        )

    def action(self, name: str, *, days: int = 30) -> ActionWhole:
        """One action with how it did; NotFoundError."""
        rules = self._installation.rules()
        action = next((each for each in rules.actions if each.name == name), None)
        if action is None:
            raise _none("action", name, [each.name for each in rules.actions])
        competes = _placements_of(action, prepared(rules))
        with self._installation.database.transaction(read_only=True) as session:
            price = _prices(session, [action]).get(action.sku or "", 0)
            rows = session.fetch(_SQL["earned_daily"], action=name, since=self._since(days))
            falls = _falls(session, name, competes)
        tallies = [(day, place, _Tally(*rest)) for day, place, *rest in rows]
        by_day = _grouped((day, each) for day, _, each in tallies)
        by_place = _grouped((place, each) for _, place, each in tallies)
        return ActionWhole(
            action=self._action(action, rules, _earned(action, [each for *_, each in tallies], price)),
            days=[
                DayEarned(day=date_text(day), earned=_earned(action, found, price))
                for day, found in sorted(by_day.items())
            ],
            places=[
                PlaceEarned(placement=place, earned=_earned(action, by_place.get(place, []), price))
                for place in dict.fromkeys((*competes, *by_place))
            ],
            falls=falls,
        )

    def _action(self, action: Action, rules: Rules, earned: Earned) -> ActionStanding:
        definition = action_to_json(action)
        return ActionStanding(
            name=action.name,
            title=action.title,
            kind=action.kind,
            group=action.group,
            valid=valid_at(action, self._today(rules)),
            value=_text(action.value),
            sku=action.sku,
            placements=list(_placements_of(action, prepared(rules))),
            fallback_of=[each.name for each in rules.placements if each.fallback == action.name],
            definition=definition,
            revision=entries.revision_of(definition),
            earned=earned,
        )

    # ── placements ────────────────────────────────────────────────────────────

    def placements(self, *, days: int = 7) -> PlacementList:
        """All placements, in the order of the file."""
        rules = self._installation.rules()
        with self._installation.database.transaction(read_only=True) as session:
            found = _placements(session, rules.placements, rules, self._since(days), 50)
        return PlacementList(placements=found, days=days)

    def placement(self, name: str, *, days: int = 30) -> PlacementWhole:
        """One placement with who competes there; NotFoundError."""
        rules = self._installation.rules()
        placement = next((each for each in rules.placements if each.name == name), None)
        if placement is None:
            raise _none("placement", name, [each.name for each in rules.placements])
        menu = prepared(rules).menus[name]
        competing = [choice.action for choice in menu.choices]
        with self._installation.database.transaction(read_only=True) as session:
            [view] = _placements(session, [placement], rules, self._since(days), 200)
            sums = _sums(session, competing, self._since(days), place=name)
        today = self._today(rules)
        return PlacementWhole(
            placement=view,
            actions=[
                PlaceAction(
                    name=action.name,
                    title=action.title,
                    kind=action.kind,
                    valid=valid_at(action, today),
                    earned=sums.get(action.name, _NOTHING),
                )
                for action in competing
            ],
            misfits=list(menu.misfits),
        )

    def _since(self, days: int) -> int:
        return self._installation.clock.now() - days * DAY

    def _today(self, rules: Rules) -> date:
        day, _ = day_and_hour(rules.time_zone, self._installation.clock.now())
        return date.fromisoformat(date_text(day))


def valid_at(action: Action, today: date) -> Valid:
    """Whether it may be shown on that local day."""
    if action.valid_from is not None and today < action.valid_from:
        return "later"
    if action.valid_until is not None and today > action.valid_until:
        return "over"
    return "now"


# ── what it earned ───────────────────────────────────────────────────────────


class _Tally(NamedTuple):
    outcome: str
    rewarded: bool
    discount: int
    times: int


_NOTHING = Earned()


def _sums(
    session: Session, actions: Sequence[Action], since: int, *, place: str | None = None
) -> dict[str, Earned]:
    """Action → what it earned, at one placement or at all."""
    rows = session.fetch(_SQL["earned"], actions=[each.name for each in actions], since=since)
    prices = _prices(session, actions)
    found = _grouped((name, _Tally(*rest)) for name, where, *rest in rows if place is None or where == place)
    named = {action.name: action for action in actions}
    return {
        name: _earned(named[name], tallies, prices.get(named[name].sku or "", 0))
        for name, tallies in found.items()
    }


def _earned(action: Action, tallies: Sequence[_Tally], price: int) -> Earned:
    outcomes: Counter[str] = Counter()
    won, margin = 0, 0
    for each in tallies:
        outcomes[each.outcome] += each.times
        if each.rewarded:
            won += each.times
            margin += each.times * (action.value - price * each.discount // 100)
    shown = outcomes.total() - outcomes["returned"]
    return Earned(
        answered=outcomes.total(),
        shown=shown,
        clicked=outcomes["clicked"],
        dismissed=outcomes["dismissed"],
        accepted=outcomes["accepted"],
        won=won,
        margin=_text(margin - shown * action.cost),
    )


def _prices(session: Session, actions: Sequence[Action]) -> dict[str, int]:
    skus = sorted({each.sku for each in actions if each.sku is not None and each.discounts})
    rows = session.fetch(_SQL["products"], skus=skus) if skus else []
    return {row[0]: row[4] for row in rows if row[4] is not None}


def _grouped(pairs: Iterable[tuple[Any, _Tally]]) -> dict[Any, list[_Tally]]:
    found: dict[Any, list[_Tally]] = {}
    for key, each in pairs:
        found.setdefault(key, []).append(each)
    return found


def _text(amount: int) -> str:
    return format((Decimal(amount) / _MILLION).normalize(), "f")


# ── why it is not shown ──────────────────────────────────────────────────────


def _placements_of(action: Action, ready: Prepared) -> tuple[str, ...]:
    return tuple(
        name
        for name, menu in ready.menus.items()
        if any(choice.action.name == action.name for choice in menu.choices)
    )


def _falls(session: Session, name: str, places: Sequence[str]) -> Falls:
    limit = max(50, LOOKED_AT // max(len(places), 1))
    rows = session.fetch(_SQL["latest"], placements=list(places), limit=limit) if places else []
    return falls_of(name, [(at, decision_of(answer)) for _, at, _, answer in rows])


def falls_of(name: str, decisions: Sequence[tuple[int, Decision]]) -> Falls:
    """How the action of that name fared in these decisions, each with its moment."""
    counts: dict[Stage, Counter[str]] = {}
    chosen = absent = 0
    for _, decision in decisions:
        if not decision.fallback and any(slot.action == name for slot in decision.slots):
            chosen += 1
            continue
        fall = next((each for each in decision.dropped if each.action == name), None)
        if fall is None:
            absent += 1
        else:
            counts.setdefault(fall.stage, Counter())[_FIGURE.sub("", fall.rule)] += 1
    return Falls(
        decisions=len(decisions),
        chosen=chosen,
        absent=absent,
        stages=[
            StageFalls(
                stage=stage,
                count=counts[stage].total(),
                rules=[RuleCount(rule=rule, count=n) for rule, n in counts[stage].most_common(_RULES)],
            )
            for stage in STAGES
            if stage in counts
        ],
        since=rfc3339(min(at for at, _ in decisions)) if decisions else None,
    )


# ── placements ───────────────────────────────────────────────────────────────


def _placements(
    session: Session, placements: Sequence[Placement], rules: Rules, since: int, last: int
) -> list[PlacementStanding]:
    names = [each.name for each in placements]
    asked = {row[0]: row[1:] for row in session.fetch(_SQL["asked"], placements=names, since=since)}
    latest: dict[str, list[Decision]] = {}
    for place, _, _, answer in session.fetch(_SQL["latest"], placements=names, limit=last):
        latest.setdefault(place, []).append(decision_of(answer))
    menus = prepared(rules).menus
    return [
        _placement(
            each,
            [choice.action.name for choice in menus[each.name].choices],
            asked.get(each.name),
            latest.get(each.name, []),
        )
        for each in placements
    ]


def _placement(
    placement: Placement, competing: list[str], asked: Sequence[Any] | None, latest: Sequence[Decision]
) -> PlacementStanding:
    count, fallbacks, half, slowest, at = asked or (0, 0, None, None, None)
    definition = placement_to_json(placement)
    return PlacementStanding(
        name=placement.name,
        title=placement.title,
        touchpoint=placement.touchpoint,
        definition=definition,
        revision=entries.revision_of(definition),
        competing=competing,
        decisions=count,
        fallbacks=fallbacks,
        took_p50_ms=None if half is None else half / 1_000,
        took_p99_ms=None if slowest is None else slowest / 1_000,
        asked_at=None if at is None else rfc3339(at),
        showing=showing(latest),
    )


def showing(latest: Sequence[Decision]) -> list[ShowingNow]:
    """The actions of these answers, with the share of answers that each is in."""
    counts = Counter(name for each in latest for name in {slot.action for slot in each.slots})
    return [
        ShowingNow(action=name, share=count / len(latest))
        for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]


def _none(what: str, name: str, known: Sequence[str]) -> NotFoundError:
    cure = nearest(name, known) if known else f"define it in {what}s.yaml"
    return NotFoundError(f"there is no {what} {name[:80]!r}", cure=cure)


__all__ = ["Repertoire", "falls_of", "showing", "valid_at"]
