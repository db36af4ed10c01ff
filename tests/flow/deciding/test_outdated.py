"""A worker that has not heard of the newest definitions learns of what was decided by them all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segue import flow
from segue.app import installation as houses
from segue.domain.drafts import Sender
from segue.ports.clock import ManualClock
from tests.flow.api.harness import opened, track
from tests.flow.deciding.conftest import ACTIONS, PLACEMENTS, decide

AT = "2026-03-01T12:00:01Z"


@pytest.mark.parametrize("before", ["no actions", "another version"])
def test_what_is_told_of_newer_definitions_is_understood_by_them(
    database_url: str, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    monkeypatch.setattr(houses, "RULES_ARE_FRESH_FOR", 3_600.0)
    with opened(database_url, clock, tmp_path) as shop:
        if before == "another version":
            shop.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
        house = shop.installation
        worker = houses.Installation(tmp_path, house.settings, house.url, house.secret, clock)
        try:
            worker.step()
            shop.define({"placements.yaml": PLACEMENTS, "actions.yaml": f"{ACTIONS}\n# as it is now\n"})
            told = decide(shop, "home_hero", identifiers={"user_id": "ann"})
            said: dict[str, Any] = {"decision_id": told["decision_id"], "slot": 0}
            seen = track("Action Shown", "s1", AT, user_id="ann", properties=said)
            accepted = flow.accept(
                [seen], Sender(source="shop", trusted=True), house.rules(), house.secret, clock.now()
            )
            house.log.append(accepted.entries, accepted.dead)
            while worker.step().read:
                pass
            whole = shop.get(f"/api/v1/decisions/{told['decision_id']}")
            outcomes = [slot["outcome"] for slot in whole["decision"]["slots"]]
            assert told["fallback"] or outcomes[0] == "shown"
            assert not told["fallback"]
        finally:
            worker.close()
