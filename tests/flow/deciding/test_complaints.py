"""An open complaint silences what sells, with no segment of anybody's; one of that name replaces it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flow.api.harness import Api, identify, track
from tests.flow.deciding.conftest import decide

ACTIONS = """
actions:
  story: {kind: content, content: [{format: banner, headline: Hi}]}
  help: {kind: service, value: 1, content: [{format: banner, headline: Help}]}
  sale: {kind: offer, value: 9, content: [{format: banner, headline: Sale}]}
  tips: {kind: content, value: 8, stock: {sku: mug}, content: [{format: banner, headline: Mugs}]}
  letter: {kind: message, value: 7, discounts: [10], content: [{format: banner, headline: For you}]}
  cheap: {kind: content, value: 6, floor: 3, content: [{format: banner, headline: Cheap}]}
  news: {kind: content, value: 5, content: [{format: banner, headline: News}]}
  sorry:
    kind: service
    value: 4
    suitable: {segment: open_complaint}
    content: [{format: banner, headline: We are sorry}]
"""
PLACEMENTS = """
placements:
  home: {touchpoint: web, slots: 9, formats: [banner], fallback: story, timeout_ms: 10000}
"""
SHOP = "placements: {shop: {touchpoint: web, formats: [banner], fallback: sale, timeout_ms: 10000}}"
SEGMENT = "segments: {open_complaint: {when: {field: attributes.mood, op: '=', value: angry}}}"
SELLS = {"sale", "tips", "letter", "cheap"}


@pytest.fixture
def counter(shop: Api) -> Api:
    shop.define({"actions.yaml": ACTIONS, "placements.yaml": PLACEMENTS})
    shop.request("PUT", "/api/v1/products", body={"products": [{"sku": "mug", "price": "12.50"}]})
    return shop


def shown(shop: Api, **given: Any) -> set[str]:
    """What she is shown at home."""
    answer = decide(shop, "home", identifiers={"user_id": "ann"}, **given)
    assert not answer["fallback"]
    return {slot["action"] for slot in answer["slots"]}


def say(shop: Api, name: str, minute: int, *, trusted: bool = True) -> None:
    """Something is told of Ann's complaint."""
    at = f"2026-03-01T11:{minute:02d}:00Z"
    shop.happen(track(name, f"k{minute}", at, user_id="ann"), trusted=trusted)


def test_nothing_is_sold_until_the_complaint_is_settled(counter: Api) -> None:
    before = shown(counter)
    assert {"sale", "tips", "cheap", "news", "help"} <= before
    assert "sorry" not in before
    say(counter, "Complaint Opened", 1)
    assert shown(counter) == {"help", "news", "sorry"}
    answer = decide(counter, "home", identifiers={"user_id": "ann"}, explain=True)
    dropped = {each["action"]: each["stage"] for each in answer["explanation"]["dropped"]}
    assert {name for name, stage in dropped.items() if stage == "suppressed"} == SELLS
    say(counter, "Complaint Resolved", 2)
    assert shown(counter) == before
    say(counter, "Complaint Opened", 3)
    assert not shown(counter) & SELLS, "a second one, after one that was settled within the month"


def test_a_fallback_that_sells_is_silent_too(counter: Api) -> None:
    say(counter, "Complaint Opened", 1)
    sale = ACTIONS.splitlines()[4]
    counter.define({"actions.yaml": f"actions:\n{sale}\n", "placements.yaml": SHOP})
    hers = decide(counter, "shop", identifiers={"user_id": "ann"}, explain=True)
    assert (hers["slots"], hers["fallback"]) == ([], True)
    [fall] = hers["explanation"]["dropped"]
    assert (fall["action"], fall["stage"]) == ("sale", "suppressed")
    assert [slot["action"] for slot in decide(counter, "shop")["slots"]] == ["sale"], "others are sold to"


def test_what_she_says_with_the_question_counts_at_once(counter: Api) -> None:
    opened = {
        "type": "track", "event": "Complaint Opened", "messageId": "c1", "userId": "ann",
        "timestamp": "2026-03-01T11:59:00Z",
    }  # fmt: skip
    assert not shown(counter, events=[opened]) & SELLS
    assert shown(counter) & SELLS


def test_a_public_source_opens_a_complaint_and_settles_none(counter: Api) -> None:
    say(counter, "Complaint Opened", 1, trusted=False)
    assert not shown(counter) & SELLS
    say(counter, "Complaint Resolved", 2, trusted=False)
    assert not shown(counter) & SELLS
    say(counter, "Complaint Resolved", 3)
    assert shown(counter) & SELLS


def test_a_segment_of_that_name_replaces_what_is_built_in(counter: Api) -> None:
    counter.define({"segments.yaml": SEGMENT})
    say(counter, "Complaint Opened", 1)
    assert shown(counter) & SELLS
    counter.happen(identify("i1", "2026-03-01T11:02:00Z", user_id="ann", traits={"mood": "angry"}))
    assert not shown(counter) & SELLS


def test_naming_what_is_built_in_is_no_hint(shop: Api) -> None:
    answer = shop.request(
        "PUT",
        "/api/v1/definitions",
        body={"bodies": {"actions.yaml": ACTIONS, "placements.yaml": PLACEMENTS}},
    )
    assert (answer.status, answer.json()["hints"]) == (200, [])
