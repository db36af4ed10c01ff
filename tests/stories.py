"""Modules whose tests tell one story: they share what is costly to set up, and run as they are written."""

from __future__ import annotations

from pathlib import Path

import pytest


def in_written_order(items: list[pytest.Item], folder: Path) -> None:
    """Put the tests of each module in ``folder`` back into its own order; modules stay where they came."""
    stories: dict[Path, list[pytest.Item]] = {}
    for item in items:
        if item.path.parent == folder:
            stories.setdefault(item.path, []).append(item)
    for story in stories.values():
        ordered = iter(sorted(story, key=_line))
        mine = set(map(id, story))
        items[:] = [next(ordered) if id(item) in mine else item for item in items]


def _line(item: pytest.Item) -> int:
    """Where a test stands in its module."""
    return item.reportinfo()[1] or 0
