"""The state of one fragment's traits: a commutative monoid, kept as one narrow row."""

from __future__ import annotations

from typing import Any

import msgspec

from segue.enrich.state import pack, unpack

MARK = 3
"""Bytes of an order's hash by which two states see whether they may know the same order."""
_BIG = 1


class TraitState(msgspec.Struct, array_like=True):
    """Accumulators by the number of their measure. The empty state is ``TraitState()``.

    Whoever hands a state to :meth:`~segue.enrich.traits.plan.TraitPlan.contribute` gives it away: to fold
    again, decode it again. Opaque outside this room.
    """

    #: number of a measure → bucket (local hour or day; 0 where there is no window) → accumulated
    measures: dict[int, dict[int, Any]] = {}
    #: the same, of orders: follows from ``orders`` and can be made from them again
    ordered: dict[int, dict[int, Any]] = {}
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


_encode = msgspec.msgpack.Encoder().encode


def _unbig(code: int, data: memoryview) -> Any:
    if code != _BIG:
        raise ValueError(f"a value of kind {code}: written by a later Segue")
    return int.from_bytes(data, "big", signed=True)


_decode = msgspec.msgpack.Decoder(TraitState, ext_hook=_unbig).decode


def encode(state: TraitState) -> bytes:
    """The state as it is; see :meth:`~segue.enrich.traits.plan.TraitPlan.encode` for what is stored."""
    try:
        return pack(_encode(state))
    except OverflowError:  # sums beyond 64 bits
        return pack(_encode(_with_big(msgspec.to_builtins(state, builtin_types=(bytes,)))))


def decode(stored: bytes) -> TraitState:
    """What :meth:`~segue.enrich.traits.plan.TraitPlan.encode` wrote; ValueError for an unknown version."""
    return _decode(unpack(stored))


def _with_big(value: Any) -> Any:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return msgspec.msgpack.Ext(_BIG, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))
    if isinstance(value, dict):
        return {key: _with_big(one) for key, one in value.items()}
    return [_with_big(one) for one in value] if isinstance(value, (list, tuple)) else value
