"""Decisions, contacts and what was learnt, in the database; within the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from zlib import crc32

import msgspec

from segue.decide.asked import Contact, Moment
from segue.decide.bandit import Arm
from segue.decide.decided import Decision
from segue.decide.kept import Kept, decision_of, doubles, given_of, numbers_of, packed, products_of
from segue.decide.menu import Menu
from segue.domain.actions import Cap, Placement
from segue.domain.order import DAY, MINUTE
from segue.ports.database import Bound, Session
from segue.ports.statements import statements

SQL = statements("segue.decide")

LONGEST_MEMORY = 400 * DAY
"""Contacts that are older than this count for no cap, but for those that count for ever."""

HELD_DAYS = 7
"""Days for which an offered discount stays hers."""


def locking(fragments: Iterable[bytes], caps: Iterable[str]) -> Bound:
    """Be the only one who decides for these devices, for whose they are, and for these caps, to the end."""
    numbers = sorted({_signed(crc32(f"cap {key}".encode())) for key in caps})
    return Bound(SQL["lock"], {"numbers": numbers, "ids": sorted(set(fragments))})


def lock_pieces(session: Session, skus: Iterable[str], store: str | None) -> None:
    """Be the only one who holds pieces of these products at a store, until the transaction ends."""
    numbers = {_signed(crc32(f"{sku} {store or ''}".encode())) for sku in skus}
    if numbers:
        session.execute(SQL["lock_pieces"], numbers=sorted(numbers))


def _signed(number: int) -> int:
    return number - 2**31


class History(NamedTuple):
    """What one person was shown before."""

    contacts: tuple[Contact, ...]
    #: percent that she was offered lately, by action
    held: Mapping[str, int]


UNMET: Final = History((), {})
"""Nothing was shown."""


def contacts_of(fragments: Iterable[bytes], moment: Moment) -> Bound:
    """Rows for :func:`histories`."""
    since = moment.at - LONGEST_MEMORY
    return Bound(SQL["contacts"], {"ids": sorted(set(fragments)), "since": since, "now": moment.at})


def histories(
    rows: Sequence[tuple[Any, ...]], persons: Mapping[bytes, Sequence[bytes]], moment: Moment
) -> dict[bytes, History]:
    """Name → what was shown; ``persons`` has the ids that are hers, who may have several names."""
    if not rows:
        return {}
    owners: dict[bytes, list[bytes]] = {}
    for person, hers in persons.items():
        for each in hers:
            owners.setdefault(each, []).append(person)
    found: dict[bytes, list[Contact]] = {}
    held: dict[bytes, dict[str, int]] = {}
    for fragment, action, group, channel, outcome, day, hour, at, decision, discount in rows:
        contact = Contact(action, group, channel, outcome, day, hour, at // MINUTE, answer_of(decision))
        for person in owners.get(fragment, ()):
            found.setdefault(person, []).append(contact)
            if moment.day - day < HELD_DAYS:
                held.setdefault(person, {})[action] = discount
    return {person: History(tuple(contacts), held.get(person, {})) for person, contacts in found.items()}


def answer_of(decision: bytes) -> int:
    """What tells the answers apart that one person had; never 0, nor below."""
    return 1 + int.from_bytes(decision[:4])


def uses_of(caps: Mapping[str, tuple[Cap, Sequence[str]]], moment: Moment) -> Bound:
    """Rows (key, count): how much of caps over everybody is used; with each the actions that it counts."""
    columns: dict[str, list[Any]] = {
        name: [] for name in ("keys", "actions", "since", "days", "hours", "channels")
    }
    for key, (cap, actions) in caps.items():
        since, day, hour = _begins(cap, moment)
        for action in actions:
            for name, value in zip(columns, (key, action, since, day, hour, cap.channel), strict=True):
                columns[name].append(value)
    return Bound(SQL["used"], {**columns, "now": moment.at})


def _begins(cap: Cap, moment: Moment) -> tuple[int, int, int]:
    """When a cap's window begins: not before a moment, after a day and after an hour."""
    window = cap.within
    if window is not None and window.unit == "minutes":
        return (moment.minute - window.length + 1) * MINUTE, -1, -1
    days = window.length if window is not None and window.unit == "days" else None
    hours = window.length if window is not None and window.unit == "hours" else None
    longest = LONGEST_MEMORY * 10 if window is None else (days or 1 + (hours or 0) // 24) * DAY + DAY
    day = -1 if days is None else moment.day - days
    return moment.at - longest, day, -1 if hours is None else moment.hour - hours


class Shelf(NamedTuple):
    """What there is to sell at one place."""

    #: pieces that no answer holds; a sku that is not named is not counted
    stock: Mapping[str, int]
    prices: Mapping[str, int]
    #: products that are not for many to see
    sensitive: frozenset[str] = frozenset()


EMPTY: Final = Shelf({}, {})
"""Nothing is counted, and nothing has a price."""

Places = Mapping[str | None, Sequence[str]]
"""Store (None: where parcels come from) → products that are asked for there."""


def shelves_of(places: Places, now: int) -> Bound:
    """Rows for :func:`shelves`."""
    pairs = [(sku, store or "") for store, skus in places.items() for sku in skus]
    values = {"skus": [sku for sku, _ in pairs], "stores": [store for _, store in pairs], "now": now}
    return Bound(SQL["shelves"], values)


def shelves(rows: Sequence[tuple[Any, ...]]) -> dict[str | None, Shelf]:
    """Store → pieces and prices of the products that were asked for there."""
    found: dict[str | None, tuple[dict[str, int], dict[str, int], set[str]]] = {}
    for sku, store, left, price, hidden in rows:
        stock, prices, private = found.setdefault(store or None, ({}, {}, set()))
        if left is not None:
            stock[sku] = left
        if price is not None:
            prices[sku] = price
        if hidden:
            private.add(sku)
    return {
        store: Shelf(stock, prices, frozenset(private)) for store, (stock, prices, private) in found.items()
    }


def sensitive(session: Session, skus: Sequence[str]) -> frozenset[str]:
    """Which of these products are not for many to see."""
    return frozenset(sku for (sku,) in session.fetch(SQL["sensitive"], skus=list(skus)))


# ── keeping ──────────────────────────────────────────────────────────────────


def keeping(kept: Sequence[Kept], menus: Mapping[str, Menu]) -> list[Bound]:
    """Write decisions and their slots: when this is committed they count."""
    if not kept:
        return []
    values = {
        "ids": [each.decision_id for each in kept],
        "at": [each.at for each in kept],
        "placements": [each.placement for each in kept],
        "fragments": [each.fragment_id for each in kept],
        "identities": [each.given.known.identity for each in kept],
        "fallbacks": [each.decision.fallback for each in kept],
        "considered": [each.decision.considered for each in kept],
        "definitions": [each.definitions for each in kept],
        "policies": [each.policy for each in kept],
        "took": [each.took for each in kept],
        "given": [packed(each.given) for each in kept],
        "answers": [packed(each.decision) for each in kept],
        "products": [packed(each.products) if each.products else None for each in kept],
    }
    found = [Bound(SQL["keep_decisions"], values)]
    rows = [row for each in kept for row in _rows(each, menus[each.placement])]
    if rows:
        columns = map(list, zip(*rows, strict=True))
        found.append(Bound(SQL["keep_contacts"], dict(zip(_CONTACT, columns, strict=True))))
    return found


_CONTACT: Final = (
    "decisions", "fragments", "placements", "channels", "stores", "at", "days", "hours", "silent",
    "features", "outcomes", "slots", "actions", "groups", "skus", "discounts", "propensities", "margins",
    "lifts", "explored", "recommended",
)  # fmt: skip


def holds_pieces(placement: Placement, owner: bytes | None) -> bool:
    """Whether a piece that is shown there is kept for who asked.

    What many see is offered to nobody in particular, unless it is known who stands there: it would be kept
    from whoever does.
    """
    return placement.seen_by == "one" or owner is not None


def _rows(each: Kept, menu: Menu) -> list[tuple[Any, ...]]:
    """A row of :data:`_CONTACT` for each slot."""
    decision, ask, placement = each.decision, each.given.ask, menu.placement
    if decision.fallback:
        return []
    moment, silent = ask.moment, each.at + placement.silence * 1_000_000
    same = (
        each.decision_id, each.fragment_id, each.placement, placement.touchpoint, ask.store, each.at,
        moment.day, moment.hour, silent, doubles(each.given.known.features), "returned",
    )  # fmt: skip
    rows = []
    holds = holds_pieces(placement, each.fragment_id)
    shown = _list([one.sku for one in each.products]) if each.products else None
    taken = {name for fallen in decision.fallen if fallen.stage == "caps" for name in fallen.actions}
    for number, slot in enumerate(decision.slots):
        choice = menu.choice(slot.action)
        if choice is None:
            continue
        action, (margin, lift, explored) = choice.action, _score(decision, slot.action, taken)
        taken.add(slot.action)
        rows.append((
            *same, number, action.name, action.group, action.sku if holds else None, slot.discount,
            slot.propensity, margin, lift, explored, shown if action.kind == "recommendation" else None,
        ))  # fmt: skip
    return rows


def _list(names: Sequence[str]) -> str:
    return msgspec.json.encode(names).decode()


def _score(decision: Decision, name: str, taken: Collection[str]) -> tuple[float, float, bool]:
    """Margin and lift of a slot, and whether another that could have had it was foretold to earn more."""
    ranking = decision.ranking
    first = next(each for each in ranking.actions if each not in taken or each == name)
    row = ranking.row(ranking.actions.index(name))
    return row["margin"], row["lift"], first != name


def forget(session: Session, ids: Sequence[bytes]) -> None:
    """Remove what was shown to these fragments."""
    session.execute(SQL["forget_decisions"], ids=list(ids))
    session.execute(SQL["forget_contacts"], ids=list(ids))


# ── reading ──────────────────────────────────────────────────────────────────


def kept_of(row: Sequence[Any]) -> Kept:
    """A row of the statements ``decision`` and ``decisions``."""
    decision_id, at, placement, fragment, _, _, _, definitions, policy, took, given, answer, products = row
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
        products=products_of(products),
    )


def arms(session: Session, placements: Sequence[str]) -> dict[tuple[str, str], tuple[Arm, int]]:
    """(placement, action) → what was learnt, and the local day as of which it was aged."""
    return arms_of(session.fetch(SQL["arms"], placements=list(placements)))


def arms_of(rows: Iterable[Sequence[Any]]) -> dict[tuple[str, str], tuple[Arm, int]]:
    """The same of rows (placement, action, square, reward, seen, day)."""
    return {
        (placement, action): (Arm(numbers_of(square), numbers_of(reward), seen), day)
        for placement, action, square, reward, seen, day in rows
    }
