"""The staff's tablet in a real browser: signed in, found, read in ten seconds, told in two taps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.console.conftest import PATIENCE, owners_link, sign_in
from tests.console.counter import SCAN, Counter

FORGIVEN = re.compile(r"Failed to load resource.*(401|403|404|409)|ERR_FAILED")
"""What a browser writes of itself of answers that these tests provoke."""


def _is(name: str, event: dict[str, Any]) -> bool:
    return bool(event["event"] == name)


@pytest.fixture(scope="module")
def errors() -> Iterator[list[str]]:
    found: list[str] = []
    yield found
    left = [error for error in found if not FORGIVEN.search(error)]
    assert not left, "\n".join(left)


def context_of(counter: Counter, browser: Browser, width: int = 1024, height: int = 768) -> BrowserContext:
    context = browser.new_context(
        base_url=counter.served.url,
        viewport={"width": width, "height": height},
        has_touch=True,
        locale="en-GB",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    return context


def watched(page: Page, errors: list[str]) -> Page:
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(f"uncaught: {error}"))
    return page


@pytest.fixture(scope="module")
def context(counter: Counter, chromium: Browser) -> Iterator[BrowserContext]:
    context = context_of(counter, chromium)
    sign_in(context, counter.served, "associate")
    yield context
    context.close()


@pytest.fixture(scope="module")
def tablet(counter: Counter, context: BrowserContext, errors: list[str]) -> Page:
    page = watched(context.new_page(), errors)
    page.goto(counter.addresses["associate"])
    expect(page.get_by_role("heading", name="Who is in front of you?")).to_be_visible()
    return page


def done(tablet: Page) -> None:
    tablet.get_by_role("button", name="Done").click()
    expect(tablet.get_by_role("searchbox")).to_be_visible()


def scan(tablet: Page, code: str) -> None:
    """As a scanner types, wherever the focus is: faster than a busy machine passes keys on."""
    tablet.evaluate(SCAN, code)


def find(tablet: Page, text: str) -> None:
    tablet.get_by_role("searchbox").fill(text)
    tablet.get_by_role("button", name="Find").click()


def test_who_is_not_signed_in_goes_there_and_comes_back(
    counter: Counter, chromium: Browser, errors: list[str]
) -> None:
    context = context_of(counter, chromium)
    page = watched(context.new_page(), errors)
    page.goto(counter.addresses["associate"])
    expect(page.get_by_role("heading", name="Sign in to serve customers")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_count(0)
    page.get_by_role("link", name="Sign in").click()
    page.wait_for_url("**/console/sign-in")
    page.goto(owners_link(counter.served))
    page.wait_for_url("**/screens/associate")
    expect(page.get_by_role("heading", name="Who is in front of you?")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to serve customers")).to_be_visible()
    context.close()


def test_a_role_that_may_not_is_told_so(counter: Counter, chromium: Browser, errors: list[str]) -> None:
    context = context_of(counter, chromium)
    sign_in(context, counter.served, "read")
    page = watched(context.new_page(), errors)
    page.goto("/screens/associate")
    expect(page.get_by_role("heading", name="Your role may not use this page")).to_be_visible()
    context.close()


def test_she_is_found_by_name_and_by_her_scanned_card(tablet: Page) -> None:
    find(tablet, "weaver")
    found = tablet.get_by_role("list").get_by_role("button")
    expect(found).to_have_count(2)
    found.filter(has_text="Ann Weaver").click()
    expect(tablet.get_by_role("heading", name="Ann Weaver")).to_be_visible()
    done(tablet)
    scan(tablet, "98761234")
    expect(tablet.get_by_role("heading", name="Ann Weaver")).to_be_visible()
    done(tablet)
    find(tablet, "bea@mail.example")
    expect(tablet.get_by_role("heading", name="Bea Weaver")).to_be_visible()
    # whoever comes next is scanned while the one before is still open
    scan(tablet, "98761234")
    expect(tablet.get_by_role("heading", name="Ann Weaver")).to_be_visible()
    done(tablet)
    find(tablet, "nobody at all")
    expect(tablet.get_by_role("status")).to_contain_text("Nobody is found")


def test_one_page_says_it_all(
    tablet: Page, assert_accessible: Callable[[Page], None], look: Callable[[Page, str], None]
) -> None:
    find(tablet, "98761234")
    main = tablet.get_by_role("main")
    for text in (
        "Gold", "Card …1234", "1240 points", "Last online", "Last in store", "Old Town", "Wool coat",
        "in her cart", "2 here", "ready to take along", "Order 71",
    ):  # fmt: skip
        expect(main).to_contain_text(text)
    sizes = main.get_by_role("region", name="Sizes")
    expect(sizes).to_contain_text(re.compile("Shirt.*M.*Shoes.*38", re.IGNORECASE))
    expect(main).not_to_contain_text("98761234")
    cards = tablet.get_by_role("region", name="Next best").get_by_role("listitem")
    expect(cards).to_have_count(3)
    expect(cards.filter(has_text="The wool coat").locator("blockquote")).to_have_text(
        "It goes with your size M."
    )
    expect(cards.filter(has_text="A scarf")).to_contain_text("−10 %")
    # everybody has it for this price
    expect(cards.filter(has_text="A scarf")).not_to_contain_text("for her alone")
    assert_accessible(tablet)
    look(tablet, "screen-associate")
    tablet.set_viewport_size({"width": 768, "height": 1024})
    wide = tablet.evaluate("document.documentElement.scrollWidth")
    assert wide <= 768
    look(tablet, "screen-associate-upright")
    tablet.set_viewport_size({"width": 1024, "height": 768})


def test_what_became_of_it_takes_two_taps(tablet: Page, counter: Counter) -> None:
    cards = tablet.get_by_role("region", name="Next best").get_by_role("listitem")
    coat = cards.filter(has_text="The wool coat")
    coat.get_by_role("button", name="She takes it").click()
    coat.get_by_role("button", name="Tap again: she takes it").click()
    expect(coat.get_by_role("status")).to_have_text("Recorded: she takes it")
    care = cards.filter(has_text="We mend")
    care.get_by_role("button", name="She takes it").click()
    care.get_by_role("button", name="Not interested").click()  # the finger slipped
    care.get_by_role("button", name="Tap again: not interested").click()
    expect(care.get_by_role("status")).to_have_text("Recorded: not interested")
    for name, action in (("Action Accepted", "coat"), ("Action Dismissed", "care")):
        event = counter.awaited("user_id:ann", partial(_is, name))
        assert event["properties"]["action"] == action
        assert event["source"] == "associate"


def test_what_could_not_be_told_is_said(tablet: Page) -> None:
    scarf = tablet.get_by_role("region", name="Next best").get_by_role("listitem").filter(has_text="A scarf")
    tablet.route("**/api/v1/associate/outcomes", lambda route: route.abort())
    scarf.get_by_role("button", name="Not interested").click()
    scarf.get_by_role("button", name="Tap again: not interested").click()
    expect(scarf.get_by_role("alert")).to_have_text("Not recorded. Tap again.")
    tablet.unroute("**/api/v1/associate/outcomes")


def test_a_note_is_kept_with_who_wrote_it(tablet: Page, counter: Counter) -> None:
    notes = tablet.get_by_role("region", name="Notes")
    expect(notes).to_contain_text("Nobody has written anything.")
    notes.get_by_role("textbox").fill("Her jacket waits until Friday <b>")
    notes.get_by_role("button", name="Keep note").click()
    expect(notes.get_by_role("status")).to_have_text("The note is kept.")
    expect(notes.get_by_role("listitem")).to_have_text(re.compile("until Friday <b>.*associate-.*, now"))
    event = counter.awaited("user_id:ann", lambda one: one["event"] == "Note Added")
    assert event["properties"]["text"] == "Her jacket waits until Friday <b>"
    done(tablet)
    scan(tablet, "98761234")
    expect(tablet.get_by_role("region", name="Notes").get_by_role("listitem")).to_contain_text("until Friday")
    done(tablet)


def test_her_own_note_is_corrected_and_taken_back(
    tablet: Page,
    counter: Counter,
    assert_accessible: Callable[[Page], None],
    look: Callable[[Page, str], None],
) -> None:
    scan(tablet, "98761234")
    notes = tablet.get_by_role("region", name="Notes")
    notes.get_by_role("textbox").fill("Her jackett is mended")
    notes.get_by_role("button", name="Keep note").click()
    expect(notes.get_by_role("listitem")).to_have_count(2)
    notes.get_by_role("button", name="Correct the note “Her jackett is mended”").focus()
    tablet.keyboard.press("Enter")
    text = notes.get_by_role("textbox", name="Text of the note")
    expect(text).to_be_focused()
    tablet.keyboard.press("Escape")  # and nothing is changed
    expect(text).to_have_count(0)
    notes.get_by_role("button", name="Correct the note “Her jackett is mended”").click()
    text.fill("Her jacket is mended")
    assert_accessible(tablet)
    look(tablet, "screen-associate-note")
    notes.get_by_role("button", name="Save").click()
    expect(notes.get_by_role("status")).to_have_text("The note is corrected.")
    note = notes.get_by_role("listitem").filter(has_text="Her jacket is mended")
    expect(note).to_have_text(re.compile("associate-.*, now · corrected now"))
    event = counter.awaited("user_id:ann", partial(_is, "Note Corrected"))
    assert event["properties"]["text"] == "Her jacket is mended"
    note.get_by_role("button", name="Take back the note").click()
    note.get_by_role("button", name="Tap again: take it back").click()
    expect(notes.get_by_role("status")).to_have_text("The note is taken back.")
    expect(notes.get_by_role("listitem")).to_have_count(1)
    counter.awaited("user_id:ann", partial(_is, "Note Taken Back"))
    done(tablet)
    scan(tablet, "98761234")
    expect(notes.get_by_role("listitem")).to_have_count(1)
    done(tablet)


def test_somebody_else_s_note_is_only_read(counter: Counter, chromium: Browser, errors: list[str]) -> None:
    context = context_of(counter, chromium)
    sign_in(context, counter.served, "associate")
    page = watched(context.new_page(), errors)
    page.goto(counter.addresses["associate"])
    expect(page.get_by_role("searchbox")).to_be_visible()
    scan(page, "98761234")
    notes = page.get_by_role("region", name="Notes")
    expect(notes.get_by_role("listitem")).to_contain_text("until Friday")
    expect(notes.get_by_role("button", name="Correct the note")).to_have_count(0)
    expect(notes.get_by_role("button", name="Take back the note")).to_have_count(0)
    context.close()


def test_she_says_yes_at_the_counter_and_the_page_becomes_hers(
    tablet: Page,
    counter: Counter,
    assert_accessible: Callable[[Page], None],
    look: Callable[[Page, str], None],
) -> None:
    scan(tablet, "11112222")
    expect(tablet.get_by_role("heading", name="Cleo Nowak")).to_be_visible()
    main = tablet.get_by_role("main")
    for text in ("Poznań", "size S", "Wool coat"):
        expect(main).not_to_contain_text(text)
    tablet.get_by_role("button", name="Ask her").focus()
    tablet.keyboard.press("Enter")
    ask = tablet.get_by_role("dialog", name="What she agrees to")
    words = ask.locator("blockquote")
    expect(words).to_have_attribute("lang", "pl")  # as she speaks
    expect(words).to_contain_text("Czy nasz personel")
    ask.get_by_label("In her language").select_option("en")
    expect(words).to_contain_text("May our staff use what you bought and looked at with us")
    expect(words).to_contain_text("You can take it back at any time")
    expect(ask).to_contain_text("Now: never asked")
    ask.get_by_label("What for").select_option(label="Offers and news by e-mail")
    expect(words).to_contain_text("May we send you our offers and news by e-mail?")
    ask.get_by_label("What for").select_option(label="Advice in our stores")
    assert_accessible(tablet)
    look(tablet, "screen-associate-consent")
    tablet.route("**/api/v1/associate/consents", lambda route: route.abort())
    ask.get_by_role("button", name="She says yes").click()
    expect(ask.get_by_role("alert")).to_contain_text("Not recorded, so it does not count")
    expect(main).not_to_contain_text("size S")
    tablet.unroute("**/api/v1/associate/consents")
    ask.get_by_role("button", name="She says yes").focus()
    tablet.keyboard.press("Enter")
    expect(ask.get_by_role("status")).to_have_text("Recorded: she says yes")
    expect(ask).to_contain_text(re.compile("Now: she agreed · said to associate-.* at Old Town, now"))
    tablet.keyboard.press("Escape")
    expect(ask).to_have_count(0)
    for text in ("Poznań", "It goes with your size S.", "Wool coat"):
        expect(main).to_contain_text(text)
    expect(tablet.get_by_role("note")).to_contain_text(re.compile("She agreed .*said to associate-"))
    notes = tablet.get_by_role("region", name="Notes")
    notes.get_by_role("radio", name="Preference").check()
    notes.get_by_role("textbox").fill("She likes blue")
    notes.get_by_role("button", name="Keep note").click()
    expect(notes.get_by_role("listitem")).to_contain_text("She likes blue")
    event = counter.awaited("user_id:cleo", partial(_is, "Consent Granted"))
    said = event["properties"]
    assert (event["source"], said["purpose"], said["channel"], said["locale"]) == (
        "associate", "personalisation", "associate", "en",
    )  # fmt: skip
    assert said["wording"].startswith("May our staff use")
    assert re.fullmatch("said to associate-.* at Old Town", said["proof"])


def test_she_takes_it_back_and_nothing_personal_is_left(tablet: Page, counter: Counter) -> None:
    main = tablet.get_by_role("main")
    tablet.get_by_role("button", name="Her consent").click()
    ask = tablet.get_by_role("dialog", name="What she agrees to")
    ask.get_by_role("button", name="She withdraws it").click()
    expect(ask.get_by_role("status")).to_have_text("Recorded: she says no")
    expect(ask).to_contain_text("Now: she said no")
    ask.get_by_role("button", name="Close").click()
    expect(tablet.get_by_role("note")).to_contain_text("She does not want us to use")
    for text in ("Poznań", "size S", "Wool coat", "She likes blue"):
        expect(main).not_to_contain_text(text)
    expect(tablet.get_by_role("radio", name="Preference")).to_be_disabled()
    counter.awaited("user_id:cleo", partial(_is, "Consent Withdrawn"))
    done(tablet)


def test_without_consent_and_with_a_complaint(tablet: Page, look: Callable[[Page, str], None]) -> None:
    scan(tablet, "55554321")
    main = tablet.get_by_role("main")
    expect(tablet.get_by_role("alert")).to_contain_text("The zip broke")
    expect(tablet.get_by_role("note")).to_contain_text("She has not agreed")
    for text in ("XL", "Wool coat", "Last online"):
        expect(main).not_to_contain_text(text)
    expect(main).not_to_contain_text("The wool coat")  # nothing is sold
    expect(tablet.get_by_role("radio", name="Preference")).to_be_disabled()
    look(tablet, "screen-associate-withheld")
    done(tablet)


def test_somebody_unknown_is_served_by_what_she_holds(
    tablet: Page, look: Callable[[Page, str], None]
) -> None:
    tablet.get_by_role("button", name="Serve somebody unknown").click()
    cards = tablet.get_by_role("region", name="Next best").get_by_role("listitem")
    expect(cards.first).to_be_visible()
    asked: list[Any] = []
    tablet.on(
        "request",
        lambda request: asked.append(request.post_data_json) if request.url.endswith("decisions") else None,
    )
    tablet.get_by_role("searchbox").fill("boot")
    tablet.get_by_role("button", name="Find").click()
    expect(tablet.get_by_role("button", name="Take out Leather boot")).to_be_visible()
    tablet.get_by_role("searchbox").fill("green")
    tablet.get_by_role("button", name="Find").click()
    # what was suggested before stands until the answer is there, and its buttons go with it
    with tablet.expect_response(lambda answer: "tea" in (answer.request.post_data or "")):
        tablet.get_by_role("button", name="Green tea").click()
    expect(tablet.get_by_role("button", name="Take out Green tea")).to_be_visible()
    expect(cards.first).to_be_visible()
    assert [line["sku"] for line in asked[-1]["context"]["basket"]] == ["boot", "tea"]
    assert asked[-1]["context"]["store"] == "s1"
    assert "identifiers" not in asked[-1]
    cards.first.get_by_role("button", name="She takes it").click()
    cards.first.get_by_role("button", name="Tap again").click()
    expect(cards.first.get_by_role("status")).to_have_text("Recorded: she takes it")
    look(tablet, "screen-associate-unknown")
    done(tablet)


def test_a_tablet_that_was_put_down_shows_nobody(
    tablet: Page, errors: list[str], context: BrowserContext
) -> None:
    page = watched(context.new_page(), errors)
    page.clock.install()
    page.goto("/screens/associate")
    expect(page.get_by_role("searchbox")).to_be_visible()
    scan(page, "98761234")
    expect(page.get_by_role("heading", name="Ann Weaver")).to_be_visible()
    page.clock.fast_forward("03:05")
    expect(page.get_by_role("heading", name="Who is in front of you?")).to_be_visible()
    assert "Ann" not in page.content()
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "Ann" not in kept
    assert "98761234" not in kept
    page.close()


def test_in_a_hand_nothing_is_wider_than_the_screen(
    counter: Counter, chromium: Browser, errors: list[str]
) -> None:
    context = context_of(counter, chromium, 390, 844)
    sign_in(context, counter.served, "associate")
    page = watched(context.new_page(), errors)
    page.goto(counter.addresses["associate"])
    for button in ("Find", "Sign out"):
        box = page.get_by_role("button", name=button, exact=True).bounding_box()
        assert box is not None
        assert box["x"] >= 0, (button, box)
        assert box["x"] + box["width"] <= 390, (button, box)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_it_speaks_german_and_polish(counter: Counter, context: BrowserContext, errors: list[str]) -> None:
    for locale, heading in (
        ("de", "Wer steht vor Ihnen?"),
        ("pl", "Kto przed Tobą stoi?"),
        ("en", "Who is in"),
    ):
        page = watched(context.new_page(), errors)
        page.goto(f"/screens/associate#locale={locale}")
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        page.close()
