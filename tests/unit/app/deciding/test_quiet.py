"""Quiet hours end at the very moment her clock says so, also in the nights in which it is put."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from segue.app.deciding.moment import clock_of
from segue.domain.actions import Placement, Quiet
from segue.domain.order import micros

ZONES = (
    "Europe/Berlin", "Europe/London", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe",
    "Africa/Casablanca", "Asia/Beirut", "America/Havana", "Antarctica/Troll", "Pacific/Apia",
)  # fmt: skip
"""Clocks that are put at two, at one, at midnight, by half an hour, by two, and by a whole day."""
MINUTE = timedelta(minutes=1)


@cache
def put(zone: str) -> tuple[datetime, ...]:
    """When the clocks of a zone are put, from 2008 to 2030: the first minute that is otherwise, in UTC."""
    there, found = ZoneInfo(zone), []
    hour, end = datetime(2008, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    while hour < end:
        after = hour + timedelta(hours=1)
        if hour.astimezone(there).utcoffset() != after.astimezone(there).utcoffset():
            minute = hour
            while minute.astimezone(there).utcoffset() == hour.astimezone(there).utcoffset():
                minute += MINUTE
            found.append(minute)
        hour = after
    return tuple(found)


NIGHTS = st.sampled_from(ZONES).flatmap(lambda zone: st.tuples(st.just(zone), st.sampled_from(put(zone))))
HOURS = st.tuples(st.integers(0, 1_439), st.integers(0, 1_439)).filter(lambda both: both[0] != both[1])


def is_quiet(moment: datetime, zone: str, quiet: Quiet) -> bool:
    """Whether it is quiet by her clock, as a decision reads it."""
    sms = Placement(name="sms", touchpoint="sms", formats=("line",), fallback="story", quiet=quiet)
    clock = clock_of(micros(moment), sms, [zone, "UTC"])
    assert clock is not None
    assert clock.zone == zone
    return quiet.holds(clock.minute)


@given(NIGHTS, HOURS, st.integers(-26 * 60, 26 * 60))
@example(("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)), (22 * 60, 150), 0)
@example(("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)), (22 * 60, 135), 0)
def test_it_is_quiet_exactly_while_her_clock_stands_between_the_two(
    night: tuple[str, datetime], hours: tuple[int, int], away: int
) -> None:
    """Minute by minute around the moment, by a clock that is read otherwise: as text on a wall."""
    (zone, moment), (begins, ends) = night, hours
    there = ZoneInfo(zone)
    for step in range(-40, 40):
        minute = moment + (away + step) * MINUTE
        wall = minute.astimezone(there).strftime("%H:%M")
        first, last = f"{begins // 60:02}:{begins % 60:02}", f"{ends // 60:02}:{ends % 60:02}"
        held = first <= wall < last if first < last else wall >= first or wall < last
        for second in (0, 59):
            assert is_quiet(minute + timedelta(seconds=second), zone, Quiet(begins, ends)) is held, wall


@given(NIGHTS, st.integers(0, 1_439), st.integers(30, 20 * 60))
def test_the_end_is_the_first_moment_at_which_her_clock_says_so_or_has_leapt_over_it(
    night: tuple[str, datetime], ends: int, long: int
) -> None:
    """From one microsecond to the next; an hour that is there twice is quiet twice."""
    (zone, moment), quiet = night, Quiet((ends - long) % 1_440, ends)
    there = ZoneInfo(zone)
    minutes = [moment + step * MINUTE for step in range(-26 * 60, 26 * 60)]
    over = [
        after
        for before, after in pairwise(minutes)
        if is_quiet(before, zone, quiet) and not is_quiet(after, zone, quiet)
    ]
    assert over, "two days have an end"
    for end in over:
        assert is_quiet(end - timedelta(microseconds=1), zone, quiet)
        now, before = (each.astimezone(there) for each in (end, end - MINUTE))
        if now.utcoffset() == before.utcoffset():
            assert now.hour * 60 + now.minute == ends, "on the minute"
        else:
            assert end == moment or end in put(zone), "her clock was put in that minute"
            assert not quiet.holds(now.hour * 60 + now.minute)
