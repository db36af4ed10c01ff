"""Home: what runs, what comes in as it comes, who is known, what needs somebody."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import BUILT, Opening
from tests.served import Served, serving

Look = Callable[[Page, str], None]
Check = Callable[[Page], None]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of our own: the first test wants it empty, those after it what the ones before have sent."""
    if not BUILT.exists():
        pytest.skip("NOT TESTED: the console, because it is not built (make console)")
    with serving(tmp_path_factory.mktemp("home") / "data") as served:
        yield served


def send(served: Served, kind: str, body: dict[str, Any]) -> None:
    """One event through the front door, as a trusted shop's client sends it."""
    key = served.key("ingest", "--source", "shop", "--trusted")
    headers = {
        "Content-Type": "application/json",
        "Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(),
    }
    answer = served.request("POST", f"/v1/{kind}", body=msgspec.json.encode(body), headers=headers)
    assert answer.status == 200, answer.body


def order(served: Served, number: int, **who: str) -> None:
    """An order of three pieces."""
    properties = {"order_id": f"o-{number}", "total": 42.5, "currency": "EUR", "products": [{"quantity": 3}]}
    event = {"messageId": f"m-{number}", "event": "Order Completed", "properties": properties, **who}
    send(served, "track", event)


def test_an_empty_installation_says_how_to_begin_and_notices_the_first_event(
    opening: Opening, served: Served, assert_accessible: Check, look: Look
) -> None:
    page = opening("/")
    expect(page.get_by_role("heading", name="Welcome to Segue")).to_be_visible()
    steps = page.get_by_role("region", name="First steps")
    expect(steps.get_by_role("listitem")).to_have_count(3)
    expect(steps.get_by_role("link", name="Connect a source")).to_have_attribute("href", "/console/sources")
    assert_accessible(page)
    look(page, "home-start")
    send(served, "identify", {"messageId": "i-1", "userId": "ann", "traits": {"name": "Ann Meadow"}})
    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()
    # the source is there now: its step is gone, the others stay until they are done or put away
    expect(steps.get_by_role("listitem")).to_have_count(2)
    page.get_by_role("button", name="Hide these steps").click()
    expect(steps).to_have_count(0)
    page.reload()
    expect(page.get_by_role("list", name="Key figures")).to_be_visible()
    expect(steps).to_have_count(0)


def test_an_event_is_told_in_words_as_it_comes(opening: Opening, served: Served) -> None:
    page = opening("/")
    rows = page.get_by_role("list", name="Events, newest first")
    expect(page.get_by_text("live", exact=True).first).to_be_visible()
    order(served, 1, userId="ann")
    row = rows.get_by_role("listitem").filter(has_text="3 items")
    expect(row).to_contain_text("€42.50")
    expect(row).to_contain_text("shop")
    row.get_by_role("link", name="Ann Meadow").click()
    expect(page).to_have_url(re.compile("/console/customers/[0-9a-f]{32}$"))


def test_what_is_read_does_not_move(opening: Opening, served: Served) -> None:
    send(served, "identify", {"messageId": "i-2", "userId": "ann", "traits": {"name": "Ann Meadow"}})
    page = opening("/")
    rows = page.get_by_role("list", name="Events, newest first")
    expect(rows.get_by_role("link", name="Somebody")).to_have_count(0)  # names have been asked
    expect(rows.get_by_role("listitem").first).to_contain_text("Ann Meadow")
    expect(page.get_by_text("live", exact=True).first).to_be_visible()
    before = rows.inner_text()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("paused")).to_be_visible()
    order(served, 2, anonymousId="browser-2")
    newer = page.get_by_role("button", name="1 newer event")
    expect(newer).to_be_visible()
    assert rows.inner_text() == before
    newer.click()
    expect(rows.get_by_role("listitem").first).to_contain_text("Anonymous visitor")


def test_a_refused_event_needs_somebody(opening: Opening, served: Served) -> None:
    send(served, "track", {"messageId": "bad-1", "event": "Product Viewed"})
    page = opening("/")
    figures = page.get_by_role("list", name="Key figures")
    expect(figures.get_by_role("link", name="Dead letters: 1")).to_be_visible()
    attention = page.get_by_role("region", name="Needs attention")
    attention.get_by_role("link", name="Open: Dead letters").click()
    expect(page).to_have_url(re.compile("/console/dead-letters$"))
    back = opening("/", role="associate")
    expect(back.get_by_role("region", name="Needs attention")).to_be_visible()
    # her role does not open the page, so nothing leads there
    expect(back.locator("main").get_by_role("link", name=re.compile("Dead letters"))).to_have_count(0)
    expect(back.get_by_role("region", name="Sources").first).to_contain_text("shop")


def test_figures_say_what_they_mean_by_keyboard_too(opening: Opening) -> None:
    page = opening("/")
    page.get_by_role("button", name="Match rate").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_text("the share whose visits belong to a known person")).to_be_visible()


def test_the_day_is_a_chart_and_a_table(opening: Opening) -> None:
    page = opening("/")
    chart = page.get_by_role("region", name="Last 24 hours")
    expect(chart.get_by_role("img", name=re.compile("Events every ten minutes since"))).to_be_visible()
    chart.get_by_role("button", name="As a table").click()
    expect(chart.get_by_role("columnheader", name="shop")).to_be_visible()
    chart.get_by_text("Channel").click()
    expect(chart.get_by_role("columnheader")).not_to_have_count(0)
    chart.get_by_role("button", name="As a chart").click()
    expect(chart.locator("canvas")).to_be_visible()


@pytest.mark.parametrize(
    ("width", "scheme"), [pytest.param(1280, "light", marks=pytest.mark.slow), (390, "dark")]
)
def test_home_is_accessible_and_fits(
    opening: Opening, assert_accessible: Check, look: Look, width: int, scheme: str
) -> None:
    page = opening("/", width=width, scheme=scheme, locale="de-DE" if scheme == "dark" else "en-GB")
    expect(page.locator("canvas")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.wait_for_timeout(1_800)  # rows that have just come are tinted for a moment
    assert_accessible(page)
    look(page, f"home-{width}-{scheme}")
