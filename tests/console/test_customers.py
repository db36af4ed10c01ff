"""Customers: found while one types, looked through without end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import patience
from tests.console.conftest import BUILT, Opening
from tests.console.shop import order, person_of, send
from tests.served import Served, serving

Look = Callable[[Page, str], None]
Check = Callable[[Page], None]
VISITORS = 260


@pytest.fixture(scope="module")
def served(short_folder: Path) -> Iterator[Served]:
    """A server of our own: the first test wants it empty."""
    if not BUILT.exists():
        pytest.skip("NOT TESTED: the console, because it is not built (make console)")
    with serving(short_folder / "customers") as served:
        yield served


@pytest.fixture(scope="module")
def ann(served: Served) -> str:
    """The id of Ann, among a small town of people whom only their browsers know."""
    traits = {"name": "Ann Meadow", "email": "ann@example.com", "city": "Łódź"}
    send(
        served,
        [
            {
                "type": "page",
                "messageId": f"v-{n}",
                "anonymousId": f"visitor-{n}",
                "properties": {"path": "/"},
            }
            for n in range(VISITORS)
        ],
    )
    send(
        served,
        [
            {"type": "identify", "messageId": "a-1", "userId": "ann", "traits": traits},
            {"type": "identify", "messageId": "b-1", "userId": "bea", "traits": {"name": "Bea Meadows"}},
            order(1, "2026-05-04", 42.5, userId="ann"),
        ],
    )
    person_of(served, "user_id:bea")
    return person_of(served, "email:ann@example.com")


def test_an_empty_installation_says_what_would_be_here(opening: Opening, assert_accessible: Check) -> None:
    page = opening("/customers")
    expect(page.get_by_text("No customers yet")).to_be_visible()
    main = page.get_by_role("main")
    expect(main.get_by_role("link", name="Add a source")).to_have_attribute("href", "/console/sources")
    assert_accessible(page)
    # who may connect nothing is told who may
    other = opening("/customers", role="associate")
    expect(other.get_by_text("an administrator or a marketer can")).to_be_visible()
    expect(other.get_by_role("main").get_by_role("link", name="Add a source")).to_have_count(0)


def test_she_is_found_while_one_types_and_opened_by_the_keyboard(
    opening: Opening, ann: str, assert_accessible: Check, look: Look
) -> None:
    page = opening("/customers")
    find = page.get_by_role("main").get_by_role("combobox", name="Find a customer")
    find.fill("meadow")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    assert_accessible(page)
    look(page, "customers-find")
    find.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    # a word without its accents, and what of her it was
    find.fill("lodz")
    expect(options).to_have_count(1)
    expect(options.nth(0)).to_contain_text("city: Łódź")
    expect(options.nth(0)).to_contain_text("€42.50")
    find.press("Enter")
    expect(page).to_have_url(re.compile(f"/console/customers/{ann}$"))
    expect(page.get_by_role("heading", level=1, name="Ann Meadow")).to_be_visible()
    page.go_back()
    # the search is still there, and in no address
    expect(find).to_have_value("lodz")
    expect(options).to_have_count(1)
    assert page.url.endswith("/console/customers")


def test_the_box_of_the_shell_hands_its_text_over(opening: Opening, ann: str) -> None:
    page = opening("/customers")
    for text, count in [("ann@example.com", 1), ("nobody-at-all", 0)]:
        shells = page.get_by_role("search").get_by_role("textbox", name="Find a customer")
        shells.fill(text)
        page.keyboard.press("Enter")
        find = page.get_by_role("main").get_by_role("combobox", name="Find a customer")
        expect(find).to_have_value(text)
        expect(page.get_by_role("option")).to_have_count(count)
    expect(page.get_by_text("Nobody found")).to_be_visible()
    # the shell's keys mean this box while one is in it
    page.keyboard.press("Control+k")
    page.keyboard.type("bea")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("grid", name="Recently active customers")).to_be_visible()


def test_everybody_is_reached_by_scrolling(opening: Opening, ann: str) -> None:
    page = opening("/customers?show=all&only=anonymous")
    expect(page.get_by_text(f"{VISITORS} customers")).to_be_visible()
    grid = page.get_by_role("grid", name="All customers")
    grid.locator("[data-row='0']").focus()
    # the row beyond the first page of the API is there once that page has come, and few are drawn
    last = grid.locator(f"[data-row='{VISITORS - 1}']")
    until = time.monotonic() + patience.PATIENCE
    while not last.is_visible() and time.monotonic() < until:
        page.keyboard.press("End")
        page.wait_for_timeout(300)
    expect(last).to_be_visible()
    assert grid.locator("[data-row]").count() < 100
    page.get_by_text("Known", exact=True).click()
    expect(grid.get_by_role("row")).to_have_count(3)
    grid.get_by_text("Ann Meadow").click()
    expect(page).to_have_url(re.compile(f"/customers/{ann}$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [pytest.param(1280, marks=pytest.mark.slow), 390])
def test_the_lists_can_be_used_by_everybody(
    opening: Opening, ann: str, assert_accessible: Check, look: Look, width: int, scheme: str
) -> None:
    page = opening("/customers?show=all", width=width, scheme=scheme)
    expect(page.get_by_text("Bea Meadows")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_accessible(page)
    look(page, f"customers-{width}-{scheme}")
