"""The event: what every source's wire format becomes, and what the log, the loop and the lake hold."""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal

import msgspec

from segue.domain.channel import channel_of
from segue.domain.identifiers import FragmentId, Identifier, Mention
from segue.domain.order import OrderKey, order_key, rfc3339

EventType = Literal["identify", "track", "page", "screen", "group", "alias"]
Remember = Literal["days", "ever"]


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """One thing that happened, checked, time-corrected and with its identifiers extracted.

    ``mentions`` is sorted by the kinds' priority; the first one's fragment owns the event, for ever.
    """

    message_id: str
    #: name of the source; message ids are unique within it
    source: str
    type: EventType
    #: track: the event's name; page and screen: the page's name; else empty
    event: str = ""
    #: corrected event time, microseconds
    timestamp: int
    #: when the collector took it, microseconds
    received_at: int
    #: position in its request
    position: int = 0
    mentions: tuple[Mention, ...]
    #: identifiers of kinds that identity.yaml does not know: recorded, never linked
    unlinked: tuple[Identifier, ...] = ()
    properties: dict[str, Any] = {}
    traits: dict[str, Any] = {}
    context: dict[str, Any] = {}
    group_id: str | None = None
    #: said by a trusted source, or under an identity token that covers the owner
    proven: bool = False
    #: what was done to it on the way in: ``time_replaced``, ``repaired``, ``plan:<violation>``, …
    marks: tuple[str, ...] = ()
    #: how long its message id is remembered: imports for ever
    remember: Remember = "days"
    #: its sender is trusted, whatever it says about whom
    trusted: bool = False

    @property
    def fragment_id(self) -> FragmentId:
        """The fragment that owns this event."""
        return FragmentId(self.mentions[0].fragment_id)

    @cached_property
    def order_key(self) -> OrderKey:
        """What settles every conflict between events; see :mod:`segue.domain.order`."""
        return order_key(self.timestamp, self.position, self.message_id)

    @property
    def dedupe_key(self) -> bytes:
        """16 bytes that are equal for two events only if source, trust and message id are.

        Were trust left out, whoever reads a public key could use up the ids that an import, or the shop's
        own server, is going to send under the same source.
        """
        text = f"{self.source}\0{self.message_id}".encode("utf-8", "surrogatepass")
        if not self.trusted:
            text += b"\0public"
        return blake2b(text, digest_size=16).digest()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Event)


def encode_event(event: Event) -> bytes:
    """The event as the log keeps it (msgpack)."""
    return _ENCODER.encode(event)


def decode_event(payload: bytes) -> Event:
    """The inverse of :func:`encode_event`; ``msgspec.DecodeError`` on foreign bytes."""
    return _DECODER.decode(payload)


def shown(event: Event) -> dict[str, Any]:
    """The whole event as people are shown it, ready for JSON; what it does not have is left out."""
    shown: dict[str, Any] = {
        "message_id": event.message_id,
        "source": event.source,
        "channel": channel_of(event.type, event.source, event.context, event.properties),
        "type": event.type,
        "event": event.event or None,
        "timestamp": rfc3339(event.timestamp),
        "received_at": rfc3339(event.received_at),
        "identifiers": [
            {"kind": each.kind, "value": each.value, "proven": each.proven} for each in event.mentions
        ],
        "properties": event.properties,
        "traits": event.traits,
        "context": event.context,
    }
    if event.unlinked:
        shown["unlinked"] = [{"kind": each.kind, "value": each.value} for each in event.unlinked]
    if event.group_id is not None:
        shown["group_id"] = event.group_id
    if event.marks:
        shown["marks"] = list(event.marks)
    return shown


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """One event that could not be admitted, kept as it came so that it can be mended and replayed."""

    #: 32 hexadecimal digits, derived from source, time and content by whoever makes it
    dead_letter_id: str
    source: str
    received_at: int
    #: a code: ``too_large``, ``no_identifier``, ``wrong_type``, ``plan_violation``, …
    reason: str
    #: one sentence naming the field and the cure
    detail: str
    #: the event alone (not its batch), as JSON text
    raw: str
    #: fragments of whatever identifiers could be recognised in it, so that erasure finds it
    fragment_ids: tuple[bytes, ...] = ()
