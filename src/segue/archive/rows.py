"""From the log's payload to the lake's row. Pure; a hot path, so only the needed fields are decoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from segue.domain.events import EventType
from segue.domain.identifiers import Mention
from segue.domain.order import DAY
from segue.ports.lake import LakeRow
from segue.ports.log import Entry


class _Logged(msgspec.Struct, kw_only=True, gc=False):
    """The fields of :class:`segue.domain.events.Event` that the lake keeps."""

    message_id: str
    source: str
    type: EventType
    event: str = ""
    timestamp: int
    received_at: int
    position: int = 0
    mentions: tuple[Mention, ...]
    properties: dict[str, Any] = {}
    traits: dict[str, Any] = {}
    context: dict[str, Any] = {}
    group_id: str | None = None
    proven: bool = False
    marks: tuple[str, ...] = ()


_decode = msgspec.msgpack.Decoder(_Logged).decode
_json = msgspec.json.Encoder().encode
_NOTHING = b"{}"


def lake_row(offset: int, payload: bytes) -> LakeRow:
    """The row for one entry of the log; ``msgspec.DecodeError`` on foreign bytes."""
    event = _decode(payload)
    mentions = event.mentions
    return LakeRow(
        event.message_id,
        event.source,
        event.type,
        event.event,
        event.timestamp,
        event.received_at,
        mentions[0].fragment_id.hex(),
        _json(event.properties) if event.properties else _NOTHING,
        _json(event.context) if event.context else _NOTHING,
        _json(event.traits) if event.traits else _NOTHING,
        event.marks,
        tuple([mention.fragment_id.hex() for mention in mentions[1:]]) if len(mentions) > 1 else (),
        event.group_id,
        event.proven,
        event.position,
        offset,
        event.timestamp // DAY,
    )


def lake_rows(entries: Sequence[Entry], skipped: set[int], erased: Mapping[str, int]) -> list[LakeRow]:
    """The rows of ``entries`` without skipped offsets and without what was erased.

    Args:
        entries: of the log, in order.
        skipped: offsets that the loop did not apply.
        erased: fragment id (hexadecimal) → the offset below which its events are gone.
    """
    rows = [lake_row(entry.offset, entry.payload) for entry in entries if entry.offset not in skipped]
    if not erased:
        return rows
    return [row for row in rows if row.log_offset >= erased.get(row.fragment_id, 0)]
