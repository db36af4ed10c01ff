"""Days as the calendar has them: pay days, holidays, months of any length."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.learn.features.calendar import EPOCH, days_table
from segue.learn.features.localtime import DAY, day_begins, local, local_day
from segue.learn.features.surroundings import Surroundings, country_of, known_country


def of(day: date, around: Surroundings) -> dict[str, float]:
    table = days_table(np.array([(day - EPOCH).days]), around)
    return {name: float(column[0]) for name, column in table.items()}


def test_christmas_in_germany() -> None:
    found = of(date(2026, 12, 23), Surroundings(country="DE"))
    assert found["days_to_holiday"] == 2
    assert found["holidays_14d"] == 3  # both days of Christmas, and New Year
    assert found["day_of_month"] == 23
    assert found["weekday"] == 2


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    day = date(2026, 3, 8)  # International Women's Day: Berlin only
    assert of(day, Surroundings(country="DE", subdivision="BE"))["days_to_holiday"] == 0
    assert of(day, Surroundings(country="DE", subdivision="BY"))["days_to_holiday"] > 0


def test_without_a_country_holidays_are_unknown_and_the_rest_is_there() -> None:
    found = of(date(2026, 12, 23), Surroundings())
    assert np.isnan(found["days_to_holiday"])
    assert np.isnan(found["holidays_14d"])
    assert found["days_to_pay_day"] == 9


def test_the_last_day_of_a_month_is_a_pay_day_where_it_is_said_so() -> None:
    last = Surroundings(pay_days=(0,))
    assert of(date(2026, 2, 28), last)["days_since_pay_day"] == 0
    assert of(date(2026, 2, 27), last)["days_to_pay_day"] == 1
    assert of(date(2026, 3, 3), last)["days_since_pay_day"] == 3


def test_a_pay_day_that_a_month_lacks_is_its_last() -> None:
    assert of(date(2026, 2, 28), Surroundings(pay_days=(31,)))["days_since_pay_day"] == 0


@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)))
@settings(max_examples=50, deadline=None)
def test_distances_are_never_negative_and_meet_on_the_day(day: date) -> None:
    found = of(day, Surroundings(country="US"))
    for kind in ("pay_day", "holiday"):
        ahead, behind = found[f"days_to_{kind}"], found[f"days_since_{kind}"]
        assert min(ahead, behind) >= 0
        assert (ahead == 0) == (behind == 0)
    assert found["days_to_pay_day"] <= 16


@pytest.mark.parametrize(
    ("zone", "country"), [("Europe/Berlin", "DE"), ("America/New_York", "US"), ("UTC", ""), ("Mars", "")]
)
def test_a_zone_tells_its_country(zone: str, country: str) -> None:
    assert country_of(zone) == country


def test_a_country_that_nobody_knows() -> None:
    assert known_country("DE", "BE")
    assert not known_country("DE", "ZZ")
    assert not known_country("XX")


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
)
@given(st.lists(st.integers(1_500_000_000, 1_800_000_000), min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_local_days_are_those_of_the_zones_clocks(zone: str, seconds: list[int]) -> None:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    days, into = local(np.array(seconds) * 1_000_000, zone)
    shown = [datetime.fromtimestamp(each, UTC).astimezone(ZoneInfo(zone)) for each in seconds]
    assert days.tolist() == [(each.date() - EPOCH).days for each in shown]
    assert into.tolist() == [
        (each.hour * 3600 + each.minute * 60 + each.second) * 1_000_000 for each in shown
    ]
    assert (into < DAY).all()


def test_the_first_moment_of_a_day() -> None:
    for zone in ("Europe/Berlin", "America/New_York"):
        for day in range(20_500, 20_560):
            begins = day_begins(day, zone)
            assert local_day(begins, zone) == day
            assert local_day(begins - 1, zone) == day - 1
