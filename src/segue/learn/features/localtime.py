"""Days and hours as the retailer's clocks show them, for whole columns of moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from segue.learn.purchases import Ints

SECOND = 1_000_000
DAY = 86_400 * SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QUARTER = 900 * SECOND
"""No zone changes its offset but at a quarter of an hour."""


def local(times: Ints, zone: str) -> tuple[Ints, Ints]:
    """Moments in microseconds → (days since 1970-01-01, microseconds into the day) by the zone's clocks."""
    shown = np.asarray(times, np.int64) + _offsets(np.asarray(times, np.int64), zone)
    days = np.floor_divide(shown, DAY)
    return days, shown - days * DAY


def local_day(moment: int, zone: str) -> int:
    """The day of one moment, in days since 1970-01-01."""
    return int(local(np.array([moment], np.int64), zone)[0][0])


def day_begins(day: int, zone: str) -> int:
    """The first moment of a local day, microseconds in UTC."""
    naive = datetime(1970, 1, 1) + timedelta(days=day)  # noqa: DTZ001 - a wall clock's time
    return round((naive.replace(tzinfo=ZoneInfo(zone)) - _EPOCH) / timedelta(microseconds=1))


def _offsets(times: Ints, zone: str) -> Ints:
    """What the zone's clocks are ahead of UTC at each moment, microseconds.

    A day that begins and ends with one offset keeps it; only days of a change are looked at by quarters of
    an hour.
    """
    days, place = np.unique(np.floor_divide(times, DAY), return_inverse=True)
    rule = ZoneInfo(zone)
    begins = _of(days * DAY, rule)
    offsets = begins[place]
    changes = begins != _of((days + 1) * DAY, rule)
    if changes.any():
        rows = np.flatnonzero(changes[place])
        quarters, which = np.unique(np.floor_divide(times[rows], _QUARTER), return_inverse=True)
        offsets[rows] = _of(quarters * _QUARTER, rule)[which]
    return offsets


def _of(moments: Ints, rule: ZoneInfo) -> Ints:
    found = [
        (_EPOCH + timedelta(microseconds=int(each))).astimezone(rule).utcoffset() or timedelta()
        for each in moments
    ]
    return np.array([round(each.total_seconds()) * SECOND for each in found], np.int64)
