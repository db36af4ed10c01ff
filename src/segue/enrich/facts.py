"""Facts: the little of an event that its golden record will ever need.

A fact is a plain list, because thousands a second are made, appended to journals and read back:
``[time, position, name, scene, label, origin, store, amount, currency, extra]`` with the trailing
Nones left out. ``name`` is a code of :mod:`segue.enrich.names` or text, ``scene`` a number in the
state's table, ``label`` the page, ``origin`` the campaign or referrer that brought her, ``amount``
millionths of ``currency``. What ``extra`` holds depends on the event:

- products: ``[category, brand, pieces]`` and, where ``cart_value`` tells it, what the cart comes to after
- checkout steps: the step as text
- orders: see :class:`segue.enrich.orders.Statement`
- identify: ``[proven, {attribute: value}]``; group: ``[group id, name]``
- consent: ``[proven, [[purpose, channel, address, granted], …]]``
- campaigns and ads: ``[kind, id or name, engaged]``
- complaints: ``[proven]``

Nothing in here raises on strange properties: what is no usable value is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import msgspec

from segue.domain.events import Event
from segue.enrich import complaints
from segue.enrich.lines import LONGEST_NAME, lines_in, read_lines, top
from segue.enrich.money import millionths
from segue.enrich.names import CODES, ORDER_REFUNDED, PAGE, SCREEN
from segue.enrich.scene import preferences

Fact = list[Any]
Details = tuple[int | None, str | None, Any]
"""Amount in millionths, currency, extra."""

_TEXT: Final = 120
_VALUE_BYTES: Final = 512
"""Attribute values longer than this (as JSON) stay in the lake."""
_ATTRIBUTES: Final = 300
_URL: Final = 200
"""The host stands within this many characters."""
_CURRENCY: Final = "USD"

_encode_json = msgspec.json.Encoder(order="deterministic").encode


def fact_of(event: Event, scene: int) -> Fact:
    """The fact of ``event``, whose scene has number ``scene`` in the state."""
    kind = event.type
    properties = event.properties
    label = origin = None
    code: int | str
    if kind == "track":
        name = event.event
        code = CODES.get(name, name[:_TEXT])
        amount, currency, extra = _READERS.get(name, _other)(event, properties)
    else:
        code = CODES[kind]
        amount, currency, extra = None, None, None
        if code in {PAGE, SCREEN}:
            label = _label(event, properties)
        elif kind in _TYPE_READERS:
            extra = _TYPE_READERS[kind](event)
    if event.context or code == PAGE:
        origin = _origin(event.context, properties if code == PAGE else None)
    store = _store(event.context, properties)
    fact: Fact = [
        event.timestamp, event.position, code, scene, label, origin, store, amount, currency, extra
    ]  # fmt: skip
    while fact[-1] is None:
        fact.pop()
    return fact


def text(value: object) -> str | None:
    """A short text from a string or whole number; None for anything else or nothing."""
    if isinstance(value, str):
        return value[:_TEXT] or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)[:_TEXT]
    return None


def _name(value: object) -> str | None:
    return value[:LONGEST_NAME] if isinstance(value, str) and value else None


def _store(context: dict[str, Any], properties: dict[str, Any]) -> str | None:
    for name in ("store", "store_id", "affiliation"):
        if name in properties:
            return text(properties[name])
    location = context.get("location")
    if isinstance(location, dict):
        return text(location.get("store") or location.get("store_id"))
    return None


def _label(event: Event, properties: dict[str, Any]) -> str | None:
    path = properties.get("path")
    if path is None:
        page = event.context.get("page")
        path = page.get("path") if isinstance(page, dict) else None
    return text(path) or event.event[:_TEXT] or None


def _origin(context: dict[str, Any], properties: dict[str, Any] | None) -> list[str | None] | None:
    """``[campaign, source, medium]``; for pages also ``[None, referring host]``."""
    campaign = context.get("campaign")
    if isinstance(campaign, dict):
        found = [text(campaign.get("name")), text(campaign.get("source")), text(campaign.get("medium"))]
        if any(found):
            return found
    if properties is None:
        return None
    page = context.get("page")
    page = page if isinstance(page, dict) else {}
    referrer = properties.get("referrer") or page.get("referrer")
    if not isinstance(referrer, str) or not referrer:
        return None
    came_from = host_of(referrer[:_URL])
    url = properties.get("url") or page.get("url")
    if came_from and isinstance(url, str) and host_of(url[:_URL]) != came_from:
        return [None, came_from]
    return None


@lru_cache(maxsize=4096)
def host_of(url: str) -> str:
    """The host of a URL without ``www.``; empty when there is none."""
    parts = url.split("/", 3)
    return parts[2].lower().removeprefix("www.")[:_TEXT] if len(parts) > 2 else ""


# ── attributes, groups, consent ──────────────────────────────────────────────


@lru_cache(maxsize=8192)
def attribute_name(name: str) -> str:
    """``firstName``, ``FirstName`` and ``first_name`` are one attribute: ``first_name``."""
    out: list[str] = []
    for i, char in enumerate(name.strip().replace(" ", "_").replace("-", "_")):
        if char.isupper() and i and not name[i - 1].isupper() and out[-1] != "_":
            out.append("_")
        out.append(char.lower())
    return "".join(out)


def _identify(event: Event) -> Any:
    claims: dict[str, Any] = {}
    for name, value in list(event.traits.items())[:_ATTRIBUTES]:
        if value is None or isinstance(value, (bool, int, float)) or len(_encode_json(value)) <= _VALUE_BYTES:
            claims[attribute_name(name[:_TEXT])] = value
    return [event.proven, claims] if claims else None


def _group(event: Event) -> Any:
    group = text(event.group_id)
    return [group, text(event.traits.get("name"))] if group else None


_TYPE_READERS: Final[dict[str, Callable[[Event], Any]]] = {"identify": _identify, "group": _group}


def _consent_updated(event: Event, _: dict[str, Any]) -> Details:
    stated = preferences(event.context) or preferences({"consent": event.properties})
    if not stated:
        return None, None, None
    return None, None, [event.proven, [[purpose, None, None, yes] for purpose, yes in stated.items()]]


def _consent(event: Event, properties: dict[str, Any]) -> Details:
    purposes = properties.get("purpose")
    listed = purposes if isinstance(purposes, list) else [purposes]
    channel, address = text(properties.get("channel")), text(properties.get("address"))
    granted = event.event == "Consent Granted"
    stated = [[text(one), channel, address, granted] for one in listed[:64] if text(one)]
    return None, None, [event.proven, stated] if stated else None


def _unsubscribed(event: Event, properties: dict[str, Any]) -> Details:
    address = text(properties.get("email") or properties.get("address"))
    return None, None, [event.proven, [["marketing", "email", address, False]]]


# ── products, carts, checkout, orders ────────────────────────────────────────


def currency_of(properties: dict[str, Any]) -> str:
    """ISO 4217 code; USD where nothing says it, as the e-commerce specification has it."""
    said = properties.get("currency")
    return said.upper() if isinstance(said, str) and len(said) == 3 and said.isalpha() else _CURRENCY


def _product(_: Event, properties: dict[str, Any]) -> Details:
    """One product in the properties themselves, or several under ``products``."""
    lines = read_lines(lines_in(properties) or [properties])
    said = millionths(properties.get("value"))
    amount = lines.amount if said is None else said
    extra: list[Any] = [lines.category, lines.brand, lines.pieces]
    if "cart_value" in properties:
        extra.append(millionths(properties["cart_value"]))
    return amount, None if amount is None else currency_of(properties), extra


def _listed(_: Event, properties: dict[str, Any]) -> Details:
    return None, None, [_name(properties.get("category")), None, len(lines_in(properties))]


def _cart(_: Event, properties: dict[str, Any]) -> Details:
    products = lines_in(properties)
    lines = read_lines(products)
    said = millionths(properties.get("value"))
    if said is None:
        said = millionths(properties.get("revenue"))
    amount = lines.amount if said is None else said
    pieces = lines.pieces if products else None
    return amount, None if amount is None else currency_of(properties), [None, None, pieces]


def _step(_: Event, properties: dict[str, Any]) -> Details:
    return None, None, text(properties.get("step"))


def _order_value(properties: dict[str, Any], lines_amount: int | None) -> int | None:
    """Revenue without tax and shipping, from whatever the event carries."""
    revenue = millionths(properties.get("revenue"))
    if revenue is not None:
        return revenue
    total = millionths(properties.get("total"))
    if total is not None:
        beside = (millionths(properties.get(name)) or 0 for name in ("tax", "shipping"))
        return total - sum(beside)
    discount = millionths(properties.get("discount")) or 0
    subtotal = millionths(properties.get("subtotal"))
    if subtotal is not None:
        return subtotal - discount
    value = millionths(properties.get("value"))
    if value is not None:
        return value
    return None if lines_amount is None else lines_amount - discount


def _order(event: Event, properties: dict[str, Any]) -> Details:
    order_id = text(properties.get("order_id")) or text(properties.get("checkout_id"))
    if order_id is None:  # an order of its own: nothing can ever correct it
        order_id = f"#{event.message_id[:_TEXT]}"
    lines = read_lines(lines_in(properties))
    if CODES[event.event] == ORDER_REFUNDED:
        return _refund(event, properties, order_id, lines.amount)
    value = _order_value(properties, lines.amount)
    extra = [
        event.proven,
        order_id,
        lines.pieces,
        text(properties.get("coupon")),
        [millionths(properties.get(name)) for name in ("total", "tax", "shipping", "discount")],
        top(lines.categories, order_id),
        top(lines.brands, order_id),
    ]
    while extra[-1] is None:
        extra.pop()
    return value, currency_of(properties), extra


def _refund(event: Event, properties: dict[str, Any], order_id: str, lines_amount: int | None) -> Details:
    """The amount is positive; None says that the whole order is refunded."""
    amount = millionths(properties.get("total"))
    for name in ("revenue", "value"):
        if amount is None:
            amount = millionths(properties.get(name))
    if amount is None:
        amount = lines_amount
    currency = currency_of(properties)
    return None if amount is None else abs(amount), currency, [event.proven, order_id]


# ── campaigns and whatever else ──────────────────────────────────────────────


def _campaign(event: Event, properties: dict[str, Any]) -> Any:
    """What an event says of an ad or campaign in its own properties."""
    promotion = text(properties.get("promotion_id"))
    if promotion is not None:
        return ["promotion", promotion, event.event == "Promotion Clicked"]
    campaign = text(properties.get("campaign_name") or properties.get("campaign_id"))
    if campaign is None:
        return None
    kind = "email" if event.event.startswith("Email ") else "campaign"
    return [kind, campaign, event.event.endswith(("Clicked", "Redeemed"))]


def _other(event: Event, properties: dict[str, Any]) -> Details:
    if not properties:
        return None, None, None
    said = properties.get("revenue")
    if said is None:
        said = properties.get("value")
    amount = None if said is None else millionths(said)
    extra = _campaign(event, properties)
    return amount, None if amount is None else currency_of(properties), extra


def _complaint(event: Event, properties: dict[str, Any]) -> Details:
    amount, currency, _ = _other(event, properties)
    return amount, currency, [event.proven]


_READERS: Final[dict[str, Callable[[Event, dict[str, Any]], Details]]] = {
    **dict.fromkeys(
        (
            "Product Clicked",
            "Product Viewed",
            "Product Added",
            "Product Removed",
            "Product Added to Wishlist",
            "Product Removed from Wishlist",
            "Wishlist Product Added to Cart",
            "Product Shared",
            "Product Reviewed",
        ),
        _product,
    ),
    **dict.fromkeys(("Product List Viewed", "Product List Filtered"), _listed),
    **dict.fromkeys(("Cart Viewed", "Cart Shared", "Checkout Started"), _cart),
    **dict.fromkeys(("Checkout Step Viewed", "Checkout Step Completed", "Payment Info Entered"), _step),
    **dict.fromkeys(("Order Completed", "Order Updated", "Order Cancelled", "Order Refunded"), _order),
    "Consent Granted": _consent,
    "Consent Withdrawn": _consent,
    "Segment Consent Preference Updated": _consent_updated,
    "Unsubscribed": _unsubscribed,
    **dict.fromkeys(complaints.NAMES, _complaint),
}
