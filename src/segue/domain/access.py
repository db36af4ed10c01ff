"""Who acts: keys and the roles they carry, and whoever sits at the machine."""

from __future__ import annotations

import re
from typing import Literal, get_args

import msgspec

from segue.domain.order import DAY, HOUR
from segue.errors import InvalidInputError

Role = Literal["ingest", "read", "decide", "associate", "marketer", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)

COMMAND_LINE = "command line"
"""The actor of an act done at the machine itself; over HTTP it is the id of a key."""


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a presented key. The key itself is shown once and kept only as a digest."""

    key_id: str
    role: Role
    #: role ingest: the source whose events it brings
    source: str | None = None
    #: server, till or import; a key that is not can be read by anyone (browser, app)
    trusted: bool = False
    #: role decide: the only placement that it may ask for; None: any
    placement: str | None = None
    #: it is refused from then on, microseconds; None: never by itself
    expires_at: int | None = None


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks over HTTP: a key, or somebody who has signed in."""

    #: the actor of what is audited: a key's id, or ``user:`` and the id of a user
    actor: str
    role: Role
    #: what people know the caller by
    name: str
    #: of a key: the source whose backend signs identity tokens for it
    source: str | None = None
    #: nobody but the retailer holds it
    trusted: bool = True
    #: the only placement that it may ask for; None: any
    placement: str | None = None


LONGEST_LIFETIME = 3_660 * DAY
"""A key that is to last longer is one without an end."""

_LIFETIME = re.compile(r"([0-9]{1,6}) *(h|hours?|d|days?|w|weeks?)")
_UNITS = {"h": HOUR, "d": DAY, "w": 7 * DAY}


def read_lifetime(text: str) -> int:
    """How long a key lasts, in microseconds, from ``90d``, ``12 hours`` or ``2 weeks``. InvalidInputError."""
    found = _LIFETIME.fullmatch(text.strip().lower())
    length = 0 if found is None else int(found[1]) * _UNITS[found[2][0]]
    if not 0 < length <= LONGEST_LIFETIME:
        raise InvalidInputError(
            f"a key cannot last {text[:40]!r}", cure="write it as 12h, 90d or 26w, at most 3660d"
        )
    return length
