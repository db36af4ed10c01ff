"""Imports in the browser: files of orders and of customers, whole and broken, from the drop to the report."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.console.conftest import Opening

ORDERS = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HANGING HEART,6,12/1/10 8:26,2.55,17850.0,United Kingdom
536365,71053,WHITE METAL LANTERN,6,12/1/10 8:26,3.39,17850.0,United Kingdom
536367,84879,BIRD ORNAMENT,32,12/14/10 8:34,1.69,13047.0,Germany
536368,22960,JAM MAKING SET,6,12/15/10 8:34,4.25,,United Kingdom
C536379,84879,BIRD ORNAMENT,-1,12/17/10 9:41,1.69,13047.0,Germany
"""
CRM = """Kundennummer;Vorname;Nachname;E-Mail;Ort
1001;Anna;Schmidt;anna.schmidt@example.com;Berlin
1002;Jörg;Müller;joerg@example.com;München
"""


@pytest.fixture
def lay(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a file to choose."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def choose(page: Page, file: Path) -> None:
    """Upload a file and wait for what would become of it."""
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("heading", name="What becomes of it")).to_be_visible()
    settled(page)


def settled(page: Page) -> None:
    """The preview is of the mapping as it stands."""
    page.wait_for_timeout(400)  # typing is waited out before a preview is asked for
    expect(page.get_by_test_id("preview")).to_have_attribute("aria-busy", "false")


def run(page: Page) -> None:
    """Start it and wait for its report."""
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="What came of it")).to_be_visible()


def tells(page: Page, **figures: str) -> None:
    """These figures stand in the report."""
    for name, value in figures.items():
        fact = page.locator("dl > div").filter(has=page.get_by_text(name.replace("_", " "), exact=True))
        expect(fact.locator("dd").first).to_have_text(value)


def test_orders_with_returns_and_guests(
    opening: Opening,
    lay: Callable[[str, str], Path],
    look: Callable[[Page, str], None],
    assert_accessible: Callable[[Page], None],
) -> None:
    page = opening("/imports")
    page.get_by_role("link", name="Import a file").first.click()
    assert_accessible(page)
    choose(page, lay("till_orders.csv", ORDERS))
    preview = page.get_by_test_id("preview")
    shown = preview.get_by_role("article")
    expect(shown.filter(has_text="Order Completed")).to_have_count(2)
    expect(shown.filter(has_text="Order Refunded")).to_have_count(1)
    expect(preview.get_by_text("1 would be rejected")).to_be_visible()
    assert_accessible(page)
    look(page, "import-mapping")

    run(page)
    tells(page, Rows_read="5", New_events="3", Rejected="1")
    assert_accessible(page)
    look(page, "import-report")
    first = page.url
    page.get_by_role("button", name="Run again").click()
    expect(page).not_to_have_url(first)
    expect(page.get_by_role("heading", name="What came of it")).to_be_visible()
    tells(page, New_events="0", Known_already="3")
    page.get_by_role("link", name="Mend them").click()
    expect(page.get_by_role("heading", name="No identifier")).to_be_visible()


def test_a_mapping_is_mended_in_the_form_and_in_the_file(
    opening: Opening, lay: Callable[[str, str], Path]
) -> None:
    page = opening("/imports/new")
    choose(page, lay("mended.csv", ORDERS))
    key = page.get_by_label("Key (message_id)")
    key.fill("{Nowhere}")
    expect(page.get_by_text("This mapping does not work yet")).to_be_visible()
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_disabled()
    key.fill("order-{InvoiceNo}")
    settled(page)
    expect(page.get_by_test_id("preview").get_by_text("order-536365")).to_be_visible()

    page.get_by_text("As a file", exact=True).click()
    expect(page.locator(".cm-line", has_text="order-{InvoiceNo}")).to_be_visible()
    page.get_by_text("Form", exact=True).click()
    expect(key).to_have_value("order-{InvoiceNo}")
    page.get_by_text("An event", exact=True).click()
    expect(page.get_by_label("Rows belong together by")).to_have_count(0)


def test_customers_of_a_crm(opening: Opening, lay: Callable[[str, str], Path]) -> None:
    page = opening("/imports/new", role="marketer")
    choose(page, lay("crm.csv", CRM))
    expect(page.get_by_role("radio", name="A customer")).to_be_checked()
    expect(page.get_by_test_id("preview").get_by_text("Schmidt", exact=True)).to_be_visible()
    run(page)
    tells(page, New_events="2")
    page.goto("/console/imports")
    expect(page.get_by_role("row", name=re.compile("crm.csv")).first).to_contain_text("2 new events")


def test_one_that_was_only_slow_is_not_left_for_interrupted(
    opening: Opening, lay: Callable[[str, str], Path]
) -> None:
    page = opening("/imports/new")
    choose(page, lay("slow.csv", CRM))
    silent = True

    def unheard_of(route: Route) -> None:
        """As it is told of while its process has no time to say that it lives."""
        answer = route.fetch()
        told = answer.json() | {"state": "interrupted", "ended_at": None, "report": None}
        route.fulfill(response=answer, json=told) if silent else route.continue_()

    page.route(re.compile("/api/v1/imports/[0-9a-f]{32}$"), unheard_of)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("It was interrupted")).to_be_visible()
    silent = False
    expect(page.get_by_role("heading", name="What came of it")).to_be_visible()


def test_broken_files_say_what_is_wrong_with_them(
    opening: Opening, lay: Callable[[str, str], Path], forgiven: list[str]
) -> None:
    page = opening("/imports/new")
    choose(page, lay("cut.csv", ORDERS[: ORDERS.index("JAM")]))
    expect(page.get_by_text("is the file whole?")).to_be_visible()

    page.get_by_role("button", name="Another file").click()
    choose(page, lay("caret.csv", CRM.replace(";", "^")))
    expect(page.get_by_text(re.compile("only one column was found", re.IGNORECASE))).to_be_visible()

    page.get_by_role("button", name="Another file").click()
    page.locator("input[type=file]").set_input_files(lay("empty.csv", ""))
    expect(page.get_by_text("The file is empty.")).to_be_visible()


def test_who_only_reads_sees_imports_and_starts_none(
    opening: Opening, assert_accessible: Callable[[Page], None]
) -> None:
    page = opening("/imports", role="read", width=390, scheme="dark")
    expect(page.get_by_role("heading", name="Imports")).to_be_visible()
    expect(page.get_by_role("link", name="Import a file")).to_have_count(0)
    assert_accessible(page)
