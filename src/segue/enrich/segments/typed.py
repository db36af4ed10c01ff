"""Amounts and moments of a record as conditions compare them: as numbers, whatever they are told as.

A record says ``"120.50"`` and ``2026-03-01T12:00:00Z``. Among the facts both are numbers (a moment in
microseconds), and a condition on one is turned into one on that number before it is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from segue.domain.conditions import All, AnyOf, Compare, Condition, Operator
from segue.domain.order import micros
from segue.domain.rules.typed import AMOUNTS, MOMENTS, moments_in, number_in
from segue.enrich.record import OrdersPart, SessionsPart


def orders_asked(part: OrdersPart) -> Mapping[str, Any]:
    """Orders as facts: what conditions may ask, without the single ones."""
    return _typed("orders", msgspec.to_builtins(msgspec.structs.replace(part, recent=[], by_currency=[])))


def sessions_asked(part: SessionsPart) -> Mapping[str, Any]:
    """Sessions as facts, likewise."""
    return _typed("sessions", msgspec.to_builtins(msgspec.structs.replace(part, recent=[])))


def _typed(root: str, told: dict[str, Any]) -> dict[str, Any]:
    for path in (*AMOUNTS, *MOMENTS):
        if path[0] != root:
            continue
        held: Any = told
        for step in path[1:-1]:
            held = held.get(step) if isinstance(held, dict) else None
        if isinstance(held, dict) and isinstance(held.get(path[-1]), str):
            held[path[-1]] = (_amount if path in AMOUNTS else _moment)(held[path[-1]])
    return told


def _amount(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() else value


def _moment(text: str) -> int:
    return micros(datetime.fromisoformat(text))


def typed(leaf: Compare) -> Condition:
    """The same question of the number that stands among the facts; every other comparison as it is."""
    if leaf.op in {"exists", "missing"}:
        return leaf
    if leaf.path in AMOUNTS:
        values = tuple(number_in(one) for one in _several(leaf))
        return Compare(leaf.path, leaf.op, values if isinstance(leaf.value, tuple) else values[0])
    if leaf.path in MOMENTS and all(isinstance(one, str) for one in _several(leaf)):
        return _among_times(leaf)
    return leaf


def _several(leaf: Compare) -> tuple[Any, ...]:
    return leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)


def _among_times(leaf: Compare) -> Condition:
    """Where a day is written, the whole day is meant: after it is after its end."""
    spans = [span for one in _several(leaf) if (span := moments_in(one)) is not None]
    if not spans:
        return AnyOf(())
    if leaf.op == "in":
        return AnyOf(tuple(_TIMES["="](leaf.path, *span) for span in spans))
    if leaf.op == "not_in":
        return All(tuple(_TIMES["!="](leaf.path, *span) for span in spans))
    made = _TIMES.get(leaf.op)
    return AnyOf(()) if made is None else made(leaf.path, *spans[0])


Path = tuple[str, ...]
_TIMES: Final[Mapping[Operator, Callable[[Path, int, int], Condition]]] = {
    "=": lambda path, begins, ends: All((Compare(path, ">=", begins), Compare(path, "<", ends))),
    "!=": lambda path, begins, ends: AnyOf((Compare(path, "<", begins), Compare(path, ">=", ends))),
    "<": lambda path, begins, _: Compare(path, "<", begins),
    "<=": lambda path, _, ends: Compare(path, "<", ends),
    ">": lambda path, _, ends: Compare(path, ">=", ends),
    ">=": lambda path, begins, _: Compare(path, ">=", begins),
}
"""From when until before when a time means → the comparison."""
