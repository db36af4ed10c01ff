"""Dead letters over HTTP: read, tried, mended and replayed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from segue.app import deadletters
from segue.app.sources import add_source
from segue.domain.drafts import Draft, Unreadable
from tests.flow.api.harness import Api, identify, track

BROKEN = {"type": "track", "anonymousId": "a1", "properties": {"sku": "1"}}
MENDED = '{"type": "track", "event": "Product Viewed", "anonymousId": "a1", "properties": {"sku": "1"}}'


KEPT_LINES: tuple[dict[str, Any], ...] = ({"row": {"id": 1, "when": "yesterday"}}, {"text": 'a,"b'})


def broken(number: int, **fields: Any) -> Draft:
    """A track without a name: a letter."""
    raw = msgspec.json.encode(BROKEN | {"messageId": f"m{number}"} | fields)
    return Draft(type="track", anonymous_id="a1", message_id=f"m{number}", properties={}, raw=raw)


@pytest.fixture
def letters(api: Api) -> Api:
    """Three nameless events from web, an identify of nobody from till, each a second apart."""
    add_source(api.installation, "web", trusted=False, actor="test")
    for number in range(3):
        api.installation.clock.advance(1_000_000)  # type: ignore[attr-defined]
        api.happen(broken(number), source="web", trusted=False)
    api.installation.clock.advance(1_000_000)  # type: ignore[attr-defined]
    api.happen(Draft(type="identify", message_id="n"), source="till")
    return api


def waiting(api: Api, query: str = "") -> list[Any]:
    return list(api.get(f"/api/v1/dead-letters{query}")["letters"])


def test_letters_are_listed_newest_first_and_paged(letters: Api) -> None:
    whole = waiting(letters)
    assert [each["source"] for each in whole] == ["till", "web", "web", "web"]
    assert [each["received_at"] for each in whole] == sorted((e["received_at"] for e in whole), reverse=True)
    pages, after = [], ""
    while True:
        page = letters.get(f"/api/v1/dead-letters?limit=3{after}")
        pages += page["letters"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert pages == whole
    assert letters.get(f"/api/v1/dead-letters/{whole[0]['dead_letter_id']}") == whole[0]


def test_a_page_goes_on_where_the_last_letter_has_been_replayed_meanwhile(letters: Api) -> None:
    whole = waiting(letters)
    page = letters.get("/api/v1/dead-letters?limit=2")
    last = page["letters"][-1]["dead_letter_id"]
    assert letters.request("PUT", f"/api/v1/dead-letters/{last}", body={"raw": MENDED}).status == 200
    assert letters.post("/api/v1/dead-letters/replay", {"ids": [last]})["replayed"] == 1
    assert waiting(letters, f"?after={page['next']}") == whole[2:]


def test_letters_are_chosen_by_reason_and_source(letters: Api) -> None:
    assert len(waiting(letters, "?reason=wrong_type")) == 3
    assert len(waiting(letters, "?source=till")) == 1
    assert waiting(letters, "?source=till&reason=wrong_type") == []
    for strange in ("?after=nonsense", "?after=zz-1", "?after=-", "?limit=0"):
        letters.get(f"/api/v1/dead-letters{strange}", status=400)


def test_reasons_are_counted_with_an_example(letters: Api) -> None:
    told = letters.get("/api/v1/dead-letters/reasons")
    assert told["waiting"] == 4
    assert [(each["reason"], each["source"], each["letters"]) for each in told["reasons"]] == [
        ("wrong_type", "web", 3),
        ("no_identifier", "till", 1),
    ]
    assert told["reasons"][0]["newest_at"] == "2026-03-01T12:00:03Z"
    assert "name is missing" in told["reasons"][0]["example"]


def test_trying_tells_what_would_become_of_a_letter_and_changes_nothing(letters: Api) -> None:
    before = waiting(letters)
    target = f"/api/v1/dead-letters/{before[-1]['dead_letter_id']}"
    tried = letters.post(f"{target}/try", {})
    assert tried == {"admitted": False, "detail": before[-1]["detail"], "event": None}
    tried = letters.post(f"{target}/try", {"raw": MENDED})
    assert (tried["admitted"], tried["detail"]) == (True, None)
    event = tried["event"]
    assert (event["source"], event["channel"], event["type"], event["event"]) == (
        "web", "web", "track", "Product Viewed",
    )  # fmt: skip
    assert event["identifiers"] == [{"kind": "anonymous_id", "value": "a1", "proven": False}]
    assert event["received_at"] == before[-1]["received_at"]
    assert waiting(letters) == before
    assert letters.get("/api/v1/status")["log_offset"] == 0
    assert [each["act"] for each in letters.get("/api/v1/audit")["acts"]].count("dead letter mended") == 0
    letters.post(f"{target}/try", {"raw": "no json"}, status=400)
    letters.post("/api/v1/dead-letters/nobody/try", {}, status=404)


def test_what_trying_promises_is_what_replaying_makes(letters: Api) -> None:
    [last] = waiting(letters)[-1:]
    target = f"/api/v1/dead-letters/{last['dead_letter_id']}"
    promised = letters.post(f"{target}/try", {"raw": MENDED})["event"]
    mended = letters.request("PUT", target, body={"raw": MENDED}).json()
    assert (mended["raw"], mended["dead_letter_id"]) == (MENDED, last["dead_letter_id"])
    assert letters.post(f"{target}/try", {})["event"] == promised
    assert letters.post("/api/v1/dead-letters/replay", {"ids": [last["dead_letter_id"]]}) == {
        "replayed": 1, "refused": {}, "left": 0, "more": False, "next": None,
    }  # fmt: skip
    letters.installation.drain()
    person = letters.person("anonymous_id:a1")["person_id"]
    [event] = letters.get(f"/api/v1/persons/{person}/timeline")["events"]
    assert {
        name: event[name] for name in ("message_id", "timestamp", "received_at", "event", "properties")
    } == {name: promised[name] for name in ("message_id", "timestamp", "received_at", "event", "properties")}
    assert letters.request("PUT", target, body={"raw": MENDED}).status == 409
    assert letters.post("/api/v1/dead-letters/replay", {"ids": [last["dead_letter_id"]]}, 409)["cure"]
    assert letters.get(target)["replayed_at"]
    acts = [each["act"] for each in letters.get("/api/v1/audit")["acts"]]
    assert acts[:2] == ["dead letter replayed", "dead letter mended"]


def test_letters_are_replayed_by_reason_and_source(letters: Api) -> None:
    for letter in waiting(letters):
        target = f"/api/v1/dead-letters/{letter['dead_letter_id']}"
        letters.request("PUT", target, body={"raw": MENDED})
    done = letters.post("/api/v1/dead-letters/replay", {"reason": "wrong_type", "source": "till"})
    assert done["replayed"] == 0
    assert letters.post("/api/v1/dead-letters/replay", {"reason": "wrong_type"})["replayed"] == 3
    assert letters.post("/api/v1/dead-letters/replay", {"all": True})["replayed"] == 1
    assert waiting(letters) == []


@pytest.mark.parametrize(
    "body", [{}, {"all": False}, {"ids": [], "all": True}, {"source": "web"}, {"all": True, "source": "web"}]
)
def test_what_is_meant_must_be_said(api: Api, body: Any) -> None:
    assert "send" in api.post("/api/v1/dead-letters/replay", body, status=400)["cure"]


def test_one_request_replays_a_bounded_number_and_the_next_goes_on_behind_it(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadletters, "_AT_ONCE", 4)
    monkeypatch.setattr(deadletters, "REFUSED_SHOWN", 2)
    api.happen(*(broken(n) for n in range(11)))
    house = api.installation
    stubborn = {each["dead_letter_id"] for each in waiting(api)[:6]}
    for letter in waiting(api):
        if letter["dead_letter_id"] not in stubborn:
            mended = MENDED.replace('"a1"', f'"{letter["dead_letter_id"]}"')
            api.request("PUT", f"/api/v1/dead-letters/{letter['dead_letter_id']}", body={"raw": mended})
    done: list[deadletters.Replayed] = []
    after: str | None = None
    while not done or done[-1].more:
        dead = deadletters.dead_letters(house)
        done.append(dead.replay_portion(deadletters.Which(), after=after, most=6, actor="test"))
        assert done[-1].replayed + done[-1].left <= 6
        assert len(done[-1].refused) == min(2, done[-1].left)
        after = done[-1].next
    assert len(done) == 2
    assert (sum(each.replayed for each in done), sum(each.left for each in done)) == (5, 6)
    assert {each["dead_letter_id"] for each in waiting(api)} == stubborn
    acts = api.get("/api/v1/audit?limit=1000")["acts"]
    assert len({each["subject"] for each in acts if each["act"] == "dead letter replayed"}) == 5


def test_a_line_of_a_file_that_was_not_mended_is_refused_as_what_it_is(api: Api) -> None:
    for at, said in enumerate(KEPT_LINES):
        raw = msgspec.json.encode({"file": "orders.csv", "line": 7 + at, **said})
        api.happen(Unreadable(reason="broken_line", detail="x", raw=raw, position=at, remember="ever"))  # type: ignore[arg-type]
    refused = api.post("/api/v1/dead-letters/replay", {"all": True})["refused"]
    assert {why.partition(":")[0] for why in refused.values()} == {
        "line 7 of orders.csv is no event yet",
        "line 8 of orders.csv is no event yet",
    }
    for letter in waiting(api):
        tried = api.post(f"/api/v1/dead-letters/{letter['dead_letter_id']}/try", {})
        assert tried["detail"] == refused[letter["dead_letter_id"]]
        tried = api.post(f"/api/v1/dead-letters/{letter['dead_letter_id']}/try", {"raw": MENDED})
        assert tried["admitted"]


def test_an_event_of_a_mapping_keeps_its_identifiers_beside_its_context(api: Api) -> None:
    raw = msgspec.json.encode(
        {"context": {"store": "5", "externalIds": [{"id": "c1", "type": "loyalty_card"}]}}
    )
    draft = track(
        "", "b1", "2026-02-01T10:00:00Z", context={"store": "5"}, identifiers=(("loyalty_card", "c1"),)
    )
    api.happen(msgspec.structs.replace(draft, raw=raw, remember="ever"))
    [letter] = waiting(api)
    said = msgspec.json.decode(letter["raw"])
    assert said["context"] == {"store": "5", "externalIds": [{"id": "c1", "type": "loyalty_card"}]}
    mended = msgspec.json.encode({**said, "event": "Order Completed"}).decode()
    target = f"/api/v1/dead-letters/{letter['dead_letter_id']}"
    tried = api.post(f"{target}/try", {"raw": mended})
    assert [each["value"] for each in tried["event"]["identifiers"]] == ["c1"]


def test_a_long_letter_can_be_mended(api: Api) -> None:
    api.happen(broken(1))
    [letter] = waiting(api)
    target = f"/api/v1/dead-letters/{letter['dead_letter_id']}"
    long = msgspec.json.encode(BROKEN | {"event": "Said", "properties": {"text": '"' * 17_000}}).decode()
    assert len(msgspec.json.encode({"raw": long})) > 64 * 1024
    assert api.request("PUT", target, body={"raw": long}).status == 200
    assert "may have 32768" in api.post(f"{target}/try", {})["detail"]
    assert api.request("PUT", target, body={"raw": "x" * 70_000}).status == 400
    assert api.request("PUT", target, body={"raw": "x" * 600_000}).status == 413


def test_a_letter_of_an_erased_person_is_gone_from_every_list(api: Api) -> None:
    api.happen(identify("1", "2026-02-01T10:00:00Z", user_id="ann"))
    api.happen(Draft(type="nothing", user_id="ann", message_id="2", raw=b'{"type":"nothing","userId":"ann"}'))
    [letter] = waiting(api)
    api.request("DELETE", f"/api/v1/persons/{api.person('user_id:ann')['person_id']}")
    assert waiting(api) == []
    assert api.get("/api/v1/dead-letters/reasons") == {"waiting": 0, "reasons": []}
    api.post(f"/api/v1/dead-letters/{letter['dead_letter_id']}/try", {}, status=404)
