"""The scene of an event: through which source, channel, device and visit it came, under which consent.

Many events of a fragment share their scene, so a state keeps each distinct one once and its facts
refer to it by number. A scene is a plain tuple because it is compared and stored far more often than
read; :class:`Scene` names its places.
"""

from __future__ import annotations

from collections.abc import Set
from functools import cache, lru_cache
from typing import Any, NamedTuple
from zoneinfo import available_timezones

from segue.domain.channel import channel_of
from segue.domain.events import Event

INTERACTIVE = frozenset(("web", "app", "kiosk"))
"""Channels in which a customer's own steps make sessions."""

_TEXT = 100
_AGENT = 300
_PURPOSE = 60
_PURPOSES = 32
"""Purposes read of one event, and the characters of each."""


class Scene(NamedTuple):
    """Where an event took place. All of it is as the client says, cut to a bounded length."""

    source: str
    #: web, app, kiosk, …; the source's name where nothing says it
    channel: str
    #: mobile, tablet, desktop, …; None where nothing says it
    device: str | None
    #: the client's own session id, if it sends one
    session: str | None
    #: eight bytes that tell devices apart: the start of the device identifier's fragment id
    device_key: bytes | None
    #: passive consent that came with the event: sorted ``purpose=1`` (yes) or ``purpose=0`` (no), 3 and 2
    #: where the event is proven, joined by newlines
    consent: str | None
    #: the time zone of the device, an IANA name; None where nothing says it, and of what no device said
    zone: str | None = None


def scene_of(event: Event) -> Scene:
    """The scene of ``event``."""
    context, device = event.context, _device_key(event)
    return Scene(
        event.source,
        channel_of(event.type, event.source, context, event.properties),
        _device(context),
        _session(context),
        device,
        _consent(event, context) if "consent" in context or "consentManagement" in context else None,
        _zone(context["timezone"]) if device is not None and "timezone" in context else None,
    )


def _device_key(event: Event) -> bytes | None:
    for mention in event.mentions:
        if mention.device:
            return mention.fragment_id[:8]
    return None


def _device(context: dict[str, Any]) -> str | None:
    device = context.get("device")
    if isinstance(device, dict):
        kind = device.get("type")
        if isinstance(kind, str) and kind:
            return device_class(kind[:_TEXT])
    agent = context.get("userAgent")
    return device_class(agent[:_AGENT]) if isinstance(agent, str) and agent else None


@lru_cache(maxsize=4096)
def device_class(text: str) -> str:
    """mobile, tablet, desktop, or the (short) text itself, from a device type or a user agent."""
    low = text.lower()
    if "ipad" in low or "tablet" in low or ("android" in low and "mozilla" in low and "mobile" not in low):
        return "tablet"
    if any(word in low for word in ("mobile", "phone", "android", "ios")):
        return "mobile"
    if any(word in low for word in ("windows", "macintosh", "x11", "cros", "desktop", "linux")):
        return "desktop"
    return low if len(low) <= 20 else "other"


def _session(context: dict[str, Any]) -> str | None:
    said = context.get("sessionId")
    if said is None:
        said = context.get("session_id")
    if isinstance(said, (str, int)) and not isinstance(said, bool) and said != "":
        return str(said)[:_TEXT]
    return None


def _zone(said: object) -> str | None:
    return said if isinstance(said, str) and said in _zones() else None


@cache
def _zones() -> Set[str]:
    """Every zone that there is; known at once, so that nobody has files looked for by inventing names."""
    return frozenset(available_timezones())


def _consent(event: Event, context: dict[str, Any]) -> str | None:
    stated = preferences(context)
    if not stated:
        return None
    proven = 2 * event.proven
    return "\n".join(f"{purpose}={granted + proven}" for purpose, granted in sorted(stated.items()))


def preferences(context: dict[str, Any]) -> dict[str, bool]:
    """Purpose → granted, from Segment's categoryPreferences or RudderStack's consentManagement."""
    stated: dict[str, bool] = {}
    consent = context.get("consent")
    if isinstance(consent, dict):
        categories = consent.get("categoryPreferences")
        if isinstance(categories, dict):
            for purpose, granted in list(categories.items())[:_PURPOSES]:
                if isinstance(granted, bool):
                    stated[purpose[:_PURPOSE].replace("\n", " ")] = granted
    managed = context.get("consentManagement")
    if isinstance(managed, dict):
        for field, granted in (("allowedConsentIds", True), ("deniedConsentIds", False)):
            ids = managed.get(field)
            if isinstance(ids, list):
                names = (one[:_PURPOSE].replace("\n", " ") for one in ids[:_PURPOSES] if isinstance(one, str))
                stated.update((name, granted) for name in names)
    return stated
