"""What she took up in the app is hers at the till: listed, given to her once, as it was promised."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from segue.app.coupons import Coupons, Redeeming
from segue.app.keys import create_key
from segue.domain.access import Caller
from segue.domain.order import DAY, SECOND, rfc3339
from segue.errors import ConflictError
from segue.ports.clock import ManualClock
from tests.flow.api.harness import Answer, Api, identify, track
from tests.flow.deciding.conftest import decide

PLACEMENTS = """
placements:
  app_home: {touchpoint: app, formats: [banner], fallback: hello, exploration: 0, timeout_ms: 10000}
  till: {touchpoint: till, formats: [banner], fallback: hello, exploration: 0, timeout_ms: 10000}
"""
ACTIONS = """
actions:
  hello: {kind: content, content: [{format: banner, headline: Hello}]}
  tea_today:
    kind: offer
    title: Tea for you
    value: 5
    stock: {sku: tea}
    discounts: [10]
    content: [{format: banner, headline: Tea}]
"""
COFFEE = (
    ACTIONS
    + """  free_coffee:
    kind: offer
    value: 50
    content: [{format: banner, headline: Coffee}]
"""
)
CARD = {"loyalty_card": "card-ann"}


@pytest.fixture
def ann(shop: Api, clock: ManualClock) -> Api:
    """Ann has a card, and the app knows her by it."""
    shop.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
    shop.request("PUT", "/api/v1/products", body={"products": [{"sku": "tea", "price": "3.99"}]})
    card = (("loyalty_card", "card-ann"),)
    shop.happen(identify("i1", "2026-03-01T11:00:00Z", user_id="ann", identifiers=card))
    return shop


def happen(shop: Api, clock: ManualClock, event: str, decision: dict[str, Any], **who: Any) -> None:
    """An outcome of a decision's first slot, told now."""
    clock.advance(SECOND)
    said = {"decision_id": decision["decision_id"], "slot": 0}
    name = f"{event}-{clock.now()}"
    shop.happen(track(event, name, rfc3339(clock.now()), user_id="ann", properties=said | who))


def accepted(shop: Api, clock: ManualClock, placement: str = "app_home") -> dict[str, Any]:
    """She was offered something, and took it up."""
    decision: dict[str, Any] = decide(shop, placement, identifiers={"user_id": "ann"})
    happen(shop, clock, "Action Accepted", decision)
    return decision


def coupons(shop: Api, **identifiers: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.post("/api/v1/coupons", {"identifiers": identifiers or CARD})[
        "coupons"
    ]
    return found


def redeem(shop: Api, decision: dict[str, Any], **identifiers: str) -> Answer:
    body = {"identifiers": identifiers or CARD, "decision_id": decision["decision_id"], "slot": 0}
    return shop.request("POST", "/api/v1/coupons/redeem", body=body)


def test_what_she_took_up_in_the_app_is_redeemed_at_the_till_once(ann: Api, clock: ManualClock) -> None:
    shown = decide(ann, "app_home", identifiers={"user_id": "ann"})
    assert coupons(ann) == [], "what she was only shown is no coupon"
    happen(ann, clock, "Action Accepted", shown)
    [coupon] = coupons(ann)
    assert coupon.items() >= {
        "decision_id": shown["decision_id"], "slot": 0, "action": "tea_today", "title": "Tea for you",
        "discount": 10, "sku": "tea", "until": "2026-03-07",
    }.items()  # fmt: skip
    assert redeem(ann, shown).json() == coupon
    assert coupons(ann) == []
    again = redeem(ann, shown)
    assert (again.status, again.json()["code"]) == (409, "redeemed")


def test_many_tills_at_once_give_it_to_her_once(ann: Api, clock: ManualClock) -> None:
    """She took the same offer up twice: each till has another of the two in its hand."""
    both = [accepted(ann, clock) for _ in range(2)]
    assert len(coupons(ann)) == 1
    desk = Coupons(ann.installation)
    till = Caller(actor="k", role="decide", name="k", trusted=True, source="till")

    def give(number: int) -> bool:
        try:
            desk.redeem(Redeeming(identifiers=CARD, decision_id=both[number % 2]["decision_id"]), till)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(give, range(24))) == 1
    assert coupons(ann) == []


@pytest.mark.parametrize("event", ["Action Redeemed", "Order Completed"])
def test_what_another_till_or_an_order_gave_her_is_used_up(ann: Api, clock: ManualClock, event: str) -> None:
    decision = accepted(ann, clock)
    happen(ann, clock, event, decision, order_id="o1")
    assert coupons(ann) == []
    assert redeem(ann, decision).status == 409


def test_an_order_that_names_no_decision_uses_nothing_up(ann: Api, clock: ManualClock) -> None:
    accepted(ann, clock)
    bought = {"order_id": "o1", "products": [{"sku": "tea", "quantity": 1, "price": 3.99}]}
    ann.happen(track("Order Completed", "o1", "2026-03-01T12:30:00Z", user_id="ann", properties=bought))
    assert len(coupons(ann)) == 1


def test_outcomes_may_arrive_in_another_order(ann: Api, clock: ManualClock) -> None:
    decision = decide(ann, "app_home", identifiers={"user_id": "ann"})
    happen(ann, clock, "Action Redeemed", decision)
    happen(ann, clock, "Action Accepted", decision)
    assert coupons(ann) == []


def test_a_discount_holds_for_a_week_and_no_longer_than_its_action(ann: Api, clock: ManualClock) -> None:
    decision = accepted(ann, clock)
    clock.advance(6 * DAY)
    assert [each["discount"] for each in coupons(ann)] == [10]
    clock.advance(DAY)
    assert coupons(ann) == []
    late = redeem(ann, decision)
    assert (late.status, late.json()["code"]) == (409, "expired")


def test_an_offer_that_ended_or_is_gone_is_no_coupon(ann: Api, clock: ManualClock) -> None:
    accepted(ann, clock)
    ann.define(
        {"actions.yaml": ACTIONS.replace("    value: 5", "    value: 5\n    valid: {until: 2026-03-01}")}
    )
    assert [each["until"] for each in coupons(ann)] == ["2026-03-01"]
    clock.advance(DAY)
    assert coupons(ann) == []
    ann.define({"actions.yaml": ACTIONS.replace("tea_today", "tea_tomorrow")})
    assert coupons(ann) == []


def test_the_depth_is_what_she_was_promised(ann: Api, clock: ManualClock) -> None:
    accepted(ann, clock)
    ann.define({"actions.yaml": ACTIONS.replace("discounts: [10]", "discounts: [5, 20]")})
    assert [each["discount"] for each in coupons(ann)] == [10]


def test_an_offer_without_a_discount_holds_while_it_runs(ann: Api, clock: ManualClock) -> None:
    ann.define({"actions.yaml": COFFEE})
    decision = accepted(ann, clock)
    clock.advance(20 * DAY)
    [coupon] = coupons(ann)
    assert (coupon["title"], coupon["discount"], coupon["until"]) == ("free coffee", 0, None)
    assert redeem(ann, decision).status == 200
    clock.advance(DAY)
    accepted(ann, clock)
    assert len(coupons(ann)) == 1, "what she takes up anew is a coupon again"


def test_what_she_takes_at_the_till_is_had_at_once(ann: Api, clock: ManualClock) -> None:
    accepted(ann, clock, "till")
    assert coupons(ann) == []


def test_coupons_are_hers_alone_and_for_trusted_keys(ann: Api, clock: ManualClock) -> None:
    decision = accepted(ann, clock)
    assert coupons(ann, loyalty_card="card-bea") == []
    assert redeem(ann, decision, loyalty_card="card-bea").status == 404
    assert ann.request("POST", "/api/v1/coupons", body={"identifiers": {}}).status == 400
    house = ann.installation
    public = create_key(house.database, house.clock, role="decide", source="kiosk", actor="test")
    headers = {"authorization": f"Bearer {public}"}
    body = {"identifiers": CARD, "decision_id": decision["decision_id"], "slot": 0}
    for path, sent in (("coupons", {"identifiers": CARD}), ("coupons/redeem", body)):
        answer = ann.request("POST", f"/api/v1/{path}", role=None, body=sent, headers=headers)
        assert answer.status == 403, answer.body
    [coupon] = coupons(ann)
    assert set(coupon) == {
        "decision_id", "slot", "action", "title", "discount", "sku", "accepted_at", "until",
    }, "offers, never history"  # fmt: skip
