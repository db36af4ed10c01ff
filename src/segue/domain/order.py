"""Instants and order keys: the one rule by which conflicts are settled.

Times inside Segue are whole microseconds since 1970 in UTC (``Micros``); they become RFC 3339 text at
the edge. An *order key* is (corrected event time, position in its request, message id), packed into 20
bytes that compare like the tuple; the message id takes part as the first eight bytes of its BLAKE2b
digest, which is as total an order as the text itself and a quarter of its size.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from struct import Struct
from typing import NewType

Micros = NewType("Micros", int)
"""Microseconds since 1970-01-01T00:00:00Z."""

OrderKey = NewType("OrderKey", bytes)
"""20 bytes; bytewise comparison is the order in which things happened."""

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_PACK = Struct(">QI8s").pack
_UNPACK_TIME = Struct(">Q").unpack_from
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def order_key(timestamp: int, position: int, message_id: str) -> OrderKey:
    """Pack an event's order key. ``timestamp`` is ≥ 0 (admission guarantees it), ``position`` < 2³²."""
    digest = blake2b(message_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return OrderKey(_PACK(timestamp, position, digest))


def time_of(key: OrderKey) -> Micros:
    """The event time inside an order key."""
    return Micros(_UNPACK_TIME(key)[0])


def rfc3339(moment: int) -> str:
    """``2026-01-31T09:05:00.123456Z``; the fraction is left out when it is zero."""
    return (_EPOCH + timedelta(microseconds=moment)).isoformat()[: -len("+00:00")] + "Z"


def micros(moment: datetime) -> Micros:
    """An aware datetime as microseconds; ``ValueError`` for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone says nothing: give it one")
    return Micros((moment - _EPOCH) // _MICROSECOND)
