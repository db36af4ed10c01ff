"""A store that there is not: the fallback, marked as one; and what a till calls its store."""

from __future__ import annotations

from typing import Any

import pytest

from segue.app.deciding import stores
from tests.flow.api.harness import Api
from tests.flow.deciding.conftest import decide

STORE = {"store": "s1", "name": "Main Street"}


@pytest.fixture
def street(shop: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    """The shop has one store, and its processes have heard of it."""
    monkeypatch.setattr(stores, "FRESH", 0.0)
    put(shop, "stores", [STORE])
    return shop


def put(shop: Api, what: str, rows: list[dict[str, Any]]) -> None:
    answer = shop.request("PUT", f"/api/v1/{what}", body={what: rows})
    assert answer.status == 200, answer.body


def names(answer: Any) -> list[str]:
    """The actions that an answer shows."""
    return [slot["action"] for slot in answer["slots"]]


def test_an_unknown_store_gets_the_fallback_and_the_log_says_why(
    street: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    put(street, "inventory", [{"sku": "mug", "store": "s1", "on_hand": 0}])
    sold_out = decide(street, "till", context={"store": "s1"})
    assert (names(sold_out), sold_out["fallback"]) == (["brand_story"], True)
    asked = decide(street, "till", context={"store": "s2"}, explain=True)
    assert (names(asked), asked["fallback"]) == (["brand_story"], True)
    falls = {each["action"]: each["rule"] for each in asked["explanation"]["dropped"]}
    assert falls["last_mug"] == "there is no store s2"
    assert "because='store unknown' placement=till store=s2" in capsys.readouterr().err
    kept = {each["decision_id"]: each for each in street.get("/api/v1/decisions?fallback=true")["decisions"]}
    assert asked["decision_id"] in kept
    assert street.get(f"/api/v1/decisions/{asked['decision_id']}")["replay"] == "same"
    assert fell(street) == 1


def fell(shop: Api) -> float:
    """How often the till's store was unknown, as `/metrics` tells."""
    told = shop.request("GET", "/metrics", role=None).body.decode()
    named = 'segue_fallbacks_total{placement="till",reason="store_unknown"} '
    return sum(float(line[len(named) :]) for line in told.splitlines() if line.startswith(named))


def test_in_a_batch_too_and_only_who_asks_there(street: Api) -> None:
    asked = [{"placement": "till", "context": {"store": name}} for name in ("s1", "nowhere", "s1")]
    found = street.post("/api/v1/decisions/batch", {"requests": [*asked, {"placement": "till"}]})
    assert [each["fallback"] for each in found["decisions"]] == [False, True, False, False]
    assert fell(street) == 1


def test_a_store_that_was_just_told_of_is_known(street: Api) -> None:
    assert decide(street, "till", context={"store": "s9"})["fallback"]
    put(street, "stores", [{"store": "s9", "name": "New"}])
    assert not decide(street, "till", context={"store": "s9"})["fallback"]


def test_where_no_store_is_told_of_any_name_will_do(shop: Api) -> None:
    assert not decide(shop, "till", context={"store": "anywhere"})["fallback"]


@pytest.mark.parametrize("number", [367, 367.0])
def test_a_store_s_number_is_its_name(street: Api, number: float) -> None:
    assert decide(street, "till", context={"store": number})["fallback"]
    put(street, "stores", [{"store": "367", "name": "Far"}])
    put(street, "inventory", [{"sku": "mug", "store": "367", "on_hand": 0}])
    answer = decide(street, "till", context={"store": number}, explain=True)
    falls = {each["action"]: each["rule"] for each in answer["explanation"]["dropped"]}
    assert falls["last_mug"] == "nothing left of mug"


@pytest.mark.parametrize("strange", [True, [], {"id": 1}, 3.5, "a\0b", "x" * 501, 10**60])
def test_what_is_no_store_is_said_to_be_none(street: Api, strange: Any) -> None:
    asked = {"placement": "till", "context": {"store": strange}}
    answer = street.request("POST", "/api/v1/decisions", body=asked)
    assert answer.status == 400
    assert "context.store" in answer.json()["message"]
