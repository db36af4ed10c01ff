"""A customer made up to be erased: a few weeks of visits, an account, an order at the till."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from segue.checks.world.lives import SITE, token
from segue.checks.world.records import Call, Identity, Source
from segue.domain.order import DAY, MINUTE, SECOND, rfc3339

_BEGINS = 1_509_963_300_000_000
"""2017-11-06T10:15:00Z"""


def left_as(seed: int) -> Identity:
    """The identifier that was known of her first, which therefore names the person she was."""
    return ("anonymous_id", f"a-{token(seed, 'leaving', 'browser')}-0")


def leaving(seed: int) -> Iterator[Call]:
    """Everything she ever did; the same for the same seed."""
    stem = token(seed, "leaving", "account")[:12]
    email, user = f"leaving.{stem[:6]}@mail.example", f"u-{stem}"
    names = frozenset({("user_id", user), ("email", email)})
    browser = {"anonymousId": left_as(seed)[1]}
    card = {"externalIds": [{"id": f"9{int(stem[:8], 16):010d}", "type": "loyalty_card"}]}
    page = {"url": f"{SITE}/", "path": "/", "title": "Home"}
    told: list[tuple[int, Source, dict[str, Any], frozenset[Identity]]] = []
    for week in range(3):
        at = _BEGINS + week * 7 * DAY
        told.append((at, "web", {"type": "page", "name": "Home", "properties": page, **browser}, frozenset()))
        seen = {"product_id": f"leaving-{week}", "name": "Winter coat", "price": 89.0, "currency": "USD"}
        viewed = {"type": "track", "event": "Product Viewed", "properties": seen, **browser}
        told.append((at + MINUTE, "web", viewed, frozenset()))
    at = _BEGINS + 14 * DAY + 2 * MINUTE
    traits = {"email": email, "first_name": "Lena", "last_name": "Leaving", "city": "Springfield"}
    told.append((at, "web", {"type": "identify", "userId": user, "traits": traits, **browser}, names))
    told.append(
        (at + SECOND, "shop", {"type": "identify", "userId": user, "traits": traits, "context": card}, names)
    )
    bought = {"order_id": f"leaving-{stem}", "revenue": 89.0, "currency": "USD", "channel": "web"}
    order = {"type": "track", "event": "Order Completed", "userId": user, "properties": bought}
    told.append((at + 5 * MINUTE, "shop", order, names))
    for place, (moment, source, body, proven) in enumerate(told):
        yield Call(source, said(body, f"composed-leaving-{stem}-{place}", moment), proven)


def said(body: dict[str, Any], message_id: str, at: int) -> dict[str, Any]:
    """A body with its id and its time, marked as composed."""
    context = {**body.get("context", {}), "composed": True}
    return {**body, "context": context, "messageId": message_id, "timestamp": rfc3339(at)}
