"""What pages of other origins may ask: questions, and bringing proofs back; with a key, without a cookie."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from segue.edge.across import across

COOKIE = (b"cookie", b"segue=secret")
KEY = (b"authorization", b"Bearer k")


def ask(method: str, path: str, *headers: tuple[bytes, bytes]) -> tuple[dict[bytes, bytes], Any]:
    """The headers of the answer, and the scope that came through; None where none did."""
    came: list[Any] = []
    sent: list[Any] = []

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        came.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": method, "path": path, "headers": list(headers), "root_path": ""}

    async def asking() -> None:
        await across(behind, "/s")(scope, receive, send)

    asyncio.run(asking())
    return dict(sent[0]["headers"]), (came or [None])[0]


@pytest.mark.parametrize("prefix", ["", "/s"])
@pytest.mark.parametrize("path", ["/api/v1/decisions", "/api/v1/decisions/batch", "/api/v1/proofs/exchange"])
def test_a_question_with_a_key_is_answered_to_any_origin(prefix: str, path: str) -> None:
    headers, scope = ask("POST", prefix + path, KEY, COOKIE)
    assert headers[b"access-control-allow-origin"] == b"*"
    assert (scope["path"], scope["headers"]) == (path, [KEY])
    headers, scope = ask("OPTIONS", prefix + path, (b"origin", b"https://shop.example"))
    assert scope is None
    assert headers[b"access-control-allow-methods"] == b"GET, POST, OPTIONS"


@pytest.mark.parametrize(
    "path", ["/api/v1/proofs", "/api/v1/proofs/exchange/", "/api/v1/decisions/00", "/api/v1/persons/find"]
)
def test_all_else_stays_closed(path: str) -> None:
    headers, _ = ask("POST", path, KEY, COOKIE)
    assert b"access-control-allow-origin" not in headers


def test_a_cookie_alone_is_answered_to_pages_of_ours_only() -> None:
    headers, scope = ask("POST", "/api/v1/proofs/exchange", COOKIE)
    assert b"access-control-allow-origin" not in headers
    assert scope["headers"] == [COOKIE]
