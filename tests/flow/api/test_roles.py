"""Who may call what, asked of every endpoint with a key of every role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from segue.domain.access import ROLES
from segue.edge.api import house, persons, story
from segue.edge.api.application import describe
from segue.edge.api.roles import ACTS
from tests.flow.api.harness import Api

BODIES: dict[str, Any] = {
    "/api/v1/persons/find": {"identifier": "user_id:nobody"},
    "/api/v1/persons/why": {"a": "user_id:nobody", "b": "user_id:no_one"},
    "/api/v1/persons/{person_id}/merge": {"person_id": "0" * 32},
    "/api/v1/persons/{person_id}/unmerge": {"link_id": "0" * 32},
    "/api/v1/persons/{person_id}/delete-identifier": {"identifier": "user_id:nobody"},
}
QUERIES = {"/api/v1/persons": "?identifier=user_id:nobody"}

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
    ("GET", "/api/v1/status"): "read admin",
    ("GET", "/api/v1/audit"): "admin",
    ("GET", "/api/v1/story"): "read associate marketer admin",
    ("GET", "/health/live"): "anybody",
    ("GET", "/health/ready"): "anybody",
    ("GET", "/metrics"): "anybody",
    ("GET", "/api/openapi.json"): "anybody",
    ("GET", "/api/docs"): "anybody",
}


def endpoints() -> Iterator[tuple[str, str]]:
    for handler in (*persons.HANDLERS, *house.HANDLERS, *story.HANDLERS):
        for path in handler.paths:
            for method in handler.http_methods:
                yield method, path.replace(":str", "")


def test_every_endpoint_is_expected_here_and_described() -> None:
    assert set(endpoints()) == set(EXPECTED)
    paths = msgspec.json.decode(describe())["paths"]
    described = {(method.upper(), path) for path, each in paths.items() for method in each}
    undescribed = {("GET", "/api/openapi.json"), ("GET", "/api/docs")}
    assert described == set(EXPECTED) - undescribed


def test_every_handler_says_which_act_it_is() -> None:
    handlers = (*persons.HANDLERS, *house.HANDLERS, *story.HANDLERS)
    assert {handler.opt["act"] for handler in handlers} == set(ACTS)


def test_each_role_may_do_what_the_table_says_and_nothing_else(api: Api) -> None:
    for (method, path), allowed in EXPECTED.items():
        target = path.replace("{person_id}", "0" * 32).replace("{erasure_id}", "0" * 32)
        target += QUERIES.get(path, "")
        for role in (None, *ROLES):
            answer = api.request(method, target, role=role, body=BODIES.get(path))
            may = allowed == "anybody" or role in allowed.split()
            assert answer.status in ({200, 202, 404} if may else {401} if role is None else {403}), (
                method,
                path,
                role,
                answer.body,
            )


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
