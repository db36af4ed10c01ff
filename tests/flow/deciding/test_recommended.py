"""What a slot recommended is kept with the decision, and who buys it has taken it up."""

from __future__ import annotations

from typing import Any

import pytest

from segue.app.around.trending import count
from segue.app.lake import lake_of
from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api, track
from tests.flow.deciding.conftest import decide

PLACEMENTS = "placements: {home: {touchpoint: web, formats: [banner], fallback: story, timeout_ms: 10000}}"
ACTIONS = """
actions:
  story: {kind: content, content: [{format: banner, headline: Welcome}]}
  popular:
    kind: recommendation
    value: 5
    content: [{format: banner, headline: "Popular: {{ products | map: 'name' | join: ', ' }}"}]
"""
LATER = "2026-03-01T12:10:00Z"


@pytest.fixture
def rainy(shop: Api) -> Api:
    """A shop in which umbrellas are bought today."""
    shop.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
    goods = [{"sku": "umbrella", "name": "Umbrella", "category": "Rain"}, {"sku": "milk", "name": "Milk"}]
    assert shop.request("PUT", "/api/v1/products", body={"products": goods}).status == 200
    shop.happen(
        *(
            track(
                "Order Completed", f"o{buyer}", "2026-03-01T11:00:00Z", user_id=f"u{buyer}",
                properties={"order_id": f"o{buyer}", "products": [{"sku": "umbrella"}]},
            )
            for buyer in range(3)
        )
    )  # fmt: skip
    house, lake = shop.installation, lake_of(shop.installation)
    lake.flush()
    count(house.database, lake, house.clock.now())
    return shop


def shown(rainy: Api) -> Any:
    """Ann sees what is recommended to her; the decision."""
    rainy.happen(track("Page Viewed", "p1", "2026-03-01T11:30:00Z", user_id="ann"))
    told = decide(rainy, "home", identifiers={"user_id": "ann"})
    said = {"decision_id": told["decision_id"], "slot": 0, "action": "popular"}
    rainy.happen(track("Action Shown", "s1", "2026-03-01T12:00:01Z", user_id="ann", properties=said))
    return told


def outcome(rainy: Api, told: Any) -> str:
    return str(rainy.get(f"/api/v1/decisions/{told['decision_id']}")["decision"]["slots"][0]["outcome"])


def test_the_page_of_the_decision_shows_what_it_recommended_then(rainy: Api) -> None:
    told = shown(rainy)
    [slot] = told["slots"]
    assert [each["name"] for each in slot["products"]] == ["Umbrella"]
    goods = [{"sku": "umbrella", "name": "Parasol", "category": "Sun"}]
    assert rainy.request("PUT", "/api/v1/products", body={"products": goods}).status == 200
    whole = rainy.get(f"/api/v1/decisions/{told['decision_id']}")
    assert whole["slots"][0]["products"] == slot["products"]
    assert whole["slots"][0]["content"]["headline"] == "Popular: Umbrella"


@pytest.mark.parametrize(("sku", "became"), [("umbrella", "accepted"), ("milk", "shown")])
def test_an_order_of_what_was_recommended_is_credited_to_the_slot(
    rainy: Api, clock: ManualClock, sku: str, became: str
) -> None:
    told = shown(rainy)
    assert outcome(rainy, told) == "shown"
    clock.advance(900_000_000)
    bought = {"order_id": "a1", "products": [{"sku": "bread"}, {"sku": sku}]}
    rainy.happen(track("Order Completed", "a1", LATER, user_id="ann", properties=bought))
    assert outcome(rainy, told) == became
