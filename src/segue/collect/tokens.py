"""Identity tokens: how a public source's claim about a person becomes proven.

The retailer's backend signs a JSON Web Token (HS256) with the source's secret and hands it to the page or
app, which sends it along. It says who is there (``sub`` is the user id; any kind of identity.yaml may be
a claim of that name) and expires within the hour::

    {"sub": "u-17", "email": "ann@example.com", "exp": 1767225600}

Segue signs such tokens itself, for whoever brings a proof back that was given out (a one-time code, a QR
code, the link of a message). Ours name ``segue`` as their key, vouch for a few minutes and for one key, and
are signed with a secret that no source has.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import jwt

from segue.domain.order import HOUR, SECOND
from segue.domain.rules import IdentityRules
from segue.domain.rules.normalise import normalise_identifier

LONGEST_TOKEN = 4096
LONGEST_LIFE = HOUR
"""Microseconds from now to a token's expiry that are accepted."""

SHORTEST_SECRET = 32
"""Bytes; anything shorter could be guessed."""

_OPTIONS: Any = {
    "require": ["exp"],
    # checked here, against the collector's own clock
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}

_OURS = "segue"
"""The key that our own tokens name in their header."""

Proven = frozenset[tuple[str, str]]


class Bound(NamedTuple):
    """For whom a token of ours was made."""

    #: who exchanged the proof: its questions may use it
    key: str
    #: of that key: its events may use it too
    source: str | None


def verify(token: Any, secret: bytes | None, rules: IdentityRules, now: int) -> Proven | None:
    """The normalised ``(kind, value)`` pairs that ``token`` vouches for; None when it is not to be believed
    (no secret, wrong signature, another algorithm, expired, or valid for more than an hour).
    """
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
        return None
    if secret is None or len(secret) < SHORTEST_SECRET:
        return None
    try:
        claims = jwt.decode(token, secret, algorithms=["HS256"], options=_OPTIONS)
    except (jwt.PyJWTError, ValueError):
        return None
    if not _in_time(claims, now):
        return None
    found = (normalise_identifier(rules, kind, value) for kind, value in _claimed(claims, rules))
    return frozenset((one.kind, one.value) for one in found if one is not None)


def _in_time(claims: Mapping[str, Any], now: int) -> bool:
    expires, begins = claims["exp"], claims.get("nbf", 0)
    if type(expires) not in {int, float} or type(begins) not in {int, float}:
        return False
    return bool(now < expires * SECOND <= now + LONGEST_LIFE and begins * SECOND <= now)


def _claimed(claims: Mapping[str, Any], rules: IdentityRules) -> Iterator[tuple[str, Any]]:
    yield "user_id", claims.get("sub")
    for kind in rules.kinds:
        value = claims.get(kind)
        for one in value if isinstance(value, list) else [value]:
            yield kind, one


# ── our own ──────────────────────────────────────────────────────────────────


def mint(
    identifiers: Iterable[tuple[str, str]], bound: Bound, secret: bytes, *, now: int, expires_at: int
) -> str:
    """A token of ours for normalised ``(kind, value)`` pairs; ``secret`` is the installation's."""
    claims = {
        "iss": _OURS,
        "iat": now // SECOND,
        "exp": expires_at // SECOND,
        "who": [list(each) for each in identifiers],
        "key": bound.key,
        "source": bound.source,
    }
    return jwt.encode(claims, _own(secret), algorithm="HS256", headers={"kid": _OURS})


def is_ours(token: Any) -> bool:
    """Whether a token says that Segue made it; whether that is true is for :func:`verify_own` to find."""
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
        return False
    try:
        return jwt.get_unverified_header(token).get("kid") == _OURS
    except (jwt.PyJWTError, ValueError):
        return False


def verify_own(
    token: Any,
    secret: bytes,
    rules: IdentityRules,
    now: int,
    *,
    key: str | None = None,
    source: str | None = None,
) -> Proven | None:
    """What a token of ours vouches for when this ``key`` asks or this ``source`` brings events; or None."""
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
        return None
    try:
        claims = jwt.decode(token, _own(secret), algorithms=["HS256"], options=_OPTIONS)
    except (jwt.PyJWTError, ValueError):
        return None
    if not _in_time(claims, now):
        return None
    if not (
        (key is not None and claims["key"] == key) or (source is not None and claims["source"] == source)
    ):
        return None
    found = (normalise_identifier(rules, kind, value) for kind, value in claims["who"])
    return frozenset((one.kind, one.value) for one in found if one is not None)


def _own(secret: bytes) -> bytes:
    """What our own tokens are signed with; from it the installation's secret cannot be told."""
    return hmac.digest(secret, b"segue identity tokens", "sha256")
