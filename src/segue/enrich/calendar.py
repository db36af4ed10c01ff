"""Days and hours in the retailer's time zone, from microseconds, fast."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from segue.domain.order import DAY, HOUR, MINUTE, SECOND

_QUARTER = 15 * MINUTE
"""Zones change their offset at multiples of this."""


@lru_cache(maxsize=65_536)
def _offset(zone: str, quarter: int) -> int:
    """Microseconds that ``zone`` is ahead of UTC in a quarter of an hour since 1970."""
    moment = datetime.fromtimestamp(quarter * _QUARTER // SECOND, UTC).astimezone(ZoneInfo(zone))
    ahead = moment.utcoffset()
    assert ahead is not None
    return (ahead.days * 86_400 + ahead.seconds) * SECOND


def day_and_hour(zone: str, time: int) -> tuple[int, int]:
    """Days since 1970-01-01 and the hour of the day (0-23), by the clocks of ``zone``."""
    if zone != "UTC":
        time += _offset(zone, time // _QUARTER)
    day, rest = divmod(time, DAY)
    return day, rest // HOUR


def local_hour(zone: str, time: int) -> int:
    """Hours since 1970-01-01 by the clocks of ``zone``: 24 a day, whatever the day's real length."""
    if zone != "UTC":
        time += _offset(zone, time // _QUARTER)
    return time // HOUR


def begins(zone: str, hour: int) -> int:
    """The first moment at which :func:`local_hour` is at least ``hour``, microseconds."""
    if zone == "UTC":
        return hour * HOUR
    naive = hour * HOUR
    ahead = [_offset(zone, (naive + days * DAY) // _QUARTER) for days in (-1, 1)]
    time, latest = naive - max(ahead), naive - min(ahead)
    while time < latest and local_hour(zone, time) < hour:
        time += _QUARTER  # a clock that jumps over the hour
    return time


def date_text(day: int) -> str:
    """``2026-03-01`` of a day since 1970."""
    return date.fromordinal(719_163 + day).isoformat()
