"""OpenFeature's own SDK and provider for the web, in a real browser, on a page of another origin."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from json import dumps
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page

from tests.flow.conformance.browser.street import Site
from tests.flow.conformance.shop import Shop
from tests.patience import PATIENCE
from tests.served import Served

BULK = "/ofrep/v1/evaluate/flags"


class Visitor:
    """A page with the provider in it, and what was answered to it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.statuses: list[int] = []
        page.on("response", self._note)

    def _note(self, response: Any) -> None:
        if response.url.endswith(BULK):
            self.statuses.append(response.status)

    def value(self, kind: str, key: str, default: Any) -> Any:
        return self.page.evaluate(f"flags.get{kind}Value({dumps(key)}, {dumps(default)})")


@pytest.fixture
def visitor(chromium: Browser, site: Site, served: Served, decide_key: str) -> Iterator[Visitor]:
    context = chromium.new_context()
    visitor = Visitor(context.new_page())
    given = ", ".join(map(dumps, (served.url, decide_key, {"targetingKey": "web-1", "locale": "en"})))
    page = '<!doctype html><script type="module" src="/js/flags.js"></script><h1>Mugs</h1>'
    visitor.page.goto(site.put("flags.html", page))
    visitor.page.wait_for_function("window.load !== undefined")
    visitor.page.evaluate(f"window.load({given})")
    yield visitor
    context.close()


def test_flags_are_what_placements_show_and_polls_use_up_nothing(
    visitor: Visitor, served: Served, shop: Shop
) -> None:
    value = visitor.value("Object", "home_hero", {})
    assert (value["headline"], value["action"]) == ("Coffee?", "coffee")
    assert visitor.value("String", "home_hero.headline", "") == "Coffee?"
    assert visitor.value("String", "home_hero.action", "") == "coffee"
    assert visitor.value("Boolean", "home_hero.on", False) is True
    assert visitor.value("Number", "home_hero.discount", -1) == 0
    details = visitor.page.evaluate("flags.getStringDetails('nowhere', 'mine')")
    assert (details["value"], details["errorCode"]) == ("mine", "FLAG_NOT_FOUND")
    for _ in range(5):  # as the provider's own poll does
        visitor.page.evaluate("provider._fetchFlags(OpenFeature.getContext())")
    assert visitor.statuses == [200, *[304] * 5]
    shown = served.get("/api/v1/decisions?limit=500")["decisions"]
    assert len([each for each in shown if each["decision_id"] == value["decision_id"]]) == 1
    dismissed(shop, value["decision_id"])
    deadline = time.monotonic() + PATIENCE
    while visitor.value("String", "home_hero.action", "") != "story" and time.monotonic() < deadline:
        visitor.page.evaluate("provider._fetchFlags(OpenFeature.getContext())")
        time.sleep(0.1)
    assert visitor.value("String", "home_hero.action", "") == "story"


def dismissed(shop: Shop, decision_id: str) -> None:
    """She swipes it away."""
    event = {
        "type": "track", "event": "Action Dismissed", "messageId": f"swipe-{decision_id}",
        "anonymousId": "web-1",
        "timestamp": datetime.now(UTC).isoformat(), "properties": {"decision_id": decision_id, "slot": 0},
    }  # fmt: skip
    body = msgspec.json.encode({"batch": [event], "writeKey": shop.write_key})
    answer = shop._served.request(
        "POST", "/v1/batch", body=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status == 200, answer.body
