"""A shop whose staff have a tablet, asked over its API in this process."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from segue.app.erase import finish
from segue.ports.clock import ManualClock
from tests.conftest import NOON
from tests.flow.api.harness import Api, identify, opened, track

DEFINITIONS = {
    "segments.yaml": """
segments:
  open_complaint:
    title: Open complaint
    when:
      all:
        - {did: Complaint Opened, at_least: 1, within: 30 days}
        - {not: {did: Complaint Resolved, at_least: 1, within: 30 days}}
""",
    "placements.yaml": """
placements:
  associate:
    {touchpoint: associate, slots: 3, formats: [card], fallback: hello, timeout_ms: 10000, personal_facts: 3}
""",
    "actions.yaml": """
actions:
  hello:
    kind: service
    content: [{format: card, headline: Say hello, because: We are glad that you are here.}]
  coat:
    kind: offer
    value: 9
    caps: [{per: person, max: 20, within: 7 days}]
    suppress: [{outcome: dismissed, count: 1, within: 7 days, pause: 30 days}]
    content:
      - {format: card, headline: The wool coat, because: "It goes with your size {{ person.shirt_size }}."}
  scarf:
    kind: offer
    value: 5
    audience: {field: attributes.city, op: "=", value: Berlin}
    content: [{format: card, headline: A scarf}]
""",
}  # fmt: skip

ANN = "2026-02-01T10:00:00Z"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def shop(database_url: str, clock: ManualClock, tmp_path: Path) -> Iterator[Api]:
    """The API with the definitions above in force, a store and three products."""
    with opened(database_url, clock, tmp_path) as api:
        api.define(DEFINITIONS)
        put(api, "stores", [{"store": "s1", "name": "Old Town"}])
        put(
            api,
            "products",
            [
                {
                    "sku": "coat",
                    "name": "Wool coat",
                    "category": "coats",
                    "price": "120.00",
                    "sensitivity": "none",
                },
                {
                    "sku": "test",
                    "name": "Test strip",
                    "category": "medical",
                    "price": "8",
                    "sensitivity": "health",
                },
                {"sku": "gone", "name": "Old boot", "category": "shoes", "price": "40", "active": False},
            ],
        )
        put(api, "inventory", [{"sku": "coat", "store": "s1", "on_hand": 2, "price": "110.00"}])
        yield api


@pytest.fixture
def ann(shop: Api) -> str:
    """Ann's id: bought online and in the store, looked at things, wears something, waits for an order."""
    viewed = {"sku": "coat", "name": "coat!"}
    shop.happen(
        identify(
            "a1", "2025-05-01T10:00:00Z", user_id="ann", identifiers=(("loyalty_card", "98761234"),),
            traits={"first_name": "Ann", "city": "Berlin", "shirt_size": "M", "loyalty_tier": "Gold"},
        ),
        track(
            "Order Completed", "a2", "2026-02-10T10:00:00Z", user_id="ann", context={"channel": "till"},
            properties={
                "order_id": "7", "revenue": 30, "currency": "EUR", "store": "s1",
                "products": [
                    {"sku": "shoe", "category": "shoes", "size": "38", "price": 30},
                    {"sku": "strip", "category": "medical", "size": "large", "price": 3},
                ],
            },
        ),
        track(
            "Order Completed", "a3", "2026-02-25T10:00:00Z", user_id="ann", context={"channel": "web"},
            properties={"order_id": "8", "revenue": 50, "currency": "EUR"},
        ),
        track("Order Completed", "a4", "2026-02-26T10:00:00Z", user_id="ann", context={"channel": "web"},
              properties={"order_id": "9", "revenue": 10, "currency": "EUR"}),
        track("Order Ready for Pickup", "a5", "2026-02-26T12:00:00Z", user_id="ann",
              properties={"order_id": "8"}),
        track("Order Delivered", "a6", "2026-02-27T12:00:00Z", user_id="ann", properties={"order_id": "9"}),
        *(
            track("Product Viewed", f"v{number}", f"2026-02-28T10:0{number}:00Z", user_id="ann",
                  context={"channel": "web"}, properties=seen)
            for number, seen in enumerate(
                (viewed, viewed, {"sku": "test"}, {"sku": "gone"}, {"sku": "shoe", "name": "Shoe"}, {"sku": "1"})  # noqa: E501
            )
        ),
        track("Order Completed", "a7", "2026-02-28T11:00:00Z", user_id="ann", context={"channel": "till"},
              properties={"order_id": "10", "revenue": 30, "currency": "EUR", "products": [{"sku": "shoe"}]}),
    )  # fmt: skip
    person: str = shop.person("user_id:ann")["person_id"]
    return person


def agree(shop: Api, user: str = "ann", *, yes: bool = True, message: str = "c1") -> None:
    """She says whether the staff may use what is known of her."""
    name = "Consent Granted" if yes else "Consent Withdrawn"
    said = {"purpose": "personalisation", "channel": "associate"}
    shop.happen(track(name, message, "2026-02-28T12:00:00Z", user_id=user, properties=said))


def erase(shop: Api, person: str) -> None:
    """Forget her, and wait until that is done."""
    assert shop.request("DELETE", f"/api/v1/persons/{person}").status == 202
    assert shop.request("GET", f"/api/v1/associate/persons/{person}").status == 404
    shop.installation.drain()
    finish(shop.installation)


def files_with(shop: Api, word: str) -> list[str]:
    """Files of the installation in which a word stands."""
    command = ["grep", "-rl", word, str(shop.installation.data)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()


def put(shop: Api, what: str, rows: object) -> None:
    """Tell of products, stores or inventory."""
    answer = shop.request("PUT", f"/api/v1/{what}", body={what: rows})
    assert answer.status == 200, answer.body
