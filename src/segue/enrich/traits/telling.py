"""Telling: from what was accumulated to the value that people and conditions see.

Inside, every number is whole millionths, so that a ratio of two traits is the same wherever it is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segue.domain.conditions import Window
from segue.domain.traits import BREADTH, Trait
from segue.enrich.traits.exact import MILLION, divided, shown, untagged
from segue.enrich.traits.joining import CUT
from segue.enrich.traits.measure import Measure

Value = int | float | str | bool | dict[str, int | float] | None
"""A whole number where it is one, else at most six decimals; for ``by`` one each, largest first."""

Exact = int | str | dict[str, int] | None
"""A number in millionths, a text (tagged for first and last), or numbers by text."""


def told(trait: Trait, measure: Measure, held: Any, today: int) -> Exact:
    """The exact value from what the window holds (None: nothing); ``today`` is the local day."""
    if trait.by is not None:
        return _by(trait, measure, held or {}, today)
    if trait.how == "distinct":
        return len(held.keys() - {CUT}) * MILLION if held else 0
    if trait.how == "most_frequent":
        return _most_frequent(held or {})
    if trait.how in ("first", "last"):
        text: str | None = None if held is None else held[1]
        return text
    return _number(trait, measure, held, today)


def _number(trait: Trait, measure: Measure, held: Any, today: int) -> int | None:
    unit = MILLION if measure.weight is None or measure.kind != "count" else 1
    if trait.how == "count":
        return (held or 0) * unit
    if trait.how == "sum":
        return held or 0
    if held is None:
        return 0 if trait.how == "rate" else None
    if trait.how in ("min", "max"):
        found: int = held
        return found
    return _derived(trait, measure, held, today)


def _derived(trait: Trait, measure: Measure, held: Any, today: int) -> int | None:
    if trait.how == "mean":
        weights, total = held
        scale = 1 if measure.weight is None else MILLION
        return divided(total * scale, weights) if weights else None
    if trait.how == "share":
        return divided(held[0] * MILLION, held[1]) if held[1] else None
    if trait.how == "rate":
        assert trait.per is not None
        assert trait.window is not None
        return divided(held * MILLION * hours(trait.per), hours(trait.window))
    count, first, last = (int(part) for part in held)
    if trait.how == "gap":
        return divided((last - first) * MILLION, count - 1) if count > 1 else None
    day = last if trait.how == "days_since_last" else first
    return max(0, today - day) * MILLION


def _by(trait: Trait, measure: Measure, held: Mapping[str, Any], today: int) -> dict[str, int]:
    found: dict[str, int | None]
    if trait.how == "share":
        total = sum(value for text, value in held.items() if text != CUT)
        found = {text: divided(value * MILLION, total) if total else None for text, value in held.items()}
    else:
        found = {text: _number(trait, measure, value, today) for text, value in held.items() if text != CUT}
    numbers = [(text, value) for text, value in found.items() if value is not None and text != CUT]
    return dict(sorted(numbers, key=lambda each: (-each[1], each[0]))[:BREADTH])


def _most_frequent(held: Mapping[str, Any]) -> str | None:
    best = max(((weight, time, text) for text, (weight, time) in held.items() if text != CUT), default=None)
    return best[2] if best is not None and best[0] > 0 else None


def ratio(above: Exact, below: Exact) -> int | None:
    """One trait's value divided by another's; None where that says nothing."""
    if not isinstance(above, int) or not isinstance(below, int) or below == 0:
        return None
    return divided(above * MILLION, below)


def plain(trait: Trait, exact: Exact) -> Value:
    """The value as people see it."""
    if isinstance(exact, int):
        return shown(exact)
    if isinstance(exact, dict):
        return {text: shown(value) for text, value in exact.items()}
    return untagged(exact) if exact is not None and trait.how in ("first", "last") else exact


def hours(window: Window) -> int:
    """Hours of a window."""
    return window.length * (1 if window.unit == "hours" else 24)
