"""The draft: what a source's dialect makes of one event on the wire, before it is admitted.

Dialects (``sources/``) only translate shapes; ``collect`` decides what is admitted, corrects times,
extracts identifiers and applies the tracking plan. Both speak in these records.
"""

from __future__ import annotations

from typing import Any

import msgspec

from segue.domain.events import Remember


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """One event as its client meant it. Nothing in it has been checked yet beyond being JSON."""

    #: the call: identify, track, page, screen, group, alias, or something unknown
    type: Any
    event: Any = None
    message_id: Any = None
    #: as sent: RFC 3339 text, epoch number, datetime in microseconds, or None
    timestamp: Any = None
    sent_at: Any = None
    user_id: Any = None
    anonymous_id: Any = None
    group_id: Any = None
    previous_id: Any = None
    properties: Any = None
    traits: Any = None
    context: Any = None
    #: extra identifiers a dialect knows of, (kind, value) pairs, before normalisation
    identifiers: tuple[tuple[str, Any], ...] = ()
    #: position in its request
    position: int = 0
    marks: tuple[str, ...] = ()
    remember: Remember = "days"
    #: the event alone as it came (JSON bytes), for the dead letter if it comes to that
    raw: bytes = b""


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a request that no draft could be made of; becomes a dead letter."""

    reason: str
    detail: str
    raw: bytes
    position: int = 0
    #: ever: it comes from a file, and is the same when the file is read again
    remember: Remember = "days"


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who sends: the source behind the key."""

    source: str
    trusted: bool
    #: identifiers covered by a valid identity token, normalised ``(kind, value)``; public sources only
    proven: frozenset[tuple[str, str]] = frozenset()
    #: client address for ``context.ip`` when the client asks for it
    address: str | None = None
