"""Segment's tracking API: request bodies → drafts.

A body is read strictly first (msgspec, events of a batch one by one), and leniently where that fails:
NaN, stray surrogates, control characters and bytes that are no UTF-8 are put right in that event alone,
which says so in its marks. Only a body that is no JSON object at all is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from segue.domain.drafts import Draft, Unreadable
from segue.domain.repair import TooDeepError, repair
from segue.errors import InvalidInputError, TooLargeError
from segue.sources.segment.spans import batch_spans

REPAIRED = "repaired"

MOST_ITEMS = 150_000
"""Items of one batch. No body of 4 MB holds more events that could be admitted."""

_MOST_INTEGRATIONS = 50
_LONGEST_NAME = 100

METHODS: dict[str, str] = {
    "i": "identify",
    "t": "track",
    "p": "page",
    "s": "screen",
    "g": "group",
    "a": "alias",
    "b": "batch",
    "identify": "identify",
    "track": "track",
    "page": "page",
    "screen": "screen",
    "group": "group",
    "alias": "alias",
    "batch": "batch",
    "import": "batch",
}
"""Last segment of a path → the call; ``batch`` for several at once."""


class Call(msgspec.Struct, rename="camel"):
    """One call as it stands on the wire; whatever else it holds is passed over."""

    type: Any = None
    event: Any = None
    name: Any = None
    category: Any = None
    message_id: Any = None
    timestamp: Any = None
    original_timestamp: Any = None
    sent_at: Any = None
    user_id: Any = None
    anonymous_id: Any = None
    group_id: Any = None
    previous_id: Any = None
    properties: Any = None
    traits: Any = None
    context: Any = None
    integrations: Any = None
    channel: Any = None
    write_key: Any = None
    identity_token: Any = None


class Batch(msgspec.Struct, rename="camel"):
    """Several calls in one body."""

    batch: list[msgspec.Raw] | None = None
    type: Any = None
    sent_at: Any = None
    context: Any = None
    integrations: Any = None
    write_key: Any = None
    identity_token: Any = None


class Envelope(NamedTuple):
    """What of a body belongs to all its events."""

    write_key: str | None = None
    identity_token: str | None = None
    sent_at: Any = None
    context: Mapping[str, Any] | None = None
    method: str | None = None
    integrations: Any = None


class Reading(NamedTuple):
    """A body, read."""

    items: list[Draft | Unreadable]
    envelope: Envelope


_CALL = msgspec.json.Decoder(Call)
_BATCH = msgspec.json.Decoder(Batch)
_STRICT_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError)


def read_body(body: bytes, method: str) -> Reading:
    """The drafts of a request to ``method`` (a value of :data:`METHODS`), in order.

    InvalidInputError when the body is no JSON object, TooLargeError beyond :data:`MOST_ITEMS`.
    """
    body = body.removeprefix(b"\xef\xbb\xbf")
    if method == "batch":
        return _read_batch(body)
    try:
        call = _CALL.decode(body)
    except _STRICT_ERRORS:
        return _read_leniently(body, method)
    envelope = Envelope(_text(call.write_key), _text(call.identity_token), method=method)
    return Reading([draft_of(call, envelope, body)], envelope)


def _read_batch(body: bytes) -> Reading:
    try:
        batch = _BATCH.decode(body)
    except _STRICT_ERRORS:
        return _read_leniently(body, "batch")
    if batch.batch is None:
        return _read_leniently(body, "batch")
    _check_count(batch.batch)
    envelope = _envelope(batch.write_key, batch.identity_token, batch.sent_at, batch.context)
    envelope = envelope._replace(integrations=batch.integrations)
    return Reading([_read_item(raw, envelope, at) for at, raw in enumerate(batch.batch)], envelope)


def _check_count(items: Sequence[object]) -> None:
    if len(items) > MOST_ITEMS:
        raise TooLargeError(f"{len(items)} items in one batch", cure="send fewer at once")


def _read_item(raw: msgspec.Raw | bytes, envelope: Envelope, position: int) -> Draft | Unreadable:
    """One event of a batch: strictly, then leniently, else unreadable; never its neighbours' trouble."""
    alone = bytes(raw)
    try:
        return draft_of(_CALL.decode(alone), envelope, alone, position)
    except _STRICT_ERRORS:
        return _read_item_leniently(alone, envelope, position)


def draft_of(
    call: Call, envelope: Envelope, raw: bytes, position: int = 0, marks: tuple[str, ...] = ()
) -> Draft:
    """What a call means. Times: a client that sends ``originalTimestamp`` *and* ``timestamp`` has corrected
    the latter itself, so it is taken as it is.
    """
    timestamp, sent_at = call.timestamp, call.sent_at if call.sent_at is not None else envelope.sent_at
    if call.original_timestamp is not None:
        if timestamp is None:
            timestamp = call.original_timestamp
        else:
            sent_at = None
    kind = call.type if call.type is not None else envelope.method
    return Draft(
        type=kind,
        event=call.event if kind == "track" else call.name if call.name is not None else call.event,
        message_id=call.message_id,
        timestamp=timestamp,
        sent_at=sent_at,
        user_id=call.user_id,
        anonymous_id=call.anonymous_id,
        group_id=call.group_id,
        previous_id=call.previous_id,
        properties=_properties(call, kind),
        traits=_traits(call, kind),
        context=_context(call, envelope),
        position=position,
        marks=marks,
        raw=raw,
    )


def _properties(call: Call, kind: Any) -> Any:
    """Older clients send a page's category beside its properties."""
    properties = call.properties
    if call.category is None or kind not in ("page", "screen"):
        return properties
    if properties is None:
        return {"category": call.category}
    return {"category": call.category, **properties} if isinstance(properties, dict) else properties


def _traits(call: Call, kind: Any) -> Any:
    """RudderStack's clients put an identify's traits into its context."""
    if call.traits is None and kind == "identify" and isinstance(call.context, dict):
        return call.context.get("traits")
    return call.traits


def _context(call: Call, envelope: Envelope) -> Any:
    """The event's context over that of its batch; ``channel`` and ``integrations`` are kept in it."""
    context = call.context
    shared = envelope.context
    if shared and (context is None or isinstance(context, dict)):
        context = {**shared, **(context or {})}
    if isinstance(call.channel, str) and (context is None or isinstance(context, dict)):
        context = {"channel": call.channel, **(context or {})}
    chosen = _integrations(envelope.integrations, call.integrations)
    if chosen and (context is None or isinstance(context, dict)):
        context = {"integrations": chosen, **(context or {})}
    return context


def _integrations(*said: Any) -> dict[str, bool]:
    """Where an event may go, by name, the later word over the earlier: yes or no, whatever options came
    with a yes. What the browser's client says of itself in every event is none of it, nor is an excess.
    """
    chosen: dict[str, bool] = {}
    for choices in said:
        if isinstance(choices, dict):
            for name, choice in choices.items():
                if name == "Segment.io" or choice is None or len(name) > _LONGEST_NAME:
                    continue
                if name in chosen or len(chosen) < _MOST_INTEGRATIONS:
                    chosen[name] = choice is not False
    if chosen.get("All"):
        del chosen["All"]  # says nothing: it is so anyway
    return chosen


def _envelope(
    write_key: Any, identity_token: Any, sent_at: Any, context: Any, method: str | None = None
) -> Envelope:
    shared = context if isinstance(context, dict) and context else None
    return Envelope(_text(write_key), _text(identity_token), sent_at, shared, method)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


# ── leniently ──────────────────────────────────────────────────────────────────────


def _number(digits: str) -> int | float:
    """Integers beyond Python's limit of digits become infinite, and so None."""
    return int(digits) if len(digits) < 4_000 else float(digits[:400])


_LENIENT = json.JSONDecoder(strict=False, parse_int=_number)


def _parse(body: bytes) -> Any:
    """Whatever JSON Python understands; InvalidInputError, RecursionError when it nests too deep."""
    try:
        return _LENIENT.decode(body.decode("utf-8", "replace").strip())
    except ValueError as error:
        raise InvalidInputError(
            "the body is no JSON", cure="send one JSON object, as UTF-8", code="malformed_json"
        ) from error


def _no_object() -> InvalidInputError:
    return InvalidInputError("the body is no JSON object", cure="send {…}", code="malformed_json")


def _read_leniently(body: bytes, method: str) -> Reading:
    try:
        whole = _parse(body)
    except RecursionError:
        if not body.lstrip().startswith(b"{"):
            raise _no_object() from None
        return _read_deep(body, method)
    if not isinstance(whole, dict):
        raise _no_object()
    identity = whole.get("writeKey"), whole.get("identityToken")
    items = whole.get("batch")
    if method != "batch" or (items is None and "type" in whole):
        envelope = _envelope(*identity, None, None, None if method == "batch" else method)
        return Reading([_lenient_draft(whole, envelope, body, 0)], envelope)
    envelope = _envelope(*identity, whole.get("sentAt"), _repaired_object(whole.get("context")))
    envelope = envelope._replace(integrations=_repaired_object(whole.get("integrations")))
    if not isinstance(items, list):
        return Reading([Unreadable(reason="wrong_type", detail="batch is no list", raw=body)], envelope)
    _check_count(items)
    return Reading(
        [_lenient_draft(item, envelope, _encoded(item), at) for at, item in enumerate(items)], envelope
    )


def _repaired_object(value: Any) -> Any:
    try:
        return repair(value)[0] if isinstance(value, dict) else None
    except TooDeepError:
        return None


def _encoded(item: Any) -> bytes:
    """The event alone; written by Python, as it may hold what msgspec refuses."""
    try:
        return json.dumps(item, separators=(",", ":")).encode()
    except RecursionError:
        return b""


def _read_item_leniently(raw: bytes, envelope: Envelope, position: int) -> Draft | Unreadable:
    try:
        return _lenient_draft(_parse(raw), envelope, raw, position)
    except RecursionError:
        return _too_deep(raw, position)
    except InvalidInputError as error:
        return Unreadable(reason="malformed_json", detail=error.message, raw=raw, position=position)


def _lenient_draft(item: Any, envelope: Envelope, raw: bytes, position: int) -> Draft | Unreadable:
    if not isinstance(item, dict):
        return Unreadable(
            reason="wrong_type", detail="the event is no JSON object", raw=raw, position=position
        )
    try:
        repaired, changed = repair(item)
    except TooDeepError:
        return _too_deep(raw, position)
    call = msgspec.convert(repaired, Call)
    return draft_of(call, envelope, raw, position, (REPAIRED,) if changed else ())


def _too_deep(raw: bytes, position: int) -> Unreadable:
    return Unreadable(
        reason="too_deep", detail="the event nests too deep: flatten it", raw=raw, position=position
    )


def _read_deep(body: bytes, method: str) -> Reading:
    """A body that nests beyond any parser: take the batch apart by its brackets, event by event."""
    spans = batch_spans(body) if method == "batch" else None
    if spans is None:
        return Reading([_too_deep(body, 0)], Envelope())
    rest = body[: spans[0][0]] + body[spans[-1][1] :] if spans else body
    try:
        shell = _parse(rest)
    except (InvalidInputError, RecursionError):
        shell = {}
    shell = shell if isinstance(shell, dict) else {}
    envelope = _envelope(
        shell.get("writeKey"), shell.get("identityToken"), shell.get("sentAt"), shell.get("context")
    )
    return Reading([_read_item(body[a:b], envelope, at) for at, (a, b) in enumerate(spans)], envelope)
