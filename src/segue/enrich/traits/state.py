"""The state of one fragment's traits: a commutative monoid, kept as one narrow row."""

from __future__ import annotations

from typing import Any

import msgspec


class TraitState(msgspec.Struct, array_like=True):
    """Accumulators by the number of their measure. Opaque outside this room; the empty state is ``TraitState()``.

    Whoever hands a state to :meth:`~segue.enrich.traits.plan.TraitPlan.contribute` gives it away: to fold
    again, decode it again.
    """

    #: number of a measure → bucket (local hour or day; 0 where there is no window) → accumulated
    measures: dict[int, dict[int, Any]] = {}
    #: the same, of orders: follows from ``orders`` and can be made again from them
    ordered: dict[int, dict[int, Any]] = {}
    #: three bytes of each order's hash: whether two states may know the same order
    marks: bytes = b""
    #: what is known of each order, MessagePack one after the other
    orders: bytes = b""


def decode(stored: bytes) -> TraitState:
    """What :meth:`~segue.enrich.traits.plan.TraitPlan.encode` wrote; ValueError for an unknown version."""
    raise NotImplementedError
