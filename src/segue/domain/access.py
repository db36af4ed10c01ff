"""Who acts: keys and the roles they carry, and whoever sits at the machine."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

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
