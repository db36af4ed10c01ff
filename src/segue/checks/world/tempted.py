"""What the simulated world's visitors are asked to look at, and what becomes of it.

At some moments of a visit a touchpoint asks what to show; whoever is there looks, clicks, waves it away or
takes it, by a hidden taste: everybody likes some actions better than others, and more with a discount. Pure
and seeded like the visits themselves. Whoever chooses actions may learn those tastes from what is told;
nobody can read them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

from segue.checks.world.leaving import said
from segue.checks.world.lives import drawing, named_in
from segue.checks.world.records import Call, Identity, Shelf, Source
from segue.checks.world.today import Due
from segue.domain.order import DAY, SECOND

SEEN = 0.92
"""Share of what is shown that is looked at."""
WAVED_AWAY = 0.06
LIKING = -2.4
"""Log-odds with which an action of usual appeal is taken up."""
APPEAL, TASTE = 0.9, 0.7
"""Standard deviations, in log-odds, between actions and between persons."""

_ASKS: dict[str, tuple[tuple[str, str, float], ...]] = {
    "page": (("web", "home_hero", 0.6),),
    "screen": (("app", "app_home", 0.8),),
    "Product Viewed": (("web", "product_page", 0.3), ("kiosk", "kiosk", 0.5)),
    "Product Added": (("web", "cart", 0.6),),
    "Order Completed": (("till_live", "till", 0.8),),
}
"""What happens → where it happens, which placement asks then, and how often."""
_LOCALES = ("en", "en", "en", "en", "de", "pl")
_BEFORE_PAYING = {"till"}


class Question(NamedTuple):
    """A touchpoint that asks."""

    at: int
    #: sets it apart from all others
    name: str
    placement: str
    source: Source
    identifiers: dict[str, str]
    context: dict[str, Any]
    #: what its events always say
    always: dict[str, Any]
    proven: frozenset[Identity]


class Shown(NamedTuple):
    """What a slot of the answer shows."""

    action: str
    kind: str
    #: percent
    discount: int
    sku: str | None


def questions(visit: Sequence[Due], seed: int) -> list[Question]:
    """What the touchpoints of a visit ask, in order; the same for the same visit and seed."""
    found = []
    for due in visit:
        body = due.call.body
        if not named_in(body):
            continue  # a wrong call, that says of nobody what was done
        rng = drawing(seed, f"asks:{body['messageId']}")
        happened = body.get("event") if body["type"] == "track" else body["type"]
        for source, placement, often in _ASKS.get(str(happened), ()):
            if source == due.call.source and rng.random() < often:
                found.append(_question(due, placement, rng))
    return found


def at_the_entrance(seed: int, name: str, at: int, store: str) -> Question:
    """A display that asks for whoever comes in."""
    rng = drawing(seed, f"asks:{name}")
    screen = {"anonymousId": f"display-{store}-entrance", "context": {"location": {"store": store}}}
    context = {"store": store, "locale": rng.choice(_LOCALES), "weather": weather(seed, at, store)}
    return Question(at, name, "entrance", "kiosk", {}, context, screen, frozenset())


def delivery(seed: int, name: str, at: int, shelf: Shelf) -> Due:
    """A lorry fills the shelves of a store again: what was counted afterwards."""
    rng = drawing(seed, f"delivery:{name}")
    lines = [
        {"sku": product.product_id, "quantity": rng.randint(30, 150)}
        for product in rng.sample(shelf.products, min(len(shelf.products), 12))
    ]
    told = {"store": rng.choice(shelf.stores), "products": lines}
    body = {"type": "track", "event": "Inventory Updated", "anonymousId": "warehouse", "properties": told}
    return Due(at, Call("till_live", said(body, f"{name}-delivery", at), frozenset()))


def _question(due: Due, placement: str, rng: Random) -> Question:
    body, source = due.call.body, due.call.source
    context = body.get("context", {})
    store = context.get("location", {}).get("store") or body.get("properties", {}).get("store")
    asked: dict[str, Any] = {"locale": rng.choice(_LOCALES)}
    if store is not None:
        asked |= {"store": store, "weather": weather(0, due.at, store)}
    if placement in {"cart", "till"}:
        asked["basket"] = _basket(body.get("properties", {}))
    identifiers = {"anonymous_id": body.get("anonymousId"), "device_id": context.get("device", {}).get("id")}
    identifiers |= {each["type"]: each["id"] for each in context.get("externalIds", ())}
    always: dict[str, Any] = {name: body[name] for name in ("anonymousId", "userId") if name in body}
    kept = {name: context[name] for name in ("externalIds", "device", "location") if name in context}
    earlier = -2 * SECOND if placement in _BEFORE_PAYING else SECOND // 3
    return Question(
        at=due.at + earlier,
        name=str(body["messageId"]),
        placement=placement,
        source=source,
        identifiers={kind: value for kind, value in identifiers.items() if value is not None},
        context=asked,
        always={**always, "context": kept},
        proven=due.call.proven,
    )


def _basket(properties: dict[str, Any]) -> list[dict[str, Any]]:
    lines = properties.get("products") or [properties]
    return [
        {
            "sku": line["product_id"],
            "quantity": line.get("quantity", 1),
            "price": line.get("price"),
            "category": line.get("category"),
        }
        for line in lines
        if "product_id" in line
    ]


def weather(seed: int, at: int, store: str) -> dict[str, Any]:
    """The day's weather at a store, made up: warm in July, and rain on three days of ten."""
    day = at // DAY
    rng = drawing(seed, f"weather:{day}:{store}")
    warmth = 12 - 13 * math.cos(2 * math.pi * (day % 365 - 19) / 365)
    return {"temp_c": round(warmth + rng.gauss(0, 4), 1), "rain": rng.random() < 0.3}


class Tastes:
    """What everybody likes, hidden from whoever chooses."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def likes(self, who: str, shown: Shown) -> float:
        """The probability that she takes it up when she looks at it."""
        appeal = drawing(self._seed, f"appeal:{shown.action}").gauss(0, APPEAL)
        taste = drawing(self._seed, f"taste:{who}:{shown.action}").gauss(0, TASTE)
        return 1 / (1 + math.exp(-(LIKING + appeal + taste + 0.06 * shown.discount)))

    def outcomes(self, question: Question, decision_id: str, slots: Sequence[Shown]) -> list[Due]:
        """What becomes of an answer, as events of that touchpoint, in order."""
        rng = drawing(self._seed, f"outcomes:{question.name}:{question.placement}")
        who = question.always.get("userId") or min(question.identifiers.values(), default=question.name)
        told: list[tuple[int, str, dict[str, Any]]] = []
        for number, slot in enumerate(slots):
            if rng.random() > SEEN:
                continue
            at = question.at + SECOND + rng.randrange(SECOND)
            said_of = {"decision_id": decision_id, "slot": number, "action": slot.action}
            told.append((at, "Action Shown", said_of))
            later = at + rng.randrange(2, 20) * SECOND
            if rng.random() < self.likes(who, slot):
                told.append((later, "Action Clicked", said_of))
                if slot.kind == "offer":
                    told.append((later + 2 * SECOND, "Action Accepted", said_of))
            elif rng.random() < WAVED_AWAY:
                told.append((later, "Action Dismissed", said_of))
        return [
            self._due(question, place, each)
            for place, each in enumerate(sorted(told, key=lambda one: one[0]))
        ]

    def _due(self, question: Question, place: int, told: tuple[int, str, dict[str, Any]]) -> Due:
        at, event, properties = told
        body = {"type": "track", "event": event, "properties": properties, **question.always}
        message = f"{question.name}-{question.placement}-{place}"
        return Due(at, Call(question.source, said(body, message, at), question.proven))


__all__ = ["Question", "Shown", "Tastes", "at_the_entrance", "delivery", "questions", "weather"]
