"""The display in a real browser: plays its loop, changes when Segue says so, goes on without a network."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.console.conftest import BUILT, PATIENCE
from tests.served import Served, segue, serving

PLACEMENTS = """
placements:
  entrance: {touchpoint: display, slots: 2, formats: [portrait], fallback: welcome, seen_by: many, exploration: 0, timeout_ms: 5000}
"""  # noqa: E501
ACTIONS = """
actions:
  welcome: {kind: content, content: [{format: portrait, headline: Welcome in}]}
  soup: {kind: offer, value: 3, content: [{format: portrait, headline: Hot soup, body: With bread}]}
  mug: {kind: offer, value: 9, stock: {sku: mug}, content: [{format: portrait, headline: The last mug}]}
"""
AWAY = re.compile(r"ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to load resource|ERR_CONNECTION")


@pytest.fixture(scope="module")
def shop(short_folder: Path) -> Iterator[Served]:
    """A server with a display's placement and one mug at its store."""
    if not BUILT.exists():
        pytest.skip("NOT TESTED: the display, because the console is not built (make console)")
    with serving(short_folder / "display") as served:
        served.define(
            {
                "placements.yaml": PLACEMENTS,
                "actions.yaml": ACTIONS,
                "products.csv": "sku,name\nmug,Mug\n",
                "stores.csv": "store,name\ns1,First\n",
                "inventory.csv": "sku,store,on_hand\nmug,s1,1\n",
            }
        )
        yield served


@pytest.fixture(scope="module")
def address(shop: Served) -> str:
    [display] = [
        each
        for each in json.loads(segue("screens", "--json", "--data", str(shop.data)))
        if each["screen"] == "display"
    ]
    return str(display["address"])


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1080, "height": 1920}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture(scope="module")
def errors() -> list[str]:
    return []


@pytest.fixture(scope="module")
def display(context: BrowserContext, address: str, errors: list[str]) -> Page:
    """The display as it stands in the shop, opened once by its address."""
    page = context.new_page()
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(f"uncaught: {error}"))
    page.goto(address)
    return page


def events(shop: Served, name: str) -> list[Any]:
    asked = f"select properties from events where event = '{name}'"
    return [row["properties"] for row in json.loads(segue("sql", asked, "--json", "--data", str(shop.data)))]


def test_it_plays_what_its_placement_shows(display: Page) -> None:
    expect(display.get_by_role("heading", name="The last mug")).to_be_visible()
    expect(display.get_by_role("heading", name="Hot soup")).to_be_visible()
    expect(display.get_by_text("With bread")).to_be_visible()


def test_its_key_is_gone_from_the_address(display: Page, address: str) -> None:
    key = parse_qs(urlsplit(address).fragment)["key"][0]
    assert key not in display.url
    assert key not in display.content()


def test_what_was_on_the_screen_is_told_once(display: Page, shop: Served) -> None:
    until = time.monotonic() + PATIENCE / 1_000
    while len(shown := events(shop, "Action Shown")) < 2 and time.monotonic() < until:
        display.wait_for_timeout(500)
    display.wait_for_timeout(1_500)  # another, were there one
    shown = events(shop, "Action Shown")
    assert {each["action"] for each in shown} == {"mug", "soup"}
    assert len({(each["decision_id"], each["slot"]) for each in shown}) == len(shown)


def test_what_is_sold_out_disappears(display: Page, shop: Served) -> None:
    shop.define({"inventory.csv": "sku,store,on_hand\nmug,s1,0\n"})
    expect(display.get_by_role("heading", name="The last mug", include_hidden=True)).to_have_count(0)
    expect(display.get_by_role("heading", name="Hot soup")).to_be_visible()


def test_without_a_network_it_plays_on_even_after_it_was_switched_off(
    display: Page, context: BrowserContext, errors: list[str]
) -> None:
    display.wait_for_function("navigator.serviceWorker.controller !== null")
    display.reload()  # what is loaded from now on is kept
    expect(display.get_by_role("heading", name="Hot soup")).to_be_visible()
    assert not errors
    context.set_offline(True)
    display.reload()
    expect(display.get_by_role("heading", name="Hot soup")).to_be_visible()
    expect(display.get_by_role("status")).to_be_visible()
    context.set_offline(False)
    expect(display.get_by_role("status")).to_have_count(0)
    assert not [each for each in errors if not AWAY.search(each)]


def test_a_screen_that_was_never_set_up_says_how(chromium: Browser, shop: Served) -> None:
    page = chromium.new_page()
    page.goto(f"{shop.url}/screens/display")
    expect(page.get_by_text("segue screens")).to_be_visible()
    page.goto(f"{shop.url}/screens/")
    expect(page.get_by_role("link", name="kiosk")).to_be_visible()
    page.close()
