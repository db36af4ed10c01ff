"""Identity tokens: how a public source's claim about a person becomes proven.

The retailer's backend signs a JSON Web Token (HS256) with the source's secret and hands it to the page or
app, which sends it along. It says who is there (``sub`` is the user id; any kind of identity.yaml may be
a claim of that name) and expires within the hour::

    {"sub": "u-17", "email": "ann@example.com", "exp": 1767225600}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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

Proven = frozenset[tuple[str, str]]


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
