"""An order that names no decision is credited to what she saw within the action's window, to the moment."""

from __future__ import annotations

from typing import Any

import pytest

from segue.domain.order import DAY, HOUR, MINUTE, rfc3339
from segue.ports.clock import ManualClock
from tests.conftest import NOON
from tests.flow.api.harness import Api, track
from tests.flow.deciding.conftest import decide

PLACEMENTS = "placements: {home: {touchpoint: web, formats: [banner], fallback: story, timeout_ms: 10000}}"
ACTIONS = """
actions:
  story: {kind: content, content: [{format: banner, headline: Welcome}]}
  mug:
    kind: offer
    value: 5
    stock: {sku: mug}
    {said}
    content: [{format: banner, headline: Mug}]
"""


def sold(shop: Api, clock: ManualClock, attribution: str, after: int) -> bool:
    """Whether an order of the mug so long after she was answered is credited to it."""
    said = f"attribution: {attribution}" if attribution else ""
    shop.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS.replace("{said}", said)})
    hers: Any = {"identifiers": {"user_id": "ann"}}
    answer = decide(shop, "home", **hers)
    assert answer["slots"][0]["action"] == "mug"
    clock.advance(91 * DAY)
    seen = {"decision_id": answer["decision_id"], "slot": 0}
    bought = {"order_id": "o1", "products": [{"sku": "mug", "quantity": 1, "price": 5}]}
    shop.happen(track("Action Shown", "s1", rfc3339(NOON), user_id="ann", properties=seen))
    shop.happen(track("Order Completed", "o1", rfc3339(NOON + after), user_id="ann", properties=bought))
    found = shop.get(f"/api/v1/decisions/{answer['decision_id']}")["decision"]["slots"][0]["outcome"]
    told = shop.get("/api/v1/policies/home?days=365")
    assert sum(each["accepted"] for each in told["actions"]) == (found == "accepted")
    return bool(found == "accepted")


@pytest.mark.parametrize(
    ("attribution", "ends"),
    [
        ("", 7 * DAY),
        ("7 days", 7 * DAY),
        ("45 minutes", 45 * MINUTE),
        ("3 hours", 3 * HOUR),
        ("1 day", DAY),
        ("90 days", 90 * DAY),
    ],
)
@pytest.mark.parametrize("late", [-1, 0])
def test_the_window_ends_to_the_microsecond(
    shop: Api, clock: ManualClock, attribution: str, ends: int, late: int
) -> None:
    assert sold(shop, clock, attribution, ends + late) is (late < 0)


def test_an_order_before_the_answer_is_nothing_it_led_to(shop: Api, clock: ManualClock) -> None:
    assert sold(shop, clock, "1 day", -1) is False


@pytest.mark.parametrize("order", ["shown first", "bought first"])
def test_an_order_that_is_folded_in_one_batch_with_its_impression_is_credited(shop: Api, order: str) -> None:
    """However the loop cuts its batches; what she was not shown has led to nothing."""
    shop.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS.replace("{said}", "")})
    told = [decide(shop, "home", identifiers={"user_id": who}) for who in ("ann", "bea")]
    seen = {"decision_id": told[0]["decision_id"], "slot": 0}
    bought = {"products": [{"sku": "mug", "quantity": 1, "price": 5}]}
    events = [track("Action Shown", "s1", rfc3339(NOON), user_id="ann", properties=seen)]
    for who in ("ann", "bea"):
        what = {"order_id": who, **bought}
        events.append(track("Order Completed", who, rfc3339(NOON + HOUR), user_id=who, properties=what))
    shop.happen(*(events if order == "shown first" else reversed(events)))
    found = [shop.get(f"/api/v1/decisions/{each['decision_id']}")["decision"]["slots"][0] for each in told]
    assert [each.get("outcome") for each in found] == ["accepted", "returned"]
