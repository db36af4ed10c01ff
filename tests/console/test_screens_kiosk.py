"""The kiosk in a real browser: general for everybody, personal with a proof and a yes, and then forgotten."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.console.conftest import PATIENCE
from tests.console.counter import SCAN, Counter

FORGIVEN = re.compile(r"Failed to load resource.*400|ERR_FAILED")
"""What a browser writes of itself of wrong codes and of what these tests keep from it."""

HERS = "Ann, your jacket is mended"
SMALLEST = 64
"""Pixels of the least that can be touched, in width and height."""


@pytest.fixture(scope="module")
def errors() -> Iterator[list[str]]:
    found: list[str] = []
    yield found
    left = [error for error in found if not FORGIVEN.search(error)]
    assert not left, "\n".join(left)


@pytest.fixture(scope="module")
def context(counter: Counter, chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        base_url=counter.served.url,
        viewport={"width": 1080, "height": 1920},
        has_touch=True,
        locale="en-GB",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture(scope="module")
def kiosk(counter: Counter, context: BrowserContext, errors: list[str]) -> Page:
    """The kiosk as it stands in the shop, opened once by its address, with a clock that tests can move."""
    page = context.new_page()
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(f"uncaught: {error}"))
    page.clock.install()
    page.goto(counter.addresses["kiosk"])
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    return page


def press(kiosk: Page, name: str) -> None:
    kiosk.get_by_role("button", name=name, exact=True).click()


def touch(kiosk: Page) -> None:
    """Begin a visit."""
    press(kiosk, "Touch to begin")
    expect(kiosk.get_by_role("heading", name="What is here for everybody")).to_be_visible()


def type_on_screen(kiosk: Page, text: str) -> None:
    keys = kiosk.get_by_role("group", name="Keyboard")
    for sign in text:
        keys.get_by_role("button", name=sign, exact=True).click()


def scan(kiosk: Page, code: str) -> None:
    """As a scanner types, wherever the focus is: faster than a busy machine passes keys on."""
    kiosk.evaluate(SCAN, code)


def prove(kiosk: Page, counter: Counter) -> None:
    """Ann shows a QR code of the shop's app, and agrees."""
    token = counter.proof("qr", user_id="ann")
    scan(kiosk, token)
    expect(kiosk.get_by_role("heading", name="May we use")).to_be_visible()
    press(kiosk, "Yes, you may")
    expect(kiosk.get_by_text(HERS)).to_be_visible()


def assert_forgotten(kiosk: Page) -> None:
    """Nothing of anybody on the screen, in the page, or in what the browser keeps."""
    expect(kiosk.get_by_role("heading", name="Welcome")).to_be_visible()
    assert not re.search(r"\bAnn\b|98761234|ann@mail", kiosk.content())
    kept = kiosk.evaluate("[Object.keys(localStorage), {...sessionStorage}, document.cookie, location.hash]")
    assert kept == [["segue.screen.kiosk"], {}, "", ""]
    screen = kiosk.evaluate("localStorage.getItem('segue.screen.kiosk')")
    assert set(json.loads(screen)) <= {"key", "write", "placement", "store", "device", "locale"}
    typed = kiosk.evaluate("[...document.querySelectorAll('input')].map((each) => each.value)")
    assert typed == []


def assert_touchable(kiosk: Page) -> None:
    small = kiosk.evaluate(
        """(least) => [...document.querySelectorAll('button, input, a')].filter((each) => {
            const { width, height } = each.getBoundingClientRect();
            return width && (width < least || height < least);
        }).map((each) => `${each.textContent}: ${JSON.stringify(each.getBoundingClientRect())}`)""",
        SMALLEST,
    )
    assert small == []
    assert kiosk.evaluate("document.documentElement.scrollWidth") <= 1080


def test_it_waits_for_somebody(
    kiosk: Page, assert_accessible: Callable[[Page], None], look: Callable[[Page, str], None]
) -> None:
    assert "#" not in kiosk.url
    assert "segue_" not in kiosk.content()
    assert_touchable(kiosk)
    assert_accessible(kiosk)
    look(kiosk, "screen-kiosk-waiting")


def test_a_touch_anywhere_begins(kiosk: Page) -> None:
    kiosk.mouse.click(540, 120)
    expect(kiosk.get_by_role("heading", name="What is here for everybody")).to_be_visible()
    press(kiosk, "Done: forget me")
    assert_forgotten(kiosk)


def test_what_is_here_for_everybody(
    kiosk: Page, assert_accessible: Callable[[Page], None], look: Callable[[Page, str], None]
) -> None:
    touch(kiosk)
    tiles = kiosk.get_by_role("main").get_by_role("listitem")
    expect(tiles.filter(has_text="The wool coat")).to_be_visible()
    expect(tiles.filter(has_text="A coffee with the card")).to_have_count(0)
    expect(tiles.filter(has_text="The wool coat")).to_contain_text("More about it")  # what the touch does
    assert_touchable(kiosk)
    assert_accessible(kiosk)
    look(kiosk, "screen-kiosk")
    tiles.filter(has_text="The wool coat").get_by_role("button").click()
    detail = kiosk.get_by_role("dialog", name="The wool coat")
    expect(detail).to_contain_text("Why this? Many take it in this weather.")
    assert_touchable(kiosk)
    detail.get_by_role("button", name="Not for me").click()
    expect(tiles.filter(has_text="The wool coat")).to_have_count(0)
    press(kiosk, "Done: forget me")
    assert_forgotten(kiosk)


def test_a_product_is_found_with_the_keys_on_the_screen(kiosk: Page) -> None:
    touch(kiosk)
    press(kiosk, "Find a product")
    type_on_screen(kiosk, "coax")
    press(kiosk, "Delete the last sign")
    type_on_screen(kiosk, "t")
    assert_touchable(kiosk)
    kiosk.clock.run_for(500)
    found = kiosk.get_by_role("main").get_by_role("listitem")
    expect(found.filter(has_text="Wool coat")).to_contain_text(re.compile(r"110.00.*2 here"))
    press(kiosk, "Back")
    press(kiosk, "Done: forget me")


def test_who_types_her_card_gets_what_all_with_a_card_get(
    kiosk: Page,
    counter: Counter,
    assert_accessible: Callable[[Page], None],
    look: Callable[[Page, str], None],
) -> None:
    touch(kiosk)
    press(kiosk, "Who are you?")
    expect(kiosk.get_by_role("main")).to_contain_text("What is typed we cannot check.")
    look(kiosk, "screen-kiosk-who")
    press(kiosk, "Type my card number")
    press(kiosk, "Continue")
    expect(kiosk.get_by_role("alert")).to_have_text("Type the number on your card.")
    type_on_screen(kiosk, "98761234")
    assert_touchable(kiosk)
    assert_accessible(kiosk)
    look(kiosk, "screen-kiosk-typing")
    press(kiosk, "Continue")
    expect(kiosk.get_by_role("heading", name="May we use")).to_be_visible()
    expect(kiosk.get_by_role("main")).to_contain_text("For this only, and at our kiosks only.")
    assert_touchable(kiosk)
    assert_accessible(kiosk)
    look(kiosk, "screen-kiosk-consent")
    press(kiosk, "Yes, you may")
    expect(kiosk.get_by_role("heading", name="For all who have our card")).to_be_visible()
    expect(kiosk.get_by_role("main")).to_contain_text("nothing of yours is shown")
    expect(kiosk.get_by_text("A coffee with the card")).to_be_visible()
    assert not re.search(r"\bAnn\b|98761234", kiosk.content())
    said = counter.awaited("loyalty_card:98761234", lambda one: one["source"] == "kiosk")
    assert (said["event"], said["properties"]) == (
        "Consent Granted",
        {"purpose": "personalisation", "channel": "kiosk"},
    )
    press(kiosk, "Done: forget me")
    assert_forgotten(kiosk)


def test_a_wrong_code_proves_nothing(kiosk: Page) -> None:
    touch(kiosk)
    press(kiosk, "Who are you?")
    press(kiosk, "I have a code or a QR code")
    type_on_screen(kiosk, "000000")
    press(kiosk, "Continue")
    expect(kiosk.get_by_role("alert")).to_contain_text("This code is wrong")
    expect(kiosk.get_by_role("textbox")).to_have_value("")
    assert_touchable(kiosk)
    press(kiosk, "Done: forget me")


def test_with_a_code_and_her_yes_she_sees_what_is_hers(
    kiosk: Page, counter: Counter, look: Callable[[Page, str], None]
) -> None:
    touch(kiosk)
    press(kiosk, "Who are you?")
    press(kiosk, "I have a code or a QR code")
    kiosk.keyboard.type(counter.proof("code", user_id="ann"), delay=80)  # a real keyboard will do
    kiosk.keyboard.press("Enter")
    expect(kiosk.get_by_role("heading", name="May we use")).to_be_visible()
    expect(kiosk.get_by_text(HERS)).to_have_count(0)
    press(kiosk, "Yes, you may")
    expect(kiosk.get_by_role("heading", name="For you")).to_be_visible()
    expect(kiosk.get_by_text(HERS)).to_be_visible()
    expect(kiosk.get_by_role("button", name="Who are you?")).to_have_count(0)
    look(kiosk, "screen-kiosk-personal")
    granted = counter.person("user_id:ann")["consent"]["personalisation"]["kiosk"]
    assert (granted["state"], granted["source"]) == ("granted", "kiosk")
    press(kiosk, "Done: forget me")
    assert_forgotten(kiosk)
    touch(kiosk)
    expect(kiosk.get_by_text(HERS)).to_have_count(0)
    press(kiosk, "Done: forget me")


def test_her_no_is_recorded_and_keeps_everything_general(kiosk: Page, counter: Counter) -> None:
    touch(kiosk)
    scan(kiosk, f"https://shop.example/in#segue={counter.proof('qr', user_id='ann')}")
    press(kiosk, "No, thank you")
    expect(kiosk.get_by_role("main")).to_contain_text("You told us not to use your data.")
    expect(kiosk.get_by_text("A coffee with the card")).to_be_visible()
    expect(kiosk.get_by_text(HERS)).to_have_count(0)
    counter.awaited("user_id:ann", lambda one: one["event"] == "Consent Withdrawn")
    press(kiosk, "Done: forget me")
    assert_forgotten(kiosk)


def test_a_yes_that_could_not_be_recorded_is_not_used(kiosk: Page, counter: Counter) -> None:
    touch(kiosk)
    scan(kiosk, counter.proof("qr", user_id="ann"))
    expect(kiosk.get_by_role("heading", name="May we use")).to_be_visible()
    kiosk.route("**/v1/batch", lambda route: route.abort())
    press(kiosk, "Yes, you may")
    expect(kiosk.get_by_role("alert")).to_contain_text("could not be recorded")
    expect(kiosk.get_by_text(HERS)).to_have_count(0)
    kiosk.unroute("**/v1/batch")
    press(kiosk, "Done: forget me")
    assert_forgotten(kiosk)


def test_who_goes_away_is_asked_and_then_forgotten(
    kiosk: Page, counter: Counter, look: Callable[[Page, str], None]
) -> None:
    touch(kiosk)
    prove(kiosk, counter)
    kiosk.clock.fast_forward(46_000)
    still = kiosk.get_by_role("alertdialog", name="Still there?")
    expect(still).to_contain_text(re.compile(r"In 1[45] seconds"))
    assert_touchable(kiosk)
    look(kiosk, "screen-kiosk-still")
    press(kiosk, "I am still here")
    expect(still).to_have_count(0)
    expect(kiosk.get_by_text(HERS)).to_be_visible()
    kiosk.get_by_role("main").get_by_role("listitem").filter(has_text=HERS).get_by_role("button").click()
    expect(kiosk.get_by_role("dialog", name=HERS)).to_be_visible()
    kiosk.clock.fast_forward(50_000)
    expect(still).to_be_visible()  # over what she had open
    kiosk.clock.fast_forward(11_000)
    assert_forgotten(kiosk)


def test_whoever_comes_after_a_sleep_is_somebody_else(kiosk: Page, counter: Counter) -> None:
    touch(kiosk)
    prove(kiosk, counter)
    kiosk.clock.pause_at(kiosk.evaluate("Date.now() + 3600000"))
    kiosk.mouse.click(540, 960)  # which may begin a visit of its own
    expect(kiosk.get_by_role("heading", name=re.compile("Welcome|for everybody"))).to_be_visible()
    assert not re.search(r"\bAnn\b", kiosk.content())
    kiosk.clock.resume()
    kiosk.reload()
    assert_forgotten(kiosk)


def test_said_in_the_question_she_may_leave_at_once(kiosk: Page, counter: Counter) -> None:
    touch(kiosk)
    prove(kiosk, counter)
    kiosk.clock.fast_forward(46_000)
    still = kiosk.get_by_role("alertdialog", name="Still there?")
    still.get_by_role("button", name="Done: forget me").click()
    assert_forgotten(kiosk)


def test_it_is_used_by_keyboard_alone_in_her_language(kiosk: Page) -> None:
    kiosk.get_by_role("button", name="Polski").focus()
    kiosk.keyboard.press("Enter")
    begin = kiosk.get_by_role("button", name="Dotknij, aby zacząć")
    begin.focus()
    kiosk.keyboard.press("Enter")
    expect(kiosk.get_by_role("heading", name="Co jest tu dla wszystkich")).to_be_visible()
    tabs: list[Any] = []
    while "Kim jesteś?" not in tabs and len(tabs) < 30:
        kiosk.keyboard.press("Tab")
        tabs.append(kiosk.evaluate("document.activeElement.textContent"))
    kiosk.keyboard.press("Enter")
    expect(kiosk.get_by_role("heading", name="Kim jesteś?")).to_be_visible()
    kiosk.get_by_role("button", name="Deutsch").click()
    expect(kiosk.get_by_role("heading", name="Wer sind Sie?")).to_be_visible()
    press(kiosk, "Fertig: vergessen Sie mich")
    # her language goes with her
    assert_forgotten(kiosk)


def test_without_its_keys_it_says_how_to_set_it_up(chromium: Browser, counter: Counter) -> None:
    page = chromium.new_page()
    page.goto(f"{counter.served.url}/screens/kiosk")
    expect(page.get_by_role("heading", name="This screen is not set up")).to_be_visible()
    page.close()
