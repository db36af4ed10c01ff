"""What a touchpoint says beyond what Segue knows of: conditions may ask it, and nothing else is kept."""

from __future__ import annotations

from typing import Any

import pytest

from segue.decide import store
from tests.flow.api.harness import Api
from tests.flow.deciding.conftest import decide

PLACEMENTS = "placements: {home: {touchpoint: web, formats: [banner], fallback: story, timeout_ms: 10000}}"
ACTIONS = """
actions:
  story: {kind: content, content: [{format: banner, headline: Welcome}]}
  ice:
    kind: offer
    value: 5
    applicable: {field: context.temperature, op: ">", value: 25}
    content: [{format: banner, headline: "Ice at {{ context.temperature }}"}]
  lane:
    kind: offer
    value: 1
    applicable: {field: context.cart.lane, op: "=", value: fast}
    content: [{format: banner, headline: Fast}]
"""


@pytest.fixture
def warm(shop: Api) -> Api:
    shop.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
    return shop


def kept(shop: Api, answer: Any) -> Any:
    """The context that the decision was kept with."""
    with shop.installation.database.transaction(read_only=True) as session:
        [row] = session.fetch(store.SQL["decision"], id=bytes.fromhex(answer["decision_id"]))
    return store.kept_of(row).given.known.facts["context"]


@pytest.mark.parametrize("role", ["admin", "decide"])
@pytest.mark.parametrize(
    ("context", "shown"),
    [
        ({"temperature": 30}, "ice"),
        ({"temperature": 25}, "story"),
        ({"temperature": "30"}, "story"),
        ({"cart": {"lane": "fast"}}, "lane"),
        ({"cart": "fast"}, "story"),
        ({}, "story"),
    ],
)
def test_a_condition_asks_what_the_touchpoint_sends(warm: Api, role: str, context: Any, shown: str) -> None:
    [slot] = decide(warm, "home", role=role, context=context)["slots"]
    assert slot["action"] == shown
    if shown == "ice":
        assert slot["content"]["headline"] == "Ice at 30"


def test_what_no_condition_asks_is_not_kept_and_what_is_asked_is_cut(warm: Api) -> None:
    said = {"temperature": 30, "cart": {"lane": "x" * 9_000}, "store": "s1", "secret": "tell nobody"}
    found = kept(warm, decide(warm, "home", context={**said, **{f"k{n}": n for n in range(500)}}))
    assert (found["temperature"], found["store"]) == (30, "s1")
    assert len(found["cart"]["lane"]) == 2_000
    assert not [key for key in found if key == "secret" or (key.startswith("k") and key != "known")]


def test_a_decision_with_it_comes_out_the_same_again(warm: Api) -> None:
    answer = decide(warm, "home", context={"temperature": 30})
    assert warm.get(f"/api/v1/decisions/{answer['decision_id']}")["replay"] == "same"


def test_whoever_writes_it_is_told_that_it_has_to_be_sent(shop: Api) -> None:
    segments = "segments:\n  here:\n    when: {not: {near: {store: s1, km: 3}, within: 2 hours}}\n"
    close = ACTIONS.replace("    value: 1\n", "    value: 1\n    suitable: {near: {store: s1, km: 3}}\n")
    bodies = {"placements.yaml": PLACEMENTS, "actions.yaml": close, "segments.yaml": segments}
    told = shop.post("/api/v1/definitions/check", {"bodies": bodies})
    assert told["problems"] == []
    found = {(each["name"], each["place"]): each for each in told["hints"]}
    assert found.keys() == {
        ("segments.yaml", "segments.here.when.not.near"),
        ("actions.yaml", "actions.ice.applicable.field"),
        ("actions.yaml", "actions.lane.applicable.field"),
        ("actions.yaml", "actions.lane.suitable.near"),
    }
    assert "holds for nobody" in found["segments.yaml", "segments.here.when.not.near"]["message"]
    assert found["segments.yaml", "segments.here.when.not.near"]["line"] == 3
    assert "context.temperature" in found["actions.yaml", "actions.ice.applicable.field"]["message"]


def test_no_price_goes_by_a_protected_trait_that_a_touchpoint_sends(shop: Api) -> None:
    aged = ACTIONS.replace("context.temperature", "context.age").replace("value: 5", "value: 5\n    floor: 1")
    told = shop.post("/api/v1/definitions/check", {"bodies": {"actions.yaml": aged}})
    assert "context.age" in str(told["problems"])
