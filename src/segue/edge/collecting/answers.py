"""What the collector answers: exactly 200 on success, ``{"code", "message"}`` on error, to any origin.

Two keys and no more in an error, with the cure in its message: one of the clients takes any other object
for a fault of ours and sends everything again, ten times.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from segue.edge.collecting.request import Send
from segue.errors import SegueError, TooManyRequestsError, UnavailableError

Headers = list[tuple[bytes, bytes]]

_ANY_ORIGIN = (b"access-control-allow-origin", b"*")
_JSON = (b"content-type", b"application/json")
_NAMES = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,1000}")

SUCCESS = b'{"success":true}'


async def answer(send: Send, status: int, body: bytes, kind: bytes, headers: Headers | None = None) -> None:
    """One whole response."""
    start: Headers = [
        _ANY_ORIGIN,
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        *(headers or ()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})


_OK_HEADERS: Headers = [_ANY_ORIGIN, _JSON, (b"content-length", str(len(SUCCESS)).encode())]


async def answer_success(send: Send) -> None:
    """200 and ``{"success": true}``."""
    await send({"type": "http.response.start", "status": 200, "headers": _OK_HEADERS})
    await send({"type": "http.response.body", "body": SUCCESS})


async def answer_json(send: Send, status: int, content: Any, headers: Headers | None = None) -> None:
    """``content`` as JSON."""
    await answer(send, status, msgspec.json.encode(content), b"application/json", headers)


async def answer_error(send: Send, error: SegueError, now: int) -> None:
    """The error's status, code and message with its cure; when to try again, if that helps.

    ``now`` in microseconds.
    """
    message = error.message if error.cure is None else f"{error.message}: {error.cure}"
    content = {"code": error.code, "message": message}
    await answer_json(send, error.status, content, retry_headers(error, now))


def retry_headers(error: SegueError, now: int) -> Headers:
    """Retry-After for what passes by itself."""
    if not isinstance(error, (TooManyRequestsError, UnavailableError)):
        return []
    headers = [
        (b"retry-after", str(error.retry_after).encode()),
        (b"access-control-expose-headers", b"retry-after, x-ratelimit-reset"),
    ]
    if isinstance(error, TooManyRequestsError):
        headers.append((b"x-ratelimit-reset", str(now // 1_000_000 + error.retry_after).encode()))
    return headers


async def answer_preflight(send: Send, headers: dict[bytes, bytes]) -> None:
    """Whatever headers a client wants to send, it may; without credentials."""
    allowed: Headers = [
        (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
        (b"access-control-max-age", b"86400"),
        (b"vary", b"access-control-request-headers"),
    ]
    asked = headers.get(b"access-control-request-headers", b"")
    if _NAMES.fullmatch(asked):
        allowed.append((b"access-control-allow-headers", asked))
    await answer(send, 200, b"", b"text/plain", allowed)
