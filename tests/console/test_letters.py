"""Dead letters in the browser: found by reason, mended, tried, sent through again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import msgspec
from playwright.sync_api import Page, expect

from tests.console.conftest import PATIENCE, Opening
from tests.served import Served


def refused(served: Served, *events: dict[str, object], source: str = "shop") -> None:
    """Send events that cannot be admitted, through the front door."""
    body = msgspec.json.encode({"batch": list(events)})
    key = served.key("ingest", "--source", source)
    answer = served.request(
        "POST", "/v1/batch", key=key, body=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status == 200, answer.body


def nameless(count: int) -> list[dict[str, object]]:
    """Tracks without an event's name."""
    return [
        {"type": "track", "userId": f"u{n}", "messageId": os.urandom(8).hex(), "properties": {"n": n}}
        for n in range(count)
    ]


def test_a_letter_is_mended_tried_and_replayed(
    opening: Opening,
    served: Served,
    look: Callable[[Page, str], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    refused(served, *nameless(1), source="mending")
    page = opening("/dead-letters?reason=wrong_type&source=mending")
    page.get_by_role("grid").get_by_role("row").nth(1).click()
    editor = page.get_by_label("The event", exact=True)
    page.get_by_role("button", name="Try").click()
    expect(page.get_by_text("would be refused")).to_be_visible()
    text = editor.input_value()
    editor.fill(text[:-1])
    expect(page.get_by_text("Not JSON any more at line")).to_be_visible()
    editor.fill(text.replace('"type"', '"event": "Cart Viewed", "type"'))
    page.get_by_role("button", name="Try").click()
    expect(page.get_by_text("would be admitted")).to_be_visible()
    assert_accessible(page)
    look(page, "dead-letters")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.get_by_text("1 letter is an event now")).to_be_visible()


def test_all_of_a_reason_are_replayed_and_what_stays_says_why(opening: Opening, served: Served) -> None:
    refused(served, *nameless(3), source="replaying")  # its own: other tests leave letters behind
    page = opening("/dead-letters?reason=wrong_type&source=replaying")
    page.get_by_role("button", name="Replay these 3").click()
    page.get_by_role("dialog").get_by_role("button", name="Replay").click()
    expect(page.get_by_text("3 still cannot be used and stay")).to_be_visible()


def test_new_ones_wait_behind_a_bar(opening: Opening, served: Served) -> None:
    refused(served, *nameless(1))
    page = opening("/dead-letters")
    expect(page.get_by_role("grid")).to_be_visible()
    show = page.get_by_role("button", name="Show them")
    until = time.monotonic() + PATIENCE / 1_000
    while not show.is_visible() and time.monotonic() < until:  # until the live stream is open
        refused(served, {"type": "trak", "userId": "u", "messageId": os.urandom(8).hex()})
        page.wait_for_timeout(1_000)
    show.click()
    expect(page.get_by_role("navigation", name="Reasons").get_by_text("Unknown type")).to_be_visible()


def test_who_only_reads_sees_them_on_a_phone_and_changes_nothing(
    opening: Opening, served: Served, assert_accessible: Callable[[Page], None]
) -> None:
    refused(served, *nameless(1))
    page = opening("/dead-letters", role="read", width=390, scheme="dark")
    page.get_by_role("grid").get_by_role("row").nth(1).click()
    expect(page.get_by_label("The event", exact=True)).not_to_be_editable()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    assert_accessible(page)
