"""Notes and outcomes of the staff: ordinary events, who wrote them, and gone with her."""

from __future__ import annotations

from typing import Any

import pytest

from segue.app.definitions import apply
from segue.ports.statements import Statement
from tests.flow.api.harness import Api
from tests.flow.associate.conftest import agree, erase, files_with
from tests.flow.associate.test_brief import brief

OUTCOME = Statement("outcome", "", "select outcome from contact where action = 'coat'")
SECRET_TEXT = "Her jacket waits in the workroom until Friday"


def note(shop: Api, person: str, text: str = SECRET_TEXT, *, status: int = 201, **more: Any) -> Any:
    """Write a note as an associate who is signed in."""
    body = {"person_id": person, "text": text, **more}
    headers = shop.signed_in("associate")
    answer = shop.request("POST", "/api/v1/associate/notes", role=None, body=body, headers=headers)
    assert answer.status == status, answer.body
    shop.installation.drain()
    return answer.json()


def record(shop: Api, decision: str, slot: int, outcome: str, status: int = 200) -> Any:
    body = {"decision_id": decision, "slot": slot, "outcome": outcome, "store": "s1"}
    answer = shop.request("POST", "/api/v1/associate/outcomes", role="associate", body=body)
    assert answer.status == status, answer.body
    shop.installation.drain()
    return answer.json()


def timeline(shop: Api, person: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.get(f"/api/v1/persons/{person}/timeline")["events"]
    return found


def test_a_note_says_who_wrote_it_and_stands_on_the_timeline(shop: Api, ann: str) -> None:
    before = shop.person("user_id:ann")["activity"]["last_seen"]
    written = note(shop, ann, store="s1")["note"]
    [read] = brief(shop, ann)["notes"]
    assert read == {**written, "yours": False}  # a colleague reads it
    assert written["yours"]
    assert read["corrected"] is None
    assert (read["text"], read["about"], read["store"]) == (SECRET_TEXT, "service", "s1")
    assert read["by"].startswith("associate-")
    [event] = [each for each in timeline(shop, ann) if each["event"] == "Note Added"]
    assert (event["source"], event["channel"]) == ("associate", "associate")
    # it was not she who acted
    assert shop.person("user_id:ann")["activity"]["last_seen"] == before
    assert shop.person("user_id:ann")["orders"]["count"] == 4


def test_sent_again_it_is_kept_once(shop: Api, ann: str) -> None:
    for _ in range(2):
        note(shop, ann, note_id="tablet-0001")
    assert len(brief(shop, ann)["notes"]) == 1


def test_a_preference_is_kept_with_her_consent_only(shop: Api, ann: str) -> None:
    refused = note(shop, ann, "She likes blue", about="preference", status=409)
    assert "agreed" in refused["message"]
    agree(shop)
    note(shop, ann, "She likes blue", about="preference")
    note(shop, ann, "Call her on Friday")
    assert [each["text"] for each in brief(shop, ann)["notes"]] == ["Call her on Friday", "She likes blue"]
    agree(shop, yes=False, message="c9")
    assert [each["text"] for each in brief(shop, ann)["notes"]] == ["Call her on Friday"]


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_note_is_refused(shop: Api, ann: str, text: str) -> None:
    assert note(shop, ann, text, status=400)["code"] == "invalid_input"


def test_what_cannot_be_written_is_said(shop: Api, ann: str) -> None:
    note(shop, "0" * 32, status=404)
    note(shop, ann, "x" * 2001, status=400)
    note(shop, ann, about="gossip", status=400)
    note(shop, ann, note_id="'; drop", status=400)
    house = shop.installation
    for rules in (
        {"plan.yaml": "events: {}\nunplanned: {event: reject}\n"},
        {"plan.yaml": "", "purposes.yaml": "collection: {associate: strip_identifiers}\n"},
        {"purposes.yaml": "collection: {associate: drop}\n"},
    ):
        apply(house.database, house.clock, rules, actor="test")
        house.look_again()
        assert "associate" in note(shop, ann, status=409)["message"]
    assert not [each for each in timeline(shop, ann) if each["source"] == "associate"]


def test_the_text_is_in_no_audit_entry_and_gone_with_her(shop: Api, ann: str) -> None:
    note(shop, ann)
    acts = shop.get("/api/v1/audit")["acts"]
    [written] = [act for act in acts if act["act"] == "note added"]
    assert (written["subject"], written["detail"]) == (ann, {"about": "service"})
    assert "jacket" not in str(acts)
    assert "jacket" in str(shop.get(f"/api/v1/persons/{ann}/export"))
    erase(shop, ann)
    assert files_with(shop, "jacket") == []
    assert _in_log(shop) == 0


def _in_log(shop: Api) -> int:
    count = Statement("in_log", "", "select count(*) from log where payload like %(text)s")
    with shop.installation.database.transaction(read_only=True) as session:
        return int(session.fetch(count, text=b"%jacket%")[0][0])


def test_an_outcome_is_learnt_from_once(shop: Api, ann: str) -> None:
    agree(shop)
    told = brief(shop, ann)["suggestions"]
    slot = [each["action"] for each in told["slots"]].index("coat")
    for _ in range(2):
        assert record(shop, told["decision_id"], slot, "dismissed")["action"] == "coat"
    events = [each for each in timeline(shop, ann) if each["event"] == "Action Dismissed"]
    assert len(events) == 1
    assert events[0]["properties"]["decision_id"] == told["decision_id"]
    with shop.installation.database.transaction(read_only=True) as session:
        assert session.fetch(OUTCOME)[0] == ("dismissed",)
    # she was not interested: the rules leave her in peace
    assert "coat" not in [slot["action"] for slot in brief(shop, ann)["suggestions"]["slots"]]


def test_of_somebody_unknown_too(shop: Api) -> None:
    asked = {"placement": "associate", "context": {"store": "s1", "basket": [{"sku": "coat", "price": 120}]}}
    told = shop.request("POST", "/api/v1/decisions", role="associate", body=asked).json()
    assert told["identity"] == "unknown"
    slot = [each["action"] for each in told["slots"]].index("coat")
    assert record(shop, told["decision_id"], slot, "accepted")["outcome"] == "accepted"
    with shop.installation.database.transaction(read_only=True) as session:
        assert session.fetch(OUTCOME) == [("accepted",)]


def test_what_was_not_suggested_has_no_outcome(shop: Api, ann: str) -> None:
    told = brief(shop, ann)["suggestions"]
    record(shop, "0" * 32, 0, "accepted", status=404)
    record(shop, told["decision_id"], 9, "accepted", status=404)
    record(shop, told["decision_id"], 0, "bought", status=400)
    record(shop, "nothing", 0, "accepted", status=400)
