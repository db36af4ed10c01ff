"""Law 7 for what was decided under earlier definitions: it comes out the same, by those of its day."""

from __future__ import annotations

from typing import Any

import pytest

from segue.app.deciding.asking import DecisionRequest
from segue.app.deciding.desk import Desk
from segue.app.deciding.earlier import rules_at
from segue.app.deciding.facing import Asker
from segue.decide import store
from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api, track
from tests.flow.deciding.conftest import ACTIONS, decide

AT = "2026-03-01T11:00:00Z"


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


def test_a_decision_whose_last_piece_was_taken_meanwhile_is_made_again_without_it(
    shop: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """She is decided for twice, and what is kept is what the second time was made from."""
    shop.happen(
        track("Order Completed", "a1", AT, user_id="ann", properties={"order_id": "1", "revenue": 9}),
        track("Consent Granted", "a2", AT, user_id="ann", properties={"purpose": "personalisation"}),
    )
    stock = {"inventory": [{"sku": "mug", "store": "s1", "on_hand": 1}]}
    assert shop.request("PUT", "/api/v1/inventory", body=stock).status == 200
    hers: Any = {"identifiers": {"user_id": "ann"}, "context": {"store": "s1"}, "explain": True}
    before = decide(shop, "till", at="2026-03-01T12:00:00Z", **hers)
    assert {slot["action"] for slot in before["slots"]} == {"free_coffee", "last_mug"}, "there is one still"
    lock, others = store.lock_pieces, Desk(shop.installation)
    taken: list[Any] = []

    def late(*given: Any) -> None:
        if not taken:  # she has been decided for; somebody else buys it before it is held for her
            taken.append(None)
            request = DecisionRequest(placement="till", context={"store": "s1"})
            taken.extend(others.ask_all([(request, Asker(trusted=True))]))
        lock(*given)

    with monkeypatch.context() as patched:
        patched.setattr(store, "lock_pieces", late)
        answer = decide(shop, "till", **hers)
    others.close()
    [_, other] = taken
    assert [slot.action for slot in other.slots] == ["last_mug"]
    assert [slot["action"] for slot in answer["slots"]] == ["free_coffee"]
    fallen = {each["action"]: each["stage"] for each in answer["explanation"]["dropped"]}
    assert fallen["last_mug"] == "stock"
    for each in (answer, {"decision_id": other.decision_id}):
        assert replay(shop, each)["replay"] == "same"


def test_versions_that_never_were_are_none(shop: Api) -> None:
    present = shop.installation.rules().version
    assert rules_at(shop.installation, present + 1) is None
    assert rules_at(shop.installation, 0) is None
    assert _rules(shop, 1).actions == (), "before anything was applied"


def _rules(shop: Api, version: int) -> Any:
    found = rules_at(shop.installation, version)
    assert found is not None
    return found
