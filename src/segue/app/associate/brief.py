"""A customer's brief: what her record, her timeline and a decision say, as far as she agrees to its use.

Consent is checked here, where data is used: without personalisation in the channel of the staff the page
keeps to what service needs. What is sensitive is never on it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, get_args

from segue.app.associate import behaviour
from segue.app.associate.behaviour import LookedAt
from segue.app.associate.views import (
    Brief,
    BriefAgreement,
    BriefComplaint,
    BriefConsent,
    BriefLooked,
    BriefLoyalty,
    BriefNote,
    BriefOrder,
    BriefTaste,
    BriefValue,
    BriefVisit,
    BriefWho,
    OrderState,
    Withheld,
)
from segue.domain.rules import Purposes
from segue.enrich.complaints import COMPLAINT
from segue.enrich.money import decimal_text
from segue.enrich.record import GoldenRecord, OrderPart, SessionPart
from segue.enrich.segments.facts import Facts, granted

CHANNEL: Final = "associate"
PURPOSE: Final = "personalisation"
ONLINE: Final = frozenset({"web", "app"})
"""Channels in which she is not in a store, and whose orders are sent or fetched later."""

LOOKED_BACK: Final = timedelta(days=60)
WAITED: Final = timedelta(days=30)
"""How long somebody waits for an order of which nothing more was told."""
MOST_LOOKED: Final = 6
MOST_TASTES: Final = 6

_SINCE = ("customer_since", "member_since", "created_at")
_TIERS = ("loyalty_tier", "loyalty_status", "loyalty_level", "tier")
_POINTS = ("loyalty_points", "points")
_LANGUAGES = ("language", "preferred_language", "locale")
_SAID = ("preferred_", "favourite_", "favorite_", "preference_")
_LONGEST = 120


class Product(NamedTuple):
    """What the catalogue knows of a product, and how many pieces lie at the store."""

    name: str | None
    category: str | None
    brand: str | None
    price: str | None
    image: str | None
    sensitive: bool
    active: bool
    on_hand: int | None


class Beside(NamedTuple):
    """What else a brief is made of, looked up already."""

    #: events of :data:`segue.app.associate.behaviour.WANTED`, newest first
    events: Sequence[Mapping[str, Any]]
    notes: Sequence[BriefNote]
    agreements: Sequence[BriefAgreement]
    products: Mapping[str, Product]
    #: categories of which nothing is said
    sensitive: Collection[str]
    #: id → name
    stores: Mapping[str, str | None]
    now: datetime


def brief_of(record: GoldenRecord, purposes: Purposes, beside: Beside) -> Brief:
    """Her brief, without suggestions."""
    consent = consent_of(record, purposes)
    orders = record.orders.recent
    online, in_store = _last_online(record.sessions.recent, beside), _last_in_store(orders, beside)
    looked, sizes, liked = _looked(beside), _sizes(record, beside), _preferences(record, beside)
    who = _who(record)
    if consent.personal:
        withheld: list[Withheld] = []
    else:
        withheld = list(get_args(Withheld))
        who = BriefWho(
            label=who.label, city=None, since=who.since, orders=who.orders, loyalty=who.loyalty, value=None
        )
    told = consent.personal
    return Brief(
        person_id=record.person_id,
        who=who,
        consent=consent,
        agreements=list(beside.agreements),
        language=_attribute(record, _LANGUAGES),
        withheld=withheld,
        last_online=online if told else None,
        last_in_store=in_store if told else None,
        looked_at=looked if told else [],
        sizes=sizes if told else [],
        preferences=liked if told else [],
        open_orders=_open_orders(orders, beside),
        complaint=_complaint(record, beside),
        notes=[note for note in beside.notes if told or note.about == "service"],
        suggestions=None,
    )


def consent_of(record: GoldenRecord, purposes: Purposes) -> BriefConsent:
    """Whether the staff may use what is known of her for more than service."""
    said = record.consent.get(PURPOSE, {})
    word = said.get(CHANNEL) or said.get("*")
    facts = Facts(
        consent={
            purpose: {channel: each.state == "granted" for channel, each in channels.items()}
            for purpose, channels in record.consent.items()
        }
    )
    return BriefConsent(
        personal=granted(facts, purposes, PURPOSE, CHANNEL),
        state="unstated" if word is None else word.state,
        at=None if word is None else word.at,
    )


# ── who she is ───────────────────────────────────────────────────────────────


def _who(record: GoldenRecord) -> BriefWho:
    first = [record.orders.first_at, record.activity.first_seen]
    since = _attribute(record, _SINCE) or min((each for each in first if each), default=None)
    return BriefWho(
        label=label_of(record),
        city=_attribute(record, ("city",)),
        since=since,
        orders=record.orders.count,
        loyalty=_loyalty(record),
        value=_value(record),
    )


def label_of(record: GoldenRecord) -> str:
    """Her name, else her best identifier with its middle left out."""
    parts = [_attribute(record, (name,)) for name in ("first_name", "last_name")]
    name = " ".join(part for part in parts if part) or _attribute(record, ("name",))
    if name:
        return name
    named = [each for each in record.identifiers if each.kind not in {"anonymous_id", "device_id"}]
    return masked(named[0].value) if named else record.person_id[:8]


def masked(value: str) -> str:
    """An identifier that colleagues recognise and nobody can copy from the screen: ``ann…@example.com``."""
    name, at, host = value.partition("@")
    if at:
        return f"{name[:3]}…@{host}"
    return value if len(value) <= 4 else f"…{value[-4:]}"


def _loyalty(record: GoldenRecord) -> BriefLoyalty | None:
    cards = [each.value for each in record.identifiers if each.kind == "loyalty_card"]
    tier, points = _attribute(record, _TIERS), _attribute(record, _POINTS)
    if not cards and tier is None and points is None:
        return None
    return BriefLoyalty(ending=cards[0][-4:] if cards else None, tier=tier, points=points)


def _value(record: GoldenRecord) -> BriefValue | None:
    fifth = record.traits.get("monetary_score")
    if not isinstance(fifth, int):
        return None
    orders, spent = record.traits.get("frequency"), record.traits.get("monetary")
    return BriefValue(
        fifth=fifth,
        orders=int(orders) if isinstance(orders, int | float) else None,
        spent=decimal_text(round(spent * 1_000_000)) if isinstance(spent, int | float) else None,
        currency=record.orders.currency,
    )


def _attribute(record: GoldenRecord, names: Sequence[str]) -> str | None:
    for name in names:
        part = record.attributes.get(name)
        if part is not None and (text := _plain(part.value)) is not None:
            return text
    return None


def _plain(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip()[:_LONGEST] or None


# ── when she was here last ───────────────────────────────────────────────────


def _last_online(sessions: Sequence[SessionPart], beside: Beside) -> BriefVisit | None:
    visit = next((each for each in sessions if each.channel in ONLINE), None)
    if visit is None:
        return None
    return BriefVisit(
        at=visit.ended_at,
        channel=visit.channel,
        device=visit.device,
        product_views=visit.product_views,
        cart=visit.cart.state if visit.cart.items else None,
        cart_items=visit.cart.items,
        value=visit.cart.value,
        currency=visit.cart.currency,
    )


def _last_in_store(orders: Sequence[OrderPart], beside: Beside) -> BriefVisit | None:
    order = next((each for each in orders if each.channel not in ONLINE), None)
    if order is None:
        return None
    return BriefVisit(
        at=order.placed_at,
        channel=order.channel,
        store=order.store,
        store_name=_store_name(order.store, beside),
        value=order.value,
        currency=order.currency,
        items=order.items,
    )


def _store_name(store: str | None, beside: Beside) -> str | None:
    return None if store is None else beside.stores.get(store) or store


# ── what she looked at, wears and likes ──────────────────────────────────────


def looked_at(events: Sequence[Mapping[str, Any]], now: datetime) -> list[LookedAt]:
    """What she looked at of late and did not buy."""
    return behaviour.not_bought(events, _text_of(now - LOOKED_BACK))


def _looked(beside: Beside) -> list[BriefLooked]:
    found = []
    for each in looked_at(beside.events, beside.now):
        known = beside.products.get(each.sku)
        if known is not None and (known.sensitive or not known.active):
            continue
        if known is None and each.name is None:
            continue  # a number says nothing to anybody
        found.append(_shown(each, known))
    return found[:MOST_LOOKED]


def _shown(each: LookedAt, known: Product | None) -> BriefLooked:
    own = known or Product(None, None, None, None, None, sensitive=False, active=True, on_hand=None)
    return BriefLooked(
        sku=each.sku,
        name=own.name or each.name,
        category=own.category or each.category,
        brand=own.brand or each.brand,
        price=own.price or each.price,
        image=own.image or each.image,
        times=each.times,
        last_at=each.last_at,
        kept=each.kept,
        on_hand=own.on_hand,
    )


def _sizes(record: GoldenRecord, beside: Beside) -> list[BriefTaste]:
    said = [
        BriefTaste(of=name, value=text, how="said")
        for name, part in record.attributes.items()
        if behaviour.is_size(name) and (text := _plain(part.value)) is not None
    ]
    bought = [
        BriefTaste(of=category, value=size, how="bought")
        for category, size in behaviour.sizes_bought(beside.events)
        if category not in beside.sensitive
    ]
    return (said + bought)[:MOST_TASTES]


def _preferences(record: GoldenRecord, beside: Beside) -> list[BriefTaste]:
    said = [
        BriefTaste(of=name, value=text, how="said")
        for name, part in record.attributes.items()
        if name.startswith(_SAID) and (text := _plain(part.value)) is not None
    ]
    shown = []
    for of, most in (("category", 3), ("brand", 2), ("store", 1)):
        for each in record.favourites.get(of, [])[:most]:
            if of == "category" and each.value in beside.sensitive:
                continue
            value = (_store_name(each.value, beside) or each.value) if of == "store" else each.value
            shown.append(BriefTaste(of=of, value=value, how="bought" if each.bought else "looked"))
    return (said + shown)[:MOST_TASTES]


# ── what she waits for ───────────────────────────────────────────────────────


def _open_orders(orders: Sequence[OrderPart], beside: Beside) -> list[BriefOrder]:
    states = behaviour.order_states(beside.events)
    since = _text_of(beside.now - WAITED)
    found = []
    for order in orders:
        state = states.get(order.order_id)
        if state == "done" or order.placed_at < since or order.state in {"cancelled", "refunded"}:
            continue
        if order.channel in ONLINE or state is not None:  # what was bought at a till was taken along
            found.append(_order(order, state, beside))
    return found


def _order(order: OrderPart, state: OrderState | None, beside: Beside) -> BriefOrder:
    return BriefOrder(
        order_id=order.order_id,
        placed_at=order.placed_at,
        state=state or "placed",
        channel=order.channel,
        store=order.store,
        store_name=_store_name(order.store, beside),
        value=order.value,
        currency=order.currency,
        items=order.items,
    )


def _complaint(record: GoldenRecord, beside: Beside) -> BriefComplaint | None:
    told = behaviour.complaint(beside.events)
    if told is not None:
        return BriefComplaint(since=told[0], about=told[1])
    return BriefComplaint(since=None, about=None) if COMPLAINT in record.segments else None


def _text_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
