"""The weather as one knew it: nothing of it before it was issued or made."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from segue.domain.weather import HOUR, Reading
from segue.learn.features.localtime import DAY, day_begins, local_day
from segue.learn.features.readings import Weather
from segue.learn.features.registry import table
from segue.learn.features.surroundings import Surroundings
from segue.learn.given import given
from segue.learn.knowledge import Knowledge

ZONE = "Europe/Berlin"
NOON = round(datetime(2026, 3, 10, 12, tzinfo=UTC).timestamp()) * 1_000_000
TODAY = local_day(NOON, ZONE)


def daily(
    day: int,
    temp: float,
    *,
    observed: bool,
    known_at: int | None = None,
    place: str = "berlin",
    rain: float = 0.0,
) -> Reading:
    begins = day_begins(TODAY + day, ZONE)
    hours = (day_begins(TODAY + day + 1, ZONE) - begins) // HOUR
    known = begins + hours * HOUR if known_at is None else known_at
    return Reading(
        place=place, begins=begins, hours=hours, observed=observed, known_at=known, temp_c=temp, rain_mm=rain
    )


readings = st.builds(
    lambda day, temp, observed, known: daily(day, temp, observed=observed, known_at=NOON + known * HOUR),
    st.integers(-10, 10),
    st.integers(-20, 40).map(float),
    st.booleans(),
    st.integers(-300, 300),
)


@settings(max_examples=100, deadline=None)
@examples(st.lists(readings, max_size=30), st.integers(-200, 200))
def test_nothing_is_known_before_its_issue_or_before_it_was_made(
    all_of_them: list[Reading], hours: int
) -> None:
    moment = NOON + hours * HOUR
    sayable = [
        each
        for each in all_of_them
        if (max(each.known_at, each.begins + each.hours * HOUR) if each.observed else each.known_at) < moment
    ]
    whole = Weather(all_of_them, ZONE).days("berlin", TODAY - 20, TODAY + 20, moment)
    then = Weather(sayable, ZONE).days("berlin", TODAY - 20, TODAY + 20, moment)
    shown = {day: each["temp_c"] for day, each in whole.items()}
    assert shown == {day: each["temp_c"] for day, each in then.items()}
    assert set(shown) == {local_day(each.begins, ZONE) for each in sayable}


def test_an_observation_wins_over_forecasts_and_a_later_forecast_over_an_earlier() -> None:
    early = daily(-1, 5, observed=False, known_at=NOON - 3 * DAY)
    late = daily(-1, 7, observed=False, known_at=NOON - 2 * DAY)
    made = daily(-1, 9, observed=True)
    weather = Weather([late, made, early], ZONE)

    def at(moment: int) -> float:
        return weather.days("berlin", TODAY - 1, TODAY - 1, moment)[TODAY - 1]["temp_c"]

    assert at(NOON - 3 * DAY + 1) == 5
    assert at(NOON - 2 * DAY + 1) == 7
    assert at(NOON) == 9
    assert weather.days("berlin", TODAY - 1, TODAY - 1, NOON - 3 * DAY) == {}


def test_hours_make_a_day_when_enough_of_them_are_known() -> None:
    begins = day_begins(TODAY - 1, ZONE)
    hours = [
        Reading(
            place="berlin",
            begins=begins + hour * HOUR,
            hours=1,
            observed=True,
            known_at=0,
            temp_c=hour,
            rain_mm=0.5,
        )
        for hour in range(24)
    ]
    day = Weather(hours, ZONE).days("berlin", TODAY - 1, TODAY - 1, NOON)[TODAY - 1]
    assert (day["temp_c"], day["temp_min_c"], day["temp_max_c"], day["rain_mm"]) == (11.5, 0, 23, 12)
    assert Weather(hours[:17], ZONE).days("berlin", TODAY - 1, TODAY - 1, NOON) == {}
    # at noon of that day only what had ended by then: no day yet
    assert Weather(hours, ZONE).days("berlin", TODAY - 1, TODAY - 1, begins + 12 * HOUR) == {}


def test_a_store_finds_its_place_or_falls_back() -> None:
    two = Weather(
        [
            daily(-1, 1, observed=True),
            daily(-1, 2, observed=True, place="s2"),
            daily(-1, 3, observed=True, place="default"),
        ],
        ZONE,
        {"s1": "berlin", "s9": "atlantis"},
    )
    assert [two.place_of(store) for store in ("s1", "s2", "s3", "s9", "")] == [
        "berlin", "s2", "default", "default", "default",
    ]  # fmt: skip
    assert Weather([daily(-1, 1, observed=True)], ZONE).place_of("anything") == "berlin"
    several = Weather([daily(-1, 1, observed=True), daily(-1, 2, observed=True, place="s2")], ZONE)
    assert several.place_of("s7") is None
    assert several.days(None, TODAY - 1, TODAY, NOON) == {}


def test_a_person_has_the_weather_of_her_usual_store() -> None:
    source = given(
        {
            "person": ["ann", "ann", "ann", "bob", "cyd"],
            "time": [NOON - 2 * DAY, NOON - 3 * DAY, NOON - 4 * DAY, NOON - DAY, NOON - DAY],
            "sku": ["a"] * 5,
            "amount": [1.0] * 5,
            "store": ["s1", "s1", "s2", "s2", None],
        },
        zone=ZONE,
    )
    weather = Weather(
        [
            *(daily(-day, 10, observed=True, rain=2.0 if day == 2 else 0.0) for day in range(1, 8)),
            *(daily(-day, 20, observed=True, place="s2") for day in range(1, 8)),
            daily(1, 30, observed=False, known_at=NOON - HOUR),
        ],
        ZONE,
        {"s1": "berlin"},
    )
    around = Surroundings(weather=weather)
    names = ["temperature_7d", "wet_share", "temperature_coming"]
    rows = table(Knowledge(source, NOON), NOON, names, surroundings=around).values
    np.testing.assert_allclose(rows, [[10, 1 / 3, 30], [20, 0, np.nan], [np.nan, np.nan, np.nan]], rtol=1e-6)
    # before it was issued, the forecast is not there
    earlier = table(Knowledge(source, NOON), NOON - HOUR, names, surroundings=around).values
    assert np.isnan(earlier[0, 2])


def test_a_knowledge_takes_its_surroundings_from_its_source() -> None:
    source = given({"person": ["ann"], "time": [NOON - DAY], "sku": ["a"], "amount": [1.0]}, zone=ZONE)
    assert Knowledge(source, NOON).surroundings == Surroundings()
    object.__setattr__(source, "surroundings", Surroundings(country="DE"))
    assert Knowledge(source, NOON).before(NOON - 1).surroundings.country == "DE"


def test_no_readings_at_all() -> None:
    assert Weather([], ZONE).place_of("s1") is None
    assert Weather([], ZONE).days("berlin", 0, 100_000, NOON) == {}


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo"])
def test_a_day_elsewhere_is_the_same_day(zone: str) -> None:
    # Berlin's day, read by a retailer whose clocks are hours away
    day = Weather([daily(-1, 4, observed=True)], zone).days("berlin", TODAY - 1, TODAY - 1, NOON + DAY)
    assert day[TODAY - 1]["temp_c"] == 4
