"""What pages of other origins may ask of the API: decisions, with a key, and never with a cookie.

A slot in a web shop asks from the shop's origin, or below the shop's own address under the neutral prefix
that the collector answers under too. Everything else of the API stays closed to other origins.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from segue.edge.collecting.answers import answer_preflight
from segue.edge.collecting.reached import below

ASGI = Callable[[Any, Any, Any], Awaitable[None]]

_OPEN = re.compile(r"/api/v1/decisions(?:/batch)?|/api/v1/proofs/exchange|/ofrep/v1/[^?#]{1,500}")
"""Questions of touchpoints, and bringing a proof back. Reading decisions and giving proofs out are none."""

_ANY_ORIGIN = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"etag, retry-after"),
)


def across(behind: ASGI, prefix: str) -> ASGI:
    """``behind``, with the questions of touchpoints answered below ``prefix`` too, and to any origin."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        asked = below(scope, prefix) if scope["type"] == "http" else scope
        if scope["type"] != "http" or _OPEN.fullmatch(asked["path"]) is None:
            await behind(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await answer_preflight(send, dict(scope["headers"]))
        elif _by_key(asked):
            await behind(_without_cookies(asked), receive, _to_any_origin(send))
        else:
            await behind(asked, receive, send)

    return application


def _by_key(scope: Any) -> bool:
    return any(name in {b"authorization", b"x-api-key"} for name, _ in scope["headers"])


def _without_cookies(scope: Any) -> Any:
    """Without cookies, and as it reads without the prefix: the API has no place for a root path."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    return {**scope, "headers": headers, "root_path": "", "raw_path": scope["path"].encode()}


def _to_any_origin(send: Any) -> Any:
    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *_ANY_ORIGIN]}
        await send(message)

    return sending
