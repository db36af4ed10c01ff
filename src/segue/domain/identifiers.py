"""Identifiers and the fragments they own.

An identifier is ``(kind, value)`` with the value normalised by its kind's rule. Each has exactly one
fragment, whose id is a keyed hash of it: creation never races, and an erased id is recognised without
being kept. People write an identifier as ``kind:value``.
"""

from __future__ import annotations

import hmac
from typing import NewType

import msgspec

from segue.errors import InvalidInputError

FragmentId = NewType("FragmentId", bytes)
"""16 bytes; 32 lower-case hexadecimal digits at the edge. A person's id is one of her fragments' ids."""

PersonId = FragmentId


class Identifier(msgspec.Struct, frozen=True, array_like=True):
    """A normalised way to recognise somebody."""

    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class Mention(msgspec.Struct, frozen=True, array_like=True):
    """An identifier as one event carries it."""

    kind: str
    value: str
    fragment_id: bytes
    #: a trusted source said so, or a valid identity token covers it; else it is only claimed
    proven: bool
    #: kinds such as anonymous_id that name a device, not a person
    device: bool = False


def fragment_id(secret: bytes, kind: str, value: str) -> FragmentId:
    """HMAC-SHA256(installation secret, kind ‖ 0 ‖ normalised value), the first 16 bytes."""
    message = kind.encode() + b"\0" + value.encode("utf-8", "surrogatepass")
    return FragmentId(hmac.digest(secret, message, "sha256")[:16])


def parse_identifier(text: str) -> tuple[str, str]:
    """Split ``kind:value``; InvalidInputError when either side is empty."""
    kind, colon, value = text.partition(":")
    if not colon or not kind.strip() or not value.strip():
        raise InvalidInputError(
            f"{text!r} is not an identifier", cure="write KIND:VALUE, for example email:ann@example.com"
        )
    return kind.strip(), value.strip()


def parse_id(text: str) -> FragmentId:
    """A person, fragment or link id from its hexadecimal form; InvalidInputError when malformed."""
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raw = b""
    if len(raw) != 16:
        raise InvalidInputError(f"{text[:80]!r} is not an id", cure="ids are 32 hexadecimal digits")
    return FragmentId(raw)
