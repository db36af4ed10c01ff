"""Values that came from outside, made fit to be kept.

The log (msgpack), the lake (JSON) and PostgreSQL's text refuse or mangle some of what JSON and files
can carry: NaN and infinities, lone surrogates, NUL characters, integers of more than 64 bits. Each is
replaced by the nearest thing that can be kept. What nests deeper than :data:`DEEPEST` is refused, since
every reader behind us (DuckDB, browsers, msgspec) has a limit of its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

DEEPEST = 64
"""Levels of nesting that an event may have."""

_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
_BAD = re.compile("[\0\ud800-\udfff]")
_LONE = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class TooDeepError(ValueError):
    """A value nests deeper than :data:`DEEPEST` levels."""


def repair(value: Any) -> tuple[Any, bool]:
    """The value fit to be kept, and whether anything was changed; TooDeepError.

    Numbers that are none become None, lone surrogates U+FFFD (pairs become the character they spell),
    NUL characters vanish, integers beyond 64 bits become text. Keys are repaired like text. Dates and
    times become RFC 3339 text and decimals numbers; that is no repair.
    """
    return _repair(value, DEEPEST)


def repair_text(text: str) -> str:
    """Text without NUL and lone surrogates; pairs of surrogates become the character they spell."""
    if _BAD.search(text) is None:
        return text
    joined = _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    return _LONE.sub("\ufffd", joined.replace("\0", ""))


def _repair(value: Any, levels: int) -> tuple[Any, bool]:
    kind = type(value)
    if kind is str:
        fixed = repair_text(value)
        return fixed, fixed is not value
    if value is None or kind is bool:
        return value, False
    if kind is int or kind is float:
        return _repair_number(value)
    if isinstance(value, (Mapping, list, tuple)):
        return _repair_nested(value, levels)
    return _repair_other(value)


def _repair_number(value: int | float) -> tuple[Any, bool]:
    if isinstance(value, float):
        return (value, False) if math.isfinite(value) else (None, True)
    return (value, False) if _SMALLEST <= value <= _LARGEST else (_digits(value), True)


def _repair_nested(value: Any, levels: int) -> tuple[Any, bool]:
    if levels == 0:
        raise TooDeepError(f"nested deeper than {DEEPEST} levels")
    return (_repair_object if isinstance(value, Mapping) else _repair_list)(value, levels - 1)


def _repair_object(value: Mapping[Any, Any], levels: int) -> tuple[dict[str, Any], bool]:
    repaired: dict[str, Any] = {}
    changed = False
    for key, item in value.items():
        name = repair_text(key) if isinstance(key, str) else repair_text(str(key))
        repaired[name], touched = _repair(item, levels)
        changed = changed or touched or name is not key
    return repaired, changed


def _repair_list(value: list[Any] | tuple[Any, ...], levels: int) -> tuple[list[Any], bool]:
    pairs = [_repair(item, levels) for item in value]
    return [item for item, _ in pairs], any(touched for _, touched in pairs)


def _repair_other(value: Any) -> tuple[Any, bool]:
    """What rows of files hold beside JSON's types."""
    if isinstance(value, (datetime, date)):
        return value.isoformat(), False
    if isinstance(value, Decimal):
        return (float(value), False) if value.is_finite() else (None, True)
    if isinstance(value, (bytes, bytearray)):
        return repair_text(bytes(value).decode("utf-8", "replace")), True
    return repair_text(str(value)), True


def _digits(number: int) -> str:
    """A large integer as text; Python refuses to write out more than 4,300 digits, so those go as hex."""
    return str(number) if number.bit_length() < 10_000 else hex(number)
