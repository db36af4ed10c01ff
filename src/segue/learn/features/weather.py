"""Features of the weather at a person's usual store, as it was known at the moment."""

from __future__ import annotations

import warnings
from functools import partial

import numpy as np

from segue.learn.features.feature import Feature, Unit
from segue.learn.features.habits import usual_store
from segue.learn.features.moment import Moment
from segue.learn.features.readings import Day
from segue.learn.purchases import Floats

NORMAL_DAYS = 30
COMING_DAYS = 7
WET_MM = 1.0
"""Rain from which a day is wet."""

_COLUMNS: tuple[tuple[str, str, Unit], ...] = (
    ("temperature_7d", "temperature of the last 7 days", "degrees"),
    ("rain_7d", "rain of the last 7 days", "mm"),
    ("snow_7d", "snow of the last 7 days, cm", "count"),
    ("temperature_departure", "how much warmer than the last 30 days it is", "degrees"),
    ("temperature_coming", "temperature forecast for 7 days", "degrees"),
    ("rain_coming", "rain forecast for 7 days", "mm"),
)


def weather() -> tuple[Feature, ...]:
    """The features of this family."""
    same = tuple(
        Feature(name, title, "weather", unit, partial(_there, name=name)) for name, title, unit in _COLUMNS
    )
    return (*same, Feature("wet_share", "orders on wet days", "weather", "share", _wet_share))


def summary(days: dict[int, Day], today: int) -> dict[str, float]:
    """The weather known of the days around today, as one place's features; NaN where nothing is known."""
    past = [days[day] for day in range(today - 7, today) if day in days]
    normal = [days[day] for day in range(today - NORMAL_DAYS, today) if day in days]
    coming = [days[day] for day in range(today, today + COMING_DAYS) if day in days]
    lately = _mean(past, "temp_c")
    return {
        "temperature_7d": lately,
        "rain_7d": _mean(past, "rain_mm") * 7,
        "snow_7d": _mean(past, "snow_cm") * 7,
        "temperature_departure": lately - _mean(normal, "temp_c"),
        "temperature_coming": _mean(coming, "temp_c"),
        "rain_coming": _mean(coming, "rain_mm") * 7,
    }


def _mean(days: list[Day], measure: str) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of nothing, or of NaN only: NaN
        return float(np.nanmean([day[measure] for day in days])) if days else float("nan")


def _there(moment: Moment, name: str) -> Floats:
    """The value of each person's usual store's place; of the default's where she has no store."""
    by_store = _by_store(moment, name)
    return by_store[usual_store(moment)]


def _by_store(moment: Moment, name: str) -> Floats:
    """One value a store, and a last one for no store (which is code -1)."""
    found = moment.surroundings.weather
    stores = [*moment.purchases.stores, ""]
    if found is None:
        return np.full(len(stores), np.nan)
    places = [found.place_of(store) for store in stores]
    values = {
        place: summary(
            found.days(place, moment.today - NORMAL_DAYS, moment.today + COMING_DAYS, moment.at), moment.today
        )[name]
        for place in set(places)
    }
    return np.array([values[place] for place in places])


def _wet_share(moment: Moment) -> Floats:
    """Of her orders on days whose weather is known, those on wet days."""
    found, orders = moment.surroundings.weather, moment.orders
    if found is None or not len(orders):
        return np.full(moment.size, np.nan)
    stores = [*moment.purchases.stores, ""]
    wet = np.full(len(orders), np.nan)
    places = np.array([found.place_of(store) or "" for store in stores], np.object_)[orders.store]
    for place in sorted(set(places)):
        known = found.days(place or None, int(orders.day.min()), moment.today, moment.at)
        rows = np.flatnonzero(places == place)
        rain = [known[day]["rain_mm"] if day in known else np.nan for day in orders.day[rows].tolist()]
        wet[rows] = np.where(np.isnan(rain), np.nan, np.array(rain) >= WET_MM)
    told = ~np.isnan(wet)
    counted = moment.per_person(orders.person[told])
    share = moment.per_person(orders.person[told], wet[told]) / np.maximum(counted, 1)
    return np.where(counted > 0, share, np.nan)
