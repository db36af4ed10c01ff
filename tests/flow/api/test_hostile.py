"""Requests that are made to break something: told what is wrong with them, and nothing breaks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from segue.edge.api.application import describe
from segue.edge.api.services import client_address

from .harness import Api


@pytest.mark.parametrize("body", [b"[" * 5_000 + b"]" * 5_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000])
@pytest.mark.parametrize("target", ["/api/v1/session", "/api/v1/persons/search", "/api/v1/users"])
def test_a_body_that_is_nested_too_deeply_is_the_sender_s_fault(api: Api, target: str, body: bytes) -> None:
    answer = api.request("POST", target, body=body)
    assert answer.status == 400, answer.body
    assert answer.json()["code"] == "invalid_input"


def taking_json() -> Iterator[tuple[str, str]]:
    """Method and path of every endpoint that reads JSON."""
    for path, operations in json.loads(describe())["paths"].items():
        for method, operation in operations.items():
            if "application/json" in operation.get("requestBody", {}).get("content", {}):
                yield method.upper(), re.sub(r"\{[^}]*\}", "x", path)


def test_bad_bytes_are_the_senders_fault_wherever_json_is_read(
    api: Api, capfd: pytest.CaptureFixture[str]
) -> None:
    found = list(taking_json())
    assert len(found) > 20
    signed_in = api.signed_in()
    for body in (b'{"x":"\xff"}', b'{"\xff":1}', b'["\xed\xa0\x80"]'):
        for method, path in found:
            answer = api.request(method, path, role=None, body=body, headers=signed_in)
            assert answer.status == 400, (method, path, answer.body)
            assert b"not UTF-8" in answer.body
    assert "request_failed" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8::1", "2001:db8::ffff:0:0:1"),
        ("2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::2"),
    ],
)
def test_whoever_has_a_network_of_her_own_counts_once(one: str, other: str) -> None:
    assert address(one) == address(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.7", "192.0.2.8"),
        ("2001:db8:1:2::1", "2001:db8:1:3::1"),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8"),
    ],
)
def test_neighbours_are_counted_apart(one: str, other: str) -> None:
    assert address(one) != address(other)


def address(text: str) -> str:
    class Asked:
        scope = {"client": (text, 1234)}

    asked: Any = Asked()
    return client_address(asked)
