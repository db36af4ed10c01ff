"""Tables with a row a day: as NOAA gives them (DATE, PRCP, TMAX, …), or by plain names (date, temp_max)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from segue.domain.weather import NAN, Reading, observed_at
from segue.errors import InvalidInputError

HOTTEST_C = 57.0
"""No day on Earth was hotter: a table with a greater maximum is in Fahrenheit, inches and miles an hour."""

_NAMES: Mapping[str, Sequence[str]] = {
    "temp_c": ("tavg", "temp_mean", "temperature", "temp"),
    "temp_min_c": ("tmin", "temp_min"),
    "temp_max_c": ("tmax", "temp_max"),
    "rain_mm": ("prcp", "precipitation", "rain"),
    "snow_cm": ("snow", "snowfall"),
    "wind_ms": ("awnd", "wind"),
}
_DAY = ("date", "day", "time")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURE = "give a column date and at least one of tmin, tmax, prcp, snow, wind (or temp_min, temp_max, …)"


def read_daily(columns: Mapping[str, Sequence[Any]], place: str, zone: str, issued_at: int) -> list[Reading]:
    """Readings of a table with one row a day, by the clocks of ``zone``; letters' case does not matter.

    Metric, or US units where some day would be hotter than Earth ever was. Days that had not ended at
    ``issued_at`` (microseconds) are forecasts issued then. Rows without any figure are left out.
    InvalidInputError names what is missing or is no date.
    """
    named = {str(name).strip().lower(): name for name in columns}
    day = next((named[each] for each in _DAY if each in named), None)
    values = {
        measure: [_number(each) for each in columns[named[name]]]
        for measure, names in _NAMES.items()
        if (name := next((each for each in names if each in named), None)) is not None
    }
    if day is None or not values:
        raise InvalidInputError(f"the weather of {place}: no date or nothing about weather", cure=_CURE)
    values = _metric(values)
    found = []
    for row, text in enumerate(columns[day]):
        measured = {measure: column[row] for measure, column in values.items()}
        if any(not math.isnan(each) for each in measured.values()):
            found.append(_reading(_date(text, place), measured, (place, zone, issued_at)))
    return found


def _reading(day: date, measured: Mapping[str, float], about: tuple[str, str, int]) -> Reading:
    place, zone, issued_at = about
    begins, ends = _begins(day, zone), _begins(day + timedelta(days=1), zone)
    hours = round((ends - begins) / 3_600_000_000)
    observed = observed_at(begins, hours) <= issued_at
    known_at = observed_at(begins, hours) if observed else issued_at
    return Reading(
        place=place, begins=begins, hours=hours, observed=observed, known_at=known_at, **measured
    )  # fmt: skip


def _metric(values: dict[str, list[float]]) -> dict[str, list[float]]:
    hottest = [
        each for name in ("temp_max_c", "temp_c") for each in values.get(name, []) if not math.isnan(each)
    ]
    if not hottest or max(hottest) <= HOTTEST_C:
        return values
    factors = {"rain_mm": 25.4, "snow_cm": 2.54, "wind_ms": 0.44704}
    return {
        name: [(each - 32) / 1.8 if name.startswith("temp") else each * factors[name] for each in column]
        for name, column in values.items()
    }


def _number(value: Any) -> float:
    try:
        return NAN if value is None or value == "" else float(value)
    except (TypeError, ValueError):
        return NAN


def _date(value: Any, place: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip().replace("/", "-")[:10])
    except ValueError as error:
        raise InvalidInputError(
            f"the weather of {place}: {str(value)[:40]!r} is no date", cure="write dates as 2026-03-01"
        ) from error


def _begins(day: date, zone: str) -> int:
    start = datetime.combine(day, time(), ZoneInfo(zone))
    return (start - _EPOCH) // timedelta(microseconds=1)
