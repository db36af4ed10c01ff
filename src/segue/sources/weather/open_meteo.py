"""Open-Meteo's answers: columns by hour and by day, of its archive and of its forecasts alike.

An answer does not say when it was issued, so whoever imports it does. What had ended by then is an
observation, known from its end; the rest is a forecast, known from its issue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from segue.domain.weather import NAN, Reading, observed_at
from segue.errors import InvalidInputError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOURLY = {
    "temp_c": ("temperature_2m",),
    "rain_mm": ("precipitation", "rain"),
    "snow_cm": ("snowfall",),
    "wind_ms": ("wind_speed_10m", "windspeed_10m"),
}
_DAILY = {
    "temp_c": ("temperature_2m_mean",),
    "temp_min_c": ("temperature_2m_min",),
    "temp_max_c": ("temperature_2m_max",),
    "rain_mm": ("precipitation_sum", "rain_sum"),
    "snow_cm": ("snowfall_sum",),
    "wind_ms": ("wind_speed_10m_max", "windspeed_10m_max"),
}
_FACTORS = {
    "mm": 1.0, "cm": 1.0, "inch": 25.4, "m/s": 1.0, "ms": 1.0, "km/h": 1 / 3.6, "kmh": 1 / 3.6,
    "mp/h": 0.44704, "mph": 0.44704, "kn": 0.514444,
}  # fmt: skip
_INCH_OF_SNOW = 2.54
_CURE = "give a file as https://open-meteo.com answers it, with hourly or daily variables"


class _Answer(msgspec.Struct):
    utc_offset_seconds: int = 0
    timezone: str = "GMT"
    hourly: dict[str, list[Any]] = {}
    hourly_units: dict[str, str] = {}
    daily: dict[str, list[Any]] = {}
    daily_units: dict[str, str] = {}


def read_open_meteo(raw: bytes, place: str, issued_at: int) -> list[Reading]:
    """Readings of one answer for ``place``, which was issued (asked for) at ``issued_at`` (microseconds).

    InvalidInputError for what is no such answer, or has no known variable, or columns of different length.
    """
    try:
        answer = msgspec.json.decode(raw, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"the weather of {place}: {error}", cure=_CURE) from error
    zone = _zone(answer)
    found = _rows(answer.hourly, answer.hourly_units, _HOURLY, (place, issued_at, zone, True))
    found += _rows(answer.daily, answer.daily_units, _DAILY, (place, issued_at, zone, False))
    if not found:
        raise InvalidInputError(f"the weather of {place}: no hour and no day in it", cure=_CURE)
    return found


def _zone(answer: _Answer) -> tzinfo:
    """Days are those of the named zone; where it is unknown, of the offset that was applied."""
    try:
        return UTC if answer.timezone in {"GMT", "UTC"} else ZoneInfo(answer.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return timezone(timedelta(seconds=answer.utc_offset_seconds))


def _rows(
    columns: Mapping[str, Sequence[Any]],
    units: Mapping[str, str],
    wanted: Mapping[str, Sequence[str]],
    about: tuple[str, int, tzinfo, bool],
) -> list[Reading]:
    if not columns:
        return []
    place, issued_at, zone, hourly = about
    times = columns.get("time", [])
    named = {measure: _named(columns, names) for measure, names in wanted.items()}
    values = {
        measure: _converted(columns[name], units.get(name, ""), measure)
        for measure, name in named.items()
        if name is not None
    }
    if not times or not values or any(len(each) != len(times) for each in values.values()):
        kind = "hourly" if hourly else "daily"
        raise InvalidInputError(f"the weather of {place}: {kind} columns are missing or uneven", cure=_CURE)
    found = []
    for row, time in enumerate(times):
        begins, hours = _when(time, zone, place, hourly=hourly)
        ends = observed_at(begins, hours)
        observed = ends <= issued_at
        found.append(
            Reading(
                place=place, begins=begins, hours=hours, observed=observed,
                known_at=ends if observed else issued_at,
                **{measure: column[row] for measure, column in values.items()},
            )
        )  # fmt: skip
    return found


def _named(columns: Mapping[str, Sequence[Any]], names: Sequence[str]) -> str | None:
    return next((name for name in names if name in columns), None)


def _converted(column: Sequence[Any], unit: str, measure: str) -> list[float]:
    numbers = [float(each) if isinstance(each, int | float) else NAN for each in column]
    if unit == "°F":
        return [(each - 32) / 1.8 for each in numbers]
    factor = _INCH_OF_SNOW if measure == "snow_cm" and unit == "inch" else _FACTORS.get(unit, 1.0)
    return [each * factor for each in numbers]


def _when(time: Any, zone: tzinfo, place: str, *, hourly: bool) -> tuple[int, int]:
    """First moment and hours of a row; ``time`` is ISO 8601 by the zone's clocks, or seconds since 1970."""
    try:
        if isinstance(time, int | float):
            start = datetime.fromtimestamp(time, UTC).astimezone(zone)
        else:
            start = datetime.fromisoformat(time).replace(tzinfo=zone)
        if hourly:
            return _us(start), 1
        end = (start.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone)
        return _us(start), round((_us(end) - _us(start)) / 3_600_000_000)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise InvalidInputError(
            f"the weather of {place}: {str(time)[:40]!r} is no time", cure=_CURE
        ) from error


def _us(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
