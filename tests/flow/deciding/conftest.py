"""A shop with placements and actions, asked over its API in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from segue.ports.clock import ManualClock
from tests.conftest import NOON
from tests.flow.api.harness import Api, opened

PLACEMENTS = """
placements:
  home_hero: {touchpoint: web, formats: [banner], fallback: brand_story, exploration: 0.05, timeout_ms: 10000, personal_facts: 1}
  entrance:  {touchpoint: display, slots: 3, formats: [portrait, banner], fallback: brand_story, seen_by: many, timeout_ms: 10000}
  till:      {touchpoint: till, slots: 2, formats: [line], fallback: brand_story, timeout_ms: 10000}
"""  # noqa: E501
ACTIONS = """
actions:
  brand_story:
    kind: content
    content:
      - {format: banner, headline: Welcome}
      - {format: line, text: Welcome}
      - {format: portrait, headline: Hi}
  free_coffee:
    kind: offer
    group: coffee
    audience: {field: traits.frequency, op: ">=", value: 1}
    applicable: {field: context.daypart, op: "=", value: midday}
    suitable: {not: {segment: open_complaint}}
    value: 1.80
    cost: 0.01
    caps: [{per: person, max: 2, within: 7 days}]
    suppress: [{outcome: dismissed, count: 1, within: 7 days, pause: 30 days}]
    levers: [{when: {did: Product Viewed, at_least: 2, within: 7 days}, multiply: 2}]
    content:
      - {format: banner, locale: en, headline: "Good day, {{ person.first_name | default: 'there' }}",
         because: "because you like our coffee"}
      - {format: banner, headline: "Good day"}
      - {format: line, text: "A coffee with it?"}
  last_mug:
    kind: offer
    value: 5
    stock: {sku: mug}
    content: [{format: banner, headline: The last mug}, {format: line, text: Mug}]
  umbrella:
    kind: offer
    applicable: {field: context.weather.rain, op: "=", value: true}
    value: 4
    content: [{format: portrait, headline: "Dry at {{ context.weather.temp_c }} degrees"}]
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


def decide(shop: Api, placement: str, *, role: str = "admin", status: int = 200, **given: Any) -> Any:
    """The answer to one question."""
    answer = shop.request("POST", "/api/v1/decisions", role=role, body={"placement": placement, **given})
    assert answer.status == status, answer.body
    return answer.json()
