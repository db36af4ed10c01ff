"""Features of the calendar: pay days, public holidays, and who shops by them.

The first kind is one value for everybody at a moment; it matters where a model learns from several moments.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import numpy as np

from segue.learn.features.feature import Feature
from segue.learn.features.habits import of_orders
from segue.learn.features.moment import Moment
from segue.learn.features.surroundings import LAST, Surroundings
from segue.learn.purchases import Floats, Ints

EPOCH = date(1970, 1, 1)
FAR = 400
"""Days around that are looked through for the next holiday."""
NEAR = 3
"""Days after a pay day, and before a holiday, that count as being by it."""


def calendar() -> tuple[Feature, ...]:
    """The features of this family."""

    def same(name: str, title: str) -> Feature:
        return Feature(name, title, "calendar", "days", partial(_now, name=name))

    return (
        same("day_of_month", "day of the month"),
        same("days_to_pay_day", "days to the next pay day"),
        same("days_since_pay_day", "days since the last pay day"),
        same("days_to_holiday", "days to the next public holiday"),
        same("days_since_holiday", "days since the last public holiday"),
        same("holidays_14d", "public holidays in the coming 14 days"),
        same("day_of_year", "day of the year"),
        Feature("pay_day_share", "orders within three days of a pay day", "calendar", "share", _by_pay_days),
        Feature(
            "holiday_share", "orders in the three days before a holiday", "calendar", "share", _by_holidays
        ),
    )


def days_table(days: Ints, around: Surroundings) -> dict[str, Floats]:
    """The calendar of local days since 1970-01-01, one column each; NaN for holidays of no country.

    ``days_to_…`` and ``days_since_…`` are 0 on the day itself.
    """
    dates = [EPOCH + timedelta(days=int(day)) for day in days]
    to_pay, since_pay = _distances(days, _pay_days(days, around))
    holidays = _holidays(days, around)
    to_holiday, since_holiday = _distances(days, holidays)
    soon = np.searchsorted(holidays, days + 14) - np.searchsorted(holidays, days)
    return {
        "day_of_month": np.array([each.day for each in dates], np.float64),
        "days_to_pay_day": to_pay,
        "days_since_pay_day": since_pay,
        "days_to_holiday": to_holiday,
        "days_since_holiday": since_holiday,
        "holidays_14d": soon.astype(np.float64) if around.country else np.full(len(days), np.nan),
        "day_of_year": np.array([each.timetuple().tm_yday for each in dates], np.float64),
        "weekday": np.array([each.weekday() for each in dates], np.float64),
    }


def _distances(days: Ints, marks: Ints) -> tuple[Floats, Floats]:
    """Days to the next mark and since the last, 0 on one; NaN where there is none."""
    if not len(marks):
        return np.full(len(days), np.nan), np.full(len(days), np.nan)
    following = np.searchsorted(marks, days)
    ahead = np.where(following < len(marks), marks[np.minimum(following, len(marks) - 1)] - days, np.nan)
    before = np.searchsorted(marks, days, side="right") - 1
    behind = np.where(before >= 0, days - marks[np.maximum(before, 0)], np.nan)
    return ahead, behind


def _pay_days(days: Ints, around: Surroundings) -> Ints:
    if not len(days):
        return np.zeros(0, np.int64)
    first = EPOCH + timedelta(days=int(days.min()) - 62)
    last = EPOCH + timedelta(days=int(days.max()) + 62)
    marks: set[int] = set()
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        begins, ends = _month(month), _month(month + 1)
        for day in around.pay_days:
            marks.add(ends - 1 if day == LAST else min(begins + day - 1, ends - 1))
    return np.array(sorted(marks), np.int64)


def _month(number: int) -> int:
    return (date(number // 12, number % 12 + 1, 1) - EPOCH).days


def _holidays(days: Ints, around: Surroundings) -> Ints:
    if not len(days):
        return np.zeros(0, np.int64)
    found = around.holidays(int(days.min()) - FAR, int(days.max()) + FAR)
    return np.unique(np.array([day for day, _ in found], np.int64))


def _now(moment: Moment, name: str) -> Floats:
    value = days_table(np.array([moment.today]), moment.surroundings)[name][0]
    return np.full(moment.size, value)


def _of_order_days(moment: Moment, name: str) -> Floats:
    days, place = np.unique(moment.orders.day, return_inverse=True)
    return days_table(days, moment.surroundings)[name][place]


def _by_pay_days(moment: Moment) -> Floats:
    return of_orders(moment, _of_order_days(moment, "days_since_pay_day") < NEAR)


def _by_holidays(moment: Moment) -> Floats:
    if not moment.surroundings.country:
        return np.full(moment.size, np.nan)
    to_holiday = _of_order_days(moment, "days_to_holiday")
    return of_orders(moment, (to_holiday > 0) & (to_holiday <= NEAR))
