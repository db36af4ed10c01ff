"""Which time format a column is written in, guessed from its values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

_DATES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\d{1,2}\.\d{1,2}\.\d{4}", ("%d.%m.%Y",)),
    (r"\d{1,2}/\d{1,2}/\d{4}", ("%d/%m/%Y", "%m/%d/%Y")),
    (r"\d{1,2}-\d{1,2}-\d{4}", ("%d-%m-%Y", "%m-%d-%Y")),
    (r"\d{1,2}\.\d{1,2}\.\d{2}", ("%d.%m.%y",)),
    (r"\d{1,2}/\d{1,2}/\d{2}", ("%d/%m/%y", "%m/%d/%y")),
    (r"\d{1,2}-\d{1,2}-\d{2}", ("%d-%m-%y", "%m-%d-%y")),
    (r"\d{4}/\d{1,2}/\d{1,2}", ("%Y/%m/%d",)),
    (r"\d{4}\.\d{1,2}\.\d{1,2}", ("%Y.%m.%d",)),
    (r"\d{4}-\d{1,2}-\d{1,2}", ("%Y-%m-%d",)),
    (r"\d{8}", ("%Y%m%d",)),
    (r"\d{1,2} [A-Za-z]{3,9} \d{4}", ("%d %b %Y", "%d %B %Y")),
    (r"\d{1,2}-[A-Za-z]{3}-\d{4}", ("%d-%b-%Y",)),
    (r"\d{1,2}-[A-Za-z]{3}-\d{2}", ("%d-%b-%y",)),
    (r"[A-Za-z]{3,9} \d{1,2}, \d{4}", ("%b %d, %Y", "%B %d, %Y")),
    (r"[A-Za-z]{3}, \d{1,2} [A-Za-z]{3} \d{4}", ("%a, %d %b %Y",)),
)
_CLOCKS: tuple[tuple[str, str], ...] = (
    ("%H:%M", r"\d{1,2}:\d{2}"),
    ("%H:%M:%S", r"\d{1,2}:\d{2}:\d{2}"),
    ("%H:%M:%S.%f", r"\d{1,2}:\d{2}:\d{2}\.\d{1,6}"),
    ("%I:%M %p", r"\d{1,2}:\d{2} [AaPp][Mm]"),
    ("%I:%M:%S %p", r"\d{1,2}:\d{2}:\d{2} [AaPp][Mm]"),
)
_SHAPE = re.compile(
    r"(?P<date>[^:]*?\d)(?:(?P<joint> |T|, )(?P<clock>\d{1,2}:[\d:.]+(?: [AaPp][Mm])?)"
    r"(?P<zone> ?(?:Z|[+-]\d{2}:?\d{2}))?)?"
)
_DATE_SHAPES = tuple((re.compile(shape), formats) for shape, formats in _DATES)
_CLOCK_SHAPES = tuple((re.compile(shape), pattern) for pattern, shape in _CLOCKS)
_PAIR = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./]")
_MONTH_FIRST = re.compile(r"^(America/|US/|Pacific/(Honolulu|Guam|Pago_Pago)|Asia/Manila)")
_MOST = 300
_FROM, _TO = 1_900, 2_100


class Clock(NamedTuple):
    """How a column's times are written."""

    #: strptime format; None where no format is needed (ISO 8601, seconds since 1970)
    format: str | None
    #: the order of day and month cannot be told from the values: something else decided
    unsure: bool = False


def clock_of(values: Sequence[str], zone: str) -> Clock | None:
    """The format in which all these texts are times; None when there is none.

    Where day and month could be either, the day is what changes more often; where neither does, America
    writes the month first and everybody else the day.
    """
    distinct = list(dict.fromkeys(values))
    if not distinct:
        return None
    sample = distinct[:: max(1, len(distinct) // _MOST)]
    if all(map(_needs_no_format, sample)):
        return Clock(None)
    fitting = [each for each in _formats(distinct[0]) if all(_fits(text, each) for text in sample)]
    if len(fitting) < 2 or not fitting[1].startswith("%m"):
        return Clock(fitting[0]) if fitting else None
    return _settled(fitting[0], fitting[1], distinct, zone)


def _settled(day_first: str, month_first: str, texts: Sequence[str], zone: str) -> Clock:
    """One of two formats that fit the sample: by every value, by what varies, or by the zone."""
    pairs = [pair.groups() for pair in map(_PAIR.match, texts) if pair]
    if any(int(first) > 12 for first, _ in pairs):
        return Clock(day_first)
    if any(int(second) > 12 for _, second in pairs):
        return Clock(month_first)
    varies = _first_varies({first for first, _ in pairs}, {second for _, second in pairs})
    if varies is None:
        varies = not _MONTH_FIRST.match(zone)
    return Clock(day_first if varies else month_first, unsure=True)


def _first_varies(firsts: set[str], seconds: set[str]) -> bool | None:
    """Whether the first number of a date changes much more often than the second, as days do; None: neither.

    The beginning of an export covers a few days or weeks: there the month hardly changes.
    """
    few, many = sorted((len(firsts), len(seconds)))
    return len(firsts) > len(seconds) if many > 2 * few else None


def _formats(text: str) -> list[str]:
    """The formats that a text has the shape of."""
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        return []
    dates = next((formats for pattern, formats in _DATE_SHAPES if pattern.fullmatch(shape["date"])), ())
    if shape["clock"] is None:
        return list(dates)
    clock = next((name for pattern, name in _CLOCK_SHAPES if pattern.fullmatch(shape["clock"])), None)
    if clock is None:
        return []
    zone = "" if shape["zone"] is None else " %z" if shape["zone"].startswith(" ") else "%z"
    return [f"{date}{shape['joint']}{clock}{zone}" for date in dates]


def _needs_no_format(text: str) -> bool:
    if text.isascii() and text.isdigit():
        return len(text) in {10, 13} and text[0] == "1"
    try:
        return _FROM <= datetime.fromisoformat(text).year <= _TO
    except ValueError:
        return False


def _fits(text: str, pattern: str) -> bool:
    try:
        return _FROM <= datetime.strptime(text, pattern).year <= _TO  # noqa: DTZ007 - only whether it can be read
    except ValueError:
        return False
