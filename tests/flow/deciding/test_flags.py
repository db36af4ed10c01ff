"""Decisions as feature flags: the protocol's answers to the letter, and nothing used up by asking again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier
from typing import Any

import msgspec
import pytest

from segue.app.deciding.holding import Holding
from segue.app.keys import create_key
from segue.ports.clock import ManualClock
from tests.conftest import NOON
from tests.flow.api.harness import Answer, Api, ask_app, identify, opened, track

AT = "2026-03-01T11:00:00Z"
PLACEMENTS = """
placements:
  home_hero: {touchpoint: web, formats: [banner], fallback: story, timeout_ms: 10000, silence: 30 minutes}
  app_home:  {touchpoint: app, slots: 2, formats: [banner], fallback: story, timeout_ms: 10000}
  till:      {touchpoint: till, formats: [line], fallback: story, timeout_ms: 10000}
"""
ACTIONS = """
actions:
  story: {kind: content, content: [{format: banner, headline: Welcome}, {format: line, text: Welcome}]}
  coffee:
    kind: offer
    value: 2
    caps: [{max: 2, within: 7 days}]
    suppress: [{outcome: dismissed, count: 1, within: 7 days, pause: 30 days}]
    content: [{format: banner, headline: "Coffee, {{ person.first_name | default: 'you' }}?", link: /coffee}]
  hers:
    kind: offer
    value: 90
    audience: {field: traits.frequency, op: ">=", value: 1}
    content: [{format: line, text: "For you"}]
"""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def shop(database_url: str, clock: ManualClock, tmp_path: Path) -> Iterator[Api]:
    with opened(database_url, clock, tmp_path) as api:
        api.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
        yield api


def ask(shop: Api, key: str = "", role: str | None = "decide", headers: Any = None, **context: Any) -> Answer:
    """One evaluation, or all."""
    target = f"/ofrep/v1/evaluate/flags/{key}" if key else "/ofrep/v1/evaluate/flags"
    body = {"context": {"targetingKey": "device-1", **context}}
    return shop.request("POST", target, role=role, body=body, headers=headers or {})


def shown(answer: Answer) -> Any:
    """The flag of a single evaluation that went well."""
    assert answer.status == 200, answer.body
    return answer.json()


def log(shop: Api) -> list[Any]:
    found: list[Any] = shop.get("/api/v1/decisions?limit=500")["decisions"]
    return found


def test_a_flag_is_what_the_first_slot_of_its_placement_shows(shop: Api) -> None:
    flag = shown(ask(shop, "home_hero"))
    assert flag.keys() == {"key", "value", "reason", "variant", "metadata"}
    assert (flag["key"], flag["variant"]) == ("home_hero", "coffee")
    assert flag["reason"] in {"SPLIT", "TARGETING_MATCH"}
    value = flag["value"]
    assert (value["headline"], value["link"], value["action"], value["slot"]) == (
        "Coffee, you?", "/coffee", "coffee", 0,
    )  # fmt: skip
    assert value["decision_id"] == flag["metadata"]["decision_id"] == log(shop)[0]["decision_id"]
    assert all(isinstance(each, (str, int, float, bool)) for each in flag["metadata"].values())


def test_flags_of_other_types_come_from_the_same_decision(shop: Api) -> None:
    whole = shown(ask(shop, "home_hero"))
    for facet, value in {"on": True, "action": "coffee", "discount": 0, "headline": "Coffee, you?"}.items():
        one = shown(ask(shop, f"home_hero.{facet}"))
        assert (one["value"], one["variant"]) == (value, "coffee")
        assert one["metadata"]["decision_id"] == whole["metadata"]["decision_id"]
    assert len(log(shop)) == 1


def test_where_nothing_is_shown_the_caller_s_default_holds(shop: Api) -> None:
    flag = shown(ask(shop, "home_hero.subtitle"))
    assert "value" not in flag
    assert flag["reason"] == "DISABLED"
    assert shown(ask(shop, "till.on"))["value"] is False
    fallback = shown(ask(shop, "till"))
    assert (fallback["reason"], fallback["variant"], fallback["value"]["text"]) == (
        "STATIC",
        "story",
        "Welcome",
    )


def test_asking_again_uses_up_nothing(shop: Api) -> None:
    """Forty polls, one by one and in bulk, of a browser: one decision, and the cap of two has one left."""
    etag = ask(shop).headers["etag"]
    for _ in range(20):
        again = ask(shop, headers={"if-none-match": etag})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", etag)
        assert shown(ask(shop, "home_hero"))["variant"] == "coffee"
    assert len(log(shop)) == 2, "one for each placement"
    assert {each["placement"] for each in log(shop)} == {"home_hero", "app_home"}


def test_an_answer_ends_with_the_silence_of_its_placement(shop: Api, clock: ManualClock) -> None:
    first = ask(shop)
    clock.advance(29 * 60 * 1_000_000)
    assert ask(shop, headers={"if-none-match": first.headers["etag"]}).status == 304
    clock.advance(2 * 60 * 1_000_000)
    later = ask(shop, headers={"if-none-match": first.headers["etag"]})
    assert later.status == 200
    assert later.headers["etag"] != first.headers["etag"]


def test_an_answer_ends_with_what_becomes_of_it(shop: Api) -> None:
    flag = shown(ask(shop, "home_hero"))
    said = {"decision_id": flag["value"]["decision_id"], "slot": 0}
    seen = track("Action Shown", "s1", AT, anonymous_id="device-1", properties=said)
    shop.happen(seen, trusted=False)
    assert shown(ask(shop, "home_hero"))["value"]["decision_id"] == said["decision_id"], "it was only seen"
    shop.happen(track("Action Dismissed", "s2", AT, anonymous_id="device-1", properties=said), trusted=False)
    assert shown(ask(shop, "home_hero"))["variant"] == "story", "she does not want it"


def test_an_answer_ends_with_other_definitions(shop: Api, clock: ManualClock) -> None:
    first = ask(shop)
    shop.define({"actions.yaml": ACTIONS.replace("Coffee,", "Tea,")})
    assert shown(ask(shop, "home_hero.headline"))["value"] == "Tea, you?"
    assert ask(shop, headers={"if-none-match": first.headers["etag"]}).status == 200


def test_an_answer_ends_with_the_consent_that_it_rests_on(shop: Api) -> None:
    shop.happen(
        identify("a1", AT, user_id="ann", traits={"first_name": "Ann"}),
        track("Order Completed", "a2", AT, user_id="ann", properties={"order_id": "1", "revenue": 9}),
        track("Consent Granted", "a3", AT, user_id="ann", properties={"purpose": "personalisation"}),
    )
    hers: Any = {"role": "admin", "targetingKey": "ann"}
    body = {"context": {"targetingKey": "ann"}}
    assert shown(ask(shop, "till", **hers))["variant"] == "hers"
    shop.happen(
        track("Consent Withdrawn", "a4", "2026-03-01T11:30:00Z", user_id="ann",
              properties={"purpose": "personalisation"})
    )  # fmt: skip
    answer = shop.request("POST", "/ofrep/v1/evaluate/flags/till", body=body)
    assert shown(answer)["variant"] == "story"


def test_another_context_or_subject_or_key_is_another_question(shop: Api) -> None:
    first = shown(ask(shop, "home_hero"))["metadata"]["decision_id"]
    others = [
        ask(shop, "home_hero", locale="de"),
        ask(shop, "home_hero", targetingKey="device-2"),
        ask(shop, "home_hero", role="admin", kind="anonymous_id"),
    ]
    ids = {shown(each)["metadata"]["decision_id"] for each in others}
    assert len(ids | {first}) == 4


def test_of_two_that_ask_at_once_the_second_gets_the_first_s_answer(
    shop: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have looked before either keeps its answer; what the slower one reserved is given back."""
    looked, find = Barrier(2), Holding.find

    def together(*given: Any) -> Any:
        found = find(*given)
        looked.wait(20)
        return found

    async def both() -> list[Answer]:
        sent = {"authorization": f"Bearer {shop.keys['decide']}", "content-type": "application/json"}
        body = msgspec.json.encode({"context": {"targetingKey": "device-1"}})
        asked = [
            ask_app(shop.app, "POST", "/ofrep/v1/evaluate/flags/home_hero", sent, body) for _ in range(2)
        ]
        return await asyncio.gather(*asked)

    with monkeypatch.context() as patched:
        patched.setattr(Holding, "find", together)
        first, second = (shown(each) for each in shop.runner.run(both()))
    assert first == second
    assert first["variant"] == "coffee"
    assert [each["decision_id"] for each in log(shop)] == [first["metadata"]["decision_id"]]
    assert shown(ask(shop, "home_hero")) == first, "it is the one that is kept"
    other = shown(ask(shop, "home_hero", locale="de"))
    assert other["variant"] == "coffee", "the cap of two has one left"
    assert shown(ask(shop, "home_hero", locale="pl"))["variant"] == "story", "and then none"


def test_what_was_answered_is_erased_with_her(shop: Api) -> None:
    shop.happen(identify("z1", AT, user_id="zoe", anonymous_id="device-1"))
    before = shown(ask(shop, "home_hero"))["metadata"]["decision_id"]
    person = shop.person("user_id:zoe")["person_id"]
    assert shop.request("DELETE", f"/api/v1/persons/{person}").status == 202
    assert log(shop) == []
    assert shown(ask(shop, "home_hero"))["metadata"]["decision_id"] != before


# ── keys ─────────────────────────────────────────────────────────────────────


def test_a_screen_s_key_sees_its_flag_only(shop: Api) -> None:
    house = shop.installation
    key = create_key(house.database, house.clock, role="decide", placement="till", actor="test")
    bearer = {"authorization": f"Bearer {key}"}
    bulk = ask(shop, role=None, headers=bearer).json()["flags"]
    assert {each["key"].partition(".")[0] for each in bulk} == {"till"}
    other = ask(shop, "home_hero", role=None, headers=bearer)
    assert (other.status, other.json()["errorCode"]) == (404, "FLAG_NOT_FOUND")


def test_bulk_is_of_the_web_and_the_app_unless_the_context_says_otherwise(shop: Api) -> None:
    def placements(**context: Any) -> set[str]:
        return {each["key"].partition(".")[0] for each in ask(shop, **context).json()["flags"]}

    assert placements() == {"home_hero", "app_home"}
    assert placements(touchpoint="till") == {"till"}
    assert placements(touchpoint="web") == {"home_hero"}


def test_a_key_may_come_as_x_api_key(shop: Api) -> None:
    sent = {"x-api-key": shop.keys["decide"]}
    assert ask(shop, "home_hero", role=None, headers=sent).status == 200
    elsewhere = shop.request("POST", "/api/v1/decisions", role=None, body={"placement": "till"}, headers=sent)
    assert elsewhere.status == 401


# ── errors, to the letter ────────────────────────────────────────────────────


UNREADABLE: list[tuple[Any, str]] = [
    (b"{", "PARSE_ERROR"), (b"", "PARSE_ERROR"), (b"[]", "PARSE_ERROR"), (b"[" * 20_000, "PARSE_ERROR"),
    ({}, "TARGETING_KEY_MISSING"), ({"context": {}}, "TARGETING_KEY_MISSING"),
    ({"context": {"targetingKey": ""}}, "TARGETING_KEY_MISSING"),
    ({"context": "x"}, "INVALID_CONTEXT"), ({"context": {"targetingKey": 5}}, "INVALID_CONTEXT"),
    ({"context": {"targetingKey": "a", "kind": "shoe"}}, "INVALID_CONTEXT"),
    ({"context": {"targetingKey": "null"}}, "INVALID_CONTEXT"),
    ({"context": {"targetingKey": "a", "basket": [{"sku": "a", "price": -1}]}}, "INVALID_CONTEXT"),
]  # fmt: skip


def test_what_cannot_be_evaluated_is_400_with_its_code(shop: Api) -> None:
    for body, code in UNREADABLE:
        for key in ("", "home_hero"):
            target = "/ofrep/v1/evaluate/flags" + (f"/{key}" if key else "")
            answer = shop.request("POST", target, role="decide", body=body)
            assert answer.status == 400, (body, answer.body)
            told = answer.json()
            named = {"key", "errorCode", "errorDetails"} if key else {"errorCode", "errorDetails"}
            assert (told["errorCode"], told.keys(), told.get("key")) == (code, named, key or None)
            assert told["errorDetails"]


def test_an_unknown_flag_is_404(shop: Api) -> None:
    for key in ("nowhere", "home_hero.", "nowhere.on"):
        answer = ask(shop, key)
        told = answer.json()
        assert (answer.status, told["errorCode"], told["key"]) == (404, "FLAG_NOT_FOUND", key)


def test_without_a_key_401_with_another_role_403(shop: Api) -> None:
    for role, status in ((None, 401), ("ingest", 403)):
        for key in ("", "home_hero"):
            answer = ask(shop, key, role=role)
            assert (answer.status, answer.json().keys()) == (status, {"errorDetails"})


def test_a_public_key_that_asks_without_pause_is_told_when_to_come_back(shop: Api) -> None:
    answers = [ask(shop, "home_hero.on") for _ in range(60)]
    slow = next(each for each in answers if each.status != 200)
    assert (slow.status, slow.headers["retry-after"], slow.json().keys()) == (429, "1", {"errorDetails"})


def test_a_fault_of_ours_is_500_with_details(shop: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr("segue.app.deciding.holding.Holding.find", broken)
    answer = ask(shop, "home_hero")
    assert (answer.status, answer.json().keys()) == (500, {"errorDetails"})
