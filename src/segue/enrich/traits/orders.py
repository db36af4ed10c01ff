"""Orders count once, whoever reports them: what each one adds to the measures, by its last statement.

An entry is ``[hash of the order's id, key of its last statement, what that adds, key of its last
cancellation]``; a key is empty where there is none. Keys compare like (proven, time, position, a hash of
the message id), so what a public source says never overrules a trusted one. Two entries of an order
join to the later of each, so entries are a commutative monoid too, and idempotent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from segue.enrich.traits.state import MARK, TraitState

Entry = list[Any]
"""``[hash, statement, {measure: {bucket: accumulated}}, cancellation]``"""

KEPT = 1_024
"""Orders known of one person; of more, those with the smallest hashes."""

_encode = msgspec.msgpack.Encoder().encode


def _unbig(_: int, data: memoryview) -> Any:
    return int.from_bytes(data, "big", signed=True)


_decode = msgspec.msgpack.Decoder(
    list[tuple[bytes, bytes, dict[int, dict[int, Any]], bytes]], ext_hook=_unbig
).decode


def entries_in(state: TraitState) -> dict[bytes, Entry]:
    """All entries of a state by the order's hash."""
    found = _decode(b"\xdd" + state.size.to_bytes(4, "big") + state.orders)
    return {entry[0]: list(entry) for entry in found}


def joined(one: Entry, other: Entry) -> Entry:
    """Both entries of an order as one."""
    if one[1] == other[1]:  # one statement, as measures saw it that were not all there at first
        return [one[0], one[1], {**one[2], **other[2]}, max(one[3], other[3])]
    later = max(one, other, key=lambda entry: entry[1])
    return [one[0], later[1], later[2], max(one[3], other[3])]


def united(states: Iterable[TraitState]) -> dict[bytes, Entry]:
    """The entries of all states."""
    both: dict[bytes, Entry] = {}
    for state in states:
        for entry in entries_in(state).values():
            enter(both, entry)
    return both


def enter(entries: dict[bytes, Entry], entry: Entry) -> None:
    """Join one entry into the others."""
    held = entries.get(entry[0])
    entries[entry[0]] = entry if held is None else joined(held, entry)


def stands(entry: Entry) -> bool:
    """Whether it is an order that was stated and not cancelled since."""
    statement: bytes = entry[1]
    cancelled: bytes = entry[3]
    return statement > cancelled


def write(state: TraitState, entries: dict[bytes, Entry]) -> None:
    """Make these the entries of ``state``."""
    state.marks = b"".join(key[:MARK] for key in entries)
    state.orders = b"".join(encoded(entry) for entry in entries.values())


def encoded(entry: Entry) -> bytes:
    """One entry as bytes."""
    try:
        return _encode(entry)
    except OverflowError:  # a basket of impossible worth
        return _encode([entry[0], entry[1], {}, entry[3]])


def knows(state: TraitState, mark: bytes) -> bool:
    """Whether ``state`` may know an order of this mark."""
    marks = state.marks
    place = marks.find(mark)
    while place >= 0:
        if place % MARK == 0:
            return True
        place = marks.find(mark, place + 1)
    return False


def apart(states: Iterable[TraitState]) -> bool:
    """Whether no two of the states may know the same order."""
    marks = b"".join(state.marks for state in states)
    pieces = {marks[place : place + MARK] for place in range(0, len(marks), MARK)}
    return len(pieces) * MARK == len(marks)


def smallest(entries: dict[bytes, Entry]) -> dict[bytes, Entry]:
    """As many as are kept."""
    return {key: entries[key] for key in sorted(entries)[:KEPT]}
