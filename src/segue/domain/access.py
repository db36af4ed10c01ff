"""Keys and the roles they carry."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Role = Literal["ingest", "read", "decide", "associate", "marketer", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a presented key. The key itself is shown once and kept only as a digest."""

    key_id: str
    role: Role
    #: role ingest: the source whose events it brings
    source: str | None = None
    #: server, till or import; a key that is not can be read by anyone (browser, app)
    trusted: bool = False
