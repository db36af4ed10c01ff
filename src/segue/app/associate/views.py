"""The shapes of a customer's brief: one page, to be read in ten seconds.

Times are RFC 3339 text in UTC, money is a decimal text beside its currency, ids are hexadecimal.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from segue.app.catalogue import Store
from segue.app.deciding.answers import DecisionAnswer

About = Literal["service", "preference"]
"""What a note is about: service may be done with it by anybody; a preference is personalisation."""

Outcome = Literal["accepted", "dismissed"]

OrderState = Literal["placed", "packed", "sent", "ready"]
"""What became last of an order that somebody waits for."""

Withheld = Literal["value", "last_online", "last_in_store", "looked_at", "sizes", "preferences", "notes"]
"""Parts of a brief that need her consent to personalisation by the staff."""


class BriefLoyalty(msgspec.Struct, frozen=True, kw_only=True):
    """Her membership."""

    #: the last four characters of her card; null: she is a member without one
    ending: str | None
    tier: str | None
    points: str | None


class BriefValue(msgspec.Struct, frozen=True, kw_only=True):
    """What she is worth, coarsely."""

    #: 5: among the fifth of the buyers who spent most in a year, down to 1
    fifth: int
    #: in a year
    orders: int | None
    spent: str | None
    currency: str | None


class BriefWho(msgspec.Struct, frozen=True, kw_only=True):
    """Who she is."""

    #: her name, else her best identifier, shortened
    label: str
    city: str | None
    #: when she was first met; RFC 3339
    since: str | None
    orders: int
    loyalty: BriefLoyalty | None
    value: BriefValue | None


class BriefVisit(msgspec.Struct, frozen=True, kw_only=True):
    """The last time that she came."""

    at: str
    channel: str
    #: id and name of the store; null: none, or nobody knows
    store: str | None = None
    store_name: str | None = None
    device: str | None = None
    product_views: int = 0
    #: state of the cart that she left
    cart: str | None = None
    cart_items: int = 0
    #: of an order
    value: str | None = None
    currency: str | None = None
    items: int = 0


class BriefLooked(msgspec.Struct, frozen=True, kw_only=True):
    """A product that she looked at and did not buy."""

    sku: str
    name: str | None
    category: str | None
    brand: str | None
    #: in the shop's currency
    price: str | None
    image: str | None
    #: times, in the last sixty days
    times: int
    last_at: str
    #: it lies in her cart, or on her wish list
    kept: bool
    #: pieces at the store that was asked about; null: nobody counts them
    on_hand: int | None


class BriefTaste(msgspec.Struct, frozen=True, kw_only=True):
    """A size or a preference."""

    #: what it is of: an attribute's name, or category, brand, store
    of: str
    value: str
    #: said: she told it; bought, looked: what she did shows it
    how: Literal["said", "bought", "looked"]


class BriefOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order that she is waiting for."""

    order_id: str
    placed_at: str
    #: as told last
    state: OrderState
    channel: str
    #: where she fetches it; null: it is sent
    store: str | None
    store_name: str | None
    value: str
    currency: str
    items: int


class BriefComplaint(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint that is not settled: nothing is sold to her until it is."""

    #: RFC 3339; null where only the segment says it
    since: str | None
    about: str | None


class BriefCorrection(msgspec.Struct, frozen=True, kw_only=True):
    """The latest correction of a note."""

    at: str
    #: null: she is no user any more
    by: str | None


class BriefNote(msgspec.Struct, frozen=True, kw_only=True):
    """What a colleague wrote."""

    note_id: str
    at: str
    text: str
    about: About
    #: who wrote it, as colleagues know her; null: she is no user any more
    by: str | None
    store: str | None
    #: it says something else than was written first
    corrected: BriefCorrection | None
    #: whoever reads it may correct it and take it back
    yours: bool


class BriefAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """Something that she can say yes or no to, and what she said last."""

    #: as in purposes.yaml
    purpose: str
    #: null: the purpose has no channels
    channel: str | None
    state: Literal["granted", "denied", "unstated"]
    at: str | None
    #: of what was said to the staff: to whom, as colleagues know her, and the store's name
    by: str | None
    store: str | None


class BriefConsent(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the staff may use what is known of her for more than service."""

    personal: bool
    state: Literal["granted", "denied", "unstated"]
    #: when she said so
    at: str | None


class Brief(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that an associate needs of a customer, on one page."""

    person_id: str
    who: BriefWho
    consent: BriefConsent
    #: what she can be asked about; the first is whether the staff may use what is known of her
    agreements: list[BriefAgreement]
    #: her language as she told it (``de``, ``pl-PL``); null: nobody knows
    language: str | None
    #: parts that are left out without her consent
    withheld: list[Withheld]
    last_online: BriefVisit | None
    last_in_store: BriefVisit | None
    looked_at: list[BriefLooked]
    sizes: list[BriefTaste]
    preferences: list[BriefTaste]
    open_orders: list[BriefOrder]
    complaint: BriefComplaint | None
    notes: list[BriefNote]
    #: the next best, with the sentence to say; null: no placement is an associate's
    suggestions: DecisionAnswer | None


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """What a tablet needs to know before anybody is in front of it."""

    #: who holds it, as colleagues know her
    name: str
    #: the placement that it asks for; null: none has the touchpoint associate
    placement: str | None
    stores: list[Store]


class NoteKept(msgspec.Struct, frozen=True, kw_only=True):
    """A note that is kept; the brief shows it from now on."""

    note: BriefNote


class ConsentRecorded(msgspec.Struct, frozen=True, kw_only=True):
    """What she said; the brief and its suggestions follow it from now on."""

    agreement: BriefAgreement


class OutcomeRecorded(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a suggestion."""

    decision_id: str
    slot: int
    action: str
    outcome: Outcome
