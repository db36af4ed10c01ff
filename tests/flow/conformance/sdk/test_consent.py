"""Consent first: before a yes nothing is captured, asked or kept; after a no nothing any more."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flow.conformance.sdk.conftest import Page
from tests.flow.conformance.sdk.mall import Mall
from tests.flow.conformance.sdk.stroll import Stroll
from tests.flow.conformance.shop import Shop

HERO = '<div data-segue-slot="home_hero" data-segue-height="200"><p>Welcome</p></div>'
BODY = f'{HERO}<button id="b">Press</button><form role="search"><input name="q"></form>'
YES = {"personalisation": True, "marketing": False}


def agree(stroll: Stroll, **purposes: bool) -> None:
    """She answers the page's banner."""
    stroll.page.evaluate("(said) => window.segue.consent(said)", purposes)


def busy(stroll: Stroll) -> None:
    """She does what would be captured, and the page's own scripts do their part."""
    stroll.page.click("#b", click_count=3)
    stroll.page.evaluate(
        """() => {
          history.pushState({}, '', '/elsewhere')
          window.segue.track('Own')
          window.segue.identify('customer-1')
          window.analytics.track('Own Too')
          window.analytics.page()
        }"""
    )
    stroll.page.wait_for_timeout(300)


def nothing(stroll: Stroll, mall: Mall) -> None:
    """Nothing was sent, asked or kept; only the script itself was fetched."""
    assert {path for _, path, _ in stroll.sent} == {"/s/sdk.js"}
    assert mall.asked == []
    assert stroll.context.cookies() == []
    kept = stroll.page.evaluate("() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert set(kept) <= {"segue_consent"}
    assert stroll.page.get_by_text("Welcome").is_visible()


@pytest.mark.parametrize("said", ["required", "", "anything"])
def test_before_a_yes_nothing_is_captured_asked_or_kept(
    page: Page, stroll: Stroll, mall: Mall, said: str
) -> None:
    stroll.go(page(BODY, consent=said))
    busy(stroll)
    stroll.page.goto("about:blank")
    stroll.go("/")
    nothing(stroll, mall)


def test_with_a_yes_it_begins_and_what_was_before_is_not_told(
    page: Page, stroll: Stroll, mall: Mall, web: Shop
) -> None:
    stroll.go(page(BODY, consent="required"))
    busy(stroll)
    agree(stroll, **YES)
    stroll.becomes("filled")
    [statement] = stroll.hears("Segment Consent Preference Updated")
    [view] = stroll.hears("page")
    stroll.hears("Action Shown")

    assert not {"Own", "Own Too", "Button Clicked", "Rage Clicked"} & set(stroll.names())
    assert len(stroll.events("page")) == 1
    for event in stroll.events():
        assert event["context"]["consent"] == {"categoryPreferences": YES}, event
    assert statement["anonymousId"] == view["anonymousId"]
    assert stroll.shifts() == 0
    device = f"anonymous_id:{view['anonymousId']}"
    web.heard(device, 3)
    consent = stroll.until(lambda: recorded(web, device).get("personalisation"), "no consent on the record")
    assert {one["state"] for one in consent.values()} == {"granted"}
    assert {one["state"] for one in recorded(web, device)["marketing"].values()} == {"denied"}


def recorded(web: Shop, identifier: str) -> dict[str, Any]:
    """Consent on the golden record."""
    person = web.find(identifier)
    found: dict[str, Any] = {} if person is None else web.record(person)["consent"]
    return found


def test_a_yes_holds_on_the_next_page(page: Page, stroll: Stroll) -> None:
    stroll.go(page(BODY, consent="required"))
    agree(stroll, **YES)
    stroll.hears("page")
    stroll.go("/").becomes("filled")
    stroll.hears("page", 2)
    assert stroll.page.evaluate("() => window.segue.consented") == YES
    assert len(stroll.events("Segment Consent Preference Updated")) == 1


def test_a_no_is_kept_here_and_told_to_nobody(page: Page, stroll: Stroll, mall: Mall) -> None:
    stroll.go(page(BODY, consent="required"))
    agree(stroll, personalisation=False, marketing=False)
    busy(stroll)
    stroll.go("/")
    nothing(stroll, mall)
    assert stroll.page.evaluate("() => window.segue.consented") == {
        "personalisation": False,
        "marketing": False,
    }


@pytest.mark.parametrize("consent", ["required", "implied"])
def test_a_no_after_a_yes_is_told_and_ends_everything(
    page: Page, stroll: Stroll, mall: Mall, web: Shop, consent: str
) -> None:
    stroll.go(page(BODY, consent=consent))
    if consent == "required":
        agree(stroll, **YES)
    stroll.becomes("filled")
    device = stroll.hears("page")[0]["anonymousId"]
    agree(stroll, personalisation=False)
    stroll.becomes("own")
    said = [
        event["context"]["consent"]
        for event in stroll.hears("Segment Consent Preference Updated", 1 + (consent == "required"))
    ]
    assert said[-1]["categoryPreferences"]["personalisation"] is False
    known = stroll.until(
        lambda: recorded(web, f"anonymous_id:{device}").get("personalisation"), "no consent on the record"
    )
    stroll.until(
        lambda: (
            {one["state"] for one in recorded(web, f"anonymous_id:{device}")["personalisation"].values()}
            == {"denied"}
        ),
        f"{known}",
    )
    before = stroll.names()
    busy(stroll)
    stroll.page.wait_for_timeout(1300)  # a batch would have left
    assert [one for one in stroll.names() if one != "Page Dwelled"] == before
    names = {one["name"] for one in stroll.context.cookies()}
    assert "ajs_user_id" not in names
    assert device not in {one["value"] for one in stroll.context.cookies()}
    assert stroll.page.get_by_text("Welcome").is_visible()


def test_without_a_yes_to_personalisation_no_slot_is_asked_for(
    page: Page, stroll: Stroll, mall: Mall
) -> None:
    stroll.go(page(BODY, consent="required"))
    agree(stroll, personalisation=False, marketing=True)
    stroll.hears("page")
    stroll.page.click("#b")
    stroll.hears("Button Clicked")
    assert mall.asked == []
    agree(stroll, personalisation=True)
    stroll.becomes("filled")
    assert stroll.page.evaluate("() => window.segue.consented") == {
        "personalisation": True,
        "marketing": True,
    }


_CONTROL = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })"


def test_global_privacy_control_is_a_no_until_she_says_yes_here(
    page: Page, stroll: Stroll, mall: Mall
) -> None:
    stroll.page.add_init_script(_CONTROL)
    stroll.go(page(BODY, consent="implied"))
    busy(stroll)
    nothing(stroll, mall)
    assert stroll.page.evaluate("() => window.segue.privacyControl") is True
    agree(stroll, **YES)
    stroll.hears("page")
    stroll.go("/").hears("page", 2)


def test_a_yes_from_before_global_privacy_control_holds_no_longer(
    page: Page, stroll: Stroll, mall: Mall
) -> None:
    stroll.go(page(BODY, consent="required"))
    agree(stroll, **YES)
    stroll.hears("page")
    stroll.page.add_init_script(_CONTROL)
    stroll.go("/")
    busy(stroll)
    assert len(stroll.events("page")) == 1
    assert len(mall.asked) == 1
    assert stroll.page.evaluate("() => window.segue.consented") is None


def test_what_she_says_in_one_tab_holds_in_the_other(page: Page, stroll: Stroll, mall: Mall) -> None:
    stroll.go(page(BODY, consent="required"))
    other = stroll.context.new_page()
    other.goto(f"{mall.origin}/")
    agree(stroll, **YES)
    other.wait_for_selector("[data-segue-state=filled]")
    assert len(mall.asked) == 2
