"""What a customer took up elsewhere, for whoever serves her: listed, and given to her once.

Only for trusted keys and the staff: a scanned card is proven there, and opens what she was promised, never
what she bought or looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NamedTuple

import msgspec

from segue.app.deciding.facing import Asker, named
from segue.app.installation import Installation
from segue.decide import coupons
from segue.decide.coupons import Coupon
from segue.domain.access import Caller
from segue.domain.actions import Action
from segue.domain.order import rfc3339
from segue.domain.rules import Rules
from segue.enrich.calendar import day_and_hour
from segue.errors import ConflictError, InvalidInputError, NotFoundError, NotPermittedError
from segue.ports.database import Session

Identifiers = dict[str, Annotated[str, msgspec.Meta(max_length=500)]]


class Whose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who stands there, by kind."""

    identifiers: Identifiers


class Redeeming(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The coupon that she is to be given."""

    identifiers: Identifiers
    decision_id: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    slot: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0


class CouponAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An offer that she took up and has not had."""

    #: of the answer in which she was offered it, for the event ``Action Redeemed``
    decision_id: str
    slot: int
    action: str
    #: what people call the action
    title: str
    #: percent off, as she was promised
    discount: int
    #: the product that it is off; null: none in particular
    sku: str | None
    #: RFC 3339
    accepted_at: str
    #: the last day on which it holds, ISO 8601; null: as long as there is that offer
    until: str | None


class CouponList(msgspec.Struct, frozen=True, kw_only=True):
    """What she can be given, promised last first."""

    coupons: list[CouponAnswer]


class _Hers(NamedTuple):
    """All that she took up, and what of it can be redeemed."""

    taken: list[Coupon]
    open: list[Coupon]


class Coupons:
    """The coupons of one installation. Safe to share between threads."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def of(self, whose: Whose, caller: Caller) -> CouponList:
        """What she can be given. NotPermittedError for a public key, InvalidInputError for nobody."""
        rules = self._installation.rules()
        with self._installation.database.transaction(read_only=True) as session:
            hers = self._hers(session, whose.identifiers, caller, rules)
        actions = _by_name(rules)
        return CouponList(coupons=[_answer(each, actions[each.action]) for each in hers.open])

    def redeem(self, wanted: Redeeming, caller: Caller) -> CouponAnswer:
        """Give it to her, once.

        ConflictError (``redeemed``) where she has had it, (``expired``) where it holds no longer,
        NotFoundError where she took up nothing of the kind; else as :meth:`of`.
        """
        rules, now = self._installation.rules(), self._installation.clock.now()
        decision = bytes.fromhex(wanted.decision_id)
        with self._installation.database.transaction() as session:
            coupons.lock(session, self._hers(session, wanted.identifiers, caller, rules).taken)
            hers = self._hers(session, wanted.identifiers, caller, rules)
            found = next((c for c in hers.taken if (c.decision_id, c.slot) == (decision, wanted.slot)), None)
            if found is None:
                raise NotFoundError("she has taken up no such offer", cure="read hers: POST /api/v1/coupons")
            if found.redeemed_at is not None:
                raise ConflictError(
                    f"this coupon was redeemed at {rfc3339(found.redeemed_at)}",
                    cure="sell without it",
                    code="redeemed",
                )
            if found not in hers.open:
                raise ConflictError("this coupon holds no longer", cure="read hers again", code="expired")
            coupons.redeem(session, found, hers.taken, now)
        return _answer(found, _by_name(rules)[found.action])

    def _hers(self, session: Session, identifiers: Mapping[str, str], caller: Caller, rules: Rules) -> _Hers:
        if not caller.trusted:
            raise NotPermittedError(
                "a public key may not read what she took up", cure="ask with the key of a staffed till"
            )
        asker = Asker(trusted=True, source=caller.source)
        fragments = named(identifiers, asker, rules, self._installation.secret).fragments
        if not fragments:
            raise InvalidInputError("nobody is named", cure="send identifiers, e.g. {'loyalty_card': '…'}")
        taken = coupons.taken(session, fragments)
        today, _ = day_and_hour(rules.time_zone, self._installation.clock.now())
        return _Hers(taken, coupons.open_ones(taken, _by_name(rules), today))


def _by_name(rules: Rules) -> dict[str, Action]:
    return {action.name: action for action in rules.actions}


def _answer(coupon: Coupon, action: Action) -> CouponAnswer:
    last = coupons.last_day(coupon, action)
    return CouponAnswer(
        decision_id=coupon.decision_id.hex(),
        slot=coupon.slot,
        action=coupon.action,
        title=action.title or coupon.action.replace("_", " "),
        discount=coupon.discount,
        sku=coupon.sku,
        accepted_at=rfc3339(coupon.accepted_at),
        until=None if last is None else coupons.date_of(last),
    )
