"""The golden record as it is read: the shapes that the API answers with and scripts rely on.

Times are RFC 3339 text in UTC, money is a decimal string beside its currency, ids are hexadecimal.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

View = Literal["certain", "likely"]


class IdentifierPart(msgspec.Struct, frozen=True, kw_only=True):
    """A way to recognise her."""

    kind: str
    value: str
    #: how surely it is hers: the best tier of a link to it
    tier: str
    first_seen: str
    last_seen: str
    source: str


class ClaimPart(msgspec.Struct, frozen=True, kw_only=True):
    """A value that some source gave for an attribute."""

    value: Any
    source: str
    observed_at: str
    count: int
    #: said by a public source without proof
    claimed: bool
    #: bought-in data
    third_party: bool


class AttributePart(ClaimPart, frozen=True, kw_only=True):
    """The surviving value of an attribute and the ones it won over, best first."""

    others: list[ClaimPart]


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What the orders in one currency come to, after refunds and cancellations."""

    currency: str
    #: orders that were not cancelled
    count: int
    revenue: str
    refunds: str
    average_basket: str | None


class OrderPart(msgspec.Struct, frozen=True, kw_only=True):
    """One order."""

    order_id: str
    placed_at: str
    state: Literal["completed", "cancelled", "partly_refunded", "refunded"]
    #: without tax and shipping, before refunds
    value: str
    refunded: str
    currency: str
    items: int
    store: str | None
    channel: str
    source: str
    coupon: str | None
    claimed: bool


class OrdersPart(msgspec.Struct, frozen=True, kw_only=True):
    """All orders. The figures beside ``by_currency`` are those of the currency with most orders."""

    count: int = 0
    revenue: str = "0.00"
    currency: str | None = None
    average_basket: str | None = None
    refunds: str = "0.00"
    cancelled: int = 0
    items: int = 0
    first_at: str | None = None
    last_at: str | None = None
    days_since_last: int | None = None
    by_currency: list[Totals] = []
    #: the ten latest
    recent: list[OrderPart] = []
    #: more orders than are kept: figures are of a fair sample of them
    approximate: bool = False


class CartPart(msgspec.Struct, frozen=True, kw_only=True):
    """The cart of a session."""

    #: open: the session goes on; abandoned: it ended so
    state: Literal["none", "open", "abandoned", "emptied", "bought"]
    items: int
    value: str | None
    #: of the value
    currency: str | None = None


class IntentPart(msgspec.Struct, frozen=True, kw_only=True):
    """What a visit looks like after its latest step, as the model of intent has it."""

    #: probability that she goes on to buy in this visit
    will_buy: float
    #: probability that she leaves within the next steps with a filled cart; None where nothing is in it
    leaves_cart: float | None
    #: what speaks for and against buying, in words, best first
    because: list[str]
    #: ``name@version``
    model: str


class SessionPart(msgspec.Struct, frozen=True, kw_only=True):
    """One visit."""

    #: it may still go on: her last step was less than thirty minutes ago
    active: bool
    started_at: str
    ended_at: str
    dwell_seconds: float
    source: str
    channel: str
    device: str | None
    session_id: str | None
    campaign: str | None
    campaign_source: str | None
    campaign_medium: str | None
    referrer: str | None
    landing: str | None
    exit: str | None
    pages: int
    events: int
    product_views: int
    added_to_cart: int
    removed_from_cart: int
    cart: CartPart
    checkout: Literal["none", "started", "abandoned", "succeeded"]
    checkout_steps: list[str]
    orders: int
    revenue: str
    #: of the revenue
    currency: str | None = None
    #: of the sessions that go on and the latest ones; None before a model of intent was trained
    intent: IntentPart | None = None


class SessionsPart(msgspec.Struct, frozen=True, kw_only=True):
    """All visits that the kept steps (the latest 256 of each fragment) make."""

    count: int = 0
    pages: int = 0
    dwell_seconds: float = 0.0
    first_at: str | None = None
    last_at: str | None = None
    #: state of the cart in the latest session that had one
    cart: CartPart | None = None
    #: of the latest session
    checkout: Literal["none", "started", "abandoned", "succeeded"] = "none"
    carts_abandoned: int = 0
    checkouts_abandoned: int = 0
    #: the ten latest
    recent: list[SessionPart] = []
    #: there were older ones whose steps are no longer kept
    approximate: bool = False


class ConsentWord(msgspec.Struct, frozen=True, kw_only=True):
    """One statement about consent."""

    state: Literal["granted", "denied"]
    at: str
    source: str
    purpose: str
    channel: str | None
    address: str | None
    claimed: bool


class ConsentPart(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for a purpose in a channel."""

    state: Literal["granted", "denied"]
    at: str
    source: str


class Favourite(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a dimension, how often it was seen, how many pieces or orders were bought of it."""

    value: str
    seen: int
    bought: int


class CampaignPart(msgspec.Struct, frozen=True, kw_only=True):
    """An ad, campaign, promotion or mailing she came across."""

    kind: str
    name: str
    source: str | None
    medium: str | None
    seen: int
    engaged: int
    first_at: str
    last_at: str


class GroupPart(msgspec.Struct, frozen=True, kw_only=True):
    """A group (company, household, club) she was said to belong to."""

    group_id: str
    name: str | None
    first_at: str
    last_at: str


class EventPart(msgspec.Struct, frozen=True, kw_only=True):
    """How often one event happened, in all and by day of the retailer's zone (the latest 400 days)."""

    count: int
    first_at: str
    last_at: str
    days: dict[str, int]
    #: currency → its value in all, over the days kept
    value: dict[str, str]
    #: currency → day → value
    value_by_day: dict[str, dict[str, str]]


class ActivityPart(msgspec.Struct, frozen=True, kw_only=True):
    """What she did."""

    first_seen: str | None = None
    last_seen: str | None = None
    #: by event name; pages, screens and the other calls by their type
    events: dict[str, EventPart] = {}
    #: what was cut to its bound, so that its figures are approximate
    approximate: list[str] = []
    #: the time zone that a device of hers said last, an IANA name
    time_zone: str | None = None


class TraitMarks(msgspec.Struct, frozen=True, kw_only=True):
    """Which traits are not quite what they say."""

    #: what happened before their definition is still being counted
    incomplete: list[str] = []
    #: they kept too few values apart to be exact
    approximate: list[str] = []
    #: when the fifths that RFM scores go by were taken, RFC 3339; null before they first were
    scored_as_of: str | None = None


class GoldenRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Everything Segue knows of a person, assembled when it is asked for."""

    person_id: str
    identifiers: list[IdentifierPart]
    attributes: dict[str, AttributePart]
    #: as of now; null where there is nothing to tell
    traits: dict[str, Any] = {}
    traits_marks: TraitMarks = msgspec.field(default_factory=TraitMarks)
    orders: OrdersPart
    sessions: SessionsPart
    #: names of those that she is in
    segments: list[str] = []
    predictions: dict[str, Any] = {}
    consent: dict[str, dict[str, ConsentPart]]
    #: explicit statements, latest first
    consent_history: list[ConsentWord]
    favourites: dict[str, list[Favourite]]
    campaigns: list[CampaignPart]
    groups: list[GroupPart]
    activity: ActivityPart
    fragments: list[str]
    view: View
