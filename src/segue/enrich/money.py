"""Money and quantities as integers: millionths of a currency's unit, whole pieces.

Properties come from anywhere, so everything that is no sensible number reads as None and never raises.
"""

from __future__ import annotations

_MILLION = 1_000_000
_LIMIT = 10**9
"""Amounts of a billion units and more are slips of a decimal point, not sales."""
LARGEST = _LIMIT * _MILLION
"""Millionths; no amount of an event reaches it."""


def millionths(value: object) -> int | None:
    """A number or its text as integer millionths; None for what is no plausible amount."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not -_LIMIT < value < _LIMIT:  # also false for NaN
        return None
    return round(value * _MILLION)


def number(value: object, default: float) -> float:
    """A number or its text as float; ``default`` for what is none."""
    if value is None:
        return default
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -_LIMIT < value < _LIMIT:
        return default
    return value


def decimal_text(amount: int) -> str:
    """Millionths as a decimal string with at least two places: ``12.30``, ``-0.05``, ``1.999``."""
    sign = "-" if amount < 0 else ""
    units, rest = divmod(abs(amount), _MILLION)
    places = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{sign}{units}.{places}"
