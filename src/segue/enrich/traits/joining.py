"""Joining what was accumulated apart, and keeping it within bounds.

Every join is associative and commutative. Where values are kept apart (``set``, ``tally``, ``by``), a
bucket keeps the :data:`~segue.domain.traits.BREADTH` with the smallest hashes. What is kept was never
dropped, whatever the order, so it is exact; that something was dropped is noted under the empty text,
which is no value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any, Final

from segue.domain.traits import BREADTH
from segue.enrich.traits.measure import Kind, Measure

CUT: Final = ""
Join = Callable[[Any, Any], Any]


def _plus(one: Any, other: Any) -> Any:
    return one + other


def _pairs(one: Any, other: Any) -> Any:
    return [one[0] + other[0], one[1] + other[1]]


def _spans(one: Any, other: Any) -> Any:
    return [one[0] + other[0], min(one[1], other[1]), max(one[2], other[2])]


def _held(one: Any, other: Any) -> Any:
    return one


def _tallied(one: Any, other: Any) -> Any:
    return [one[0] + other[0], max(one[1], other[1])]


_SCALARS: Final[dict[Kind, Join]] = {
    "count": _plus,
    "sum": _plus,
    "mean": _pairs,
    "share": _pairs,
    "min": min,
    "max": max,
    "first": min,
    "last": max,
    "span": _spans,
}
_TEXTS: Final[dict[Kind, Join]] = {"set": _held, "tally": _tallied}
_EMPTY: Final[dict[Kind, Any]] = {
    "count": 0,
    "sum": 0,
    "mean": [0, 0],
    "min": 0,
    "max": 0,
    "span": [0, 0, 0],
    "set": 0,
    "tally": [0, 0],
}


def inner_join(measure: Measure) -> Join | None:
    """How two values under one text are joined; None where nothing is kept apart by text."""
    if measure.by is not None:
        return _SCALARS[measure.kind]
    return _TEXTS.get(measure.kind)


def joiner(measure: Measure) -> Join:
    """How what two buckets hold is joined. The result is new where it is a mapping."""
    inner = inner_join(measure)
    if inner is None:
        return _SCALARS[measure.kind]

    def join(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
        if len(one) < len(other):
            one, other = other, one
        both = one.copy()
        for text, value in other.items():
            held = both.get(text)
            both[text] = value if held is None or text == CUT else inner(held, value)
        return both

    return join


def is_apart(measure: Measure) -> bool:
    """Whether its buckets keep values apart by text."""
    return measure.by is not None or measure.kind in _TEXTS


def cut(measure: Measure, held: dict[str, Any]) -> dict[str, Any]:
    """A bucket within its breadth; the same one where it is."""
    if len(held) <= BREADTH or len(held) - (CUT in held) <= BREADTH:
        return held
    kept = sorted((text for text in held if text != CUT), key=_hash)[:BREADTH]
    smaller = {text: held[text] for text in kept}
    smaller[CUT] = _EMPTY[measure.kind]
    return smaller


def tidied(measure: Measure, buckets: dict[int, Any]) -> dict[int, Any]:
    """Buckets (there is one) without what lies before the window, and within the breadth."""
    if measure.window is not None:
        floor = max(buckets) - measure.window.length
        if min(buckets) <= floor:
            buckets = {bucket: value for bucket, value in buckets.items() if bucket > floor}
    if is_apart(measure) and any(len(value) > BREADTH for value in buckets.values()):
        return {bucket: cut(measure, value) for bucket, value in buckets.items()}
    return buckets


def _hash(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def folded(measure: Measure, parts: Iterable[Any]) -> Any:
    """All of several buckets as one; None of none."""
    join = joiner(measure)
    total: Any = None
    for part in parts:
        total = part if total is None else join(total, part)
    return total


__all__ = ["CUT", "cut", "folded", "inner_join", "is_apart", "joiner", "tidied"]
