"""Which time format a column is written in, guessed from its values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

_DATES = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y",
    "%d-%m-%y", "%m-%d-%y", "%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%d", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y",
    "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%a, %d %b %Y",
)  # fmt: skip
_CLOCKS = ("", "%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")
_JOINTS = (" ", "T", ", ")
_ZONES = ("", "%z", " %z")
_SHAPED = re.compile(r"\d{1,4}[-./ ]|[A-Za-z]{3,9},? \d|\d{8}T|\d{8}$|\d{10}$|\d{13}$")
_PAIR = re.compile(r"(\d{1,2})[-./](\d{1,2})")
_MONTH_FIRST = re.compile(r"^(America/|US/|Pacific/(Honolulu|Guam|Pago_Pago)|Asia/Manila)")
_MOST = 400
_FROM, _TO = 1_900, 2_100


class Clock(NamedTuple):
    """How a column's times are written."""

    #: strptime format; None where no format is needed (ISO 8601, seconds since 1970)
    format: str | None
    #: the order of day and month cannot be told from the values: the zone decided
    unsure: bool = False


def clock_of(values: Sequence[str], zone: str) -> Clock | None:
    """The format in which all these texts are times; None when there is none.

    Where day and month could be either, the day is what changes more often; where neither does, America
    writes the month first and everybody else the day.
    """
    distinct = list(dict.fromkeys(values))
    if not distinct or not _SHAPED.match(distinct[0]):
        return None
    step = max(1, len(distinct) // _MOST)
    sample = distinct[::step]
    if all(map(_needs_no_format, sample)):
        return Clock(None)
    fitting = [each for each in _formats() if all(_fits(text, each) for text in sample)]
    if not fitting:
        return None
    if len(fitting) > 1:  # the sample left it open: every value is asked, and only then the zone
        fitting = [each for each in fitting if all(_fits(text, each) for text in distinct)] or fitting
    month_first = [each for each in fitting if each.startswith("%m")]
    day_first = [each for each in fitting if not each.startswith("%m")]
    if month_first and day_first:
        first_varies = _first_varies(distinct)
        if first_varies is None:
            first_varies = not _MONTH_FIRST.match(zone)
        return Clock((day_first if first_varies else month_first)[0], unsure=True)
    return Clock(fitting[0])


def _first_varies(texts: Sequence[str]) -> bool | None:
    """Whether the first number of a date changes much more often than the second, as days do; None: neither.

    The beginning of an export covers a few days or weeks: there the month hardly changes.
    """
    pairs = [_PAIR.match(text) for text in texts]
    firsts = {pair[1] for pair in pairs if pair}
    seconds = {pair[2] for pair in pairs if pair}
    few, many = sorted((len(firsts), len(seconds)))
    return len(firsts) > len(seconds) if many > 2 * few else None


def _needs_no_format(text: str) -> bool:
    if text.isascii() and text.isdigit():
        return (len(text) == 10 and text[0] == "1") or (len(text) == 13 and text[0] == "1")
    try:
        return _FROM <= datetime.fromisoformat(text).year <= _TO and not text.isdigit()
    except ValueError:
        return False


def _fits(text: str, pattern: str) -> bool:
    try:
        return _FROM <= datetime.strptime(text, pattern).year <= _TO  # noqa: DTZ007 - only whether it can be read
    except ValueError:
        return False


@cache
def _formats() -> tuple[str, ...]:
    return tuple(_combined())


def _combined() -> Iterator[str]:
    for day in (*_DATES, "%Y%m%d"):
        for clock in _CLOCKS:
            if not clock:
                yield day
                continue
            for joint in _JOINTS:
                for zone in _ZONES:
                    yield f"{day}{joint}{clock}{zone}"
