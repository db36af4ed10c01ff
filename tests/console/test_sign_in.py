"""The ways into the console, and out of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import Opening, invite, owners_link
from tests.served import Served

Look = Callable[[Page, str], None]
Check = Callable[[Page], None]

PASSWORD = "seven calm herons wade"


def test_the_link_of_the_machine_signs_in_and_leaves_the_address(opening: Opening, served: Served) -> None:
    page = opening("/sign-in", role=None)
    link = owners_link(served)
    page.goto(link)
    expect(page).to_have_url(re.compile("/console/$"))
    assert link.partition("#")[2] not in page.evaluate("JSON.stringify(history.state) + location.href")
    page.reload()
    expect(page.get_by_role("button", name="You: owner")).to_be_visible()


def test_a_link_works_once(opening: Opening, served: Served, forgiven: list[str]) -> None:
    forgiven.append("401")
    link = owners_link(served)
    page = opening(link.partition("/console")[2], role=None)
    expect(page.get_by_role("button", name="You: owner")).to_be_visible()
    other = opening("/sign-in", role=None)
    other.goto(link)
    expect(other.get_by_role("alert")).to_contain_text("This link has been used, or is too old.")
    expect(other.get_by_text("segue sign-in")).to_be_visible()
    # to who is signed in already it is the way in all the same
    page.goto("/console/customers")
    page.goto(link)
    expect(page).to_have_url(re.compile("/console/$"))


def test_where_she_wanted_to_go_is_where_she_arrives(opening: Opening, served: Served) -> None:
    page = opening("/settings", role=None)
    expect(page).to_have_url(re.compile("/console/sign-in$"))
    name = invited(page, served, "wanted@shop.example")
    page.get_by_role("button", name="You").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/console/customers")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/console/customers$"))


def test_who_is_invited_sets_a_password(opening: Opening, served: Served, assert_accessible: Check) -> None:
    page = opening("/sign-in", role=None)
    link = msgspec.json.decode(invite(served, "new@shop.example", "marketer"))["link"]
    page.goto(link)
    expect(page.get_by_role("heading", name="Set your password")).to_be_visible()
    assert_accessible(page)
    save = page.get_by_role("button", name="Save the password")
    page.get_by_label("New password").fill("too short")
    expect(page.get_by_text("3 more characters")).to_be_visible()
    expect(save).to_be_disabled()
    page.get_by_label("New password").fill(PASSWORD)
    save.click()
    expect(page).to_have_url(re.compile("/console/$"))
    expect(page.get_by_role("button", name="You: new@shop.example")).to_be_visible()


def test_a_password_that_will_not_do_is_refused_with_the_reason(
    opening: Opening, served: Served, forgiven: list[str]
) -> None:
    forgiven.append("400")
    page = opening("/sign-in", role=None)
    page.goto(msgspec.json.decode(invite(served, "weak-name@shop.example", "read"))["link"])
    page.get_by_label("New password").fill("weak-name@shop.example")
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_role("alert")).to_contain_text("name")


def test_a_wrong_password_is_told_in_words(opening: Opening, served: Served, forgiven: list[str]) -> None:
    forgiven.append("401")
    page = opening("/sign-in", role=None)
    invited(page, served, "wrong@shop.example")
    other = opening("/sign-in", role=None)
    other.get_by_label("Name").fill("wrong@shop.example")
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_text("Type your password.")).to_be_visible()
    other.get_by_label("Password", exact=True).fill("not this one at all")
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_role("alert")).to_contain_text("Name or password is wrong.")


@pytest.mark.parametrize("reason", ["away", "unknown", "something_new"])
def test_a_way_through_the_organisation_that_failed_says_why(opening: Opening, reason: str) -> None:
    page = opening(f"/sign-in?error=oidc_{reason}", role=None)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Signing in with your organisation did not work")
    assert len(alert.inner_text().splitlines()) > 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [pytest.param(1280, marks=pytest.mark.slow), 390])
def test_the_way_in_is_accessible(
    opening: Opening, assert_accessible: Check, look: Look, width: int, scheme: str
) -> None:
    page = opening("/sign-in", role=None, width=width, scheme=scheme)
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    look(page, f"sign-in-{width}-{scheme}")


def invited(page: Page, served: Served, name: str) -> str:
    """Signs a new user in by her link and sets PASSWORD; her name."""
    page.goto(msgspec.json.decode(invite(served, name, "admin"))["link"])
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_role("button", name=f"You: {name}")).to_be_visible()
    return name
