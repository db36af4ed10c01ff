"""How she is known: the picture, the proof of each link, and an identifier taken away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import BUILT, Opening
from tests.console.shop import person_of, send
from tests.served import Served, serving

Look = Callable[[Page, str], None]
Check = Callable[[Page], None]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of our own: an identifier is taken away on it."""
    if not BUILT.exists():
        pytest.skip("NOT TESTED: the console, because it is not built (make console)")
    with serving(tmp_path_factory.mktemp("identity") / "data") as served:
        yield served


@pytest.fixture(scope="module")
def ann(served: Served) -> str:
    """The id of Ann, who signed in on two browsers."""
    said = {"type": "identify", "userId": "ann", "traits": {"email": "ann@example.com"}}
    send(
        served,
        [
            {
                **said,
                "messageId": f"s-{n}",
                "anonymousId": f"browser-{n}",
                "timestamp": f"2026-05-0{n}T10:00:00Z",
            }
            for n in (1, 2)
        ],
    )
    return person_of(served, "user_id:ann")


def test_a_proof_leads_to_its_event(opening: Opening, ann: str, look: Look) -> None:
    page = opening(f"/customers/{ann}#identity")
    expect(page.locator(".react-flow__node")).to_have_count(4)
    look(page, "identity")
    page.get_by_role("button", name="Show proof").first.click()
    proof = page.get_by_role("region", name="Proof of the link")
    expect(proof).to_contain_text("s-1")
    proof.get_by_role("button", name="Show the event in the timeline").click()
    expect(page).to_have_url(re.compile("#timeline$"))
    expect(page.locator("article[data-marked]")).to_contain_text("s-1")


def test_an_identifier_is_taken_away_by_the_keyboard_after_its_consequences_are_said(
    opening: Opening, served: Served, ann: str
) -> None:
    page = opening(f"/customers/{ann}#identity")
    page.locator(".react-flow__node", has_text="browser-2").focus()
    page.keyboard.press("Enter")
    one = page.get_by_role("region", name="This identifier")
    one.get_by_role("button", name="Take this identifier away").click()
    asked = page.get_by_role("dialog", name="Take this identifier away?")
    expect(asked).to_contain_text("a customer of their own")
    asked.get_by_role("button", name="Take this identifier away").click()
    expect(page.locator(".react-flow__node")).to_have_count(3)
    assert person_of(served, "anonymous_id:browser-2") != person_of(served, "user_id:ann")


SLOW_TO_MEASURE = """() => {
  const Observer = window.ResizeObserver
  window.ResizeObserver = class extends Observer {
    constructor(told) { super((...args) => setTimeout(() => told(...args), 3000)) }
  }
}"""
"""A busy machine tells the size of what is drawn long after it is drawn."""


def test_an_identifier_takes_the_focus_before_it_is_measured(opening: Opening, ann: str) -> None:
    page = opening(f"/customers/{ann}#timeline")
    page.add_init_script(f"({SLOW_TO_MEASURE})()")
    page.goto(f"/console/customers/{ann}?measured=late#identity")
    node = page.locator(".react-flow__node", has_text="browser-1")
    node.focus()
    assert node.evaluate("node => node === document.activeElement")


@pytest.mark.parametrize("role", ["associate", "marketer", "read"])
def test_who_may_not_change_an_identity_sees_no_button_for_it(opening: Opening, ann: str, role: str) -> None:
    page = opening(f"/customers/{ann}#identity", role=role)
    page.get_by_role("button", name="Show proof").first.click()
    expect(page.get_by_role("region", name="Proof of the link")).to_be_visible()
    expect(page.get_by_role("button", name="Take this link back")).to_have_count(0)


@pytest.mark.parametrize(
    ("width", "scheme"), [pytest.param(1280, "dark", marks=pytest.mark.slow), (390, "light")]
)
def test_identity_can_be_used_by_everybody(
    opening: Opening, ann: str, assert_accessible: Check, width: int, scheme: str
) -> None:
    page = opening(f"/customers/{ann}#identity", width=width, scheme=scheme)
    page.get_by_role("button", name="Show proof").first.click()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
