"""What her clock says, whatever her zone does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.app.deciding.moment import clock_of
from segue.decide.asked import Clock
from segue.domain.actions import Placement, Quiet
from segue.domain.order import DAY, HOUR, MINUTE, SECOND, micros
from segue.enrich.calendar import day_and_hour

NIGHT = Quiet(22 * 60, 6 * 60)
SMS = Placement(name="sms", touchpoint="sms", formats=("line",), fallback="story", quiet=NIGHT)
ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia",
    "America/Sao_Paulo",
)  # fmt: skip


def at(text: str) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=UTC))


def clock(moment: int, *zones: object) -> Clock:
    found = clock_of(moment, SMS, zones)
    assert found is not None
    return found


@given(st.integers(at("2015-01-01"), at("2037-12-31")), st.sampled_from(ZONES))
def test_it_shows_the_time_there(moment: int, zone: str) -> None:
    """By the calendar's own arithmetic; and a minute later a minute more, but where the clock is put."""
    told = clock(moment, zone)
    assert (told.minute // 60, told.zone) == (day_and_hour(zone, moment)[1], zone)
    assert 0 <= told.minute < 1_440
    if day_and_hour(zone, moment)[1] == day_and_hour(zone, moment + MINUTE)[1]:
        assert clock(moment + MINUTE, zone).minute == (told.minute + 1) % 1_440


@pytest.mark.parametrize(
    ("moment", "minute"),
    [
        ("2026-03-29T00:59:59", 1 * 60 + 59),
        ("2026-03-29T01:00:00", 3 * 60),  # there is no half past two
        ("2026-10-25T00:30:00", 2 * 60 + 30),
        ("2026-10-25T01:30:00", 2 * 60 + 30),  # it is half past two once more
    ],
)
def test_where_clocks_are_put_forward_and_back(moment: str, minute: int) -> None:
    assert clock(at(moment), "Europe/Berlin") == Clock(minute, "Europe/Berlin")


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 7), ("2026-10-24", 9), ("2026-07-01", 8)])
def test_the_night_is_quiet_from_its_first_to_its_last_minute(day: str, hours: int) -> None:
    """From ten to six; in one night of the year an hour less, in another one more."""
    noon = at(f"{day}T12:00:00")
    minutes = [noon + step * MINUTE for step in range(DAY // MINUTE)]
    quiet = [NIGHT.holds(clock(each, "Europe/Berlin").minute) for each in minutes]
    assert sum(quiet) == hours * HOUR // MINUTE
    first = quiet.index(True)
    assert all(quiet[first : first + sum(quiet)]), "in one piece"


@pytest.mark.parametrize(
    "zone", [None, "", 7, "Nowhere/Land", "../../etc/passwd", "/etc/passwd", "Europe", "x" * 9_999, "a\0b"]
)
def test_a_zone_that_there_is_not_is_the_retailer_s(zone: object) -> None:
    assert clock(0, zone, "Europe/Berlin") == Clock(60, "Europe/Berlin")


def test_it_is_not_looked_at_where_no_hours_are_quiet() -> None:
    loud = Placement(name="web", touchpoint="web", formats=("line",), fallback="story")
    assert clock_of(12 * SECOND, loud, ("UTC",)) is None
