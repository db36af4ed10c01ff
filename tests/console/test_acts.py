"""What is done with a record: merge and undo, export, erase with its proof; each to whom it is allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import BUILT, Opening
from tests.console.shop import order, person_of, send
from tests.served import Served, serving

Look = Callable[[Page, str], None]
Check = Callable[[Page], None]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of our own: persons are merged and erased on it."""
    if not BUILT.exists():
        pytest.skip("NOT TESTED: the console, because it is not built (make console)")
    with serving(tmp_path_factory.mktemp("acts") / "data") as served:
        yield served


@pytest.fixture(scope="module")
def people(served: Served) -> dict[str, str]:
    """The ids of Ann, Bea and Cleo."""
    names = ("ann", "bea", "cleo")
    for number, name in enumerate(names, 1):
        traits = {"name": f"{name.title()} Meadow", "email": f"{name}@example.com"}
        at = {"userId": name, "timestamp": "2026-05-01T08:00:00Z"}
        said = {"type": "identify", "messageId": f"i-{name}", "traits": traits, **at}
        send(served, [said, order(number, "2026-05-04", 20.0 * number, userId=name)])
    return {name: person_of(served, f"user_id:{name}") for name in names}


def act(page: Page, name: str) -> None:
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name=name).click()


def test_two_customers_become_one_and_two_again(
    opening: Opening, served: Served, people: dict[str, str], assert_accessible: Check, look: Look
) -> None:
    page = opening(f"/customers/{people['ann']}")
    act(page, "Merge with another customer")
    dialog = page.get_by_role("dialog", name="Merge with another customer")
    dialog.get_by_label("Who is the same person?").fill("bea@example.com")
    dialog.get_by_role("button", name=re.compile("Bea Meadow")).click()
    expect(dialog.get_by_role("region", name="This customer")).to_contain_text("Ann Meadow")
    expect(dialog.get_by_role("region", name="To be merged with")).to_contain_text("€40.00")
    expect(dialog).to_contain_text("2 orders become one record")
    assert_accessible(page)
    look(page, "merge")
    dialog.get_by_role("button", name="Merge the two").click()
    told = page.get_by_text("The two are one customer now")
    expect(told).to_be_visible()
    assert person_of(served, "user_id:ann") == person_of(served, "user_id:bea")
    page.get_by_role("button", name="Undo").click()
    expect(told).to_be_hidden()
    expect(page.get_by_role("main")).to_contain_text("1 order")
    assert person_of(served, "user_id:ann") != person_of(served, "user_id:bea")


def test_an_export_is_a_file_with_everything(opening: Opening, people: dict[str, str]) -> None:
    page = opening(f"/customers/{people['ann']}", role="read")
    act(page, "Export everything")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the file").click()
    assert "ann" not in download.value.suggested_filename
    told = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert {each["event"] for each in told["events"]} == {"", "Order Completed"}
    assert told["person"]["person_id"] == people["ann"]


def test_an_erasure_says_its_consequences_first_and_shows_its_proof(
    opening: Opening,
    served: Served,
    people: dict[str, str],
    assert_accessible: Check,
    look: Look,
    forgiven: list[str],
) -> None:
    forgiven.append(f"404.*{people['cleo']}")  # her open record may ask once more before it is left
    page = opening(f"/customers/{people['cleo']}")
    act(page, "Erase this customer")
    dialog = page.get_by_role("dialog", name="Erase this customer for good?")
    expect(dialog).to_contain_text("2 identifiers")
    expect(dialog).to_contain_text("2 events since 1 May 2026")
    expect(dialog).to_contain_text("1 order")
    go = dialog.get_by_role("button", name="Erase for good")
    expect(go).to_be_disabled()
    dialog.get_by_label(re.compile("Type")).fill("erase")
    expect(go).to_be_enabled()
    page.wait_for_timeout(400)  # its colour has changed by then
    assert_accessible(page)
    look(page, "erase")
    go.click()
    proof = page.get_by_role("dialog", name="Erasure")
    expect(proof).to_contain_text("Nothing was left.")
    expect(proof).to_contain_text("2 identifiers were forgotten")
    expect(page).to_have_url(re.compile("/console/customers$"))
    look(page, "erasure")
    found = served.get("/api/v1/persons?identifier=user_id:cleo")
    assert found == {"persons": []}


@pytest.mark.parametrize(("role", "items"), [("associate", 0), ("marketer", 0), ("read", 1), ("admin", 3)])
def test_acts_are_offered_to_whom_they_are_allowed(
    opening: Opening, people: dict[str, str], role: str, items: int
) -> None:
    page = opening(f"/customers/{people['ann']}", role=role)
    page.get_by_role("button", name="Actions").click()
    menu = page.get_by_role("menu")
    expect(menu.get_by_role("menuitem")).to_have_count(items)
    if role != "admin":
        expect(menu).to_contain_text("Administrators can merge")
