"""What a person sees while the demo runs, and when a browser is opened."""

from __future__ import annotations

import webbrowser

import pytest

from segue.app.demo.stepping import STEPS, StepProgress, step
from segue.edge.cli.demo import can_open, open_browser
from segue.edge.cli.stepping import line_of, steps_shown


def test_without_a_terminal_each_step_that_is_done_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with steps_shown() as tell:
        with step("prepare", tell) as running:
            running.reached(1_478_799, 1.0, "rows")
        with step("baskets", tell) as running:
            running.reached(10, 0.5)
            running.reached(155_848, 1.0)
        with pytest.raises(ValueError, match="broken"), step("story", tell):
            raise ValueError("broken")
    told = capsys.readouterr()
    assert not told.out
    first, second = told.err.splitlines()
    assert f"1/{len(STEPS)} prepare" in first
    assert "1,478,799 rows" in first
    assert f"2/{len(STEPS)} baskets" in second
    assert "155,848 events" in second


def test_a_line_says_how_many_how_fast_and_how_long() -> None:
    done = StepProgress(step="baskets", fraction=1.0, count=8_000, unit="events", seconds=2.0, done=True)
    assert line_of(done).split() == [
        "✓",
        "2/9",
        "baskets",
        "8,000",
        "events",
        "4,000",
        "events/s",
        "2.0",
        "s",
    ]
    nothing = StepProgress(step="start", fraction=1.0, count=0, unit="events", seconds=3.25, done=True)
    assert line_of(nothing, "+").split() == ["+", "9/9", "start", "3.2", "s"]


def test_a_terminal_sees_a_bar_that_gives_way_to_the_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with steps_shown() as tell, step("composed world", tell) as running:
        running.reached(500)
        running.reached(1_000)
    assert "6/9 composed world" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("environment", "terminal", "platform", "opens"),
    [
        ({"DISPLAY": ":0"}, True, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True, "linux", True),
        ({}, True, "darwin", True),
        ({}, True, "linux", False),
        ({"DISPLAY": ":0"}, False, "linux", False),
        ({}, False, "darwin", False),
    ],
)
def test_a_browser_is_opened_only_where_somebody_can_see_it(
    environment: dict[str, str], terminal: bool, platform: str, opens: bool
) -> None:
    assert can_open(environment, terminal=terminal, platform=platform) is opens


def test_without_a_browser_the_link_is_left_to_be_opened_by_hand(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_link: str) -> bool:
        raise webbrowser.Error

    monkeypatch.setattr(webbrowser, "open", none)
    open_browser("http://127.0.0.1:8765/console/sign-in#link=x")
    assert "by hand" in capsys.readouterr().err
