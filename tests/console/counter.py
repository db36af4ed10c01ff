"""A shop whose staff have a tablet and whose visitors have a kiosk; of three customers one agrees to it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from segue.app.demo.story import KeptStory, write_story
from tests.console.conftest import BUILT, PATIENCE
from tests.console.shop import person_of, send
from tests.served import Served, segue, serving

DEFINITIONS = {
    "segments.yaml": """
segments:
  open_complaint:
    title: Open complaint
    when: {all: [{did: Complaint Opened, at_least: 1, within: 30 days}]}
""",
    "placements.yaml": """
placements:
  associate:
    {touchpoint: associate, slots: 3, formats: [card], fallback: hello, timeout_ms: 10000, personal_facts: 3}
  kiosk:
    {touchpoint: kiosk, slots: 4, formats: [tile], fallback: hello, timeout_ms: 10000, personal_facts: 3}
""",
    "actions.yaml": """
actions:
  hello: {kind: service, content: [{format: card, headline: Say hello}, {format: tile, headline: Good day}]}
  coat:
    kind: offer
    value: 9
    content:
      - {format: card, headline: The wool coat, body: Warm and light., image: /console/pictures/bag.svg,
         because: "It goes with your size {{ person.shirt_size | default: 'and mine' }}."}
      - {format: tile, headline: The wool coat, body: Warm and light., cta: Have a look,
         image: /console/pictures/bag.svg, because: Many take it in this weather.}
  care:
    kind: service
    content:
      - {format: card, headline: We mend for you, because: What we sold you we mend for nothing.}
      - {format: tile, headline: We mend for you, body: "Bring it here, we see to it.", cta: How it works,
         image: /console/pictures/care.svg}
  scarf:
    kind: offer
    value: 6
    stock: {sku: scarf}
    discounts: [10]
    floor: 10
    content: [{format: card, headline: A scarf with it, because: The two were made for each other.}]
  members:
    kind: offer
    value: 5
    applicable: {field: context.page, op: "=", value: member}
    content: [{format: tile, headline: A coffee with the card, image: /console/pictures/coffee.svg}]
  hers:
    kind: message
    purpose: personalisation
    value: 8
    audience: {field: attributes.first_name, op: exists}
    content:
      - {format: tile, headline: "{{ person.first_name }}, your jacket is mended",
         image: /console/pictures/heart.svg}
""",
    "products.csv": """sku,name,category,brand,price
coat,Wool coat,COATS,Loom,120.00
boot,LEATHER BOOT,SHOES,Last,89.00
tea,Green tea,TEA,Leaf,3.99
scarf,Scarf,SCARVES,Loom,30.00
""",
    "stores.csv": "store,name\ns1,Old Town\ns2,Harbour\n",
    "inventory.csv": "sku,store,on_hand,price\ncoat,s1,2,110.00\nboot,s1,0,\nscarf,s1,40,\n",
}  # fmt: skip

SCAN = """(code) => {
    for (const key of [...code, 'Enter']) {
        const told = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
        (document.activeElement ?? document.body).dispatchEvent(told);
    }
}"""
"""The keys of a scanner, in the page."""


class Counter:
    """The running shop, and how to look into it."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.addresses: dict[str, str] = {
            each["screen"]: each["address"]
            for each in json.loads(segue("screens", "--json", "--store", "s1", "--data", str(served.data)))
        }

    def person(self, identifier: str) -> Any:
        """The golden record of whoever has it."""
        return self.served.get(f"/api/v1/persons/{person_of(self.served, identifier)}")

    def awaited(self, identifier: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The latest event of hers that is wanted, as soon as there is one."""
        until = time.monotonic() + PATIENCE / 1000
        person = person_of(self.served, identifier)
        while time.monotonic() < until:
            events = self.served.get(f"/api/v1/persons/{person}/timeline?limit=100")["events"]
            for event in events:
                if wanted(event):
                    found: dict[str, Any] = event
                    return found
            time.sleep(0.2)
        raise AssertionError([(event["event"], event["properties"]) for event in events])

    def proof(self, kind: str, **identifiers: str) -> str:
        """A code or a token for somebody, as the shop's own server would ask for one."""
        key = self.served.key("decide", "--trusted")
        body = msgspec.json.encode({"identifiers": identifiers, "kind": kind})
        headers = {"Content-Type": "application/json"}
        answer = self.served.request("POST", "/api/v1/proofs", key=key, body=body, headers=headers)
        assert answer.status == 201, answer.body
        return str(answer.json()["proof"])


def opened(data: Path) -> Iterator[Counter]:
    """The shop in ``data``."""
    if not BUILT.exists():
        pytest.skip("NOT TESTED: tablet and kiosk, because the console is not built (make console)")
    with serving(data) as served:
        write_story(data, KeptStory(made_at="2026-03-01T00:00:00Z", composed_sources=["web"], steps=[]))
        served.define(DEFINITIONS)
        send(served, [*ann(), *bea(), *cleo()])
        counter = Counter(served)
        counter.awaited("user_id:ann", lambda event: event["message_id"] == "ann-last")
        counter.awaited("user_id:bea", lambda event: event["message_id"] == "bea-last")
        counter.awaited("user_id:cleo", lambda event: event["message_id"] == "cleo-last")
        yield counter


def track(event: str, message: str, user: str, ago: timedelta, where: str, **said: Any) -> dict[str, Any]:
    """Something that she did a while ago."""
    return {
        "type": "track", "event": event, "messageId": message, "userId": user, "timestamp": _before(ago),
        "properties": said, "context": {"channel": where},
    }  # fmt: skip


def ann() -> list[dict[str, Any]]:
    """She bought, looked around, waits for an order, and agrees that the staff use what is known of her."""
    day = timedelta(days=1)
    return [
        {
            "type": "identify", "messageId": "ann-1", "userId": "ann", "timestamp": _before(800 * day),
            "traits": {
                "first_name": "Ann", "last_name": "Weaver", "email": "ann@mail.example", "city": "Berlin",
                "shirt_size": "M", "loyalty_tier": "Gold", "loyalty_points": 1240,
            },
            "context": {"externalIds": [{"id": "98761234", "type": "loyalty_card"}]},
        },
        track("Order Completed", "ann-2", "ann", 20 * day, "till", order_id="70", revenue=89, currency="EUR",
              store="s1", products=[{"sku": "boot", "category": "SHOES", "brand": "Last", "size": "38"}]),
        track("Order Completed", "ann-3", "ann", 4 * day, "web", order_id="71", revenue=24.5, currency="EUR",
              products=[{"sku": "tea", "category": "TEA", "quantity": 6}]),
        track("Order Ready for Pickup", "ann-4", "ann", 1 * day, "web", order_id="71"),
        track("Product Viewed", "ann-5", "ann", timedelta(hours=30), "web", sku="coat", name="Wool coat"),
        track("Product Added", "ann-6", "ann", timedelta(hours=29), "web", sku="coat", name="Wool coat"),
        track("Product Viewed", "ann-7", "ann", timedelta(hours=28), "web", sku="boot", name="LEATHER BOOT"),
        track("Consent Granted", "ann-8", "ann", 30 * day, "web", purpose="personalisation",
              channel="associate"),
        track("Store Entered", "ann-last", "ann", timedelta(minutes=2), "store", store="s1"),
    ]  # fmt: skip


def bea() -> list[dict[str, Any]]:
    """She was never asked, and complains."""
    return [
        {
            "type": "identify", "messageId": "bea-1", "userId": "bea",
            "traits": {
                "first_name": "Bea", "last_name": "Weaver", "email": "bea@mail.example", "shirt_size": "XL",
            },
            "context": {"externalIds": [{"id": "55554321", "type": "loyalty_card"}]},
        },
        track("Complaint Opened", "bea-2", "bea", timedelta(hours=3), "phone", subject="The zip broke"),
        track("Product Viewed", "bea-last", "bea", timedelta(hours=2), "web", sku="coat", name="Wool coat"),
    ]  # fmt: skip


def cleo() -> list[dict[str, Any]]:
    """She was never asked, and speaks Polish."""
    return [
        {
            "type": "identify", "messageId": "cleo-1", "userId": "cleo",
            "traits": {
                "first_name": "Cleo", "last_name": "Nowak", "shirt_size": "S", "city": "Poznań",
                "language": "pl-PL",
            },
            "context": {"externalIds": [{"id": "11112222", "type": "loyalty_card"}]},
        },
        track("Product Viewed", "cleo-last", "cleo", timedelta(hours=2), "web", sku="coat", name="Wool coat"),
    ]  # fmt: skip


def _before(ago: timedelta) -> str:
    return (datetime.now(UTC) - ago).isoformat()
