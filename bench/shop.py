"""A made-up shop and its visitors: seeded, so that two runs send the same.

Bodies are what a browser client sends: about a kilobyte an event with page, campaign and library. A
visit is five to seven events; half of the visitors are logged in, and every third visit ends in an order.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

from segue.domain.drafts import Draft
from segue.domain.order import DAY, MINUTE, rfc3339

Wire = dict[str, Any]

CATEGORIES = ("coffee", "tea", "bakery", "dairy", "produce", "household", "wine", "snacks", "frozen", "pets")
BRANDS = tuple(f"brand-{n:02d}" for n in range(40))
CAMPAIGNS = ("spring", "coffee-week", "newsletter-12", "loyalty-push")
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)


def user(customer: int) -> str:
    """The user id of customer number ``customer``."""
    return f"u-{customer:07d}"


def visit(rng: random.Random, customer: int, at: int, name: str, *, known: bool | None = None) -> list[Wire]:
    """One visit beginning at ``at`` (microseconds); message ids begin with ``name``."""
    logged_in = rng.random() < 0.5 if known is None else known
    campaign = rng.choice(CAMPAIGNS) if rng.random() < 0.2 else None
    calls: list[tuple[str, str, dict[str, Any]]] = [("page", "Home", {"url": "https://shop.example/"})]
    product = _product(rng)
    calls.append(
        ("track", "Product List Viewed", {"list_id": product["category"], "category": product["category"]})
    )
    calls.append(("track", "Product Viewed", {**product, "currency": "EUR"}))
    calls.append(("page", "Product", {"url": f"https://shop.example/p/{product['sku']}"}))
    calls.append(("track", "Product Added", {**product, "cart_id": f"c-{name}", "currency": "EUR"}))
    if rng.random() < 1 / 3:
        logged_in = True
        calls.insert(4, ("identify", "", {"email": f"{user(customer)}@example.com", "city": "Berlin"}))
        calls.append(("track", "Order Completed", _order(rng, name, product)))
    return [
        _call(customer, logged_in, campaign, at + n * MINUTE // 3, f"{name}-{n}", *call)
        for n, call in enumerate(calls)
    ]


def _product(rng: random.Random) -> dict[str, Any]:
    number = rng.randrange(5_000)
    return {
        "product_id": f"p-{number:05d}",
        "sku": f"sku-{number:05d}",
        "name": f"Product number {number}",
        "category": CATEGORIES[number % len(CATEGORIES)],
        "brand": BRANDS[number % len(BRANDS)],
        "price": 0.99 + number % 40,
        "quantity": 1 + number % 3,
    }


def _order(rng: random.Random, name: str, product: dict[str, Any]) -> dict[str, Any]:
    products = [product, _product(rng), _product(rng)]
    revenue = round(sum(item["price"] * item["quantity"] for item in products), 2)
    return {
        "order_id": f"o-{name}",
        "total": round(revenue + 3.9, 2),
        "revenue": revenue,
        "shipping": 3.9,
        "currency": "EUR",
        "products": products,
    }


def _call(
    customer: int,
    known: bool,
    campaign: str | None,
    at: int,
    message_id: str,
    kind: str,
    name: str,
    body: dict[str, Any],
) -> Wire:
    wire: Wire = {
        "type": kind,
        "messageId": message_id,
        "anonymousId": f"a-{customer:07d}",
        "timestamp": rfc3339(at),
        "context": {
            "library": {"name": "analytics.js", "version": "npm:next-1.84.1"},
            "locale": "en-GB",
            "timezone": "Europe/Berlin",
            "userAgent": AGENT,
            "page": {"path": "/", "title": "A shop", "url": "https://shop.example/", "referrer": ""},
        },
    }
    if campaign is not None:
        wire["context"]["campaign"] = {"name": campaign, "source": "newsletter", "medium": "email"}
    if known:
        wire["userId"] = user(customer)
    if kind == "identify":
        return wire | {"traits": body}
    return wire | ({"event": name} if kind == "track" else {"name": name}) | {"properties": body}


def stream(
    seed: int, customers: Iterable[int], count: int, at: int, *, at_once: int, name: str
) -> Iterator[Wire]:
    """``count`` events of visits by ``customers``, one visit each in turn, ``at_once`` of them open.

    Which open visit speaks next is drawn evenly, so that neighbours in the log are different people.
    """
    rng = random.Random(seed)
    coming = enumerate(customers)
    open_visits: list[list[Wire]] = []
    for _ in range(count):
        while len(open_visits) < at_once:
            number, customer = next(coming)
            made = visit(rng, customer, at + number * 1_000, f"{name}-{number}")
            open_visits.append(made[::-1])
        chosen = rng.randrange(len(open_visits))
        yield open_visits[chosen].pop()
        if not open_visits[chosen]:
            open_visits[chosen] = open_visits[-1]
            open_visits.pop()


def callers(seed: int, customers: Iterable[int], count: int, at: int, name: str) -> Iterator[Wire]:
    """``count`` different customers, each with a logged-in visit of three events one after another."""
    rng = random.Random(seed)
    for number, customer in zip(range(count), customers, strict=False):
        yield from visit(rng, customer, at + number * 1_000, f"{name}-{number}", known=True)[:3]


def zipf(seed: int, customers: int, count: int) -> list[int]:
    """``count`` customers drawn with weight 1/rank."""
    rng = random.Random(seed)
    return rng.choices(range(customers), [1 / rank for rank in range(1, customers + 1)], k=count)


def year(rng: random.Random, customer: int, count: int, until: int, name: str) -> list[Wire]:
    """The last ``count`` events of a logged-in customer's year that ends at ``until``."""
    made: list[Wire] = []
    visits = count // 5 + 1
    for n in range(visits):
        made += visit(rng, customer, until - (visits - n) * (360 * DAY // visits), f"{name}-{n}", known=True)
    return made[-count:]


def draft(wire: Wire, position: int = 0) -> Draft:
    """A wire event as its dialect would hand it on."""
    return Draft(
        type=wire["type"],
        event=wire.get("event") or wire.get("name"),
        message_id=wire["messageId"],
        timestamp=wire["timestamp"],
        user_id=wire.get("userId"),
        anonymous_id=wire.get("anonymousId"),
        properties=wire.get("properties"),
        traits=wire.get("traits"),
        context=wire["context"],
        position=position,
    )
