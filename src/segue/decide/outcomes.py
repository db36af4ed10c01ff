"""Learning from what happened next: impressions, clicks, dismissals, redemptions, purchases in any channel.

An outcome names its decision, whose id nobody can guess; an order that names none is credited to what she saw
of the same product within its action's window, sold by the slot's action or recommended in it. Whatever the
order of arrival, a slot is seen once and rewarded once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from segue.decide import coupons, depths, store
from segue.decide.bandit import Arm, aged, rewarded, saw
from segue.decide.depths import Became
from segue.decide.kept import doubles, numbers_of
from segue.domain.actions import ATTRIBUTION, Action, ActionKind, Outcome, span
from segue.domain.events import Event
from segue.ports.database import Session

NAMES: Final[Mapping[str, Outcome]] = {
    "Action Shown": "shown",
    "Action Clicked": "clicked",
    "Action Dismissed": "dismissed",
    "Action Accepted": "accepted",
    "Action Redeemed": "accepted",
    "Order Completed": "accepted",
}
ORDER = "Order Completed"
_USUAL = span(ATTRIBUTION)
"""Of an action that is defined no more."""

_RANK: Final[Mapping[str, int]] = {"returned": 0, "shown": 1, "dismissed": 2, "clicked": 2, "accepted": 3}
_SEEN: Final[frozenset[Outcome]] = frozenset({"shown", "clicked"})
"""What an order that names no decision may have come from."""
_CLICKS: Final[frozenset[ActionKind]] = frozenset({"content", "service", "recommendation", "message"})
"""Kinds of which a click is all that can be hoped for."""


class Told(NamedTuple):
    """What an event says of slots."""

    outcome: Outcome
    #: microseconds
    at: int
    #: the decision it names; None for an order that names none
    decision_id: bytes | None
    #: the slot or action of it; None: all
    slot: int | None
    action: str | None
    fragment_id: bytes
    #: products that were bought
    skus: tuple[str, ...] = ()
    #: of the event
    name: str = ""


def told_by(events: Iterable[Event], *, orders: bool = True) -> list[Told]:
    """What these events say of decisions; most say nothing. ``orders``: also those that name none."""
    found = []
    for event in events:
        outcome = NAMES.get(event.event) if event.type == "track" else None
        told = None if outcome is None else _told(event, outcome)
        if told is not None and (orders or told.decision_id is not None):
            found.append(told)
    return found


def _told(event: Event, outcome: Outcome) -> Told | None:
    said = event.properties
    decision = _id(said.get("decision_id"))
    skus = _skus(said) if event.event == ORDER else ()
    if decision is None and not skus:
        return None
    slot, action = said.get("slot"), said.get("action")
    return Told(
        outcome=outcome,
        at=event.timestamp,
        decision_id=decision,
        slot=slot if type(slot) is int else None,
        action=action if isinstance(action, str) else None,
        fragment_id=event.fragment_id,
        skus=skus,
        name=event.event,
    )


def _id(value: object) -> bytes | None:
    if not isinstance(value, str) or len(value) != 32:
        return None
    try:
        return bytes.fromhex(value)
    except ValueError:
        return None


def _skus(properties: Mapping[str, Any]) -> tuple[str, ...]:
    lines = properties.get("products")
    if not isinstance(lines, list):
        return ()
    found = (line.get("sku") or line.get("product_id") for line in lines if isinstance(line, dict))
    return tuple(str(sku) for sku in found if sku is not None)


# ── applying ─────────────────────────────────────────────────────────────────


class _Slot(NamedTuple):
    placement: str
    action: str
    outcome: Outcome
    rewarded: bool
    #: times how much likelier the discount was believed to make it: what is learnt is acceptance without one
    features: tuple[float, ...]
    at: int
    discount: int
    #: when an order of what it showed is not credited to it any more
    until: int


_Slots = Mapping[tuple[bytes, int], tuple[_Slot, frozenset[str]]]
"""Decision and slot → the slot, and the products by which an order may be credited to it."""


class OutdatedError(Exception):
    """What is told was decided by newer definitions: read them, and do it again."""


class Learner(NamedTuple):
    """By what outcomes are understood."""

    actions: Sequence[Action]
    #: local day
    day: int
    #: of the definitions that the actions are of
    version: int

    def windows(self) -> dict[str, int]:
        """Action → microseconds for which an order is credited to a slot of it."""
        return {action.name: span(action.attribution) for action in self.actions}

    def check(self, decided: int | None) -> None:
        """OutdatedError where a decision was made by definitions that are newer than these."""
        if decided is not None and decided > self.version:
            raise OutdatedError


def apply(session: Session, told: Sequence[Told], by: Learner) -> int:
    """Write what has become of slots and learn from it; answers of how many. OutdatedError."""
    slots = _load(session, told, by)
    if not slots:
        return 0
    kinds = {action.name: action.kind for action in by.actions}
    changed: dict[tuple[bytes, int], tuple[_Slot, int]] = {}
    seen: list[_Slot] = []
    won: list[_Slot] = []
    for each in sorted(told, key=lambda one: (one.at, _RANK[one.outcome])):
        for key in _named(each, slots):
            before = changed[key][0] if key in changed else slots[key][0]
            if each.decision_id is None and before.outcome not in _SEEN:
                continue
            after = _after(before, each, kinds.get(before.action, "offer"))
            if after == before:
                continue
            changed[key] = (after, each.at)
            if before.outcome == "returned":
                seen.append(after)
            if after.rewarded and not before.rewarded:
                won.append(after)
    _write(session, changed)
    coupons.note(session, _words(told))
    _learn(session, seen, won, by.day)
    return len(changed)


def _words(told: Iterable[Told]) -> list[coupons.Word]:
    """What is said of coupons: an order that names no decision has used none up."""
    return [
        coupons.Word(each.decision_id, each.slot, each.action, each.name in coupons.GIVEN, each.at)
        for each in told
        if each.decision_id is not None and (each.name == coupons.ACCEPTED or each.name in coupons.GIVEN)
    ]


def _load(session: Session, told: Sequence[Told], by: Learner) -> _Slots:
    found: dict[tuple[bytes, int], tuple[_Slot, frozenset[str]]] = {}
    windows = by.windows()
    ids = sorted({each.decision_id for each in told if each.decision_id is not None})
    if ids:
        for decision, number, version, *rest in session.fetch(store.SQL["told"], ids=ids):
            by.check(version)
            found[decision, number] = (_slot_of(rest, windows), frozenset())
    orders = [each for each in told if each.skus]
    if orders:
        fragments = {each.fragment_id for each in orders}
        skus = sorted({sku for each in orders for sku in each.skus})
        since = min(each.at for each in orders) - max((_USUAL, *windows.values()))
        rows = session.fetch(store.SQL["bought"], ids=sorted(fragments), skus=skus, since=since, told=ids)
        for decision, number, version, *rest, shown in rows:
            by.check(version)
            found[decision, number] = (_slot_of(rest, windows), frozenset(shown))
    return found


def _slot_of(row: Sequence[Any], windows: Mapping[str, int]) -> _Slot:
    placement, action, outcome, was_rewarded, features, at, discount, lift = row
    numbers = tuple(lift * each for each in numbers_of(features))
    until = at + windows.get(action, _USUAL)
    return _Slot(placement, action, outcome, was_rewarded, numbers, at, discount, until)


def _named(told: Told, slots: _Slots) -> list[tuple[bytes, int]]:
    """The slots that an outcome speaks of."""
    if told.decision_id is not None:
        named = [key for key in slots if key[0] == told.decision_id]
        if told.slot is not None:
            return [key for key in named if key[1] == told.slot]
        if told.action is not None:
            return [key for key in named if slots[key][0].action == told.action]
        if named and (told.outcome == "shown" or len(named) == 1):
            return named
    return [
        key
        for key, (slot, shown) in slots.items()
        if not shown.isdisjoint(told.skus) and slot.at <= told.at < slot.until
    ]


def grown(before: Outcome, told: Outcome) -> Outcome:
    """What has become of a slot once that is told of it too."""
    return told if _RANK[told] > _RANK[before] else before


def _after(before: _Slot, told: Told, kind: ActionKind) -> _Slot:
    wins = told.outcome == "accepted" or (told.outcome == "clicked" and kind in _CLICKS)
    outcome = grown(before.outcome, told.outcome)
    return before._replace(outcome=outcome, rewarded=before.rewarded or wins)


def _write(session: Session, changed: Mapping[tuple[bytes, int], tuple[_Slot, int]]) -> None:
    if not changed:
        return
    keys = list(changed)
    session.execute(
        store.SQL["become"],
        ids=[decision for decision, _ in keys],
        slots=[number for _, number in keys],
        outcomes=[changed[key][0].outcome for key in keys],
        moments=[changed[key][1] for key in keys],
        rewarded=[changed[key][0].rewarded for key in keys],
    )


def _learn(session: Session, seen: Sequence[_Slot], won: Sequence[_Slot], day: int) -> None:
    if not seen and not won:
        return
    session.execute(store.SQL["lock_arms"])
    known = store.arms(session, sorted({each.placement for each in (*seen, *won)}))
    arms: dict[tuple[str, str], Arm | None] = {}
    for each in (*seen, *won):
        key = each.placement, each.action
        if key not in arms:
            before = known.get(key)
            arms[key] = None if before is None else aged(before[0], max(day - before[1], 0))
    for each in seen:
        arms[each.placement, each.action] = saw(_fitting(arms, each), each.features)
    for each in won:
        arms[each.placement, each.action] = rewarded(_fitting(arms, each), each.features)
    became = [Became(each.placement, each.action, each.discount, 1, 0) for each in seen]
    became += [Became(each.placement, each.action, each.discount, 0, 1) for each in won]
    depths.add(session, became, day)
    for (placement, action), arm in sorted(arms.items()):
        if arm is not None:
            session.execute(
                store.SQL["learn"], placement=placement, action=action, square=doubles(arm.square),
                reward=doubles(arm.reward), seen=arm.seen, day=day,
            )  # fmt: skip


def _fitting(arms: Mapping[tuple[str, str], Arm | None], slot: _Slot) -> Arm | None:
    """What is known of the slot's arm; None where that was learnt from other features."""
    arm = arms[slot.placement, slot.action]
    return arm if arm is not None and len(arm.reward) == len(slot.features) else None
