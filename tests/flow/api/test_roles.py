"""Who may call what, asked of every endpoint with a key and a session of every role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from segue.domain.access import ROLES
from segue.domain.people import USER_ROLES
from segue.edge.api.application import HANDLERS, describe
from segue.edge.api.roles import ACTS
from tests.flow.api.harness import Answer, Api

BODIES: dict[str, Any] = {
    "/api/v1/persons/find": {"identifier": "user_id:nobody"},
    "/api/v1/persons/search": {"text": "nobody"},
    "/api/v1/persons/why": {"a": "user_id:nobody", "b": "user_id:no_one"},
    "/api/v1/persons/{person_id}/merge": {"person_id": "0" * 32},
    "/api/v1/persons/{person_id}/unmerge": {"link_id": "0" * 32},
    "/api/v1/persons/{person_id}/delete-identifier": {"identifier": "user_id:nobody"},
}
BODIES |= {
    "/api/v1/session": {},
    "/api/v1/session/password": {"password": "short"},
    "/api/v1/users": {"name": "ann@example.com", "role": "read"},
    "/api/v1/users/{user_id}": {},
}
BODIES |= {
    "/api/v1/sources": {"name": "web-shop"},
    "/api/v1/sources/{name}": {"enabled": True},
    "/api/v1/keys": {"role": "read"},
    "/api/v1/dead-letters/{letter_id}": {"raw": "{}"},
    "/api/v1/dead-letters/{letter_id}/try": {},
    "/api/v1/dead-letters/replay": {"all": True},
    "/api/v1/imports/look": {"file": "none.csv"},
    "/api/v1/imports/preview": {"file": "none.csv", "mapping": ""},
    "/api/v1/imports": {"file": "none.csv", "mapping": ""},
    "/api/v1/traits/preview": {"definition": "traits: {t: {count: page}}"},
    "/api/v1/traits/{name}": {"definition": {"count": "page"}},
    "/api/v1/segments/preview": {"when": {"all": []}},
    "/api/v1/segments/discover": {},
    "/api/v1/segments/{name}": {"when": {"all": []}},
    "/api/v1/actions/{name}": {"definition": {"kind": "content"}},
    "/api/v1/actions/try": {"name": "a", "definition": {"kind": "content"}},
    "/api/v1/placements/{name}": {"definition": {}},
    "/api/v1/placements/try": {"name": "p", "definition": {}},
    "/api/v1/products": {"products": []},
    "/api/v1/stores": {"stores": []},
    "/api/v1/inventory": {"inventory": []},
    "/api/v1/decisions": {"placement": "nowhere"},
    "/ofrep/v1/evaluate/flags": {"context": {"targetingKey": "nobody"}},
    "/ofrep/v1/evaluate/flags/{key}": {"context": {"targetingKey": "nobody"}},
    "/api/v1/proofs": {"identifiers": {"user_id": "nobody"}, "kind": "qr"},
    "/api/v1/proofs/exchange": {"proof": "nothing"},
    "/api/v1/coupons": {"identifiers": {"user_id": "nobody"}},
    "/api/v1/coupons/redeem": {"identifiers": {"user_id": "nobody"}, "decision_id": "0" * 32},
    "/api/v1/decisions/batch": {"requests": []},
    "/api/v1/associate/notes": {"person_id": "0" * 32, "text": "a note"},
    "/api/v1/associate/consents": {"person_id": "0" * 32, "granted": False},
    "/api/v1/associate/persons/{person_id}/notes/{note_id}": {"text": "a note"},
    "/api/v1/associate/outcomes": {"decision_id": "0" * 32, "slot": 0, "outcome": "accepted"},
    "/api/v1/shop/log-in": {"user_id": "nobody"},
    "/api/v1/definitions/check": {"bodies": {}},
    "/api/v1/definitions": {"bodies": {}},
}
QUERIES = {
    "/api/v1/uploads": "?name=a.csv",
    "/api/v1/persons": "?identifier=user_id:nobody",
    "/api/v1/definitions/history": "?name=plan.yaml",
    "/api/v1/inventory": "?sku=none",
}

EXPECTED = {
    ("GET", "/api/v1/persons"): "read associate marketer admin",
    ("POST", "/api/v1/persons/find"): "read associate marketer admin",
    ("POST", "/api/v1/persons/why"): "read associate marketer admin",
    ("GET", "/api/v1/persons/{person_id}"): "read associate marketer admin",
    ("GET", "/api/v1/persons/{person_id}/timeline"): "read associate marketer admin",
    ("GET", "/api/v1/persons/{person_id}/identity"): "read associate marketer admin",
    ("GET", "/api/v1/persons/{person_id}/export"): "read admin",
    ("POST", "/api/v1/persons/{person_id}/merge"): "admin",
    ("POST", "/api/v1/persons/{person_id}/unmerge"): "admin",
    ("POST", "/api/v1/persons/{person_id}/delete-identifier"): "admin",
    ("DELETE", "/api/v1/persons/{person_id}"): "admin",
    ("GET", "/api/v1/erasures/{erasure_id}"): "admin",
    ("POST", "/api/v1/persons/search"): "read associate marketer admin",
    ("GET", "/api/v1/persons/recent"): "read associate marketer admin",
    ("GET", "/api/v1/persons/list"): "read associate marketer admin",
    ("GET", "/api/v1/overview"): "read associate marketer admin",
    ("GET", "/api/v1/live"): "read associate marketer admin",
    ("GET", "/api/v1/live/recent"): "read associate marketer admin",
    ("GET", "/api/v1/sources"): "read marketer admin",
    ("POST", "/api/v1/sources"): "admin",
    ("PATCH", "/api/v1/sources/{name}"): "admin",
    ("GET", "/api/v1/sources/{name}/snippets"): "read marketer admin",
    ("POST", "/api/v1/sources/{name}/keys"): "admin",
    ("POST", "/api/v1/sources/{name}/identity-secret"): "admin",
    ("GET", "/api/v1/keys"): "admin",
    ("POST", "/api/v1/keys"): "admin",
    ("DELETE", "/api/v1/keys/{key_id}"): "admin",
    ("GET", "/api/v1/dead-letters"): "read marketer admin",
    ("GET", "/api/v1/dead-letters/reasons"): "read marketer admin",
    ("GET", "/api/v1/dead-letters/{letter_id}"): "read marketer admin",
    ("PUT", "/api/v1/dead-letters/{letter_id}"): "admin",
    ("POST", "/api/v1/dead-letters/{letter_id}/try"): "read marketer admin",
    ("POST", "/api/v1/dead-letters/replay"): "admin",
    ("POST", "/api/v1/uploads"): "marketer admin",
    ("GET", "/api/v1/files"): "read marketer admin",
    ("DELETE", "/api/v1/files/{name}"): "marketer admin",
    ("POST", "/api/v1/imports/look"): "read marketer admin",
    ("POST", "/api/v1/imports/preview"): "read marketer admin",
    ("POST", "/api/v1/imports"): "marketer admin",
    ("GET", "/api/v1/imports"): "read marketer admin",
    ("GET", "/api/v1/imports/{import_id}"): "read marketer admin",
    ("POST", "/api/v1/imports/{import_id}/cancel"): "marketer admin",
    ("POST", "/api/v1/imports/{import_id}/again"): "marketer admin",
    ("GET", "/api/v1/traits"): "read marketer admin",
    ("GET", "/api/v1/traits/{name}"): "read marketer admin",
    ("PUT", "/api/v1/traits/{name}"): "marketer admin",
    ("DELETE", "/api/v1/traits/{name}"): "marketer admin",
    ("POST", "/api/v1/traits/preview"): "read marketer admin",
    ("POST", "/api/v1/traits/{name}/backfill"): "admin",
    ("GET", "/api/v1/segments"): "read marketer admin",
    ("GET", "/api/v1/segments/{name}"): "read marketer admin",
    ("PUT", "/api/v1/segments/{name}"): "marketer admin",
    ("DELETE", "/api/v1/segments/{name}"): "marketer admin",
    ("GET", "/api/v1/segments/{name}/members"): "read marketer admin",
    ("GET", "/api/v1/segments/{name}/history"): "read marketer admin",
    ("POST", "/api/v1/segments/preview"): "read marketer admin",
    ("POST", "/api/v1/segments/discover"): "read marketer admin",
    ("GET", "/api/v1/vocabulary"): "read marketer admin",
    ("GET", "/api/v1/persons/{person_id}/segments/history"): "read associate marketer admin",
    ("GET", "/api/v1/policies"): "read marketer admin",
    ("GET", "/api/v1/policies/{placement}"): "read marketer admin",
    ("GET", "/api/v1/actions"): "read marketer admin",
    ("GET", "/api/v1/actions/{name}"): "read marketer admin",
    ("GET", "/api/v1/actions/{name}/history"): "read marketer admin",
    ("PUT", "/api/v1/actions/{name}"): "marketer admin",
    ("DELETE", "/api/v1/actions/{name}"): "marketer admin",
    ("POST", "/api/v1/actions/try"): "read marketer admin",
    ("GET", "/api/v1/placements"): "read marketer admin",
    ("GET", "/api/v1/placements/{name}"): "read marketer admin",
    ("GET", "/api/v1/placements/{name}/history"): "read marketer admin",
    ("PUT", "/api/v1/placements/{name}"): "marketer admin",
    ("DELETE", "/api/v1/placements/{name}"): "marketer admin",
    ("POST", "/api/v1/placements/try"): "read marketer admin",
    ("GET", "/api/v1/products"): "read associate marketer admin",
    ("PUT", "/api/v1/products"): "marketer admin",
    ("GET", "/api/v1/stores"): "read associate marketer admin",
    ("PUT", "/api/v1/stores"): "marketer admin",
    ("GET", "/api/v1/inventory"): "read associate marketer admin",
    ("PUT", "/api/v1/inventory"): "marketer admin",
    ("POST", "/api/v1/decisions"): "decide associate marketer admin",
    ("POST", "/ofrep/v1/evaluate/flags"): "decide associate marketer admin",
    ("POST", "/ofrep/v1/evaluate/flags/{key}"): "decide associate marketer admin",
    ("GET", "/api/v1/screens/loop"): "decide associate marketer admin",
    ("POST", "/api/v1/decisions/batch"): "decide associate marketer admin",
    ("GET", "/api/v1/associate"): "associate marketer admin",
    ("GET", "/api/v1/associate/persons/{person_id}"): "associate marketer admin",
    ("POST", "/api/v1/associate/consents"): "associate marketer admin",
    ("POST", "/api/v1/associate/notes"): "associate marketer admin",
    ("PUT", "/api/v1/associate/persons/{person_id}/notes/{note_id}"): "associate marketer admin",
    ("DELETE", "/api/v1/associate/persons/{person_id}/notes/{note_id}"): "associate marketer admin",
    ("POST", "/api/v1/associate/outcomes"): "associate marketer admin",
    ("POST", "/api/v1/proofs"): "decide associate admin",
    ("POST", "/api/v1/coupons"): "decide associate admin",
    ("POST", "/api/v1/coupons/redeem"): "decide associate admin",
    ("POST", "/api/v1/proofs/exchange"): "decide associate marketer admin",
    ("GET", "/api/v1/decisions"): "read marketer admin",
    ("GET", "/api/v1/decisions/{decision_id}"): "read marketer admin",
    ("GET", "/api/v1/persons/{person_id}/predictions"): "read associate marketer admin",
    ("GET", "/api/v1/persons/{person_id}/recommendations"): "read associate marketer admin",
    ("GET", "/api/v1/models"): "read marketer admin",
    ("GET", "/api/v1/models/{model}"): "read marketer admin",
    ("POST", "/api/v1/models/{model}/train"): "marketer admin",
    ("GET", "/api/v1/models/jobs/{job_id}"): "read marketer admin",
    ("GET", "/api/v1/definitions"): "read marketer admin",
    ("GET", "/api/v1/definitions/history"): "read marketer admin",
    ("POST", "/api/v1/definitions/check"): "admin",
    ("PUT", "/api/v1/definitions"): "admin",
    ("GET", "/api/v1/status"): "read admin",
    ("GET", "/api/v1/audit"): "admin",
    ("GET", "/api/v1/story"): "read associate marketer admin",
    ("GET", "/api/v1/shop"): "anybody",
    ("GET", "/api/v1/shop/products"): "anybody",
    ("GET", "/api/v1/shop/products/{sku}"): "anybody",
    ("POST", "/api/v1/shop/log-in"): "anybody",
    ("GET", "/api/v1/session/ways"): "anybody",
    ("GET", "/api/v1/session/oidc"): "anybody",
    ("GET", "/api/v1/session/oidc/callback"): "anybody",
    ("POST", "/api/v1/session"): "anybody",
    ("GET", "/api/v1/session"): "signed in",
    ("DELETE", "/api/v1/session"): "anybody",
    ("POST", "/api/v1/session/password"): "signed in",
    ("GET", "/api/v1/users"): "admin",
    ("POST", "/api/v1/users"): "admin",
    ("PATCH", "/api/v1/users/{user_id}"): "admin",
    ("POST", "/api/v1/users/{user_id}/link"): "admin",
    ("GET", "/health/live"): "anybody",
    ("GET", "/health/ready"): "anybody",
    ("HEAD", "/health/live"): "anybody",
    ("HEAD", "/health/ready"): "anybody",
    ("GET", "/metrics"): "anybody",
    ("GET", "/api/openapi.json"): "anybody",
    ("GET", "/api/docs"): "anybody",
}


TRUSTED_ONLY = {("POST", f"/api/v1/{path}") for path in ("proofs", "coupons", "coupons/redeem")}
"""What a public key of the role may not do: these keys are public where the role can be."""


def endpoints() -> Iterator[tuple[str, str]]:
    for handler in HANDLERS:
        for path in handler.paths:
            for method in handler.http_methods:
                yield method, path.replace(":str", "")


def test_every_endpoint_is_expected_here_and_described() -> None:
    assert set(endpoints()) == set(EXPECTED)
    paths = msgspec.json.decode(describe())["paths"]
    described = {(method.upper(), path) for path, each in paths.items() for method in each}
    undescribed = {("HEAD", "/health/live"), ("HEAD", "/health/ready")}
    undescribed |= {("GET", "/api/openapi.json"), ("GET", "/api/docs")}
    assert described == set(EXPECTED) - undescribed


def test_every_handler_says_which_act_it_is() -> None:
    assert {handler.opt["act"] for handler in HANDLERS} == set(ACTS)


def test_each_role_may_do_what_the_table_says_and_nothing_else(api: Api) -> None:
    for method, path in EXPECTED:
        for role in (None, *ROLES):
            answer = api.request(method, target_of(path), role=role, body=BODIES.get(path))
            check(method, path, role, answer, key=True)


def test_a_user_may_do_what_a_key_of_her_role_may(api: Api) -> None:
    for method, path in sorted(EXPECTED, key=lambda each: each[0] == "DELETE"):
        for role in USER_ROLES:
            headers = api.signed_in(role)  # anew each time: some of what is called ends a session
            answer = api.request(method, target_of(path), role=None, body=BODIES.get(path), headers=headers)
            check(method, path, role, answer, key=False)


def test_what_changes_something_is_refused_when_another_site_asks_with_the_cookie(api: Api) -> None:
    cookie = api.signed_in("admin")["cookie"]
    for method, path in EXPECTED:
        if method in {"GET", "HEAD"}:
            continue
        for told in (
            {},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8765"},
            {"origin": "https://evil.example"},
            {"origin": "null"},
        ):
            sent = {"cookie": cookie, "host": "127.0.0.1:8765", **told}
            answer = api.request(method, target_of(path), role=None, body=BODIES.get(path), headers=sent)
            if path in {"/api/v1/session", "/api/v1/shop/log-in"} and method == "POST" and not told:
                continue  # logging in needs no cookie, and a program sends neither header
            assert answer.status == 403, (method, path, told)
            assert path.startswith("/ofrep/") or answer.json()["code"] == "cross_site", (method, path, told)
    assert api.request("GET", "/api/v1/session", role=None, headers={"cookie": cookie}).status == 200


def target_of(path: str) -> str:
    return re.sub(r"\{\w+\}", "0" * 32, path) + QUERIES.get(path, "")


def check(method: str, path: str, role: str | None, answer: Answer, *, key: bool) -> None:
    """That she got through the guard when she may, and not when she may not."""
    told = (method, path, role, answer.status, answer.body)
    allowed = EXPECTED[method, path]
    if (method, path) in TRUSTED_ONLY:
        allowed = allowed.replace("decide ", "")
    if allowed == "anybody" or role in allowed.split() or (allowed == "signed in" and not key):
        assert answer.status < 500, told
        assert answer.status not in {401, 403}, told
    else:
        assert answer.status == (401 if role is None or allowed == "signed in" else 403), told


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer segue_0",
        "Bearer " + "x" * 8_000,
        "Bearer \xff\xfe",
        "\t",
    ],
)
def test_what_is_no_key_is_refused_with_a_cure(api: Api, value: str) -> None:
    answer = api.request("GET", "/api/v1/status", role=None, headers={"authorization": value})
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert set(answer.json()) == {"code", "message", "cure"}


def test_a_refusal_comes_before_the_request_is_looked_at(api: Api) -> None:
    for role, status in ((None, 401), ("ingest", 403)):
        assert api.request("POST", "/api/v1/persons/find", role=role, body=b"{").status == status
        assert api.request("GET", "/api/v1/persons", role=role).status == status


def test_the_scheme_is_written_in_any_case(api: Api) -> None:
    sent = {"authorization": f"bearer  {api.keys['read']}"}
    assert api.request("GET", "/api/v1/status", role=None, headers=sent).status == 200
