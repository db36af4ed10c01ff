"""The state of one fragment's traits: a commutative monoid, kept as one narrow row."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Raw

from segue.enrich.state import pack, unpack

MARK: Final = 3
"""Bytes of an order's hash by which two states see whether they may know the same order."""
_BIG: Final = 1

Buckets = dict[int, Any]
"""Bucket (local hour or day; 0 where there is no window) → accumulated"""

Held = dict[int, Buckets | Raw]
"""Number of a measure → its buckets, or the bytes of them: nearly all that a step reads of a state it
neither changes nor looks at, and writes as it was. See :func:`opened`."""


class TraitState(msgspec.Struct, array_like=True):
    """Accumulators by the number of their measure. The empty state is ``TraitState()``.

    Whoever hands a state to :meth:`~segue.enrich.traits.plan.TraitPlan.contribute` gives it away: to fold
    again, decode it again. Opaque outside this room.
    """

    measures: Held = {}
    #: the same, of orders: follows from ``orders`` and can be made from them again
    ordered: Held = {}
    #: :data:`MARK` bytes of each order's hash
    marks: bytes = b""
    #: what is known of each order, MessagePack one after the other, see :mod:`segue.enrich.traits.orders`
    orders: bytes = b""
    #: there were more orders than are kept
    trimmed: bool = False

    @property
    def size(self) -> int:
        """How many orders it knows."""
        return len(self.marks) // MARK


class _Stored(msgspec.Struct, array_like=True):
    """As it is read: no measure is decoded before somebody asks for it."""

    measures: dict[int, Raw] = {}
    ordered: dict[int, Raw] = {}
    marks: bytes = b""
    orders: bytes = b""
    trimmed: bool = False


_encode = msgspec.msgpack.Encoder().encode


def _unbig(code: int, data: memoryview) -> Any:
    if code != _BIG:
        raise ValueError(f"a value of kind {code}: written by a later Segue")
    return int.from_bytes(data, "big", signed=True)


_decode = msgspec.msgpack.Decoder(_Stored).decode
_decode_buckets = msgspec.msgpack.Decoder(Buckets, ext_hook=_unbig).decode


def opened(held: Held, number: int) -> Buckets | None:
    """The buckets under a number, decoded in place when they are asked for first."""
    found = held.get(number)
    if type(found) is Raw:
        held[number] = found = _decode_buckets(found)
    return found


def encode(state: TraitState) -> bytes:
    """The state as it is; see :meth:`~segue.enrich.traits.plan.TraitPlan.encode` for what is stored."""
    try:
        return pack(_encode(state))
    except OverflowError:  # sums beyond 64 bits
        parts = [state.measures, state.ordered, state.marks, state.orders, state.trimmed]
        return pack(_encode(_with_big(parts)))


def decode(stored: bytes) -> TraitState:
    """What :meth:`~segue.enrich.traits.plan.TraitPlan.encode` wrote; ValueError for an unknown version."""
    found = _decode(unpack(stored))
    return TraitState(found.measures, found.ordered, found.marks, found.orders, found.trimmed)  # type: ignore[arg-type]


def _with_big(value: Any) -> Any:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return msgspec.msgpack.Ext(_BIG, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))
    if isinstance(value, dict):
        return {key: _with_big(one) for key, one in value.items()}
    return [_with_big(one) for one in value] if isinstance(value, (list, tuple)) else value
