"""Cells compiled into functions of a row: what a value is, and when it is none."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from segue.domain.order import micros, rfc3339
from segue.ports.tables import Row
from segue.sources.files.mapping import Cell, Condition, Template

Take = Callable[[Row], Any]
"""A value out of a row; None for an empty cell. Raises :class:`CellError`."""

_MONEY = r"(?:EUR|USD|GBP|PLN|CHF|SEK|NOK|DKK|CZK|HUF|RON|zł|kr\.?|Kč|Ft|[€$£¥₺₽₹])"
_AMOUNT = re.compile(
    rf"\s*{_MONEY}?\s*(?P<sign>-)?\s*{_MONEY}?\s*"
    rf"(?P<digits>\d(?:[\d.,'\u00a0\u202f ]*\d)?)\s*(?P<after>-)?\s*{_MONEY}?\s*"
)
_LONGEST_AMOUNT = 60
"""Characters of the longest number in words of a till; a pattern may take long over more."""
_THOUSANDS = {each: re.compile(rf"\d{{1,3}}(?:{re.escape(each)}\d{{3}})+") for each in ",."}
_PLAIN = frozenset({str, int, bool, list, dict})
_WORDS = {
    "true": True,
    "yes": True,
    "y": True,
    "1": True,
    "false": False,
    "no": False,
    "n": False,
    "0": False,
}


class CellError(ValueError):
    """A cell that is not what the mapping says; its text names column, value and what was expected."""


def compile_cell(cell: Cell, columns: Sequence[str]) -> Take:
    """The function that takes this cell out of rows with these columns."""
    if cell.column is None:
        constant = plain(cell.value)
        return lambda row: constant
    place = columns.index(cell.column)
    convert = _converter(cell)
    if convert is plain:
        return _as_it_is(place)

    def take(row: Row) -> Any:
        value = row[place]
        if value is None or (value.__class__ is str and (not value or value.isspace())):
            return None
        return convert(value)

    return take


def _as_it_is(place: int) -> Take:
    """What nearly every cell of a large file goes through."""

    def take(row: Row) -> Any:
        value = row[place]
        kind = value.__class__
        if kind is str:
            return value if value and not value.isspace() else None
        return value if kind is int else plain(value)

    return take


def compile_instant(cell: Cell, columns: Sequence[str]) -> Take:
    """Like :func:`compile_cell` for an event's time: an aware datetime."""
    if cell.column is None:
        constant = _moment(cell)(cell.value)
        return lambda row: constant
    place = columns.index(cell.column)
    moment = _moment(cell)

    def take(row: Row) -> datetime | None:
        value = row[place]
        if value is None or value == "":
            return None
        found: datetime = moment(value)
        return found

    return take


def compile_template(template: Template, columns: Sequence[str]) -> Take:
    """The text with its placeholders filled; None when one of them is empty."""
    parts = template.parts
    literals = parts[::2]
    places = [columns.index(name) for name in template.columns]

    def fill(row: Row) -> str | None:
        values = [as_text(row[place]) for place in places]
        if not all(values):
            return None
        filled = literals[0]
        for value, literal in zip(values, literals[1:], strict=True):
            filled += value + literal
        return filled

    return fill


def compile_condition(condition: Condition, columns: Sequence[str]) -> Callable[[Row], bool]:
    """The test of a row; numbers compare as numbers, everything else as text. Empty is never true."""
    place = columns.index(condition.column)
    compare: Mapping[str, Callable[[Any, Any], bool]] = {
        "<": lambda a, b: bool(a < b),
        "<=": lambda a, b: bool(a <= b),
        ">": lambda a, b: bool(a > b),
        ">=": lambda a, b: bool(a >= b),
        "=": lambda a, b: bool(a == b),
        "!=": lambda a, b: bool(a != b),
    }
    operator = compare[condition.op]
    number = _number_or_none(condition.value)

    def test(row: Row) -> bool:
        value = row[place]
        if value is None or value == "":
            return False
        if number is not None:
            found = _number_or_none(value)
            return found is not None and operator(found, number)
        return operator(as_text(value), condition.value)

    return test


def as_text(value: Any) -> str:
    """A cell as an identifier or part of one: whole numbers without a fraction, nothing for nothing."""
    if value.__class__ is str:
        return str(value).strip()
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(plain(value))


def plain(value: Any) -> Any:
    """A value as JSON knows it: times as RFC 3339, decimals as numbers, not-a-number as nothing."""
    if value is None or value.__class__ in _PLAIN:
        return value
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    for kind, said in _SAID:
        if isinstance(value, kind):
            return said(value)
    return str(value)


def _rfc3339(value: datetime) -> str:
    return rfc3339(micros(value if value.tzinfo else value.replace(tzinfo=UTC)))


_SAID: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (datetime, _rfc3339),
    ((date, time), lambda value: value.isoformat()),
    (timedelta, timedelta.total_seconds),
    (bytes, lambda value: value.decode("utf-8", "replace")),
)


def _converter(cell: Cell) -> Callable[[Any], Any]:
    column = cell.column
    if cell.conversion is None and cell.format is None:
        return plain
    if cell.conversion == "text":
        return as_text
    if cell.conversion == "time" or cell.conversion is None:
        moment = _moment(cell)
        return lambda value: plain(moment(value))
    if cell.conversion == "boolean":
        return lambda value: _boolean(value, column)
    number = _numbers(column, cell.decimal)
    if cell.conversion == "number":
        return number
    return lambda value: _whole(number(value), column)


def _numbers(column: str | None, decimal: str) -> Callable[[Any], int | float | None]:
    def number(value: Any) -> int | float | None:
        if value.__class__ is int or value.__class__ is float:
            return value if math.isfinite(value) else None
        found = None if decimal == "," else _number_or_none(value)
        if found is None and value.__class__ is str:
            found = _number_or_none(_bare(value, decimal))
        if found is None:
            raise CellError(f"column {column!r}: {_shown(value)} is not a number")
        return found

    return number


def _bare(text: str, decimal: str) -> str | None:
    """The number in a text with a currency's sign or parted thousands; None when there is none for sure.

    ``1,234`` with a point for the fraction is none: it could be either.
    """
    text = text.strip()
    found = _AMOUNT.fullmatch(text) if len(text) <= _LONGEST_AMOUNT else None
    if found is None:
        return None
    sign, digits = found["sign"] or found["after"] or "", found["digits"]
    other = "," if decimal == "." else "."
    if other in digits and not (decimal == "," or decimal in digits):
        return None
    whole, point, fraction = digits.partition(decimal)
    whole = re.sub(r"[\s\u00a0\u202f']", "", whole)
    if other in whole and not _THOUSANDS[other].fullmatch(whole):
        return None
    if other in fraction or decimal in fraction:
        return None
    return f"{sign}{whole.replace(other, '')}{'.' if point else ''}{fraction}"


def _number_or_none(value: Any) -> int | float | None:
    try:
        if isinstance(value, str):
            return int(value)
        return float(value)
    except (ValueError, TypeError, OverflowError):
        pass
    try:
        found = float(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _whole(value: int | float | None, column: str | None) -> int | None:
    if value is None or value == int(value):
        return None if value is None else int(value)
    raise CellError(f"column {column!r}: {value} is not a whole number")


def _boolean(value: Any, column: str | None) -> bool:
    if isinstance(value, bool):
        return value
    found = _WORDS.get(as_text(value).lower())
    if found is None:
        raise CellError(f"column {column!r}: {_shown(value)} is neither true nor false")
    return found


def _moment(cell: Cell) -> Callable[[Any], datetime]:
    """Text by format, ISO 8601 text, numbers since 1970 or typed times → an aware datetime."""
    zone = UTC if cell.zone == "UTC" else ZoneInfo(cell.zone)
    pattern = cell.format
    where = f"column {cell.column!r}" if cell.column is not None else "the value"

    @lru_cache(maxsize=100_000)
    def of_text(text: str) -> datetime:
        try:
            return datetime.strptime(text, pattern) if pattern else datetime.fromisoformat(text)  # noqa: DTZ007
        except ValueError:
            if not pattern and text.isascii() and text.isdigit() and len(text) in {10, 13}:
                return _since_1970(int(text), where)
            expected = f"in the format {pattern}" if pattern else "an ISO 8601 time"
            raise CellError(f"{where}: {_shown(text)} is not {expected}") from None

    def moment(value: Any) -> datetime:
        if value.__class__ is str:
            value = of_text(value.strip())
        elif isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - its zone follows
        elif isinstance(value, int | float) and not isinstance(value, bool):
            value = _since_1970(value, where)
        if not isinstance(value, datetime):
            raise CellError(f"{where}: {_shown(value)} is not a time")
        return value if value.tzinfo else value.replace(tzinfo=zone)

    return moment


def _since_1970(value: float, where: str) -> datetime:
    """Seconds, or milliseconds when the number is too large to be seconds."""
    try:
        return datetime.fromtimestamp(value if abs(value) < 1e11 else value / 1_000, UTC)
    except (ValueError, OverflowError, OSError):
        raise CellError(f"{where}: {_shown(value)} is not a time") from None


def _shown(value: Any) -> str:
    return repr(value)[:60]
