"""What stands around every page: ways to go, keys, languages, light and dark, a server that goes away."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import Opening

Look = Callable[[Page, str], None]
Check = Callable[[Page], None]

PAGES = {
    "Home": "/console/",
    "Customers": "/console/customers",
    "Decisions": "/console/decisions",
    "Simulator": "/console/simulator",
    "Policy": "/console/policy",
    "Sources": "/console/sources",
    "Imports": "/console/imports",
    "Dead letters": "/console/dead-letters",
    "Settings": "/console/settings",
}


def test_every_page_is_reached_from_the_rail(console: Page) -> None:
    rail = console.get_by_role("navigation", name="Pages")
    for name, path in PAGES.items():
        rail.get_by_role("link", name=name, exact=True).click()
        expect(console).to_have_url(re.compile(f"{re.escape(path)}(/[a-z]+)?$"))
        expect(console.locator("main h1")).to_be_visible()
        assert console.title().endswith(" · Segue")


def test_the_heading_takes_the_focus_at_navigation(console: Page) -> None:
    assert console.evaluate("document.activeElement === document.body")
    console.get_by_role("link", name="Sources", exact=True).click()
    expect(console.locator("main h1")).to_be_focused()


def test_the_keyboard_alone_will_do(console: Page) -> None:
    console.keyboard.press("Tab")
    skip = console.get_by_role("link", name="Skip to the page")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    console.keyboard.press("Enter")
    expect(console.locator("main")).to_be_focused()
    console.keyboard.press("Control+k")
    box = console.get_by_role("search").get_by_role("textbox")
    expect(box).to_be_focused()
    console.keyboard.press("Escape")
    console.keyboard.press("/")
    expect(box).to_be_focused()


def test_what_is_searched_for_enters_no_address(console: Page) -> None:
    console.keyboard.press("/")
    console.keyboard.type("ann@example.com")
    console.keyboard.press("Enter")
    expect(console).to_have_url(re.compile("/console/customers$"))
    assert "ann" not in console.url


def test_a_role_is_shown_the_pages_that_it_may_open(opening: Opening) -> None:
    page = opening(role="associate")
    shown = page.get_by_role("navigation", name="Pages").get_by_role("link").all_inner_texts()
    assert shown == ["Home", "Customers", "Products"]


def test_on_a_phone_the_pages_are_below(opening: Opening) -> None:
    page = opening(width=390)
    below = page.get_by_role("navigation", name="Pages")
    below.get_by_role("link", name="Customers").click()
    expect(page).to_have_url(re.compile("/console/customers$"))
    below.get_by_role("button", name="More").click()
    page.get_by_role("dialog").get_by_role("link", name="Settings").click()
    expect(page).to_have_url(re.compile("/console/settings"))
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [pytest.param(1280, marks=pytest.mark.slow), 390])
def test_the_shell_is_accessible(
    opening: Opening, assert_accessible: Check, look: Look, width: int, scheme: str
) -> None:
    page = opening("/nowhere", width=width, scheme=scheme)
    assert_accessible(page)
    if width == 1280:
        page.get_by_role("button", name="You: owner").click()
        expect(page.get_by_role("menu")).to_be_visible()
    else:
        page.get_by_role("button", name="More").click()
        expect(page.get_by_role("dialog")).to_be_visible()
    assert_accessible(page)
    look(page, f"shell-{width}-{scheme}")


def test_light_and_dark_are_chosen_and_remembered(console: Page) -> None:
    def ground() -> str:
        return str(console.evaluate("getComputedStyle(document.body).backgroundColor"))

    light = ground()
    console.get_by_role("button", name="You: owner").click()
    console.get_by_role("menuitemradio", name="Dark").click()
    expect(console.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    dark = ground()
    assert dark != light
    console.reload(wait_until="commit")
    console.wait_for_selector("main h1")
    assert ground() == dark


@pytest.mark.parametrize(
    ("locale", "language", "customers"),
    [("de-AT", "de", "Kunden"), ("pl-PL", "pl", "Klienci"), ("fr-FR", "en", "Customers")],
)
def test_the_browsers_language_is_spoken(
    opening: Opening, locale: str, language: str, customers: str
) -> None:
    page = opening(locale=locale)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_role("link", name=customers, exact=True)).to_be_visible()


def test_another_language_is_chosen_and_remembered(console: Page) -> None:
    console.get_by_role("button", name="You: owner").click()
    console.get_by_role("menuitemradio", name="Polski").click()
    expect(console.get_by_role("link", name="Klienci", exact=True)).to_be_visible()
    console.reload()
    expect(console.get_by_role("link", name="Klienci", exact=True)).to_be_visible()
    expect(console.locator("html")).to_have_attribute("lang", "pl")


def test_an_address_that_leads_nowhere_says_so(opening: Opening) -> None:
    page = opening("/nowhere")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    page.get_by_role("link", name="Go home").click()
    expect(page).to_have_url(re.compile("/console/$"))


def test_a_server_that_went_away_is_told_and_heals(opening: Opening, forgiven: list[str]) -> None:
    forgiven += ["ERR_", "dynamically imported"]
    page = opening("/nowhere")
    # the line is cut in the browser: other tests need the server
    page.route("**/*", lambda route: route.abort("connectionrefused"))
    page.get_by_role("link", name="Sources", exact=True).click()
    banner = page.get_by_text("Trying again")
    expect(banner).to_be_visible()
    page.unroute("**/*")
    expect(banner).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sources")


def test_a_console_that_was_replaced_while_it_was_open_says_so(opening: Opening, forgiven: list[str]) -> None:
    forgiven += ["404", "dynamically imported"]
    page = opening("/nowhere")
    page.route("**/assets/Sources-*.js", lambda route: route.fulfill(status=404))
    page.get_by_role("link", name="Sources", exact=True).click()
    expect(page.get_by_text("The console was updated while it was open.")).to_be_visible()
    page.unroute("**/assets/Sources-*.js")
    page.get_by_role("button", name="Load again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sources")
