"""A request's body, within limits, whatever its encoding; and the keys it presents."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from segue.errors import InvalidInputError, TooLargeError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes of a body, as sent and once decompressed."""

_MOST_DRAINED = 64 * 1024 * 1024
_GZIP = b"\x1f\x8b"


class ClientGoneError(Exception):
    """The client closed the connection before its body was complete: nobody is there to be answered."""


async def body_of(receive: Receive) -> bytes:
    """The body, decompressed. TooLargeError beyond :data:`LARGEST_BODY`; InvalidInputError for broken gzip.

    What is too large is read to its end all the same (within reason), since a client that cannot finish
    sending takes that for a fault of the network and sends it all again.
    """
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        part = message.get("body", b"")
        size += len(part)
        if size <= LARGEST_BODY:
            parts.append(part)
        elif size > _MOST_DRAINED:
            break
        if not message.get("more_body"):
            break
    if size > LARGEST_BODY:
        raise _too_large()
    return decompressed(parts[0] if len(parts) == 1 else b"".join(parts))


def decompressed(body: bytes) -> bytes:
    """The body itself, or what its gzip holds. Told by its first bytes: headers are set wrongly by many."""
    if not body.startswith(_GZIP):
        return body
    parts: list[bytes] = []
    left = LARGEST_BODY
    while body:
        member = zlib.decompressobj(wbits=31)
        try:
            part = member.decompress(body, left + 1)
        except zlib.error as error:
            raise InvalidInputError("the gzip is broken", code="malformed_gzip") from error
        parts.append(part)
        left -= len(part)
        if left < 0:
            raise _too_large()
        if not member.eof:
            raise InvalidInputError("the gzip ends early", code="malformed_gzip")
        body = member.unused_data.lstrip(b"\0")
    return b"".join(parts)


def _too_large() -> TooLargeError:
    return TooLargeError(f"the body has more than {LARGEST_BODY} bytes", cure="send fewer events at once")


def presented(headers: dict[bytes, bytes]) -> Iterator[str]:
    """The keys that the Authorization header may mean: Basic (with or without a colon) or Bearer."""
    value = headers.get(b"authorization")
    if value is None:
        return
    scheme, _, rest = value.strip().partition(b" ")
    credential = rest.strip()
    if scheme.lower() == b"basic":
        try:
            pair = base64.b64decode(credential + b"=" * (-len(credential) % 4))
        except (binascii.Error, ValueError):
            return
        yield pair.partition(b":")[0].decode("utf-8", "replace")
    elif scheme.lower() == b"bearer":
        yield credential.decode("utf-8", "replace")


def query_key(query: bytes) -> str | None:
    """``writeKey`` of a query."""
    if b"writeKey" not in query:
        return None
    try:
        fields = dict(parse_qsl(query.decode("utf-8", "replace"), max_num_fields=200))
    except ValueError:
        return None
    return fields.get("writeKey") or None
