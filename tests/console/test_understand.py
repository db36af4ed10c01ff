"""Segments, traits, models and insights, on one small shop: defined, tried, counted, shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import BUILT, Opening
from tests.console.shop import order, person_of, send
from tests.served import Served, serving

Look = Callable[[Page, str], None]
Check = Callable[[Page], None]
CUSTOMERS = 12


@pytest.fixture(scope="module")
def served(short_folder: Path) -> Iterator[Served]:
    """A server of our own: segments are defined on it."""
    if not BUILT.exists():
        pytest.skip("NOT TESTED: the console, because it is not built (make console)")
    with serving(short_folder / "understand") as served:
        yield served


@pytest.fixture(scope="module")
def regular(served: Served) -> str:
    """The id of who ordered most; the others ordered once each."""
    day = datetime.now(UTC).date()
    events = [
        order(n, (day - timedelta(days=n % 20)).isoformat(), 20.0 + n, userId=f"c-{n}")
        for n in range(CUSTOMERS)
    ]
    events += [
        order(100 + n, (day - timedelta(days=7 * n)).isoformat(), 30.0, userId="c-1") for n in range(5)
    ]
    names = [
        {"type": "identify", "messageId": f"n-{n}", "userId": f"c-{n}", "traits": {"name": f"Customer {n}"}}
        for n in range(CUSTOMERS)
    ]
    send(served, [*names, *events])
    return person_of(served, "user_id:c-1")


def test_without_segments_the_page_says_how_to_begin(opening: Opening, assert_accessible: Check) -> None:
    page = opening("/segments", role="marketer")
    expect(page.get_by_text("No segments yet")).to_be_visible()
    assert_accessible(page)


def test_a_trait_is_put_together_tried_and_put_in_force(
    opening: Opening, regular: str, assert_accessible: Check
) -> None:
    page = opening("/traits/new", role="marketer")
    page.get_by_label("Title").fill("Orders in a quarter")
    tried = page.get_by_role("region", name="What it would give")
    expect(tried.get_by_role("status")).to_contain_text("Customer 1")
    page.get_by_role("button", name="Only some…").click()
    some = page.get_by_role("group", name="Which of them")
    some.get_by_role("combobox", name="What", exact=True).select_option("properties.revenue")
    expect(tried).to_contain_text("Choose what is missing")
    some.get_by_role("textbox", name="With what").fill("25")
    expect(page.get_by_text("where revenue ≥ 25")).to_be_visible()
    expect(tried.locator("[data-changing]")).to_have_count(0)  # pale while it is tried anew
    assert_accessible(page)
    page.get_by_role("button", name="Put in force").click()
    expect(page).to_have_url(re.compile("/traits/orders_in_a_quarter$"))
    expect(page.get_by_text("count: Order Completed")).to_be_visible()


def test_what_is_wrong_with_a_trait_is_said_at_its_part(
    opening: Opening, regular: str, forgiven: list[str]
) -> None:
    forgiven.append("400")
    page = opening("/traits/new", role="marketer")
    page.get_by_label("What to compute").select_option("sum")
    page.get_by_role("combobox", name="Of which field").fill("propertie.revenue")
    expect(page.get_by_text("did you mean 'properties'?")).to_be_visible()
    expect(page.get_by_role("combobox", name="Of which field")).to_have_attribute("aria-invalid", "true")


def test_a_segment_is_built_counted_and_has_its_members(
    opening: Opening, regular: str, assert_accessible: Check, look: Look
) -> None:
    page = opening("/segments/new", role="marketer")
    page.get_by_label("Title").fill("Regulars")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_role("combobox", name="What", exact=True).select_option("traits.orders_in_a_quarter")
    page.get_by_role("combobox", name="How it compares").select_option(">=")
    page.get_by_role("textbox", name="With what").fill("3")
    found = page.get_by_role("region", name="Whom it finds")
    expect(found.get_by_role("status")).to_contain_text("customers")
    assert_accessible(page)
    look(page, "segment-new")
    page.get_by_role("button", name="Put in force").click()
    expect(page).to_have_url(re.compile("/segments/regulars$"))
    expect(page.get_by_role("region", name="Members")).to_contain_text("Customer 1")
    assert_accessible(page)


def test_a_condition_on_an_event_is_put_together_and_read_again(
    opening: Opening, regular: str, assert_accessible: Check
) -> None:
    page = opening("/segments/new", role="marketer")
    page.get_by_label("Title").fill("Dear orders")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_role("combobox", name="What", exact=True).select_option("did")
    page.get_by_role("button", name="only some of them…").click()
    asked = page.get_by_role("group", name="only “Order Completed” for which")
    asked.get_by_role("combobox", name="What", exact=True).select_option("…")
    asked.get_by_role("textbox", name="Path of the field").fill("properties.total")
    asked.get_by_role("textbox", name="Path of the field").press("Enter")
    asked.get_by_role("combobox", name="What", exact=True).select_option("properties.revenue")
    asked.get_by_role("textbox", name="With what").fill("30")
    found = page.get_by_role("region", name="Whom it finds")
    expect(found.get_by_role("status")).to_contain_text("customers")
    expect(page.get_by_text("did Order Completed where revenue ≥ 30 within 30 days")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Put in force").click()
    expect(page).to_have_url(re.compile("/segments/dear_orders$"))
    page.get_by_role("link", name="Edit").click()
    asked = page.get_by_role("group", name="only “Order Completed” for which")
    expect(asked.get_by_role("textbox", name="With what")).to_have_value("30")


def test_her_record_tells_traits_and_segments(
    opening: Opening, regular: str, assert_accessible: Check, forgiven: list[str]
) -> None:
    forgiven.append("409")  # no model recommends yet
    page = opening(f"/customers/{regular}#insights", role="marketer")
    expect(page.get_by_role("region", name="Segments")).to_contain_text("regulars")
    expect(page.get_by_role("region", name="Traits", exact=True)).to_contain_text("orders in a quarter")
    expect(page.get_by_text("has not been trained yet")).to_be_visible()
    assert_accessible(page)


def test_what_a_segment_rests_on_cannot_be_removed(
    opening: Opening, regular: str, forgiven: list[str]
) -> None:
    forgiven.append("400")
    page = opening("/traits/orders_in_a_quarter", role="marketer")
    page.get_by_role("button", name="Remove").click()
    asked = page.get_by_role("dialog")
    asked.get_by_role("button", name="Remove").click()
    expect(asked).to_contain_text("regulars")


@pytest.mark.parametrize(
    "path", ["/segments", "/segments/regulars", "/traits", "/models", "/segments/discover"]
)
@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "light"), pytest.param(1280, "dark", marks=pytest.mark.slow)]
)
def test_the_pages_can_be_used_by_everybody(
    opening: Opening, regular: str, assert_accessible: Check, path: str, width: int, scheme: str
) -> None:
    page = opening(path, role="marketer", width=width, scheme=scheme)
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator("main [data-skeleton]")).to_have_count(0)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_models_say_that_they_are_not_trained_and_what_is_missing(opening: Opening, regular: str) -> None:
    page = opening("/models", role="marketer")
    expect(page.get_by_role("list", name="Models")).to_contain_text("Not trained yet")
    page.get_by_role("button", name="Train Purchases and value").click()
    expect(page.get_by_role("region", name="Last training")).to_contain_text("left out")


def test_who_only_reads_changes_nothing(opening: Opening, regular: str) -> None:
    page = opening("/segments/regulars", role="read")
    expect(page.get_by_text("orders in a quarter ≥ 3").first).to_be_visible()
    expect(page.get_by_role("link", name="Edit")).to_have_count(0)
