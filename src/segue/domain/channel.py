"""Through which channel an event came: web, app, till, e-mail and whatever else a client calls it.

Sessions, timelines and counts all speak of channels, so what one is gets decided here alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LONGEST = 100
"""Characters of the longest channel; what is longer is cut."""

_KNOWN = {"mobile": "app", "browser": "web", "server": None, "http": None}
"""What client libraries say of themselves; a server is no channel that a customer uses."""


def channel_of(kind: str, source: str, context: Mapping[str, Any], properties: Mapping[str, Any]) -> str:
    """The channel of an event of type ``kind``: what it says, else what its shape shows, else its source."""
    said = context.get("channel")
    if said is None:
        said = properties.get("channel")
    if isinstance(said, str) and said:
        known = _KNOWN.get(said, said)
        if known is not None:
            return known[:LONGEST]
    if kind == "page" or "page" in context:
        return "web"
    if kind == "screen" or ("app" in context and "device" in context):
        return "app"
    return source
