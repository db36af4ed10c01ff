"""The timeline: everything that came of her, in words and whole, filtered, and from any day back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests import patience
from tests.console.conftest import BUILT, Opening
from tests.console.shop import order, person_of, send
from tests.served import Served, serving

Look = Callable[[Page, str], None]
Check = Callable[[Page], None]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if not BUILT.exists():
        pytest.skip("NOT TESTED: the console, because it is not built (make console)")
    with serving(tmp_path_factory.mktemp("timeline") / "data") as served:
        yield served


@pytest.fixture(scope="module")
def ann(served: Served) -> str:
    """The id of Ann, with 250 pages in March, two orders, and a consent."""
    pages = [
        {
            "type": "page", "messageId": f"p-{n}", "userId": "ann", "properties": {"path": f"/aisle/{n}"},
            "timestamp": f"2026-03-{1 + n // 10:02}T10:{n % 60:02}:00Z",
        }
        for n in range(250)
    ]  # fmt: skip
    send(served, pages)
    traits = {"name": "Ann Meadow", "email": "ann@example.com"}
    consent = {"purpose": "marketing", "channel": "email"}
    at = {"userId": "ann", "timestamp": "2026-05-05T10:00:00Z"}
    send(
        served,
        [
            {"type": "identify", "messageId": "a-1", "traits": traits, **at},
            order(1, "2026-01-04", 40.0, userId="ann"),
            order(2, "2026-05-04", 20.5, userId="ann"),
            {"type": "track", "messageId": "c-1", "event": "Consent Granted", "properties": consent, **at},
        ],
    )
    return person_of(served, "user_id:ann")


@pytest.fixture
def timeline(opening: Opening, ann: str) -> Page:
    page = opening(f"/customers/{ann}#timeline")
    page.wait_for_selector("[role=feed] article")
    return page


def test_an_event_is_told_in_words_and_opened_whole_by_the_keyboard(timeline: Page, look: Look) -> None:
    feed = timeline.get_by_role("feed")
    bought = feed.get_by_role("button", name=re.compile("Order.*€20.50"))
    expect(feed.get_by_role("button", name=re.compile("Consent given.*marketing · email"))).to_be_visible()
    bought.focus()
    timeline.keyboard.press("Enter")
    whole = feed.get_by_role("region", name="All of this event")
    expect(whole).to_contain_text("Order Completed")
    expect(whole.get_by_title("User id: ann")).to_be_visible()
    look(timeline, "timeline")
    timeline.keyboard.press("ArrowDown")
    expect(bought).not_to_be_focused()


def test_her_whole_history_is_reached_by_scrolling_and_few_rows_are_drawn(timeline: Page) -> None:
    first = timeline.get_by_role("button", name=re.compile("Order.*€40.00"))
    until = time.monotonic() + patience.PATIENCE
    while not first.count() and time.monotonic() < until:
        timeline.mouse.wheel(0, 2_500)
        timeline.wait_for_timeout(60)
    expect(first).to_be_visible()
    expect(timeline.get_by_text("That is where it began.")).to_be_visible()
    assert timeline.locator("[role=feed] article").count() < 80


def test_filters_leave_what_was_asked_for_and_are_cleared(timeline: Page) -> None:
    timeline.get_by_role("button", name="Event", exact=True).click()
    timeline.get_by_role("checkbox", name=re.compile("^Order")).check()
    timeline.keyboard.press("Escape")
    articles = timeline.locator("[role=feed] article")
    expect(articles).to_have_count(2)
    timeline.get_by_role("button", name="Kind", exact=True).click()
    timeline.get_by_role("checkbox", name="Page", exact=True).check()
    timeline.keyboard.press("Escape")
    expect(timeline.get_by_text("No event fits these filters")).to_be_visible()
    timeline.get_by_role("button", name="Clear the filters").click()
    expect(articles.first).to_contain_text("May 2026")


def test_a_day_is_gone_to_and_back(timeline: Page) -> None:
    timeline.get_by_label("Until the day").fill("2026-03-10")
    first = timeline.locator("[role=feed] article").first
    expect(first).to_contain_text("10 March 2026")
    timeline.get_by_role("button", name="Back to the newest").click()
    expect(first).to_contain_text("5 May 2026")


@pytest.mark.parametrize(
    ("width", "scheme"), [pytest.param(1280, "light", marks=pytest.mark.slow), (390, "dark")]
)
def test_the_timeline_can_be_used_by_everybody(
    opening: Opening, ann: str, assert_accessible: Check, look: Look, width: int, scheme: str
) -> None:
    page = opening(f"/customers/{ann}#timeline", width=width, scheme=scheme, locale="de-DE")
    page.wait_for_selector("[role=feed] article")
    page.locator("[data-row='0']").click()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    look(page, f"timeline-{width}-{scheme}")
