"""The golden record: who she is in a look, and where each value comes from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import BUILT, Opening
from tests.console.shop import asked, order, person_of, send
from tests.served import Served, serving

Look = Callable[[Page, str], None]
Check = Callable[[Page], None]


@pytest.fixture(scope="module")
def served(short_folder: Path) -> Iterator[Served]:
    """A server of our own: persons are merged on it."""
    if not BUILT.exists():
        pytest.skip("NOT TESTED: the console, because it is not built (make console)")
    with serving(short_folder / "record") as served:
        yield served


@pytest.fixture(scope="module")
def ann(served: Served) -> str:
    """The id of Ann, of whom the till and an unproven form say different things."""
    traits = {"name": "Ann Meadow", "email": "ann@example.com", "city": "Bremen", "birthday": "1988-02-03"}
    visit = {"userId": "ann", "anonymousId": "anns-browser", "timestamp": "2026-05-05T10:00:00Z"}
    consent = {"purpose": "marketing", "channel": "email"}
    at = {"timestamp": "2026-05-01T08:00:00Z"}
    send(
        served,
        [
            {"type": "identify", "messageId": "a-1", "userId": "ann", "traits": traits, **at},
            order(1, "2026-01-04", 40.0, userId="ann"),
            order(2, "2026-05-04", 20.5, userId="ann"),
            {"type": "page", "messageId": "p-1", "properties": {"path": "/oats"}, **visit},
            {"type": "track", "messageId": "c-1", "event": "Consent Granted", "properties": consent, **visit},
        ],
    )
    claim = {"type": "identify", "messageId": "f-1", "traits": {"city": "Berlin"}, **visit}
    send(served, [claim], source="form", trusted=False)
    person_of(served, "anonymous_id:anns-browser")
    return person_of(served, "user_id:ann")


@pytest.fixture
def record(opening: Opening, ann: str) -> Page:
    """Ann's record."""
    return opening(f"/customers/{ann}")


def test_a_look_says_who_she_is(record: Page) -> None:
    expect(record.get_by_role("heading", level=1)).to_have_text("Ann Meadow")
    glance = record.get_by_label("At a glance")
    expect(glance).to_contain_text("€60.50")
    expect(glance).to_contain_text("2 orders")
    expect(glance).to_contain_text("€30.25")
    expect(glance).to_contain_text("Harbour")
    # no name in what the browser keeps of the page
    assert "Ann" not in record.title()
    chart = re.compile("^Order value per month, January 2026 to May 2026")
    expect(record.get_by_role("img", name=chart)).to_be_visible()


def test_a_conflict_is_seen_and_settled_in_words_by_the_keyboard_alone(record: Page) -> None:
    attributes = record.get_by_role("region", name="Attributes")
    expect(attributes).to_contain_text("1 conflict")
    expect(attributes).to_contain_text("not “Berlin”")
    expect(attributes).to_contain_text("3 February 1988")
    value = attributes.get_by_role("button", name="Bremen")
    value.focus()
    record.keyboard.press("Shift+Tab")
    record.keyboard.press("Tab")
    told = record.get_by_role("dialog", name="Bremen")
    expect(told).to_contain_text("proven goes before claimed")
    expect(told).to_contain_text("Berlin")
    expect(told).to_contain_text("form")
    record.keyboard.press("Escape")
    expect(told).to_have_count(0)


def test_parts_have_addresses_and_an_order_leads_into_the_timeline(opening: Opening, ann: str) -> None:
    page = opening(f"/customers/{ann}#consent")
    expect(page.get_by_role("tab", name="Consent")).to_have_attribute("aria-selected", "true")
    row = page.get_by_role("row", name=re.compile("Marketing"))
    expect(row.get_by_role("button", name="granted")).to_have_count(1)
    expect(page.get_by_role("region", name="What was said")).to_contain_text("shop")
    page.get_by_role("tab", name="Overview").click()
    page.get_by_role("button", name="Show order o-1 in the timeline").click()
    expect(page).to_have_url(re.compile("#timeline$"))
    expect(page.get_by_role("tab", name="Timeline")).to_have_attribute("aria-selected", "true")


def test_a_former_id_leads_to_the_present_one(opening: Opening, served: Served, ann: str) -> None:
    send(served, [{"type": "identify", "messageId": "z-1", "userId": "zoe", "traits": {}}])
    send(served, [{"type": "identify", "messageId": "y-1", "userId": "yve", "traits": {}}])
    one, other = person_of(served, "user_id:zoe"), person_of(served, "user_id:yve")
    kept = asked(served, f"/api/v1/persons/{one}/merge", {"person_id": other})["person_id"]
    former = other if kept == one else one
    page = opening(f"/customers/{former}#consent")
    expect(page).to_have_url(re.compile(f"/customers/{kept}#consent$"))
    expect(page.get_by_text(f"the former id {former[:8]}")).to_be_visible()


def test_an_unknown_id_says_how_to_find_her(opening: Opening, forgiven: list[str]) -> None:
    forgiven.append("404")
    page = opening(f"/customers/{'0' * 32}")
    expect(page.get_by_role("heading", name="No customer has this id")).to_be_visible()
    page.get_by_role("link", name="Find a customer").click()
    expect(page.get_by_role("main").get_by_role("combobox", name="Find a customer")).to_be_focused()


def test_the_likely_view_is_explained_and_has_an_address(record: Page) -> None:
    record.get_by_text("Likely", exact=True).click()
    expect(record).to_have_url(re.compile(r"\?view=likely$"))
    expect(record.get_by_role("heading", level=1)).to_have_text("Ann Meadow")
    record.get_by_role("button", name="What certain and likely mean").click()
    expect(record.get_by_role("dialog")).to_contain_text("never for messages")


@pytest.mark.parametrize("role", ["associate", "read"])
def test_roles_that_read_see_the_record_without_errors(opening: Opening, ann: str, role: str) -> None:
    page = opening(f"/customers/{ann}", role=role)
    expect(page.get_by_role("region", name="Attributes")).to_contain_text("Bremen")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [pytest.param(1280, marks=pytest.mark.slow), 390])
def test_the_record_can_be_used_by_everybody(
    opening: Opening, ann: str, assert_accessible: Check, look: Look, width: int, scheme: str
) -> None:
    page = opening(f"/customers/{ann}", width=width, scheme=scheme)
    expect(page.get_by_role("region", name="Attributes")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_accessible(page)
    look(page, f"record-{width}-{scheme}")
    page.get_by_role("tab", name="Consent").click()
    expect(page.get_by_role("region", name="What holds now")).to_be_visible()
    assert_accessible(page)
