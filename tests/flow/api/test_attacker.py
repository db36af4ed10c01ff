"""Whoever reads the web shop's public key and knows a victim's address: from admission to the record."""

from __future__ import annotations

from typing import Any

import pytest

from .harness import Api, identify, track

VICTIM = "email:vic@shop.example"
CARD = (("loyalty_card", "c77"),)


@pytest.fixture
def attacked(api: Api) -> Api:
    """The till knows the victim; then the attacker says what can be said."""
    api.happen(
        identify(
            "t1", "2026-02-01T10:00:00Z", user_id="vic", identifiers=CARD,
            traits={"email": "vic@shop.example", "city": "Berlin"},
        ),
        track("Order Completed", "t2", "2026-02-01T10:05:00Z", user_id="vic",
              properties={"order_id": "o1", "revenue": 50, "currency": "EUR"}),
        track("Consent Granted", "t3", "2026-02-01T10:06:00Z", user_id="vic",
              properties={"purpose": "marketing", "channel": "sms"}),
        source="till",
    )  # fmt: skip
    api.happen(*_lies(), source="web", trusted=False)
    return api


def _lies() -> list[Any]:
    day = "2026-02-02T10:00:00Z"
    said: list[Any] = [
        identify("e1", day, anonymous_id="evil", traits={"email": "vic@shop.example", "city": "Paris"}),
        identify("e2", day, anonymous_id="evil", user_id="vic", traits={"city": "Rome", "nick": "x"}),
        track("Order Cancelled", "e3", day, user_id="vic", properties={"order_id": "o1"}),
        track("Order Completed", "e4", day, user_id="vic", properties={"order_id": "o1", "revenue": 9999}),
        track("Consent Granted", "e5", day, user_id="vic",
              properties={"purpose": "marketing", "channel": "email"}),
        track("x", "e6", day, user_id="mallory", anonymous_id="evil", identifiers=CARD),
        track("Order Completed", "t4", day, user_id="vic", properties={"order_id": "o2", "revenue": 1}),
    ]  # fmt: skip
    # more than every limit allows, on the victim and on her devices
    for n in range(12):
        traits = {"email": f"x{n}@evil.example", "phone": f"+4930123456{n:02d}"}
        said.append(identify(f"f{n}", day, user_id="vic", anonymous_id=f"evil{n}", traits=traits))
        said.append(track("x", f"g{n}", day, user_id=f"nobody{n}", identifiers=CARD))
    return said


def test_nothing_is_overwritten(attacked: Api) -> None:
    record = attacked.person(VICTIM)
    assert (record["attributes"]["city"]["value"], record["attributes"]["city"]["claimed"]) == (
        "Berlin",
        False,
    )
    assert record["attributes"]["email"]["value"] == "vic@shop.example"
    [order] = [each for each in record["orders"]["recent"] if each["order_id"] == "o1"]
    assert (order["state"], order["value"], order["claimed"]) == ("completed", "50.00", False)
    assert record["consent"]["marketing"]["sms"]["state"] == "granted"
    assert record["consent"]["marketing"].get("email", {}).get("state") != "granted"


def test_nothing_is_blocked(attacked: Api) -> None:
    attacked.happen(
        track("Order Completed", "t4", "2026-02-03T10:00:00Z", user_id="vic",
              properties={"order_id": "o2", "revenue": 70, "currency": "EUR"}),
        *[
            identify(f"t5{n}", "2026-02-03T10:00:00Z", user_id="vic",
                     traits={"email": f"vic{n}@shop.example", "phone": f"+49309876540{n}"})
            for n in range(4)
        ],
        source="till",
    )  # fmt: skip
    attacked.happen(
        track("Order Completed", "t6", "2026-02-03T11:00:00Z", user_id="vic", properties={"order_id": "o3"}),
        source="web",
    )
    record = attacked.person(VICTIM)
    # also under a message id that the attacker had used up, and under the source whose key is public
    assert {each["order_id"] for each in record["orders"]["recent"]} == {"o1", "o2", "o3"}
    assert record["orders"]["revenue"] == "120.00"
    hers = {each["value"] for each in record["identifiers"] if each["tier"] == "deterministic-proven"}
    assert {"vic", "c77", "vic@shop.example"} <= hers
    assert {f"vic{n}@shop.example" for n in range(4)} <= hers
    assert {f"+49309876540{n}" for n in range(4)} <= hers


def test_nothing_is_learnt(attacked: Api) -> None:
    victim = attacked.person(VICTIM)["person_id"]
    for target in (f"/api/v1/persons?identifier={VICTIM}", f"/api/v1/persons/{victim}", "/api/v1/status"):
        answers = {attacked.request("GET", target, role="ingest").body for _ in range(2)}
        answers.add(attacked.request("GET", target.replace("vic", "nobody"), role="ingest").body)
        assert len(answers) == 1
        assert b"not_permitted" in answers.pop()


def test_a_trusted_key_of_the_same_source_is_not_held_up_by_the_public_one(attacked: Api) -> None:
    said = {"user_id": "vic", "properties": {"order_id": "o9", "revenue": 9, "currency": "EUR"}}
    attacked.happen(track("Other", "n1", "2026-02-04T10:00:00Z", user_id="evil"), source="web", trusted=False)
    attacked.happen(track("Order Completed", "n1", "2026-02-04T10:00:00Z", **said), source="web")
    assert "o9" in {each["order_id"] for each in attacked.person(VICTIM)["orders"]["recent"]}
