"""Requests that are made to break something: told what is wrong with them, and nothing breaks."""

from __future__ import annotations

from typing import Any

import pytest

from segue.edge.api.services import client_address

from .harness import Api


@pytest.mark.parametrize("body", [b"[" * 5_000 + b"]" * 5_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000])
@pytest.mark.parametrize("target", ["/api/v1/session", "/api/v1/persons/search", "/api/v1/users"])
def test_a_body_that_is_nested_too_deeply_is_the_sender_s_fault(api: Api, target: str, body: bytes) -> None:
    answer = api.request("POST", target, body=body)
    assert answer.status == 400, answer.body
    assert answer.json()["code"] == "invalid_input"


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
