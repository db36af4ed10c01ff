"""The text of a QR token or a link's token: signed, so that a forged or an old one is refused unseen.

It names nobody. What it stands for is kept until it is used, and only for as long as it may be.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from struct import Struct
from typing import Literal, NamedTuple

from segue.domain.order import SECOND

Signed = Literal["qr", "link"]

_KINDS: dict[Signed, int] = {"qr": 1, "link": 2}
_SHAPE = Struct(">BQ16s")
_SIGNATURE = 16
LONGEST = 100
"""Characters of a text that could be one."""


class Read(NamedTuple):
    """What a token's text says, once its signature was found right."""

    kind: Signed
    #: microseconds
    expires_at: int


def sign(kind: Signed, expires_at: int, nonce: bytes, secret: bytes) -> str:
    """The text; ``nonce`` are 16 random bytes, ``expires_at`` whole seconds in microseconds."""
    body = _SHAPE.pack(_KINDS[kind], expires_at // SECOND, nonce)
    return urlsafe_b64encode(body + _signature(body, secret)).rstrip(b"=").decode()


def read(text: str, secret: bytes) -> Read | None:
    """What a text says; None where it is not ours."""
    if len(text) > LONGEST or not text.isascii():
        return None
    try:
        whole = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    body = whole[: _SHAPE.size]
    if len(whole) != _SHAPE.size + _SIGNATURE or not hmac.compare_digest(
        whole[_SHAPE.size :], _signature(body, secret)
    ):
        return None
    number, seconds, _ = _SHAPE.unpack(body)
    return next((Read(kind, seconds * SECOND) for kind, each in _KINDS.items() if each == number), None)


def digest(text: str, secret: bytes) -> bytes:
    """What is kept of a code or a token: keyed, for a code has only a million values."""
    return hmac.digest(secret, b"segue proof " + text.encode(), "sha256")


def _signature(body: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, b"segue proof signature " + body, "sha256")[:_SIGNATURE]
