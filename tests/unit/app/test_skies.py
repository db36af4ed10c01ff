"""The weather at a store and a moment."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.adapters.duckdb.weather import write_weather
from segue.app.around.skies import LASTS, Skies, weather_of
from segue.app.weather import FILE
from segue.domain.order import DAY, HOUR
from segue.domain.weather import Reading

NOW = 1_800_000_000_000_000


def observed(begins: int, hours: int = 1, place: str = "town", **values: float) -> Reading:
    return Reading(
        place=place, begins=begins, hours=hours, observed=True, known_at=begins + hours * HOUR, **values
    )


def forecast(begins: int, known_at: int, hours: int = 1, **values: float) -> Reading:
    return Reading(place="town", begins=begins, hours=hours, observed=False, known_at=known_at, **values)


def test_what_was_just_observed_stands_until_something_newer_is_known() -> None:
    past = observed(NOW - 2 * HOUR, temp_c=4.0)
    assert weather_of([past], NOW) == {"temp_c": 4.0}
    assert weather_of([past], NOW + LASTS) is None
    assert weather_of([past, forecast(NOW, NOW - DAY, temp_c=6.0)], NOW) == {"temp_c": 6.0}


def test_a_forecast_is_not_known_before_its_issue() -> None:
    assert weather_of([forecast(NOW, NOW + 1, temp_c=6.0)], NOW) is None


def test_an_hour_wins_over_its_day_and_a_later_forecast_over_an_earlier() -> None:
    day = forecast(NOW - 12 * HOUR, NOW - 2 * DAY, hours=24, temp_c=1.0)
    early, late = forecast(NOW, NOW - DAY, rain_mm=2.0), forecast(NOW, NOW - HOUR, rain_mm=0.0)
    assert weather_of([late, day, early], NOW) == {"rain_mm": 0.0}


@given(
    st.lists(
        st.builds(
            Reading,
            place=st.just("town"),
            begins=st.integers(NOW - 3 * DAY, NOW + 3 * DAY),
            hours=st.sampled_from([1, 24]),
            observed=st.booleans(),
            known_at=st.integers(NOW - 3 * DAY, NOW + 3 * DAY),
            temp_c=st.floats(-30, 40) | st.just(math.nan),
        )
    )
)
def test_the_order_of_readings_says_nothing_and_the_future_is_not_known(readings: list[Reading]) -> None:
    found = weather_of(readings, NOW)
    assert weather_of(readings[::-1], NOW) == found or len({(e.begins, e.known_at) for e in readings}) < len(
        readings
    )
    known = [each for each in readings if each.known_at <= NOW]
    assert weather_of(known, NOW) == found


@pytest.mark.parametrize(
    ("stores", "asked", "expected"),
    [({"s1": "hill"}, "s1", 2.0), ({}, "hill", 2.0), ({}, "s9", None), ({}, None, None)],
    ids=["assigned", "its own name", "elsewhere", "nowhere"],
)
def test_a_store_has_the_weather_of_its_place(
    tmp_path: Path, stores: dict[str, str], asked: str | None, expected: float | None
) -> None:
    skies = Skies(tmp_path)
    assert skies.at(asked, NOW) is None
    readings = [
        observed(NOW - HOUR, place="town", temp_c=9.0),
        observed(NOW - HOUR, place="hill", temp_c=2.0),
    ]
    write_weather(tmp_path / FILE, readings, stores)
    found = skies.at(asked, NOW)
    assert (None if found is None else found["temp_c"]) == expected


def test_where_there_is_one_place_all_stores_have_its_weather(tmp_path: Path) -> None:
    write_weather(tmp_path / FILE, [observed(NOW - HOUR, temp_c=9.0)], {})
    assert Skies(tmp_path).at("s9", NOW) == {"temp_c": 9.0}
