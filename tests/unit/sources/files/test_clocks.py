"""In which format times are written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.sources.files.cells import compile_instant
from segue.sources.files.clocks import Clock, clock_of
from segue.sources.files.mapping import Cell

FORMATS = [
    "%d.%m.%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%y",
    "%Y/%m/%d %H:%M",
    "%d-%b-%Y %I:%M %p",
    "%Y%m%d",
    "%m/%d/%y %H:%M",
]


@given(st.sampled_from(FORMATS), st.integers(0, 48 * 365))
def test_a_month_of_times_is_read_as_it_was_written(pattern: str, days: int) -> None:
    first = datetime(2001, 1, 1, tzinfo=UTC) + timedelta(days=days)
    moments = [first + timedelta(hours=7 * n) for n in range(120)]
    clock = clock_of([each.strftime(pattern) for each in moments], "UTC")
    assert clock is not None
    assert clock.format is not None
    for moment in moments:
        text = moment.strftime(pattern)
        said = {
            compile_instant(Cell(column="t", format=each), ["t"])((text,)) for each in (pattern, clock.format)
        }
        assert len(said) == 1


@pytest.mark.parametrize(
    ("texts", "zone", "clock"),
    [
        (["2026-01-31T10:00:00Z"], "UTC", Clock(None)),
        (["2026-01-31 10:00"], "UTC", Clock(None)),
        (["2026-01-31"], "UTC", Clock(None)),
        (["1770000000"], "UTC", Clock(None)),
        (["1770000000000"], "UTC", Clock(None)),
        (["01/02/2026"], "Europe/Berlin", Clock("%d/%m/%Y", unsure=True)),
        (["01/02/2026"], "America/Chicago", Clock("%m/%d/%Y", unsure=True)),
        (["12/1/10", "12/2/10", "12/3/10"], "Europe/London", Clock("%m/%d/%y", unsure=True)),
        (["1/12/10", "2/12/10", "3/12/10"], "America/Chicago", Clock("%d/%m/%y", unsure=True)),
        (["13/1/2026"], "America/Chicago", Clock("%d/%m/%Y")),
        (["Jan 5, 2026"], "UTC", Clock("%b %d, %Y")),
        ([], "UTC", None),
        (["hello"], "UTC", None),
        (["12"], "UTC", None),
        (["0815"], "UTC", None),
        (["2026-01-31", "soon"], "UTC", None),
        (["99/99/2026"], "UTC", None),
    ],
)
def test_a_column_s_format(texts: list[str], zone: str, clock: Clock | None) -> None:
    assert clock_of(texts, zone) == clock


def test_seconds_and_milliseconds_as_text_are_times() -> None:
    take = compile_instant(Cell(column="t"), ["t"])
    assert take(("1770000000",)) == take(("1770000000000",)) == take((1_770_000_000,))
