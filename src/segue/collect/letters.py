"""Dead letters: one event that could not be admitted, kept alone.

It is kept as it came, minus credentials, plus what its path and its batch said about it (type, sending
time, context): without them it could not be replayed.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Any

import msgspec

from segue.domain.drafts import Draft, Unreadable
from segue.domain.events import DeadLetter, Event
from segue.domain.order import rfc3339
from segue.domain.repair import TooDeepError, repair, repair_text

LONGEST_RAW = 64 * 1024
"""Bytes of an event that a dead letter keeps; what is longer is cut, and cannot be replayed."""

_LONGEST_DETAIL = 500
_CREDENTIALS = frozenset({"writeKey", "identityToken", "api_key"})
_CREDENTIAL = re.compile(rb'("(?:writeKey|identityToken|api_key)"\s*:\s*)"(?:[^"\\]|\\.)*"')


def dead_letter(
    item: Draft | Unreadable,
    *,
    source: str,
    received_at: int,
    reason: str,
    detail: str,
    fragment_ids: tuple[bytes, ...] = (),
) -> DeadLetter:
    """The letter for ``item``. Its id follows from source, time, position and content.

    What stands in a file is the same whenever the file is read: there the time does not count.
    """
    raw = _alone(item) if isinstance(item, Draft) else _without_credentials(item.raw)
    moment = 0 if item.remember == "ever" else received_at
    identity = blake2b(
        f"{source}\0{moment}\0{item.position}\0".encode("utf-8", "surrogatepass") + raw, digest_size=16
    )
    return DeadLetter(
        dead_letter_id=identity.hexdigest(),
        source=repair_text(source),
        received_at=received_at,
        reason=reason,
        detail=repair_text(detail)[:_LONGEST_DETAIL],
        raw=repair_text(raw[:LONGEST_RAW].decode("utf-8", "replace")),
        fragment_ids=fragment_ids,
    )


def letter_of(event: Event, now: int) -> DeadLetter:
    """The letter for an admitted event on which our own rules fail; replaying it brings the same event."""
    draft = Draft(
        type=event.type,
        event=event.event or None,
        message_id=event.message_id,
        timestamp=event.timestamp,
        group_id=event.group_id,
        properties=event.properties or None,
        traits=event.traits or None,
        context=event.context or None,
        identifiers=tuple((mention.kind, mention.value) for mention in event.mentions),
    )
    return dead_letter(
        draft,
        source=event.source,
        received_at=now,
        reason="internal",
        detail="a fault of Segue kept this event from being applied: replay it after an update",
        fragment_ids=tuple(mention.fragment_id for mention in event.mentions),
    )


def _alone(draft: Draft) -> bytes:
    """The event with what its path and batch said; as it came where it cannot be read."""
    if not draft.raw:
        return raw_of(draft)
    try:
        call = msgspec.json.decode(draft.raw)
    except (ValueError, RecursionError):
        return _without_credentials(draft.raw)
    if not isinstance(call, dict):
        return draft.raw
    kept = {name: value for name, value in call.items() if name not in _CREDENTIALS}
    if isinstance(draft.context, dict):
        context = {name: value for name, value in draft.context.items() if name not in _CREDENTIALS}
        kept["context"] = _naming(context, draft)  # what a mapping found stands beside its context
    if "type" not in kept and isinstance(draft.type, str):
        kept = {"type": draft.type, **kept}
    if draft.sent_at is not None:
        kept.setdefault("sentAt", draft.sent_at)
    return msgspec.json.encode(kept)


def raw_of(draft: Draft) -> bytes:
    """A draft that came from no JSON, written in the tracking API's form, so that it can be replayed."""
    context, _ = _kept(draft.context or {})
    if isinstance(context, dict):
        context = _naming(context, draft)
    fields = {
        "type": draft.type,
        "event": draft.event,
        "messageId": draft.message_id,
        "timestamp": _time(draft.timestamp),
        "sentAt": _time(draft.sent_at),
        "userId": draft.user_id,
        "anonymousId": draft.anonymous_id,
        "groupId": draft.group_id,
        "previousId": draft.previous_id,
        "properties": draft.properties,
        "traits": draft.traits,
        "context": context or None,
    }
    kept, _ = _kept({name: value for name, value in fields.items() if value is not None})
    return msgspec.json.encode(kept)


def _naming(context: dict[str, Any], draft: Draft) -> dict[str, Any]:
    """A context that names the identifiers which the draft has beside its fields."""
    if not draft.identifiers:
        return context
    carried = context.get("externalIds")
    named = [{"id": value, "type": kind} for kind, value in draft.identifiers]
    return {**context, "externalIds": [*(carried if isinstance(carried, list) else []), *named]}


def _time(value: Any) -> Any:
    """Microseconds since 1970 are written as text: their size alone would not say what they are."""
    return rfc3339(value) if type(value) is int and 1e14 <= value < 1e17 else value


def _kept(value: Any) -> tuple[Any, bool]:
    try:
        return repair(value)
    except TooDeepError:
        return None, True


def _without_credentials(raw: bytes) -> bytes:
    return (
        _CREDENTIAL.sub(rb'\1"..."', raw) if b"writeKey" in raw or b"oken" in raw or b"_key" in raw else raw
    )
