"""The state of one fragment: a small head with a journal of facts, and a summary of older ones.

Folding an event appends a few dozen bytes to the journal and looks at nothing else. When the journal
has grown beyond :data:`JOURNAL_BYTES`, its facts are absorbed into the summary, which the record is
read from. Head and summary are stored apart, so that the summary, which is most of a state, is read
and written once in some thirty events. A record is always that of summary and journal together, so it
does not matter when the absorbing happens.

Both forms begin with a version byte; readers of old versions belong into :func:`decode_state`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from threading import get_ident
from typing import Any, Final
from zlib import crc32

import msgspec
import zstandard

from segue.enrich.scene import Scene

JOURNAL_BYTES: Final = 1_536
"""A journal longer than this is absorbed into the summary as soon as the summary is at hand."""

SCENES: Final = 12
"""Likewise a journal whose facts come from more scenes than this."""

OTHERS: Final = 64
"""Other fragments whose links a state remembers; the smallest ids stay, and ids are hashes."""

TOLD: Final = 4
"""Sets of attributes that a state remembers as told."""

_PLAIN: Final = b"\x01"
_PACKED: Final = b"\x02"
_PACK_ABOVE: Final = 1_920
_LARGEST: Final = 64 * 1024 * 1024

RECENT: Final = 64
"""Events that a state remembers as the last that were folded."""

MARK: Final = 4
"""Bytes of an event's mark."""

Other = list[Any]
"""``[tier × 2 + mention proven, key of the first proof at that tier, first key or None if the same,
last time]`` of a link to another fragment."""


class Head(msgspec.Struct, array_like=True):
    """What folding touches."""

    #: the smallest order key of the events folded
    first_key: bytes
    #: the latest event time that counts as activity, microseconds; 0: none yet
    last: int
    #: an event said so under proof that this identifier is hers
    proven: bool
    #: the last fold of this state happened after its summary was written
    summarised: bool
    #: first eight bytes of the other fragment's id → what is known of the link
    others: dict[bytes, Other]
    #: the scenes that the journal's facts refer to, by number
    scenes: list[Scene]
    #: the facts since the last summary, MessagePack one after the other
    journal: bytes
    #: how many facts the journal holds
    facts: int
    #: eight bytes each of the latest sets of attributes that were told, so that the same again is no news
    told: bytes = b""
    #: :func:`mark_of` the last :data:`RECENT` events, in the order in which they were folded
    recent: bytes = b""


class FragmentState(msgspec.Struct, frozen=True):
    """Everything folded from one fragment's events. Opaque outside ``enrich``."""

    head: Head
    #: encoded summary; None when there is none or it was not loaded (``head.summarised`` tells)
    summary: bytes | None = None
    #: the summary was written anew since it was loaded
    rewritten: bool = False

    @property
    def complete(self) -> bool:
        """Whether the summary, if there is one, is at hand: needed for reading, not for folding."""
        return self.summary is not None or not self.head.summarised

    @property
    def due(self) -> bool:
        """Whether the journal is to be absorbed with the next event, for which the summary is needed."""
        return self.head.summarised and is_full(self.head)


def mark_of(message_id: str) -> bytes:
    """Four bytes by which a state knows that it has an event: as good as never the same for two of 64."""
    return crc32(message_id.encode("utf-8", "surrogatepass")).to_bytes(MARK, "big")


def recent_in(head: Head) -> Iterator[bytes]:
    """The marks of the last events that were folded, of whichever source and trust."""
    return (head.recent[at : at + MARK] for at in range(0, len(head.recent), MARK))


def is_full(head: Head) -> bool:
    """Whether the journal is to be absorbed into the summary."""
    return len(head.journal) > JOURNAL_BYTES or len(head.scenes) > SCENES


_encode_head = msgspec.msgpack.Encoder().encode
_decode_head = msgspec.msgpack.Decoder(Head).decode


def encode_state(state: FragmentState) -> bytes:
    """The head as it is stored (the summary is bytes already)."""
    return pack(_encode_head(state.head))


def decode_state(head: bytes, summary: bytes | None = None) -> FragmentState:
    """The inverse of :func:`encode_state`; ``ValueError`` for an unknown version."""
    return FragmentState(_decode_head(unpack(head)), summary)


def pack(body: bytes, level: int = 1) -> bytes:
    """With a version byte, and compressed when it is long."""
    if len(body) <= _PACK_ABOVE:
        return _PLAIN + body
    return _PACKED + _compressor(get_ident(), level).compress(body)


def unpack(stored: bytes) -> bytes | memoryview:
    """The inverse of :func:`pack`; ``ValueError`` for an unknown version."""
    version = stored[:1]
    if version == _PLAIN:
        return memoryview(stored)[1:]
    if version == _PACKED:
        return _decompressor(get_ident()).decompress(stored[1:], max_output_size=_LARGEST)
    raise ValueError(f"state of version {version.hex()}: written by a later Segue")


@lru_cache(maxsize=64)
def _compressor(thread: int, level: int) -> zstandard.ZstdCompressor:
    """One for each thread: making one takes as long as using it."""
    return zstandard.ZstdCompressor(level=level)


@lru_cache(maxsize=64)
def _decompressor(thread: int) -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor()


_decode_facts = msgspec.msgpack.Decoder(list[list[Any]]).decode


def facts_in(head: Head) -> list[list[Any]]:
    """The facts of the journal, in the order in which they were folded."""
    return _decode_facts(b"\xdd" + head.facts.to_bytes(4, "big") + head.journal)
