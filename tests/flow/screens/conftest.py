"""A shop with a display, a kiosk and a till, asked over its API in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from segue.ports.clock import ManualClock
from tests.conftest import NOON
from tests.flow.api.harness import Api, opened

PLACEMENTS = """
placements:
  entrance:  {touchpoint: display, slots: 2, formats: [portrait], fallback: brand_story, seen_by: many, exploration: 0, timeout_ms: 10000}
  menu:      {touchpoint: display, formats: [portrait], fallback: brand_story, seen_by: many, exploration: 0, timeout_ms: 10000}
  kiosk:     {touchpoint: kiosk, formats: [portrait], fallback: brand_story, exploration: 0, timeout_ms: 10000}
  till:      {touchpoint: till, formats: [line], fallback: brand_story, exploration: 0, timeout_ms: 10000}
"""  # noqa: E501
ACTIONS = """
actions:
  brand_story:
    kind: content
    content: [{format: line, headline: Welcome}, {format: portrait, headline: Welcome}]
  umbrella:
    kind: offer
    applicable: {field: context.weather.rain_mm, op: ">", value: 0}
    value: 40
    content: [{format: portrait, headline: "Dry at {{ context.weather.temp_c }} degrees"}]
  mug:
    kind: offer
    value: 5
    stock: {sku: mug}
    content: [{format: portrait, headline: Mug}]
  popular:
    kind: recommendation
    value: 1
    content: [{format: portrait, headline: Popular here}]
"""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def shop(database_url: str, clock: ManualClock, tmp_path: Path) -> Iterator[Api]:
    """The API over an empty installation in which the definitions above are in force."""
    with opened(database_url, clock, tmp_path) as api:
        api.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
        yield api
