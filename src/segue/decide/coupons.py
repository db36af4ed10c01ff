"""Offers that she took up and can be given at a till: each once, at the depth that she was promised.

An offer that she accepted (``Action Accepted``) is a coupon until a till gives it to her (``Action
Redeemed``), or until an order that names its decision does. What she took up several times is one coupon. A
discount is promised for as long as it stays hers in every channel, anything else while its action runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from segue.decide.store import HELD_DAYS
from segue.domain.actions import Action
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.decide", "coupons.sql")
_BEGIN: Final = date(1970, 1, 1)
_FOREVER: Final = (date.max - _BEGIN).days

ACCEPTED: Final = "Action Accepted"
GIVEN: Final = frozenset({"Action Redeemed", "Order Completed"})
"""With a decision's id: she has had it."""


class Word(NamedTuple):
    """That she took a slot up, or was given it."""

    decision_id: bytes
    #: the slot or action; None: any of the decision
    slot: int | None
    action: str | None
    given: bool
    #: microseconds
    at: int


class Coupon(NamedTuple):
    """What she took up."""

    decision_id: bytes
    slot: int
    action: str
    #: percent off, as she was promised
    discount: int
    sku: str | None
    #: local day, since 1970
    day: int
    #: microseconds
    accepted_at: int
    redeemed_at: int | None


def note(session: Session, words: Sequence[Word]) -> None:
    """Keep what is said of slots; heard twice or in another order it is the same."""
    for redeemed in {word.given for word in words}:
        session.execute(
            _SQL["note"],
            decisions=[word.decision_id for word in words],
            slots=[word.slot for word in words],
            actions=[word.action for word in words],
            given=[word.given for word in words],
            moments=[word.at for word in words],
            redeemed=redeemed,
        )


def taken(session: Session, fragments: Collection[bytes]) -> list[Coupon]:
    """All that she took up away from the till, redeemed or not, latest first."""
    rows = session.fetch(_SQL["hers"], ids=sorted(set(fragments)))
    return [
        Coupon(decision, slot, action, discount, sku, day, accepted, redeemed)
        for decision, slot, action, discount, sku, _, day, accepted, redeemed in rows
    ]


def open_ones(coupons: Iterable[Coupon], actions: Mapping[str, Action], today: int) -> list[Coupon]:
    """Those that can be redeemed on a local day; of each action the one promised last.

    What was redeemed after she took it up uses up all that she took up before.
    """
    every = list(coupons)
    used: dict[str, int] = {}
    for each in every:
        if each.redeemed_at is not None:
            used[each.action] = max(used.get(each.action, 0), each.redeemed_at)
    found: dict[str, Coupon] = {}
    for each in every:
        last = last_day(each, actions.get(each.action))
        fresh = each.redeemed_at is None and each.accepted_at > used.get(each.action, -1)
        if fresh and last is not None and today <= last:
            found.setdefault(each.action, each)
    return list(found.values())


def last_day(coupon: Coupon, action: Action | None) -> int | None:
    """The last local day on which it holds; None where there is no such offer, or only from later on."""
    if action is None or action.kind != "offer":
        return None
    ends = [] if action.valid_until is None else [(action.valid_until - _BEGIN).days]
    if coupon.discount:
        ends.append(coupon.day + HELD_DAYS - 1)
    return min(ends, default=_FOREVER)


def date_of(day: int) -> str | None:
    """The day in ISO 8601; None for one that never comes."""
    return None if day >= _FOREVER else (_BEGIN + timedelta(days=day)).isoformat()


def lock(session: Session, coupons: Iterable[Coupon]) -> None:
    """Be the only one who gives any of these to her, until the transaction ends."""
    session.fetch(_SQL["lock"], **_places(coupons))


def redeem(session: Session, coupon: Coupon, taken: Iterable[Coupon], at: int) -> None:
    """Give it to her, and with it what else she took up of the same action. All of them are locked."""
    same = [each for each in taken if each.action == coupon.action and each.redeemed_at is None]
    session.execute(_SQL["redeem"], **_places(same), at=at)


def _places(coupons: Iterable[Coupon]) -> dict[str, list[Any]]:
    places = [(each.decision_id, each.slot) for each in coupons]
    return {"decisions": [decision for decision, _ in places], "slots": [slot for _, slot in places]}
