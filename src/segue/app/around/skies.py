"""The weather at a store at this moment, as conditions ask for it (``context.weather``)."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from segue.app.directory import WEATHER as FILE
from segue.domain.order import HOUR, MINUTE
from segue.domain.weather import Reading, observed_at, place_of

MEASURES: Final = ("temp_c", "temp_min_c", "temp_max_c", "rain_mm", "snow_cm", "wind_ms")
LASTS: Final = 6 * HOUR
"""How long an observation stands for what comes after it, where nothing was forecast."""


class Skies:
    """The readings of one installation; reads the file again when it has changed. Safe to share."""

    def __init__(self, data: Path) -> None:
        self._file = data / FILE
        self._of: int | None = None
        self._places: Mapping[str, Sequence[Reading]] = {}
        self._assigned: Mapping[str, str] = {}
        #: place → the minute that was asked about last, and the answer
        self._told: dict[str, tuple[int, dict[str, float] | None]] = {}
        self._lock = threading.Lock()

    def at(self, store: str | None, now: int) -> dict[str, float] | None:
        """What is known of the weather at ``store`` (see :func:`segue.domain.weather.place_of`) at ``now``;
        None where nothing is.
        """
        self._look()
        place = place_of(store, self._assigned, self._places)
        return None if place is None else self._over(place, now - now % MINUTE)

    def _over(self, place: str, minute: int) -> dict[str, float] | None:
        """A place has thousands of readings, and touchpoints ask hundreds of times a second."""
        held = self._told.get(place)
        if held is None or held[0] != minute:
            held = self._told[place] = minute, weather_of(self._places.get(place, ()), minute)
        return held[1]

    def _look(self) -> None:
        try:
            changed = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            changed = 0
        if changed == self._of:
            return
        with self._lock:
            if changed:
                from segue.adapters.duckdb.weather import read_weather

                readings, self._assigned = read_weather(self._file)
            else:
                readings, self._assigned = [], {}
            places: dict[str, list[Reading]] = {}
            for each in readings:
                places.setdefault(each.place, []).append(each)
            self._places, self._told, self._of = places, {}, changed


def weather_of(readings: Sequence[Reading], now: int) -> dict[str, float] | None:
    """What readings of one place say of ``now``: an observation before a forecast, a later one before an
    earlier, an hour before a whole day; what has just ended stands for a while. None when nothing does.
    """
    told = [each for each in readings if each.known_at <= now and each.begins <= now < _until(each)]
    if not told:
        return None
    best = max(told, key=lambda each: (each.begins + each.hours * HOUR > now, _rank(each)))
    found = {name: getattr(best, name) for name in MEASURES}
    return {name: value for name, value in found.items() if not math.isnan(value)} or None


def _until(reading: Reading) -> int:
    end = observed_at(reading.begins, reading.hours)
    return end + LASTS if reading.observed else end


def _rank(reading: Reading) -> tuple[bool, bool, int, int]:
    return (reading.hours == 1, reading.observed, reading.known_at, reading.begins)
