"""A small demo for the till's and the shop's pages: products, stores, three customers, four placements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from segue.app.demo.story import KeptStory, write_story
from tests.console.conftest import BUILT, PATIENCE, sign_in
from tests.console.shop import person_of, send
from tests.served import Served, segue, serving

SDK = BUILT.parents[2] / "collecting" / "sdk" / "sdk.js"

DEFINITIONS = {
    "placements.yaml": """
placements:
  home_hero: {touchpoint: web, formats: [banner], fallback: welcome, exploration: 0, timeout_ms: 5000}
  product_page: {touchpoint: web, formats: [strip], fallback: welcome, exploration: 0, timeout_ms: 5000}
  cart: {touchpoint: web, slots: 2, formats: [strip], fallback: welcome, exploration: 0, timeout_ms: 5000}
  till: {touchpoint: till, slots: 2, formats: [line], fallback: thanks, exploration: 0, timeout_ms: 5000}
""",
    "actions.yaml": """
actions:
  welcome:
    kind: content
    content: [{format: banner, headline: Good day}, {format: strip, headline: Good day}]
  thanks: {kind: content, content: [{format: line, headline: Thank her}]}
  tea_today:
    kind: offer
    stock: {sku: tea-1}
    value: 2
    discounts: [10]
    floor: 1
    content:
      - &tea {format: banner, headline: "Tea, {{ discount }} % off", cta: To the tea, link: "?product=tea-1"}
      - {<<: *tea, format: strip}
      - {format: line, headline: "Tea, {{ discount }} % off", because: Our tea is fresh today.}
  bag:
    kind: offer
    value: 0.5
    applicable: {field: basket.value, op: ">=", value: 5}
    content: [{format: line, headline: A bag for all that}]
""",
    "products.csv": """sku,name,category,brand,price
tea-1,Green tea,TEA,Leaf,3.99
tea-2,Black tea,TEA,Leaf,2.49
mug-1,BLUE MUG,MUGS,Clay,10.00
mug-2,Last mug,MUGS,Clay,8.00
milk,Oat milk,DAIRY,,0.99
""",
    "stores.csv": "store,name\ns1,Harbour\ns2,Riverside\n",
    "inventory.csv": """sku,store,on_hand,price
mug-1,,0,
mug-2,,2,
tea-1,,50,
tea-1,s1,20,3.79
tea-1,s2,20,
milk,s1,5,
""",
}


CUSTOMERS = ("ann", "bea", "dora")
"""The first two come to the till, the third to the shop."""


class Storefront:
    """The running demo, and how to look into it."""

    def __init__(self, data: Path) -> None:
        self._running = ExitStack()
        self.served: Served = self._running.enter_context(serving(data))
        #: what browsers had to complain of
        self.errors: list[str] = []

    def addresses(self) -> dict[str, str]:
        """Of every screen, with its keys."""
        found = segue("screens", "--json", "--store", "s1", "--data", str(self.served.data))
        return {each["screen"]: each["address"] for each in json.loads(found)}

    def stop(self) -> None:
        """Nobody answers any more."""
        self._running.close()

    def start(self) -> None:
        """At the same address as before."""
        before = self.served
        self.served = self._running.enter_context(serving(before.data, port=before.port))
        self.served.keys = before.keys

    def context(
        self, browser: Browser, width: int, *, watched: bool = False, locale: str = "en-GB"
    ) -> BrowserContext:
        """A browser of its own; ``watched``: an admin is signed in to the console in it."""
        context = browser.new_context(
            base_url=self.served.url,
            viewport={"width": width, "height": 844 if width < 768 else 800},
            has_touch=width < 768,
            locale=locale,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        if watched:
            sign_in(context, self.served, "admin")
        return context

    def page(self, context: BrowserContext) -> Page:
        """A page whose errors are held against the test."""
        page = context.new_page()

        def note(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.errors.append(f"{message.text} at {message.location['url']}")

        page.on("console", note)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        return page

    def person(self, identifier: str) -> Any:
        """The golden record of whoever has it, as soon as there is one."""
        return self.served.get(f"/api/v1/persons/{person_of(self.served, identifier)}")

    def events(self, identifier: str) -> list[dict[str, Any]]:
        """What she did, the oldest first."""
        person = person_of(self.served, identifier)
        found = self.served.get(f"/api/v1/persons/{person}/timeline?limit=200")["events"]
        return list(reversed(found))


def opened(data: Path) -> Iterator[Storefront]:
    """The demo in ``data``."""
    if not BUILT.exists() or not SDK.exists():
        pytest.skip("NOT TESTED: till and shop, because console or SDK are not built (make console sdk)")
    front = Storefront(data)
    try:
        write_story(data, KeptStory(made_at="2026-03-01T00:00:00Z", composed_sources=["web"], steps=[]))
        front.served.define(DEFINITIONS)
        send(front.served, [account(name) for name in CUSTOMERS])
        for name in CUSTOMERS:
            person_of(front.served, f"loyalty_card:card-{name}")
        yield front
    finally:
        front.stop()


def account(name: str) -> dict[str, Any]:
    """A customer with an account, an address and a card."""
    return {
        "type": "identify",
        "messageId": f"account-{name}",
        "userId": f"u-{name}",
        "traits": {"email": f"{name}@mail.example", "first_name": name.capitalize()},
        "context": {"externalIds": [{"id": f"card-{name}", "type": "loyalty_card"}]},
    }
