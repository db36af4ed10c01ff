"""Weather files as they come: Open-Meteo's answers in any of its units, and tables with a row a day."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from segue.app.weather import FILE, bring_weather, list_weather, moment_of, read_file, surroundings
from segue.domain.weather import HOUR
from segue.errors import InvalidInputError, NotFoundError, SettingsError, UnavailableError
from segue.settings import Settings
from segue.sources.weather import read_daily, read_open_meteo

DATA = Path(__file__).resolve().parents[5] / "shared" / "data" / "weather"


def us(*when: int) -> int:
    return round(datetime(*when, tzinfo=UTC).timestamp()) * 1_000_000  # type: ignore[misc,arg-type]


def answer(**changes: Any) -> bytes:
    body: dict[str, Any] = {
        "latitude": 52.52,
        "longitude": 13.42,
        "generationtime_ms": 0.1,
        "utc_offset_seconds": 3600,
        "timezone": "Europe/Berlin",
        "timezone_abbreviation": "CET",
        "elevation": 38.0,
        "hourly_units": {
            "time": "iso8601",
            "temperature_2m": "°C",
            "precipitation": "mm",
            "wind_speed_10m": "km/h",
        },
        "hourly": {
            "time": ["2026-03-01T00:00", "2026-03-01T01:00"],
            "temperature_2m": [3.5, None],
            "precipitation": [0.2, 0.0],
            "wind_speed_10m": [36.0, 18.0],
        },
        "daily_units": {
            "time": "iso8601",
            "temperature_2m_max": "°F",
            "precipitation_sum": "inch",
            "snowfall_sum": "inch",
        },
        "daily": {
            "time": ["2026-03-28", "2026-03-29"],
            "temperature_2m_max": [50.0, 68.0],
            "precipitation_sum": [1.0, 0.0],
            "snowfall_sum": [1.0, 0.0],
        },
    }
    return json.dumps({**body, **changes}).encode()


def test_an_answer_of_open_meteo() -> None:
    found = read_open_meteo(answer(), "berlin", us(2026, 3, 29))
    hours, days = found[:2], found[2:]
    assert [each.begins for each in hours] == [us(2026, 2, 28, 23), us(2026, 3, 1, 0)]
    assert [hours[0].temp_c, hours[0].rain_mm, hours[0].wind_ms] == pytest.approx([3.5, 0.2, 10])
    assert math.isnan(hours[1].temp_c)
    assert [each.temp_max_c for each in days] == [pytest.approx(10), pytest.approx(20)]
    assert [days[0].rain_mm, days[0].snow_cm] == pytest.approx([25.4, 2.54])
    # the clocks go forward on the 29th: its day has 23 hours
    assert [(each.begins, each.hours) for each in days] == [
        (us(2026, 3, 27, 23), 24),
        (us(2026, 3, 28, 23), 23),
    ]


def test_what_had_ended_is_observed_and_the_rest_is_forecast() -> None:
    issued = us(2026, 3, 29)
    found = read_open_meteo(answer(), "berlin", issued)
    assert [each.observed for each in found] == [True, True, True, False]
    assert found[2].known_at == found[2].begins + 24 * HOUR
    assert found[3].known_at == issued


def test_moments_as_numbers_are_seconds() -> None:
    columns = {"time": [us(2026, 3, 1) // 1_000_000], "temperature_2m": [1.0]}
    found = read_open_meteo(answer(hourly=columns, daily={}), "berlin", us(2026, 4, 1))
    assert found[0].begins == us(2026, 3, 1)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "the weather of x"),
        (b"[]", "the weather of x"),
        (b"\xff\xfe", "the weather of x"),
        (b"{}", "no hour and no day"),
        (
            answer(hourly={"time": ["2026-03-01T00:00"], "cape": [1.0]}, daily={}),
            "hourly columns are missing",
        ),
        (
            answer(hourly={}, daily={"time": ["2026-03-01"], "temperature_2m_max": []}),
            "daily columns are missing",
        ),
        (answer(hourly={"time": ["soon"], "temperature_2m": [1.0]}, daily={}), "'soon' is no time"),
        (answer(hourly={"time": [None], "temperature_2m": [1.0]}, daily={}), "'None' is no time"),
    ],
)
def test_what_is_no_answer_of_open_meteo_is_refused(raw: bytes, says: str) -> None:
    with pytest.raises(InvalidInputError, match=says) as refused:
        read_open_meteo(raw, "x", us(2026, 4, 1))
    assert refused.value.cure


def test_a_table_in_us_units_is_known_by_a_day_that_would_be_too_hot() -> None:
    found = read_daily(
        {
            "DATE": ["2022-07-01", "2022-07-02", "2022-07-03"],
            "TMAX": [95.0, 50.0, None],
            "TMIN": [68, 41, None],
            "PRCP": [1, "", None],
        },
        "nyc",
        "America/New_York",
        us(2023, 1, 1),
    )
    assert len(found) == 2  # a row that says nothing is left out
    assert [found[0].temp_max_c, found[0].temp_min_c] == pytest.approx([35, 20])
    assert found[0].rain_mm == pytest.approx(25.4)
    assert math.isnan(found[1].rain_mm)
    assert found[0].begins == us(2022, 7, 1, 4)


def test_a_metric_table_stays_as_it_is() -> None:
    found = read_daily(
        {"date": [date(2015, 1, 1), datetime(2015, 1, 2, tzinfo=UTC)], "temp_max": [12.8, 3.0]},
        "s",
        "UTC",
        us(2015, 1, 2),
    )
    assert [(each.temp_max_c, each.observed) for each in found] == [(12.8, True), (3.0, False)]


def test_a_table_without_days_or_weather_is_refused() -> None:
    for columns in ({"date": ["2026-01-01"]}, {"tmax": [1.0]}, {}):
        with pytest.raises(InvalidInputError, match="no date or nothing about weather"):
            read_daily(columns, "x", "UTC", 0)
    with pytest.raises(InvalidInputError, match="'tomorrow' is no date"):
        read_daily({"date": ["tomorrow"], "tmax": [1.0]}, "x", "UTC", 0)


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data folder is not here")
def test_the_published_tables() -> None:
    now = us(2026, 1, 1)
    nyc = read_file(DATA / "nyc_daily.parquet", "nyc", "America/New_York", now)
    seattle = read_file(DATA / "seattle_daily.parquet", "seattle", "America/Los_Angeles", now)
    assert (len(nyc), len(seattle)) == (56_245, 1_461)
    assert max(each.temp_max_c for each in nyc if not math.isnan(each.temp_max_c)) == pytest.approx(
        41.1, abs=0.1
    )
    assert max(each.rain_mm for each in seattle) == 55.9


# ── kept in the data directory ────────────────────────────────────────────────


def bring(data: Path, file: Path, place: str = "berlin", **others: Any) -> Any:
    return bring_weather(data, file, place, settings=Settings(), issued_at=us(2026, 3, 29), **others)


def test_a_file_twice_doubles_nothing_and_a_later_issue_is_kept_beside(tmp_path: Path) -> None:
    file = tmp_path / "week.json"
    file.write_bytes(answer())
    data = tmp_path / "data"
    first = bring(data, file, stores=["s1"])
    assert (first.read, first.new, first.observed, first.forecast) == (4, 4, 3, 1)
    assert bring(data, file, stores=["s2"]).new == 0
    again = bring_weather(data, file, "berlin", settings=Settings(), issued_at=us(2026, 3, 28, 12))
    assert again.new == 2  # both days as they were forecast half a day earlier
    place = list_weather(data)[0]
    assert (place.place, place.readings, place.forecasts, place.stores) == ("berlin", 6, 3, ["s1", "s2"])


def test_models_are_told_what_surrounds_the_shop(tmp_path: Path) -> None:
    (tmp_path / "days.csv").write_text("date,tmax,prcp\n2026-03-01,12.5,0.4\n2026-03-02,,\n")
    bring(tmp_path, tmp_path / "days.csv", stores=["s1"])
    around = surroundings(tmp_path, Settings(country="DE-BE", pay_days="last,15"), "Europe/Berlin")
    assert (around.country, around.subdivision, around.pay_days) == ("DE", "BE", (0, 15))
    assert around.weather is not None
    assert around.weather.place_of("s1") == "berlin"
    assert surroundings(tmp_path / "none", Settings(), "Europe/Paris").country == "FR"
    assert surroundings(tmp_path / "none", Settings(), "UTC").weather is None
    with pytest.raises(SettingsError, match="XX"):
        surroundings(tmp_path, Settings(country="XX"), "UTC")


def test_files_that_are_none(tmp_path: Path) -> None:
    for name in ("gone.json", "gone.csv", "gone.parquet"):
        with pytest.raises(NotFoundError, match=name):
            bring(tmp_path, tmp_path / name)
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and no more")
    (tmp_path / "bad.csv").write_bytes(b"")
    for name in ("bad.parquet", "bad.csv"):
        with pytest.raises(InvalidInputError, match=name):
            bring(tmp_path, tmp_path / name)
    with pytest.raises(InvalidInputError, match="place"):
        bring(tmp_path, tmp_path / "bad.csv", "")


def test_a_broken_store_of_weather_is_said_and_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not parquet")
    (tmp_path / "days.csv").write_text("date,tmax\n2026-03-01,12.5\n")
    with pytest.raises(UnavailableError, match=FILE) as refused:
        bring(tmp_path, tmp_path / "days.csv")
    assert refused.value.cure
    assert (tmp_path / FILE).read_bytes() == b"not parquet"


def test_a_moment_is_asked_for_with_its_zone() -> None:
    assert moment_of("2026-03-01T06:00:00Z") == us(2026, 3, 1, 6)
    for text in ("yesterday", "2026-03-01", "2026-03-01T06:00:00"):
        with pytest.raises(InvalidInputError, match="is no moment"):
            moment_of(text)
