"""Signing in and out over HTTP: by link, by password, and what ends a session."""

from __future__ import annotations

import re
from typing import Any

import pytest

from segue.app.audit import read_audit
from segue.app.sessions import digest_of, make_owners_link
from segue.domain.order import DAY, HOUR, MINUTE, SECOND
from tests.flow.api.harness import Answer, Api

GOOD = "four unlikely words beside a river"
OTHER = "quite another handful of pebbles"
OURS = {"sec-fetch-site": "same-origin"}


def cookie_of(answer: Answer) -> dict[str, str]:
    """What a page of ours sends after this answer."""
    assert answer.status == 200, answer.body
    return {"cookie": answer.headers["set-cookie"].partition(";")[0], **OURS}


def token_of(link: str) -> str:
    return link.partition("#link=")[2]


def follow(api: Api, link: str) -> Answer:
    return api.request("POST", "/api/v1/session", role=None, body={"link": token_of(link)})


def by_password(api: Api, name: str, password: str, **headers: str) -> Answer:
    said = {"name": name, "password": password}
    return api.request("POST", "/api/v1/session", role=None, body=said, headers=headers)


def whoami(api: Api, headers: dict[str, str]) -> Answer:
    return api.request("GET", "/api/v1/session", role=None, headers=headers)


def owner(api: Api) -> dict[str, str]:
    house = api.installation
    link = make_owners_link(house.database, house.clock, public_url="http://127.0.0.1:8765")
    return cookie_of(follow(api, link))


def invite(api: Api, name: str = "Ann@Shop.example", role: str = "marketer") -> Any:
    return api.post("/api/v1/users", {"name": name, "role": role}, status=201)


def set_password(api: Api, headers: dict[str, str], password: str, current: str | None = None) -> Answer:
    body = {"password": password} | ({} if current is None else {"current": current})
    return api.request("POST", "/api/v1/session/password", role=None, body=body, headers=headers)


@pytest.fixture
def ann(api: Api) -> dict[str, Any]:
    """A user with a password, who has not signed in by it yet."""
    invited = invite(api)
    assert set_password(api, cookie_of(follow(api, invited["link"])), GOOD).status == 204
    user: dict[str, Any] = invited["user"]
    return user


# ── links ────────────────────────────────────────────────────────────────────


def test_the_link_of_the_machine_signs_the_owner_in(api: Api) -> None:
    headers = owner(api)
    told = whoami(api, headers).json()
    assert told["user"] == {"user_id": None, "name": "owner", "role": "admin", "has_password": False}
    assert {"users", "audit", "erase", "session"} <= set(told["acts"])
    assert (told["time_zone"], told["demo"], told["composed_sources"]) == ("UTC", False, [])
    assert told["public_url"] == "http://127.0.0.1:8765"
    assert told["expires_at"] == "2026-03-02T00:00:00Z"
    assert api.request("GET", "/api/v1/audit", role=None, headers=headers).status == 200
    assert set_password(api, headers, GOOD).status == 409
