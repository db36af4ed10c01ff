"""How long decisions last: silence ends the wait for a slot, and age deletes everything."""

from __future__ import annotations

import pytest

from segue.app.deciding.retention import forget_old
from segue.domain.order import DAY, MINUTE
from segue.ports.clock import ManualClock
from segue.ports.statements import Statement
from tests.flow.api.harness import Api, track
from tests.flow.deciding.conftest import decide

COUNT = Statement("count", "", "select (select count(*) from decision), (select count(*) from contact)")
AT = "2026-03-01T12:00:01Z"


def kept(shop: Api) -> tuple[int, int]:
    """Decisions and slots that are kept."""
    with shop.installation.database.transaction(read_only=True) as session:
        [(decisions, contacts)] = session.fetch(COUNT)
    return decisions, contacts


@pytest.mark.parametrize("at_once", [1, 5_000])
def test_what_is_old_is_deleted_and_what_is_not_stays(shop: Api, clock: ManualClock, at_once: int) -> None:
    for _ in range(3):
        decide(shop, "till")
    clock.advance(10 * DAY)
    young = decide(shop, "till")["decision_id"]
    before = kept(shop)
    database = shop.installation.database
    assert forget_old(database, clock.now() - 1, 10, at_once=at_once) == 0
    assert kept(shop) == before
    assert forget_old(database, clock.now() + 1, 10, at_once=at_once) == 3 + before[1] - before[1] // 4
    assert kept(shop) == (1, before[1] // 4)
    assert [each["decision_id"] for each in shop.get("/api/v1/decisions")["decisions"]] == [young]
    assert shop.get(f"/api/v1/decisions/{young}")["replay"] == "same"


def test_nothing_is_awaited_for_ever(shop: Api, clock: ManualClock) -> None:
    seen, unseen = decide(shop, "till"), decide(shop, "till")
    said = {"decision_id": seen["decision_id"], "slot": 0}
    shop.happen(track("Action Shown", "s1", AT, anonymous_id="a", properties=said))

    def outcomes(answer: dict[str, object]) -> list[str]:
        whole = shop.get(f"/api/v1/decisions/{answer['decision_id']}")
        return [slot["outcome"] for slot in whole["decision"]["slots"]]

    clock.advance(29 * MINUTE)
    assert outcomes(seen) == ["shown"]
    assert outcomes(unseen) == ["returned"]
    clock.advance(2 * MINUTE)
    assert outcomes(seen) == ["shown"]
    assert outcomes(unseen) == ["silent"]
    listed = shop.get("/api/v1/decisions")["decisions"]
    assert {slot["outcome"] for each in listed for slot in each["slots"]} == {"shown", "silent"}


def test_a_fallback_is_awaited_no_longer_either(shop: Api, clock: ManualClock) -> None:
    place = "{touchpoint: web, formats: [banner], fallback: story, silence: 2 minutes, timeout_ms: 10000}"
    nothing = "{kind: content, content: [{format: banner, headline: Welcome}]}"
    body = {
        "placements.yaml": f"placements: {{home: {place}}}",
        "actions.yaml": f"actions: {{story: {nothing}}}",
    }
    assert shop.request("PUT", "/api/v1/definitions", body={"bodies": body}).status == 200
    shop.installation.look_again()
    answer = decide(shop, "home")
    assert answer["fallback"]
    for outcome in ("returned", "silent"):
        [latest] = shop.get("/api/v1/decisions")["decisions"]
        assert [slot["outcome"] for slot in latest["slots"]] == [outcome]
        clock.advance(2 * MINUTE)
