"""Sources and keys over HTTP."""

from __future__ import annotations

import re

import pytest

from segue.app.demo.story import KeptStory, write_story
from segue.app.keys import KeyRing
from segue.app.sources import add_source, switch_source
from segue.domain.drafts import Draft
from segue.domain.order import DAY, HOUR
from segue.edge.collecting import CollectServices, collect_app
from tests.flow.api.harness import Answer, Api, ask_app, identify, track


def test_a_source_is_made_with_a_key_that_works_and_is_shown_once(api: Api) -> None:
    made = api.post("/api/v1/sources", {"name": "web-shop"}, status=201)
    source, key = made["source"], made["key"]
    assert re.fullmatch(r"segue_[0-9a-f]{12}_[0-9a-f]{40}", key)
    [listed] = source.pop("keys")
    assert listed == {
        "key_id": key[6:18],
        "created_at": source["created_at"],
        "revoked_at": None,
        "expires_at": None,
    }
    assert source == {
        "name": "web-shop",
        "trusted": False,
        "dialect": "segment",
        "enabled": True,
        "created_at": "2026-03-01T12:00:00Z",
        "composed": False,
        "last_event_at": None,
        "last_hour": 0,
        "last_day": 0,
        "dead_letters": 0,
        "has_identity_secret": True,
    }
    ring = KeyRing(api.installation.database)
    ring.refresh()
    known = ring.find(key)
    assert known is not None
    assert (known.role, known.source, known.trusted) == ("ingest", "web-shop", False)
    for target in ("/api/v1/sources", "/api/v1/keys", "/api/v1/audit"):
        assert key[19:] not in api.request("GET", target).body.decode()
    acts = api.get("/api/v1/audit")["acts"]
    assert [(each["act"], each["subject"]) for each in acts[:2]] == [
        ("source created", "web-shop"),
        ("key created", key[6:18]),
    ]


def test_a_second_source_of_that_name_is_a_conflict_and_leaves_no_key(api: Api) -> None:
    api.post("/api/v1/sources", {"name": "till", "trusted": True}, status=201)
    before = api.get("/api/v1/keys")
    assert api.post("/api/v1/sources", {"name": "till"}, status=409)["cure"]
    assert api.get("/api/v1/keys") == before


@pytest.mark.parametrize("name", ["", "Web", "1st", "a b", "ä", "x" * 41, "-a", "a/b", "a\n"])
def test_a_name_that_cannot_be_is_refused_with_a_cure(api: Api, name: str) -> None:
    assert "letter" in api.post("/api/v1/sources", {"name": name}, status=400)["cure"]


def test_it_tells_what_a_source_brought_and_what_of_it_waits(api: Api) -> None:
    api.post("/api/v1/sources", {"name": "web"}, status=201)
    clock = api.installation.clock
    clock.advance(-DAY - HOUR)  # type: ignore[attr-defined]
    api.happen(identify("1", "2026-02-20T10:00:00Z", user_id="ann"), source="web")
    clock.advance(DAY - 2 * HOUR)  # type: ignore[attr-defined]
    api.happen(identify("2", "2026-02-20T10:00:00Z", user_id="ann"), source="web")
    clock.advance(3 * HOUR)  # type: ignore[attr-defined]
    api.happen(
        identify("3", "2026-02-20T10:00:00Z", user_id="ann"),
        track("Seen", "4", "2026-02-20T10:00:00Z"),
        source="web",
    )
    told = {each["name"]: each for each in api.get("/api/v1/sources")["sources"]}["web"]
    assert (told["last_hour"], told["last_day"], told["dead_letters"]) == (1, 2, 1)
    assert told["last_event_at"] == "2026-03-01T12:00:00Z"
    api.post("/api/v1/dead-letters/replay", {"all": True})
    assert api.get("/api/v1/sources")["sources"][-1]["dead_letters"] == 1


def test_more_keys_and_secrets_are_given_and_taken(api: Api) -> None:
    api.post("/api/v1/sources", {"name": "till", "trusted": True}, status=201)
    second = api.post("/api/v1/sources/till/keys", None, status=201)
    assert second["key"][6:18] == second["key_id"]
    ring = KeyRing(api.installation.database)
    ring.refresh()
    known = ring.find(second["key"])
    assert known is not None
    assert known.trusted
    assert re.fullmatch(
        r"[0-9a-f]{64}", api.post("/api/v1/sources/till/identity-secret", None, 201)["secret"]
    )
    assert api.request("DELETE", f"/api/v1/keys/{second['key_id']}").status == 204
    assert api.request("DELETE", f"/api/v1/keys/{second['key_id']}").status == 404
    ring.refresh()
    assert ring.find(second["key"]) is None
    [source] = [each for each in api.get("/api/v1/sources")["sources"] if each["name"] == "till"]
    revoked = {each["key_id"] for each in source["keys"] if each["revoked_at"] is not None}
    assert len(source["keys"]) == 2
    assert revoked == {second["key_id"]}
    for path in ("keys", "identity-secret"):
        assert api.post(f"/api/v1/sources/nobody/{path}", None, status=404)["cure"]


def test_a_key_of_any_role_is_made(api: Api) -> None:
    made = api.post("/api/v1/keys", {"role": "associate"}, status=201)
    [listed] = [each for each in api.get("/api/v1/keys")["keys"] if each["key_id"] == made["key_id"]]
    assert (listed["role"], listed["source"]) == ("associate", None)
    api.post("/api/v1/keys", {"role": "ingest", "source": "kiosk", "trusted": True}, status=201)
    assert "kiosk" in {each["name"] for each in api.get("/api/v1/sources")["sources"]}
    assert api.post("/api/v1/keys", {"role": "owner"}, status=400)["code"] == "invalid_input"
    assert api.post("/api/v1/keys", {"role": "ingest", "source": " "}, status=400)["cure"]


def test_a_source_that_is_switched_off_is_refused_by_the_collector(api: Api) -> None:
    house = api.installation
    key = add_source(house, "app", trusted=False, actor="test").key
    with KeyRing(house.database) as ring:
        services = CollectServices(
            keyring=ring, appender=_Nowhere(), rules=house.rules, clock=house.clock, secret=house.secret
        )
        app = collect_app(services)

        def send() -> Answer:
            ring.refresh()
            sent = {"authorization": f"Bearer {key}"}
            body = b'{"writeKey": "%s", "userId": "u", "type": "identify"}' % key.encode()
            return api.runner.run(ask_app(app, "POST", "/v1/identify", sent, body))

        assert send().status == 200
        off = api.request("PATCH", "/api/v1/sources/app", body={"enabled": False})
        assert not off.json()["enabled"]
        assert (send().status, send().json()["code"]) == (404, "source_disabled")
        api.request("PATCH", "/api/v1/sources/app", body={"enabled": False})
        assert api.request("PATCH", "/api/v1/sources/app", body={"enabled": True}).json()["enabled"]
        assert send().status == 200
    acts = [each["act"] for each in api.get("/api/v1/audit")["acts"]]
    assert acts[:2] == ["source switched on", "source switched off"]  # what changes nothing is no act
    assert api.request("PATCH", "/api/v1/sources/nobody", body={"enabled": True}).status == 404


class _Nowhere:
    async def append(self, entries: object, dead: object = ()) -> None:
        """Whatever comes is taken."""


def test_a_source_that_the_demo_made_up_says_so(api: Api) -> None:
    for name in ("web", "till"):
        add_source(api.installation, name, trusted=False, actor="test")
    write_story(
        api.installation.data, KeptStory(made_at="2026-01-01T00:00:00Z", composed_sources=["web"], steps=[])
    )
    told = {each["name"]: each["composed"] for each in api.get("/api/v1/sources")["sources"]}
    assert (told["web"], told["till"]) == (True, False)


def test_what_a_switched_off_source_has_brought_stays(api: Api) -> None:
    add_source(api.installation, "app", trusted=True, actor="test")
    api.happen(Draft(type="identify", user_id="ann", message_id="1"), source="app")
    switch_source(api.installation, "app", enabled=False, actor="test")
    assert api.person("user_id:ann")
