"""A small shop that sends events through the front door, and waits until they are in the records."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import msgspec

from tests.served import Served

SOON = 40.0


def send(
    served: Served, events: Sequence[dict[str, Any]], *, source: str = "shop", trusted: bool = True
) -> None:
    """Events as a client's batch; each with its ``type``."""
    key = served.key("ingest", "--source", source, *(["--trusted"] if trusted else []))
    headers = {
        "Content-Type": "application/json",
        "Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(),
    }
    body = msgspec.json.encode({"batch": list(events)})
    answer = served.request("POST", "/v1/batch", body=body, headers=headers)
    assert answer.status == 200, answer.body


def person_of(served: Served, identifier: str) -> str:
    """The id of whom this identifier (KIND:VALUE) belongs to, as soon as she is known by it."""
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        found = asked(served, "/api/v1/persons/find", {"identifier": identifier})["persons"]
        if found:
            return str(found[0]["person_id"])
        time.sleep(0.1)
    raise AssertionError(f"nobody is known by {identifier}")


def asked(served: Served, path: str, body: dict[str, Any]) -> Any:
    """What a POST by an admin answers."""
    headers = {"Content-Type": "application/json"}
    sent = msgspec.json.encode(body)
    answer = served.request("POST", path, key=served.key("admin"), body=sent, headers=headers)
    assert answer.status == 200, (path, answer.status, answer.body)
    return answer.json()


def order(number: int, day: str, value: float, **who: Any) -> dict[str, Any]:
    """An order of one product at a store's till."""
    product = {
        "product_id": "p-1",
        "name": "Oat milk",
        "category": "Drinks",
        "quantity": 2,
        "price": value / 2,
    }
    properties = {
        "order_id": f"o-{number}",
        "revenue": value,
        "currency": "EUR",
        "store": "Harbour",
        "products": [product],
    }
    return {
        "type": "track",
        "messageId": f"order-{number}",
        "event": "Order Completed",
        "timestamp": f"{day}T12:00:00Z",
        "properties": properties,
        **who,
    }
