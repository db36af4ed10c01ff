"""Law 7 for what was decided under earlier definitions: it comes out the same, by those of its day."""

from __future__ import annotations

from typing import Any

from segue.app.deciding.earlier import rules_at
from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api
from tests.flow.deciding.conftest import ACTIONS, decide


def replay(shop: Api, answer: Any) -> Any:
    """One decision as the log has it."""
    return shop.get(f"/api/v1/decisions/{answer['decision_id']}")


def test_a_decision_of_earlier_definitions_is_made_again_by_those(shop: Api, clock: ManualClock) -> None:
    house = shop.installation
    answer = decide(shop, "till", context={"store": "s1"})
    before = house.rules().version
    dearer = ACTIONS.replace("value: 5\n", "value: 50\n").replace("text: Mug", "text: A dear mug")
    less = ACTIONS.replace("last_mug", "first_mug")
    for text in (dearer, less):
        # the same moment, so that only the order of changes tells them apart
        shop.define({"actions.yaml": text})
    later = decide(shop, "till", context={"store": "s1"})
    assert house.rules().version == before + 2
    for each, text in ((answer, "Mug"), (later, "Mug")):
        whole = replay(shop, each)
        assert whole["replay"] == "same"
        assert text in {slot["content"].get("text") for slot in whole["slots"]}
    assert [slot["action"] for slot in answer["slots"]] == ["last_mug"]
    assert [slot["action"] for slot in later["slots"]] == ["first_mug"]
    [middle] = [each.value for each in _rules(shop, before + 1).actions if each.name == "last_mug"]
    assert middle == 50_000_000


def test_versions_that_never_were_are_none(shop: Api) -> None:
    present = shop.installation.rules().version
    assert rules_at(shop.installation, present + 1) is None
    assert rules_at(shop.installation, 0) is None
    assert _rules(shop, 1).actions == (), "before anything was applied"


def _rules(shop: Api, version: int) -> Any:
    found = rules_at(shop.installation, version)
    assert found is not None
    return found
