"""Whatever is sent that the description allows, or forbids, nothing is a fault of ours."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.flow.api.harness import Api, identify

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis import GenerationMode


ENDLESS = "/api/v1/live"
"""Answers as long as somebody listens; ``tests/flow/live`` asks it."""


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_request_is_answered_with_a_fault(api: Api, mode: GenerationMode) -> None:
    api.happen(identify("1", "2026-02-01T10:00:00Z", user_id="ann", traits={"email": "ann@example.com"}))
    described: Any = schemathesis.openapi.from_asgi("/api/openapi.json", api.app)
    seen: set[str] = set()
    for found in described.get_all_operations():
        operation = found.ok()
        seen.add(operation.label)
        if operation.path == ENDLESS:
            continue
        strategy = operation.as_strategy(generation_mode=mode)
        _try_out(api, strategy)
        if operation.method.upper() != "DELETE" and "{person_id}" in operation.path:
            _try_out(api, strategy, api.person("user_id:ann")["person_id"])
    assert len(seen) > 15


def _try_out(api: Api, strategy: Any, known: str | None = None) -> None:
    """Requests as generated, or about a person who is known."""

    @settings(
        max_examples=4,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=strategy)
    def attempt(case: Any) -> None:
        if known is not None and "person_id" in (case.path_parameters or {}):
            case.path_parameters["person_id"] = known
        answer = case.call(headers={"Authorization": f"Bearer {api.keys['admin']}"})
        assert answer.status_code < 500, (
            case.method,
            case.formatted_path,
            case.query,
            case.body,
            answer.text,
        )
        if answer.status_code >= 400:
            flags = case.path.startswith("/ofrep/")  # whose errors are in the form of that protocol
            assert ({"errorDetails"} if flags else {"code", "message"}) <= set(answer.json())

    attempt()


@pytest.mark.parametrize("strange", ["%00", "%ff", "%ed%a0%80", "%F0%9F%9B%92", "%0a", "a%2Fb", "x" * 5000])
def test_strange_ids_and_identifiers_are_no_fault(api: Api, strange: str) -> None:
    for target in (
        f"/api/v1/persons/{strange}",
        f"/api/v1/persons/{strange}/timeline",
        f"/api/v1/erasures/{strange}",
        f"/api/v1/persons?identifier=user_id:{strange}",
        f"/api/v1/persons?identifier={strange}:1",
        f"/api/v1/persons/{'0' * 32}/timeline?after={strange}",
        f"/api/v1/audit?before={strange}",
    ):
        assert api.request("GET", target).status in {200, 400, 404}, target
    api.request("POST", "/api/v1/persons/find", body={"identifier": "user_id:\0"})
