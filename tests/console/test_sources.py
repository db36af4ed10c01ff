"""Sources: one is added and connected, what comes from it is watched, its keys and its state are changed."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable

import msgspec
import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import Opening
from tests.served import Answer, Served

Look = Callable[[Page, str], None]
Check = Callable[[Page], None]


def send(served: Served, key: str, event: dict[str, object]) -> Answer:
    """One event through the front door, as a client sends it."""
    headers = {"Authorization": f"Basic {b64encode(f'{key}:'.encode()).decode()}"}
    return served.request("POST", "/v1/track", body=msgspec.json.encode(event), headers=headers)


def admin(served: Served, method: str, path: str, body: object = None) -> Answer:
    """A request of an administrator's."""
    content = b"" if body is None else msgspec.json.encode(body)
    headers = {"Content-Type": "application/json"}
    return served.request(method, path, key=served.key("admin"), body=content, headers=headers)


def made(served: Served, name: str, *, trusted: bool = True) -> str:
    """The key of a new source."""
    answer = admin(served, "POST", "/api/v1/sources", {"name": name, "trusted": trusted})
    assert answer.status == 201, answer.body
    return str(answer.json()["key"])


@pytest.fixture(scope="module")
def brought(served: Served) -> str:
    """A source that has brought an event that was taken in, one with marks, and one that was refused."""
    key = made(served, "counter")
    events: tuple[dict[str, object], ...] = (
        {"userId": "c-1", "event": "Product Viewed", "messageId": "m-1", "properties": {"name": "Mug"}},
        {"userId": "c-2", "event": "Product Added", "timestamp": "2090-01-01T00:00:00Z"},
        {"userId": "c-3"},
    )
    for event in events:
        assert send(served, key, event).status == 200
    return "counter"


def test_a_source_is_added_and_its_first_event_arrives(opening: Opening, served: Served) -> None:
    page = opening("/sources")
    page.get_by_role("button", name="Add a source").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="A server or a till").click()
    expect(dialog.get_by_label(re.compile("^Trusted"))).to_be_checked()
    name = dialog.get_by_role("textbox", name="Name")
    make = dialog.get_by_role("button", name="Make the source")
    name.fill("Not A Name")
    expect(dialog.get_by_text("Begin with a small letter")).to_be_visible()
    expect(make).to_be_disabled()
    name.fill("web")
    expect(dialog.get_by_text("There is a source of that name already.")).to_be_visible()
    name.fill("new-till")
    make.click()

    key = dialog.locator("pre").inner_text()
    go_on = dialog.get_by_role("button", name="Go on")
    expect(go_on).to_be_disabled()
    dialog.get_by_label("I have kept it").check()
    go_on.click()
    expect(dialog.locator("pre", has_text=key)).to_be_visible()
    expect(dialog.get_by_text("Waiting for the first event")).to_be_visible()
    dialog.get_by_text("Nothing comes?").click()
    expect(dialog.get_by_text("401 not_authenticated")).to_be_visible()

    assert send(served, "wrong", {"userId": "t-1", "event": "Tried"}).status == 401
    assert send(served, key, {"userId": "t-1", "event": "Connection Tried"}).status == 200
    expect(dialog.get_by_text("The first event has come: Connection Tried")).to_be_visible()
    dialog.get_by_role("link", name="See who it belongs to").click()
    expect(page).to_have_url(re.compile("/console/customers/[0-9a-f]{32}$"))


def test_a_first_event_that_was_refused_says_why(opening: Opening, served: Served) -> None:
    key = made(served, "clumsy")
    page = opening("/sources/clumsy")
    expect(page.get_by_text("Waiting for the first event")).to_be_visible()
    assert send(served, key, {"event": "Tried"}).status == 200
    expect(page.get_by_text("Something has come, but it was refused: no identifier")).to_be_visible()
    page.get_by_role("link", name="Open the dead letter").click()
    expect(page).to_have_url(re.compile("/console/dead-letters"))


def test_the_list_leads_to_a_source_and_to_what_waits_of_it(opening: Opening, brought: str) -> None:
    page = opening("/sources")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=brought, exact=True))
    expect(row.get_by_text("trusted")).to_be_visible()
    expect(row.get_by_role("link", name="1 dead letter waits")).to_have_attribute(
        "href", f"/console/dead-letters?source={brought}"
    )
    row.get_by_role("link", name=brought, exact=True).click()
    expect(page.locator("main h1")).to_have_text(brought)


def test_the_debugger_tells_what_came_and_what_became_of_it(
    opening: Opening, served: Served, brought: str
) -> None:
    page = opening(f"/sources/{brought}")
    rows = page.get_by_role("list", name="Events, newest first").locator("> li")
    expect(rows).to_have_count(3)
    taken = rows.filter(has_text="Product Viewed")
    taken.locator("> button").click()
    expect(taken.get_by_text('"Mug"')).to_be_visible()
    expect(taken.get_by_role("link", name="c-1")).to_be_visible()
    properties = taken.get_by_role("button", name="Fold properties")
    properties.press("Enter")
    expect(taken.get_by_text('"Mug"')).to_be_hidden()

    key = served.key("ingest", "--source", brought, "--trusted")
    assert send(served, key, {"userId": "c-9", "event": "Cart Viewed", "messageId": "m-9"}).status == 200
    page.get_by_role("button", name="1 new").click()
    expect(rows.first).to_contain_text("Cart Viewed")

    show = page.get_by_role("radiogroup", name="Show")
    show.get_by_text("Marked").click()
    expect(rows).to_have_count(1)
    rows.locator("> button").click()
    expect(rows.get_by_text("Its time could not be used")).to_be_visible()
    show.get_by_text("Refused").click()
    rows.locator("> button").click()
    expect(rows.get_by_text("A field of the wrong type", exact=True)).to_be_visible()
    expect(rows.get_by_role("link", name="Mend it")).to_have_attribute(
        "href", re.compile("reason=wrong_type")
    )
    page.get_by_role("searchbox", name="Search within").fill("Mug")
    expect(page.get_by_text("None of what is here fits.")).to_be_visible()


def test_keys_are_made_and_revoked_and_a_source_is_switched_off(opening: Opening, served: Served) -> None:
    first = made(served, "kiosk", trusted=False)
    page = opening("/sources/kiosk")
    page.get_by_role("button", name="New key", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Make a key").click()
    second = dialog.locator("pre").inner_text()
    dialog.get_by_label("I have kept it").check()
    dialog.get_by_role("button", name="Done").click()
    expect(page.locator("pre", has_text=second).first).to_be_visible()

    page.get_by_role("button", name="Revoke key").first.click()
    expect(dialog.get_by_text("whoever sends with it is answered 401")).to_be_visible()
    dialog.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("button", name="Revoke key")).to_have_count(1)
    [source] = [each for each in served.get("/api/v1/sources")["sources"] if each["name"] == "kiosk"]
    assert [bool(key["revoked_at"]) for key in source["keys"]] == [True, False]
    assert first != second

    page.get_by_role("button", name="Renew").click()
    expect(dialog.get_by_text("are no longer believed")).to_be_visible()
    dialog.get_by_role("button", name="Renew").click()
    expect(dialog.get_by_text("This secret is shown only now")).to_be_visible()
    dialog.get_by_label("I have kept it").check()
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_be_hidden()

    page.get_by_role("button", name="Switch off").click()
    dialog.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("This source is switched off")).to_be_visible()
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text("This source is switched off")).to_be_hidden()


def test_who_may_not_change_sources_is_shown_no_way_to(opening: Opening, brought: str) -> None:
    page = opening(f"/sources/{brought}", role="marketer")
    expect(page.get_by_role("heading", name="Live debugger")).to_be_visible()
    for name in ("Switch off", "New key", "Revoke", "Make a new key"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.get_by_text("Sources are added and changed by administrators.")).to_be_visible()
    denied = opening("/sources", role="associate")
    expect(denied.get_by_text("Your role does not open this page")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [pytest.param(1280, marks=pytest.mark.slow), 390])
def test_sources_are_accessible(
    opening: Opening, assert_accessible: Check, look: Look, brought: str, width: int, scheme: str
) -> None:
    page = opening("/sources", width=width, scheme=scheme)
    expect(page.get_by_role("link", name=brought, exact=True)).to_be_visible()
    assert_accessible(page)
    look(page, f"sources-{width}-{scheme}")
    page.get_by_role("button", name="Add a source").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.goto(f"/console/sources/{brought}")
    rows = page.get_by_role("list", name="Events, newest first").locator("> li")
    rows.filter(has_text="Product Viewed").locator("> button").click()
    expect(rows.get_by_text('"Mug"')).to_be_visible()
    page.get_by_text("Nothing comes?").click()
    assert_accessible(page)
    look(page, f"source-{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
