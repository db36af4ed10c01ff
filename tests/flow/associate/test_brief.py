"""What the staff see of a customer: what helps where she agrees, and what service needs where not."""

from __future__ import annotations

from typing import Any

import pytest

from segue.app.associate import behaviour
from segue.domain.drafts import Draft
from tests.flow.api.harness import Api, track
from tests.flow.associate.conftest import agree

WITHHELD = {"value", "last_online", "last_in_store", "looked_at", "sizes", "preferences", "notes"}


def brief(shop: Api, person: str, *, role: str = "associate", status: int = 200) -> Any:
    """Her brief in the store of the old town, in English."""
    answer = shop.request("GET", f"/api/v1/associate/persons/{person}?store=s1&locale=en", role=role)
    assert answer.status == status, answer.body
    return answer.json()


def test_who_agrees_is_known(shop: Api, ann: str) -> None:
    agree(shop)
    told = brief(shop, ann)
    assert told["consent"] == {"personal": True, "state": "granted", "at": "2026-02-28T12:00:00Z"}
    assert told["withheld"] == []
    who = told["who"]
    assert (who["label"], who["city"], who["since"], who["orders"]) == (
        "Ann",
        "Berlin",
        "2025-05-01T10:00:00Z",
        4,
    )
    assert who["loyalty"] == {"ending": "1234", "tier": "Gold", "points": None}
    assert (told["last_online"]["at"], told["last_online"]["product_views"]) == ("2026-02-28T10:05:00Z", 6)
    assert told["last_in_store"]["at"] == "2026-02-28T11:00:00Z"
    assert [(each["of"], each["value"], each["how"]) for each in told["sizes"]] == [
        ("shirt_size", "M", "said"),
        ("shoes", "38", "bought"),
    ]


def test_what_she_looked_at_and_did_not_buy(shop: Api, ann: str) -> None:
    agree(shop)
    [coat] = brief(shop, ann)["looked_at"]  # bought, sensitive, sold no more, a bare number: none of these
    assert (coat["sku"], coat["name"], coat["times"], coat["price"], coat["on_hand"]) == (
        "coat", "Wool coat", 2, "110.00", 2,
    )  # fmt: skip
    likes = {each["value"] for each in brief(shop, ann)["preferences"]}
    assert "shoes" in likes
    assert "Old Town" in likes
    assert "medical" not in likes


def test_what_she_waits_for(shop: Api, ann: str) -> None:
    [order] = brief(shop, ann)["open_orders"]  # delivered, or taken along at the till: neither
    assert (order["order_id"], order["state"], order["value"]) == ("8", "ready", "50.00")


def test_without_her_consent_the_page_keeps_to_service(shop: Api, ann: str) -> None:
    for told in (brief(shop, ann), _withdrawn(shop, ann)):
        assert told["consent"]["personal"] is False
        assert set(told["withheld"]) == WITHHELD
        assert told["who"]["label"] == "Ann"
        assert told["who"]["city"] is None
        assert told["who"]["value"] is None
        assert told["last_online"] is None
        assert told["last_in_store"] is None
        assert told["looked_at"] == told["sizes"] == told["preferences"] == []
        assert [order["order_id"] for order in told["open_orders"]] == ["8"]
        said = [slot["because"] for slot in told["suggestions"]["slots"]]
        assert said
        assert not any("M" in text.split() for text in said)


def _withdrawn(shop: Api, ann: str) -> Any:
    agree(shop)
    agree(shop, yes=False, message="c2")
    return brief(shop, ann)


def test_the_next_best_is_a_decision_with_the_sentence_to_say(shop: Api, ann: str) -> None:
    agree(shop)
    told = brief(shop, ann)["suggestions"]
    assert {slot["action"]: slot["because"] for slot in told["slots"]} == {
        "coat": "It goes with your size M.",
        "scarf": "It is one of today's offers here.",
    }
    assert told["person_id"] == ann
    assert told["identity"] == "certain"
    [kept] = shop.get(f"/api/v1/decisions?person={ann}")["decisions"]
    assert kept["decision_id"] == told["decision_id"]


def test_an_open_complaint_is_said_and_nothing_is_sold(shop: Api, ann: str) -> None:
    agree(shop)
    complaint = {"subject": "The zip broke"}
    shop.happen(track("Complaint Opened", "k1", "2026-03-01T09:00:00Z", user_id="ann", properties=complaint))
    told = brief(shop, ann)
    assert told["complaint"] == {"since": "2026-03-01T09:00:00Z", "about": "The zip broke"}
    assert [slot["action"] for slot in told["suggestions"]["slots"]] == ["hello"]
    shop.happen(track("Complaint Resolved", "k2", "2026-03-01T10:00:00Z", user_id="ann"))
    assert brief(shop, ann)["complaint"] is None


def test_nobody_s_brief_is_not_found(shop: Api) -> None:
    for nobody in ("0" * 32, "nobody", "%00"):
        assert brief(shop, nobody, status=404)["code"] == "not_found"


def test_the_desk_says_what_to_ask_for(shop: Api) -> None:
    told = shop.request("GET", "/api/v1/associate", role="associate").json()
    assert told["placement"] == "associate"
    assert [store["name"] for store in told["stores"]] == ["Old Town"]
    by_name = shop.request("GET", "/api/v1/associate", role=None, headers=shop.signed_in("associate")).json()
    assert by_name["name"].startswith("associate-")


def test_a_device_that_nobody_owns_has_a_brief_too(shop: Api) -> None:
    shop.happen(
        track("Product Viewed", "d1", "2026-03-01T11:00:00Z", anonymous_id="d", properties={"sku": "coat"})
    )
    told = brief(shop, shop.person("anonymous_id:d")["person_id"])
    assert told["who"]["loyalty"] is None
    assert told["suggestions"]["identity"] == "certain"


def test_strange_properties_harm_nothing(shop: Api) -> None:
    strange: list[Any] = [None, 7, "x", [], {}, [None, 3, {"sku": {}}], {"sku": []}]
    drafts = [
        Draft(type="track", event=name, message_id=f"s{name}{number}", user_id="odd",
              properties={"products": value, "order_id": value, "sku": value, "subject": value})
        for name in ("Product Viewed", "Order Completed", "Complaint Opened", "Order Shipped")
        for number, value in enumerate(strange)
    ]  # fmt: skip
    shop.happen(*drafts)
    agree(shop, "odd")
    assert brief(shop, shop.person("user_id:odd")["person_id"])["consent"]["personal"]


@pytest.mark.parametrize("name", ["size", "shirt_size", "shoe_size", "ring_size"])
def test_a_size_is_of_what_she_wears(name: str) -> None:
    assert behaviour.is_size(name)


@pytest.mark.parametrize(
    "name", ["household_size", "family_size", "average_basket_size", "sizeable", "size_of"]
)
def test_how_many_they_are_is_no_size_of_hers(name: str) -> None:
    assert not behaviour.is_size(name)
