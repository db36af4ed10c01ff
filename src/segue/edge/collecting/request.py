"""A request's body, within limits, whatever its encoding; and the keys it presents."""

from __future__ import annotations

import asyncio
import base64
import binascii
import zlib
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from segue.errors import InvalidInputError, TooLargeError, UnavailableError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes of a body, as sent and once decompressed."""

SLOWEST_BODY = 60.0
"""Seconds that a body may take to arrive."""

_MOST_DRAINED = 64 * 1024 * 1024
_GZIP = b"\x1f\x8b"


class ClientGoneError(Exception):
    """The client closed the connection before its body was complete: nobody is there to be answered."""


class TooSlowError(UnavailableError):
    """The body did not arrive in time: the network is at fault, the same request may work later.

    A 503, since some clients drop for good what is answered with 408.
    """

    code = "too_slow"


async def body_of(receive: Receive) -> bytes:
    """The body, decompressed. TooLargeError beyond :data:`LARGEST_BODY`; InvalidInputError for broken gzip;
    TooSlowError after :data:`SLOWEST_BODY` seconds.

    What is too large is read to its end all the same (within reason), since a client that cannot finish
    sending takes that for a fault of the network and sends it all again.
    """
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        whole: bytes = message.get("body", b"")
        if len(whole) > LARGEST_BODY:
            raise _too_large()
        return decompressed(whole)
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            return decompressed(await _gathered(message, receive))
    except TimeoutError as error:
        raise TooSlowError("the body did not arrive in time") from error


async def _gathered(message: Message, receive: Receive) -> bytes:
    """The parts of a body, the first of which is ``message``."""
    parts: list[bytes] = []
    size = 0
    while True:
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
        message = await receive()
    if size > LARGEST_BODY:
        raise _too_large()
    return b"".join(parts)


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
