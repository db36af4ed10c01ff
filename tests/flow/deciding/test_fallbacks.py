"""Fallbacks over the API: what can never be right is refused in words; what may not be shown now is not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flow.api.harness import Answer, Api
from tests.flow.deciding.conftest import decide

PLACEMENTS = """
placements:
  screen: {touchpoint: display, formats: [card], fallback: mug, timeout_ms: 10000}
  till: {touchpoint: till, formats: [card], fallback: mug, timeout_ms: 10000}
"""


def mug(more: str = "") -> str:
    """The mug alone."""
    return (
        f"actions: {{mug: {{kind: offer, value: 5, stock: {{sku: mug}}, content: [{{format: card}}]{more}}}}}"
    )


def put(shop: Api, **bodies: str) -> Answer:
    """What becomes of these definitions."""
    named = {f"{name}.yaml": body for name, body in bodies.items()}
    answer = shop.request("PUT", "/api/v1/definitions", body={"bodies": named})
    shop.installation.look_again()
    return answer


def stocked(shop: Api, on_hand: int, **product: Any) -> None:
    """So many mugs in s1."""
    rows: dict[str, Any] = {
        "products": [{"sku": "mug", "price": "12.50", **product}],
        "inventory": [{"sku": "mug", "store": "s1", "on_hand": on_hand}],
    }
    for what, each in rows.items():
        assert shop.request("PUT", f"/api/v1/{what}", body={what: each}).status == 200


def test_a_sensitive_fallback_of_a_screen_is_refused_with_the_cure(shop: Api) -> None:
    answer = put(shop, placements=PLACEMENTS, actions=mug(", sensitivity: health"))
    assert answer.status == 400, answer.body
    told = str(answer.json())
    for word in ("placements.screen.fallback", "health", "many see it", "sensitivity: none"):
        assert word in told
    seen = PLACEMENTS.replace("display,", "display, seen_by: one,")
    assert put(shop, placements=seen, actions=mug(", sensitivity: health")).status == 200


def test_an_action_that_becomes_sensitive_later_is_refused_too(shop: Api) -> None:
    assert put(shop, placements=PLACEMENTS, actions=mug()).status == 200
    assert put(shop, actions=mug(", sensitivity: alcohol")).status == 400
    checked = shop.request(
        "POST", "/api/v1/definitions/check", body={"bodies": {"actions.yaml": mug(", sensitivity: alcohol")}}
    )
    assert "many see it" in str(checked.json())


@pytest.mark.parametrize("on_hand", [0, 1])
def test_a_fallback_that_is_sold_out_is_not_offered(shop: Api, on_hand: int) -> None:
    assert put(shop, placements=PLACEMENTS, actions=mug()).status == 200
    stocked(shop, on_hand)
    for _ in range(2):
        answer = decide(shop, "till", context={"store": "s1"})
        assert (len(answer["slots"]), answer["fallback"]) == (on_hand, True)


def test_a_sensitive_product_stands_on_no_screen_as_a_fallback(shop: Api) -> None:
    assert put(shop, placements=PLACEMENTS, actions=mug()).status == 200
    stocked(shop, 9)
    assert len(decide(shop, "screen", context={"store": "s1"})["slots"]) == 1
    stocked(shop, 9, sensitivity="health")
    answer = decide(shop, "screen", context={"store": "s1"}, explain=True)
    assert (answer["slots"], answer["fallback"]) == ([], True)
    assert [each["stage"] for each in answer["explanation"]["dropped"]] == ["guard"]
    assert len(decide(shop, "till", context={"store": "s1"})["slots"]) == 1


def test_a_fallback_that_is_over_is_not_shown(shop: Api) -> None:
    over = ', valid: {from: "2020-01-01", until: "2020-12-31"}'
    assert put(shop, placements=PLACEMENTS, actions=mug(over)).status == 200
    assert (decide(shop, "till")["slots"], decide(shop, "till")["fallback"]) == ([], True)
