"""The weather of an installation: files are brought in, and models are told what surrounds the shop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from segue.app.directory import WEATHER
from segue.domain.order import rfc3339
from segue.domain.weather import Reading
from segue.errors import InvalidInputError, NotFoundError, SettingsError
from segue.settings import Settings
from segue.sources.weather import read_daily, read_open_meteo

if TYPE_CHECKING:
    from segue.learn.features.surroundings import Surroundings

FILE = WEATHER
"""In the data directory."""
_MOST_NAME = 200


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """What an import of weather did."""

    place: str
    #: rows of the file, and those of them that were new
    read: int
    new: int
    observed: int
    forecast: int


class PlaceOfWeather(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a place."""

    place: str
    readings: int
    forecasts: int
    #: RFC 3339: the first and last moment it is known of
    first: str
    last: str
    #: stores that were assigned to it
    stores: list[str]


def bring_weather(
    data: Path,
    file: Path,
    place: str,
    *,
    settings: Settings,
    issued_at: int,
    stores: Sequence[str] = (),
) -> Brought:
    """Add the readings of a file; what is there already is not added again.

    ``issued_at``: microseconds; what had not ended then is a forecast, known from then. ``stores`` have this
    place's weather from now on. NotFoundError, InvalidInputError.
    """
    from segue.adapters.duckdb.weather import read_weather, write_weather

    if not place or len(place) > _MOST_NAME:
        raise InvalidInputError("a place needs a name", cure="--place with a store's id or a name of yours")
    fresh = read_file(file, place, settings.time_zone, issued_at)
    kept, assigned = read_weather(data / FILE)
    seen = {_key(each) for each in kept}
    new = [each for each in fresh if _key(each) not in seen]
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_weather(data / FILE, [*kept, *new], {**assigned, **dict.fromkeys(stores, place)})
    observed = sum(each.observed for each in fresh)
    return Brought(
        place=place, read=len(fresh), new=len(new), observed=observed, forecast=len(fresh) - observed
    )  # fmt: skip


def read_file(file: Path, place: str, zone: str, issued_at: int) -> list[Reading]:
    """Open-Meteo's JSON, or a CSV or Parquet with a row a day. NotFoundError, InvalidInputError."""
    if file.suffix == ".json":
        if not file.is_file():
            raise NotFoundError(f"there is no file {file}")
        return read_open_meteo(file.read_bytes(), place, issued_at)
    from segue.adapters.duckdb.weather import read_columns

    return read_daily(read_columns(file), place, zone, issued_at)


def list_weather(data: Path) -> list[PlaceOfWeather]:
    """Places by name, with what is known of them."""
    from segue.adapters.duckdb.weather import read_weather

    readings, assigned = read_weather(data / FILE)
    by_place: dict[str, list[Reading]] = {}
    for each in readings:
        by_place.setdefault(each.place, []).append(each)
    return [
        PlaceOfWeather(
            place=place,
            readings=len(found),
            forecasts=sum(not each.observed for each in found),
            first=rfc3339(min(each.begins for each in found)),
            last=rfc3339(max(each.begins for each in found)),
            stores=sorted(store for store, where in assigned.items() if where == place),
        )
        for place, found in sorted(by_place.items())
    ]


def surroundings(data: Path, settings: Settings, zone: str) -> Surroundings:
    """Calendar and weather around the shop, for models."""
    from segue.adapters.duckdb.weather import read_weather
    from segue.learn.features.readings import Weather
    from segue.learn.features.surroundings import Surroundings, country_of, known_country, pay_days

    readings, assigned = read_weather(data / FILE)
    country, _, part = (settings.country or country_of(zone)).partition("-")
    if settings.country and not known_country(country, part):
        raise SettingsError(
            f"settings: no holidays are known of country {settings.country!r}",
            cure="name it by ISO 3166, as DE or DE-BE; empty takes the time zone's",
        )
    return Surroundings(
        country=country,
        subdivision=part,
        pay_days=pay_days(settings.pay_days),
        weather=Weather(readings, zone, assigned) if readings else None,
    )


def moment_of(text: str) -> int:
    """An RFC 3339 moment in microseconds; InvalidInputError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidInputError(f"{text[:60]!r} is no moment", cure="write it like 2026-03-01T06:00:00Z")
    return round(found.timestamp() * 1_000_000)


def _key(reading: Reading) -> tuple[str, int, int, bool, int]:
    return (reading.place, reading.begins, reading.hours, reading.observed, reading.known_at)
