"""Notes corrected and taken back: by whoever wrote them and by an admin, and seen to be so."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from segue.app.associate.notes import CORRECTED, NOTE, TAKEN_BACK, folded
from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api
from tests.flow.associate.conftest import erase, files_with
from tests.flow.associate.test_consenting import say
from tests.flow.associate.test_telling import timeline

Headers = dict[str, str]


def write(shop: Api, person: str, by: Headers, text: str = "Her jacket waits", **more: Any) -> str:
    """Write a note; its id."""
    body = {"person_id": person, "text": text, **more}
    answer = shop.request("POST", "/api/v1/associate/notes", role=None, body=body, headers=by)
    assert answer.status == 201, answer.body
    note_id: str = answer.json()["note"]["note_id"]
    return note_id


def correct(
    shop: Api, person: str, note: str, by: Headers, text: str, *, status: int = 200, **more: Any
) -> Any:
    target = f"/api/v1/associate/persons/{person}/notes/{note}"
    answer = shop.request("PUT", target, role=None, body={"text": text, **more}, headers=by)
    assert answer.status == status, answer.body
    return answer.json()


def take_back(shop: Api, person: str, note: str, by: Headers, *, status: int = 204) -> None:
    target = f"/api/v1/associate/persons/{person}/notes/{note}"
    answer = shop.request("DELETE", target, role=None, headers=by)
    assert answer.status == status, answer.body


def read(shop: Api, person: str, by: Headers) -> list[dict[str, Any]]:
    answer = shop.request("GET", f"/api/v1/associate/persons/{person}", role=None, headers=by)
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.json()["notes"]
    return found


def test_whoever_wrote_it_corrects_it_and_everybody_sees_that(
    shop: Api, ann: str, clock: ManualClock
) -> None:
    mine, other = shop.signed_in("associate"), shop.signed_in("associate")
    note = write(shop, ann, mine, "Her jackett waits")
    [before] = read(shop, ann, mine)
    clock.advance(60_000_000)
    corrected = correct(shop, ann, note, mine, "Her jacket waits")["note"]
    for drained in (False, True):
        if drained:
            shop.installation.drain()
        [seen] = read(shop, ann, mine)
        assert seen == corrected
        assert (seen["text"], seen["at"], seen["by"]) == ("Her jacket waits", before["at"], before["by"])
        assert seen["corrected"] == {"at": "2026-03-01T12:01:00Z", "by": before["by"]}
        [theirs] = read(shop, ann, other)
        assert theirs == {**seen, "yours": False}
    # said again it is no second correction
    assert correct(shop, ann, note, mine, "Her jacket waits")["note"] == corrected
    shop.installation.drain()
    assert [event["event"] for event in timeline(shop, ann)].count(CORRECTED) == 1


def test_somebody_else_s_note_is_an_admin_s_to_change_and_nobody_else_s(shop: Api, ann: str) -> None:
    mine = shop.signed_in("associate")
    note = write(shop, ann, mine)
    for role in ("associate", "marketer"):
        other = shop.signed_in(role)
        assert correct(shop, ann, note, other, "x", status=403)["code"] == "not_permitted"
        take_back(shop, ann, note, other, status=403)
    admin = shop.signed_in("admin")
    [seen] = read(shop, ann, admin)
    assert seen["yours"]
    corrected = correct(shop, ann, note, admin, "Her coat waits")["note"]
    assert corrected["by"].startswith("associate-")
    assert corrected["corrected"]["by"].startswith("admin-")
    [seen] = read(shop, ann, mine)
    assert (seen["text"], seen["yours"]) == ("Her coat waits", True)
    take_back(shop, ann, note, admin)
    assert read(shop, ann, mine) == []


def test_the_owner_who_has_no_account_is_named_too(shop: Api, ann: str) -> None:
    owner = shop.signed_in(None)
    note = write(shop, ann, owner)
    correct(shop, ann, note, owner, "Her coat waits")
    for drained in (False, True):
        if drained:
            shop.installation.drain()
        [seen] = read(shop, ann, shop.signed_in("associate"))
        assert (seen["by"], seen["corrected"]["by"]) == ("owner", "owner")


def test_what_is_taken_back_is_shown_no_more(shop: Api, ann: str) -> None:
    mine = shop.signed_in("associate")
    kept, gone = write(shop, ann, mine, "Kept"), write(shop, ann, mine, "Gone")
    correct(shop, ann, gone, mine, "Still gone")
    take_back(shop, ann, gone, mine)
    assert [each["note_id"] for each in read(shop, ann, mine)] == [kept]
    shop.installation.drain()
    assert [each["note_id"] for each in read(shop, ann, mine)] == [kept]
    take_back(shop, ann, gone, mine, status=404)
    correct(shop, ann, gone, mine, "Back again", status=404)


def test_what_cannot_be_corrected_is_said(shop: Api, ann: str) -> None:
    mine = shop.signed_in("associate")
    note = write(shop, ann, mine)
    correct(shop, ann, note, mine, "  ", status=400)
    correct(shop, ann, note, mine, "x" * 2001, status=400)
    correct(shop, "0" * 32, note, mine, "x", status=404)
    correct(shop, ann, "nothing-there", mine, "x", status=404)
    take_back(shop, "0" * 32, note, mine, status=404)
    correct(shop, ann, note, mine, "She likes blue", about="preference", status=409)
    say(shop, ann, True)
    assert correct(shop, ann, note, mine, "Likes blue", about="preference")["note"]["about"] == "preference"
    shop.define({"plan.yaml": "events: {}\nunplanned: {event: reject}\n"})
    correct(shop, ann, note, mine, "x", status=409)
    take_back(shop, ann, note, mine, status=409)


def test_it_is_audited_without_its_text_and_erased_with_her(shop: Api, ann: str) -> None:
    mine = shop.signed_in("associate")
    note = write(shop, ann, mine, "Her jacket waits in the workroom")
    correct(shop, ann, note, mine, "Her jacket hangs in the cellar")
    take_back(shop, ann, note, mine)
    shop.installation.drain()
    acts = shop.get("/api/v1/audit")["acts"]
    told = [(act["act"], act["subject"], act["detail"]) for act in acts if act["act"].startswith("note ")]
    assert told == [
        (act, ann, {"about": "service"}) for act in ("note taken back", "note corrected", "note added")
    ]
    assert "jacket" not in str(acts)
    erase(shop, ann)
    assert files_with(shop, "jacket") == []


def event(name: str, note: int, text: str, number: int) -> dict[str, Any]:
    """Something told of a note."""
    message = f"note-{note}" if name == NOTE else f"note-{note}-{number}"
    said: dict[str, Any] = {"text": text, "author": "user:1", "about": "service"}
    if name != NOTE:
        said["note_id"] = str(note)
    return {
        "event": name, "message_id": message, "timestamp": f"2026-03-01T12:00:{number:02}Z",
        "properties": said, "context": {},
    }  # fmt: skip


TOLD = st.lists(
    st.tuples(st.sampled_from([NOTE, CORRECTED, TAKEN_BACK]), st.integers(0, 2), st.text(max_size=3)),
    max_size=12,
)


@given(TOLD)
def test_a_note_is_what_its_events_come_to(told: list[tuple[str, int, str]]) -> None:
    events = [event(name, note, text, number) for number, (name, note, text) in enumerate(told)]
    expected: dict[str, str] = {}
    for note in range(3):
        mine = [(name, text) for name, which, text in told if which == note]
        written = [number for number, (name, _) in enumerate(mine) if name == NOTE]
        after = mine[written[0] :] if written else []
        corrected = [text for name, text in after if name == CORRECTED]
        if written and TAKEN_BACK not in [name for name, _ in mine]:
            expected[str(note)] = corrected[-1] if corrected else after[0][1]
    found = folded(reversed(events))
    assert {note.note_id: note.text for note in found} == expected
    assert len(found) == len(expected)
