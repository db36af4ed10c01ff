"""The weather as one knew it at a moment: no forecast before its issue, no observation before it was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from segue.domain.weather import HOUR, Reading, observed_at, place_of
from segue.learn.features.localtime import local
from segue.learn.purchases import Floats, Ints

MEASURES = ("temp_c", "temp_min_c", "temp_max_c", "rain_mm", "snow_cm", "wind_ms")
ENOUGH = 18
"""Hours of a day that must be known before they stand for it."""

Day = Mapping[str, float]
"""Measure → its value for one day and place."""


class Weather:
    """Readings of many places; which of them a store has: :func:`segue.domain.weather.place_of`."""

    def __init__(
        self, readings: Sequence[Reading], zone: str, places: Mapping[str, str] | None = None
    ) -> None:
        """``places``: store → place, where a store was assigned one."""
        self.zone = zone
        self._assigned = dict(places or {})
        self._names = sorted({each.place for each in readings})
        code = {name: number for number, name in enumerate(self._names)}
        self._place = np.array([code[each.place] for each in readings], np.int32)
        begins = np.array([each.begins for each in readings], np.int64)
        self._hours = np.array([each.hours for each in readings], np.int64)
        self._observed = np.array([each.observed for each in readings], np.bool_)
        known = np.array([each.known_at for each in readings], np.int64)
        ends = np.array([observed_at(each.begins, each.hours) for each in readings], np.int64)
        self._known = np.where(self._observed, np.maximum(known, ends), known)
        self._begins = begins
        # a place may be some hours east or west of the retailer's clocks: a day is told by its middle
        self._day: Ints = local(begins + np.where(self._hours > 1, self._hours * (HOUR // 2), 0), zone)[0]
        self._values = np.array(
            [[getattr(each, name) for name in MEASURES] for each in readings], np.float64
        ).reshape(len(readings), len(MEASURES))

    def place_of(self, store: str) -> str | None:
        """The place whose weather a store has; None where there is none."""
        return place_of(store, self._assigned, self._names)

    def days(self, place: str | None, first: int, last: int, moment: int) -> dict[int, Day]:
        """What was known before ``moment`` of each local day from ``first`` to ``last``.

        An observation wins over every forecast, a later forecast over an earlier; a day's own reading over
        what its hours come to.
        """
        if place is None or place not in self._names:
            return {}
        mine = (self._place == self._names.index(place)) & (self._known < moment)
        rows = np.flatnonzero(mine & (self._day >= first) & (self._day <= last))
        rows = rows[np.lexsort((rows, self._known[rows], self._observed[rows]))]
        newest = {(int(self._begins[row]), self._hours[row] > 1): int(row) for row in rows}
        by_day: dict[int, tuple[list[int], list[int]]] = {}
        for (_, whole), row in sorted(newest.items()):
            by_day.setdefault(int(self._day[row]), ([], []))[0 if whole else 1].append(row)
        found = {day: self._one(whole, hourly) for day, (whole, hourly) in by_day.items()}
        return {day: values for day, values in found.items() if values is not None}

    def _one(self, whole: list[int], hourly: list[int]) -> Day | None:
        complete = len(hourly) >= ENOUGH
        if whole and not (complete and self._observed[hourly].all() and not self._observed[whole[-1]]):
            return _derived(self._values[whole[-1]])
        return _derived(_day_of_hours(self._values[hourly])) if complete else None


def _day_of_hours(hours: Floats) -> Floats:
    import warnings

    temperature, wind = hours[:, 0], hours[:, 5]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # nothing but NaN: NaN
        sums = [
            np.nan if np.isnan(column).all() else float(np.nansum(column))
            for column in (hours[:, 3], hours[:, 4])
        ]
        return np.array(
            [
                np.nanmean(temperature),
                np.nanmin(temperature),
                np.nanmax(temperature),
                *sums,
                np.nanmax(wind),
            ]
        )


def _derived(values: Floats) -> Day:
    day = dict(zip(MEASURES, map(float, values), strict=True))
    if np.isnan(day["temp_c"]):
        day["temp_c"] = (day["temp_min_c"] + day["temp_max_c"]) / 2
    return day
