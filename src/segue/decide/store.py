"""Decisions, contacts and what was learnt, in the database; within the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from zlib import crc32

from segue.decide.asked import Contact, Moment
from segue.decide.bandit import Arm
from segue.decide.decided import Decision, Scored
from segue.decide.kept import Kept, decision_of, doubles, given_of, numbers_of, packed
from segue.decide.menu import Menu
from segue.domain.actions import Action, Cap
from segue.domain.order import DAY
from segue.ports.database import Session
from segue.ports.statements import statements

SQL = statements("segue.decide")

LONGEST_MEMORY = 400 * DAY
"""Contacts that are older than this count for no cap, but for those that count for ever."""

HELD_DAYS = 7
"""Days for which an offered discount stays hers."""


def lock(session: Session, names: Iterable[bytes | str]) -> None:
    """Be the only one who decides for these persons, caps and pieces, until the transaction ends."""
    numbers = {crc32(name if isinstance(name, bytes) else name.encode()) - 2**31 for name in names}
    if numbers:
        session.execute(SQL["lock"], numbers=sorted(numbers))


def lock_pieces(session: Session, skus: Iterable[str], store: str | None) -> None:
    """Be the only one who holds pieces of these products at a store, until the transaction ends."""
    numbers = {crc32(f"{sku} {store or ''}".encode()) - 2**31 for sku in skus}
    if numbers:
        session.execute(SQL["lock_pieces"], numbers=sorted(numbers))


class History(NamedTuple):
    """What one person was shown before."""

    contacts: tuple[Contact, ...]
    #: percent that she was offered lately, by action
    held: Mapping[str, int]


def histories(
    session: Session, persons: Mapping[bytes, Sequence[bytes]], moment: Moment
) -> dict[bytes, History]:
    """Name → what was shown; ``persons`` has the ids that are hers, who may have several names."""
    owners: dict[bytes, list[bytes]] = {}
    for person, hers in persons.items():
        for each in hers:
            owners.setdefault(each, []).append(person)
    if not owners:
        return {}
    since = moment.at - LONGEST_MEMORY
    rows = session.fetch(SQL["contacts"], ids=list(owners), since=since, now=moment.at)
    found: dict[bytes, list[Contact]] = {person: [] for person in persons}
    held: dict[bytes, dict[str, int]] = {person: {} for person in persons}
    for fragment, action, group, channel, outcome, day, hour, discount, _at in rows:
        for person in owners[fragment]:
            found[person].append(Contact(action, group, channel, outcome, day, hour))
            if moment.day - day < HELD_DAYS:
                held[person][action] = discount
    return {person: History(tuple(contacts), held[person]) for person, contacts in found.items()}


def uses(session: Session, actions: Sequence[str], cap: Cap, moment: Moment, channel: str | None) -> int:
    """How much of a cap over everybody is used; ``actions`` are those that it counts."""
    window = cap.within
    days = window.length if window is not None and window.unit == "days" else None
    hours = window.length if window is not None and window.unit == "hours" else None
    longest = LONGEST_MEMORY * 10 if window is None else (days or 1 + (hours or 0) // 24) * DAY + DAY
    [(count,)] = session.fetch(
        SQL["used"],
        actions=list(actions),
        since=moment.at - longest,
        day=-1 if days is None else moment.day - days,
        hour=-1 if hours is None else moment.hour - hours,
        channel=channel,
        now=moment.at,
    )
    return int(count)


class Shelf(NamedTuple):
    """What there is to sell at one place."""

    #: pieces that no answer holds; a sku that is not named is not counted
    stock: Mapping[str, int]
    prices: Mapping[str, int]


def shelf(session: Session, skus: Sequence[str], store: str | None, now: int) -> Shelf:
    """Pieces and prices of these products at a store (None: where parcels come from)."""
    if not skus:
        return Shelf({}, {})
    rows = session.fetch(SQL["stock"], skus=list(skus), store=store or "")
    prices = dict(session.fetch(SQL["prices"], skus=list(skus)))
    prices |= {sku: price for sku, _, price in rows if price is not None}
    held = (
        dict(session.fetch(SQL["held"], skus=[row[0] for row in rows], store=store, now=now)) if rows else {}
    )
    return Shelf({sku: on_hand - held.get(sku, 0) for sku, on_hand, _ in rows}, prices)


# ── keeping ──────────────────────────────────────────────────────────────────


def keep(session: Session, kept: Sequence[Kept], menus: Mapping[str, Menu]) -> None:
    """Write decisions and their slots: from here on they count."""
    if not kept:
        return
    session.execute(
        SQL["keep_decisions"],
        ids=[each.decision_id for each in kept],
        at=[each.at for each in kept],
        placements=[each.placement for each in kept],
        fragments=[each.fragment_id for each in kept],
        identities=[each.given.known.identity for each in kept],
        fallbacks=[each.decision.fallback for each in kept],
        considered=[each.decision.considered for each in kept],
        definitions=[each.definitions for each in kept],
        policies=[each.policy for each in kept],
        took=[each.took for each in kept],
        given=[packed(each.given) for each in kept],
        answers=[packed(each.decision) for each in kept],
    )
    slots = [
        (each, number, slot)
        for each in kept
        if not each.decision.fallback
        for number, slot in enumerate(each.decision.slots)
    ]
    if not slots:
        return
    actions = {
        place: {choice.action.name: choice.action for choice in menu.choices} for place, menu in menus.items()
    }
    shown = [(each, number, slot, actions[each.placement][slot.action]) for each, number, slot in slots]
    session.execute(SQL["keep_contacts"], **_columns(shown, menus))


def _columns(shown: Sequence[tuple[Kept, int, Any, Action]], menus: Mapping[str, Menu]) -> dict[str, Any]:
    asked = [each.given.ask for each, _, _, _ in shown]
    silences = [menus[each.placement].placement.silence for each, _, _, _ in shown]
    scores = [_score(each.decision, number) for each, number, _, _ in shown]
    return {
        "decisions": [each.decision_id for each, _, _, _ in shown],
        "slots": [number for _, number, _, _ in shown],
        "fragments": [each.fragment_id for each, _, _, _ in shown],
        "placements": [each.placement for each, _, _, _ in shown],
        "actions": [action.name for _, _, _, action in shown],
        "groups": [action.group for _, _, _, action in shown],
        "channels": [menus[each.placement].placement.touchpoint for each, _, _, _ in shown],
        "skus": [action.sku for _, _, _, action in shown],
        "stores": [ask.store for ask in asked],
        "discounts": [slot.discount for _, _, slot, _ in shown],
        "at": [each.at for each, _, _, _ in shown],
        "days": [ask.moment.day for ask in asked],
        "hours": [ask.moment.hour for ask in asked],
        "silent": [
            each.at + silence * 1_000_000 for (each, *_), silence in zip(shown, silences, strict=True)
        ],
        "outcomes": ["returned"] * len(shown),
        "propensities": [slot.propensity for _, _, slot, _ in shown],
        "features": [doubles(each.given.known.features) for each, _, _, _ in shown],
        "margins": [scored.margin for scored, _ in scores],
        "explored": [explored for _, explored in scores],
        "lifts": [scored.lift for scored, _ in scores],
    }


def _score(decision: Decision, number: int) -> tuple[Scored, bool]:
    """What was foretold of a slot, and whether another that could have had it was foretold to earn more."""
    name = decision.slots[number].action
    taken = {slot.action for slot in decision.slots[:number]}
    taken.update(*(each.actions for each in decision.fallen if each.stage == "caps"))
    left = [each for each in decision.scores if each.action not in taken or each.action == name]
    scored = next(each for each in left if each.action == name)
    return scored, left[0] is not scored


def forget(session: Session, ids: Sequence[bytes]) -> None:
    """Remove what was shown to these fragments."""
    session.execute(SQL["forget_decisions"], ids=list(ids))
    session.execute(SQL["forget_contacts"], ids=list(ids))


# ── reading ──────────────────────────────────────────────────────────────────


def kept_of(row: Sequence[Any]) -> Kept:
    """A row of the statements ``decision`` and ``decisions``."""
    decision_id, at, placement, fragment, _, _, _, definitions, policy, took, given, answer = row
    return Kept(
        decision_id=decision_id,
        at=at,
        placement=placement,
        fragment_id=fragment,
        definitions=definitions,
        policy=policy,
        took=took,
        given=given_of(given),
        decision=decision_of(answer),
    )


def arms(session: Session, placements: Sequence[str]) -> dict[tuple[str, str], tuple[Arm, int]]:
    """(placement, action) → what was learnt, and the local day as of which it was aged."""
    return {
        (placement, action): (Arm(numbers_of(square), numbers_of(reward), seen), day)
        for placement, action, square, reward, seen, day in session.fetch(
            SQL["arms"], placements=list(placements)
        )
    }
