"""Durations as files write them: ``7 days``, ``2 hours``, ``ever``."""

from __future__ import annotations

import re
from typing import Any, Literal

from segue.domain.conditions import Window
from segue.domain.rules.yamls import wrong

LONGEST = {"minutes": 129_600, "hours": 2_160, "days": 3_660}
"""A window of hours keeps one sum an hour, so it is at most ninety days, as is one of minutes; one of days is
at most ten years."""

_TEXT = re.compile(r"([0-9]{1,6}) +(minute|hour|day|week)s?")
_UNITS: dict[str, tuple[Literal["minutes", "hours", "days"], int]] = {
    "minute": ("minutes", 1),
    "hour": ("hours", 1),
    "day": ("days", 1),
    "week": ("days", 7),
}


def read_window(value: Any, where: str, *, minutes: bool = False) -> Window | None:
    """A window; None for ``ever`` or nothing. DefinitionError.

    ``minutes``: whether it may move by minutes; what is counted over the past is counted by the hour.
    """
    if value is None or value == "ever":
        return None
    found = _TEXT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise wrong(where, f"{value!r} is no duration", "write it as 7 days, 2 hours or ever")
    if found[2] == "minute" and not minutes:
        raise wrong(
            where,
            "what she did is counted by whole hours or days",
            "write 1 hour, or more; minutes are for caps, suppressions and attribution",
        )
    unit, times = _UNITS[found[2]]
    length = int(found[1]) * times
    if not 1 <= length <= LONGEST[unit]:
        raise wrong(where, f"expected 1 to {LONGEST[unit]} {unit}, or ever", "choose one of these")
    return Window(unit, length)


def window_text(window: Window | None) -> str:
    """The inverse of :func:`read_window`."""
    if window is None:
        return "ever"
    return f"{window.length} {window.unit if window.length > 1 else window.unit[:-1]}"
