"""An app, by HTTP and events alone: it asks, she taps and swipes away, and caps and suppressions follow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from segue.ports.clock import ManualClock
from tests.conftest import NOON
from tests.flow.api.harness import Api, opened, track
from tests.flow.deciding.conftest import decide

AT = "2026-03-01T12:00:00Z"
PLACEMENTS = (
    "placements: {app_home: {touchpoint: app, formats: [banner], fallback: story, timeout_ms: 10000}}"
)
ACTIONS = """
actions:
  story: {kind: content, content: [{format: banner, headline: Welcome}]}
  coffee:
    kind: offer
    value: 9
    caps: [{max: 3, within: 7 days}]
    suppress: [{outcome: dismissed, count: 2, within: 7 days, pause: 30 days}]
    content: [{format: banner, headline: Coffee}]
  news: {kind: content, value: 1, suppress: [{outcome: clicked, count: 1, within: 7 days, pause: 7 days}],
         content: [{format: banner, headline: News}]}
"""


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Api]:
    clock = ManualClock(NOON)
    with opened(database_url, clock, tmp_path) as api:
        api.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
        yield api


class App:
    """One installation of the app, with the two public keys that stand in it."""

    def __init__(self, shop: Api, device: str) -> None:
        self.shop, self.device, self.sent = shop, device, 0

    def ask(self, **given: Any) -> Any:
        """The slot that is shown, with its decision."""
        answer = decide(
            self.shop, "app_home", role="decide", identifiers={"anonymous_id": self.device}, **given
        )
        return {"decision_id": answer["decision_id"], **answer["slots"][0]}

    def tell(self, event: str, slot: Any, times: int = 1) -> None:
        """What she does; ``times``: as often as the network has it sent."""
        self.sent += 1
        said = {"decision_id": slot["decision_id"], "slot": 0, "action": slot["action"]}
        name = f"{self.device}-{self.sent}"
        for _ in range(times):
            self.shop.happen(
                track(event, name, AT, anonymous_id=self.device, properties=said), source="app", trusted=False
            )

    def see(self, wanted: str) -> Any:
        """Ask until the wanted action is drawn, and look at it."""
        for _ in range(200):
            slot = self.ask()
            if slot["action"] == wanted:
                self.tell("Action Shown", slot)
                return slot
        raise AssertionError(f"{wanted} is never drawn")


def outcome(shop: Api, slot: Any) -> Any:
    return shop.get(f"/api/v1/decisions/{slot['decision_id']}")["decision"]["slots"][0]["outcome"]


def offered(shop: Api, device: str) -> dict[str, str]:
    """Action → the stage at which it falls out for this device; nothing is used up."""
    told = decide(shop, "app_home", identifiers={"anonymous_id": device}, explain=True, at=AT)
    return {each["action"]: each["stage"] for each in told["explanation"]["dropped"]}


def test_she_swipes_it_away_twice_and_is_left_in_peace(shop: Api) -> None:
    app, other = App(shop, "phone"), App(shop, "another phone")
    first = app.see("coffee")
    app.tell("Action Dismissed", first, times=3)
    assert outcome(shop, first) == "dismissed"
    assert offered(shop, "phone").get("coffee") != "suppressed", "one swipe, however often it is sent"
    second = app.see("coffee")
    app.tell("Action Dismissed", second)
    assert offered(shop, "phone")["coffee"] == "suppressed"
    assert all(app.ask()["action"] != "coffee" for _ in range(20))
    assert other.see("coffee")["action"] == "coffee"


def test_what_she_saw_counts_for_its_cap_whatever_she_does(shop: Api) -> None:
    app = App(shop, "phone")
    for event in ("Action Clicked", "Action Dismissed", None):
        slot = app.see("coffee")
        if event is not None:
            app.tell(event, slot)
    assert offered(shop, "phone")["coffee"] == "caps"
    assert all(app.ask()["action"] != "coffee" for _ in range(20))


def test_a_tap_is_a_success_of_content_and_no_more_than_interest_in_an_offer(shop: Api) -> None:
    app = App(shop, "phone")
    offer, news = app.see("coffee"), app.see("news")
    for slot in (offer, news):
        app.tell("Action Clicked", slot)
        assert outcome(shop, slot) == "clicked"
    told = {each["action"]: each for each in shop.get("/api/v1/policies/app_home")["actions"]}
    assert (told["coffee"]["accepted"], told["news"]["accepted"]) == (0, 1)
    assert offered(shop, "phone")["news"] == "suppressed", "one tap, then a week of peace"
    app.tell("Action Accepted", offer)
    app.tell("Action Dismissed", offer)
    assert outcome(shop, offer) == "accepted", "nothing undoes a success"
