"""What was put in force is followed at once: by the process that did it, and by all others that run."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from segue.app import installation as house
from segue.app.definitions import apply
from tests.flow.api.harness import Api
from tests.patience import PATIENCE

PLACEMENTS = "placements:\n  till: {touchpoint: till, formats: [line], fallback: hello}\n"
ACTIONS = "actions:\n  hello: {kind: content, content: [{format: line, headline: Hello}]}\n"
BODIES = {"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS}


def test_a_placement_can_be_asked_for_as_soon_as_it_is_in_force(api: Api) -> None:
    with api.installation.watching_rules():
        assert api.request("PUT", "/api/v1/definitions", body={"bodies": BODIES}).status == 200
        assert api.post("/api/v1/decisions", {"placement": "till"})["slots"]


def test_a_process_hears_what_another_one_has_put_in_force(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "RULES_ARE_FRESH_FOR", 3_600.0)
    other = house.connect(tmp_path / "other", api.installation.url)
    try:
        with other.watching_rules():
            apply(api.installation.database, api.installation.clock, BODIES, actor="test")
            until = time.monotonic() + PATIENCE
            while not other.rules().placements and time.monotonic() < until:
                time.sleep(0.01)
            assert [each.name for each in other.rules().placements] == ["till"]
    finally:
        other.close()
