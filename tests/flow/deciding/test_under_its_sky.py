"""A question that says nothing of the weather is answered by the weather at its store, as it was imported."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from segue.app.weather import bring_weather
from segue.ports.clock import ManualClock
from tests.conftest import NOON, Databases
from tests.flow.api.harness import Api, opened
from tests.flow.deciding.conftest import decide
from tests.patience import PATIENCE

PLACEMENTS = "placements: {home: {touchpoint: web, formats: [any], fallback: story, timeout_ms: 10000}}"
ACTIONS = """
actions:
  story: {kind: content, content: [{format: any, text: Welcome}]}
  umbrella:
    kind: offer
    applicable: {field: context.weather.rain_mm, op: ">", value: 0}
    value: 9
    content: [{format: any, text: "Dry at {{ context.weather.temp_c }} degrees"}]
"""
RAIN = "Dry at 2.5 degrees"


@pytest.fixture(scope="module")
def shop(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """It rains on the hill, where s1 is, from eleven on; in the town it is dry until two."""
    folder = tmp_path_factory.mktemp("sky")
    with databases.lend() as url, opened(url, ManualClock(NOON), folder) as api:
        api.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
        bring(api, "hill", [0, 0, 3, 3, 3, 3], 2.5, stores=["s1"])
        bring(api, "town", [0, 0, 0, 0, 1, 1], 9.0)
        yield api


def bring(shop: Api, place: str, rain: Sequence[float], temp_c: float, stores: Sequence[str] = ()) -> None:
    """Hours from nine on of the first of March, as Open-Meteo answers them at noon."""
    hours = [f"2026-03-01T{9 + number:02}:00" for number in range(len(rain))]
    told = {"time": hours, "precipitation": rain, "temperature_2m": [temp_c] * len(rain)}
    units = {"time": "iso8601", "temperature_2m": "°C", "precipitation": "mm"}
    file = shop.installation.data.with_name(f"{place}.json")
    file.write_bytes(
        msgspec.json.encode({"utc_offset_seconds": 0, "hourly_units": units, "hourly": told})
    )  # fmt: skip
    bring_weather(
        shop.installation.data,
        file,
        place,
        settings=shop.installation.settings,
        issued_at=NOON,
        stores=stores,
    )


def text(answer: Any) -> str:
    [slot] = answer["slots"]
    return str(slot["content"]["text"])


@pytest.mark.parametrize(
    ("context", "at", "shown"),
    [
        ({"store": "s1"}, None, RAIN),
        ({"store": "hill"}, None, RAIN),
        ({"store": "town"}, None, "Welcome"),
        ({"store": "town"}, "2026-03-01T13:30:00Z", "Dry at 9.0 degrees"),
        ({"store": "s1"}, "2026-03-01T10:30:00Z", "Welcome"),
        ({"store": "s9"}, None, "Welcome"),
        ({}, None, "Welcome"),
        ({"store": 7}, None, "Welcome"),
        ({"store": "s1", "weather": {"rain_mm": 0}}, None, "Welcome"),
        ({"store": "town", "weather": {"rain_mm": 1, "temp_c": 20}}, None, "Dry at 20 degrees"),
    ],
    ids=[
        "its place", "its own name", "elsewhere", "as forecast", "earlier", "nowhere", "no store",
        "no name of a store", "she says it is dry", "she says it rains",
    ],
)  # fmt: skip
@pytest.mark.parametrize("role", ["admin", "decide"])
def test_it_is_answered_by_the_weather_at_its_store_unless_it_brings_its_own(
    shop: Api, role: str, context: dict[str, Any], at: str | None, shown: str
) -> None:
    question: dict[str, Any] = {"placement": "home", "context": context, "at": at}
    assert text(decide(shop, role=role, **question)) == shown
    batch = shop.request("POST", "/api/v1/decisions/batch", role=role, body={"requests": [question] * 2})
    assert [text(each) for each in batch.json()["decisions"]] == [shown, shown]


def test_a_flag_has_it_too_and_the_decision_keeps_it(shop: Api) -> None:
    context = {"targetingKey": "d1", "kind": "anonymous_id", "store": "s1"}
    flag = shop.request("POST", "/ofrep/v1/evaluate/flags/home", role="decide", body={"context": context})
    assert flag.json()["value"]["text"] == RAIN
    answer = decide(shop, "home", context={"store": "s1"})
    whole = shop.get(f"/api/v1/decisions/{answer['decision_id']}")
    assert whole["context"]["weather"] == {"temp_c": 2.5, "rain_mm": 3.0}
    assert whole["replay"] == "same"


def test_weather_that_is_imported_while_it_answers_holds_in_a_moment(
    database_url: str, tmp_path: Path
) -> None:
    with opened(database_url, ManualClock(NOON), tmp_path / "data") as shop:
        shop.installation.data.mkdir()
        shop.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
        assert text(decide(shop, "home", context={"store": "s1"})) == "Welcome"
        bring(shop, "anywhere", [3] * 6, 2.5)
        until = time.monotonic() + PATIENCE
        while text(decide(shop, "home", context={"store": "s1"})) != RAIN:
            assert time.monotonic() < until, "it is looked at four times a second"
