"""The simulated till in a real browser: it offers in time or not at all, and always goes on selling."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.console.conftest import PATIENCE
from tests.console.shop import asked, person_of, send
from tests.console.storefront import Storefront, account

AWAY = re.compile(
    r"ERR_CONNECTION|ERR_FAILED|ERR_EMPTY_RESPONSE|ERR_SOCKET|Failed to load resource.*(404|409|503)"
)
"""What a browser writes of itself where nobody answers, or where there is no such product."""


@pytest.fixture(scope="module")
def context(storefront: Storefront, chromium: Browser) -> Iterator[BrowserContext]:
    context = storefront.context(chromium, 1280)
    yield context
    context.close()
    left = [error for error in storefront.errors if not AWAY.search(error)]
    storefront.errors.clear()
    assert not left, "\n".join(left)


@pytest.fixture(scope="module")
def till(storefront: Storefront, context: BrowserContext) -> Page:
    """The till, with all the patience that a busy machine needs."""
    page = storefront.page(context)
    page.goto(storefront.addresses()["till"].replace("/screens/till#", "/screens/till?budget=10000#"))
    expect(page.get_by_role("heading", name="Till")).to_be_visible()
    return page


HAS_TEA = "() => (localStorage.getItem('segue.till.shelf') ?? '').includes('tea-1')"


def scan(till: Page, what: str) -> None:
    till.get_by_label("Scan, or type").fill(what)
    till.keyboard.press("Enter")


def total(till: Page) -> Any:
    return till.get_by_role("region", name="Basket").locator("[data-total] dd")


def offer(till: Page, words: str) -> Any:
    return till.get_by_role("region", name="For this customer").get_by_role("listitem").filter(has_text=words)


def told(storefront: Storefront, identifier: str, name: str, **said: Any) -> dict[str, Any]:
    """Her last event of that name with these properties, as soon as there is one."""
    until = time.monotonic() + PATIENCE / 1000
    events: list[dict[str, Any]] = []
    while time.monotonic() < until:
        events = storefront.events(identifier)
        found = [
            event
            for event in events
            if event.get("event") == name and said.items() <= event["properties"].items()
        ]
        if found:
            return found[-1]
        time.sleep(0.2)
    raise AssertionError([(event.get("event"), event.get("properties")) for event in events])


def test_its_keys_are_gone_from_the_address(till: Page) -> None:
    assert "#" not in till.url
    assert "segue_" not in till.content()


def test_products_are_scanned_by_number_by_name_and_by_hand(till: Page) -> None:
    scan(till, "tea-1")
    expect(total(till)).to_have_text("US$3.79")  # what it costs in this store
    scan(till, "2x milk")
    expect(total(till)).to_have_text("US$5.77")
    till.get_by_role("button", name=re.compile("Black tea")).click()
    till.get_by_role("button", name="One more of Black tea").click()
    expect(total(till)).to_have_text("US$10.75")
    scan(till, "an odd thing")
    by_hand = till.get_by_role("dialog", name="Enter it by hand")
    expect(by_hand.get_by_label("Name")).to_have_value("an odd thing")
    by_hand.get_by_label("Price").fill("abc")
    expect(by_hand.get_by_role("button", name="Add")).to_be_disabled()
    by_hand.get_by_label("Price").fill("1,25")
    till.keyboard.press("Enter")
    expect(total(till)).to_have_text("US$12.00")
    till.get_by_role("button", name="Void an odd thing").click()
    till.get_by_role("button", name="Void Black tea").click()
    expect(total(till)).to_have_text("US$5.77")


def test_a_card_brings_offers_and_no_history(till: Page) -> None:
    till.get_by_label("Loyalty card").fill("card-ann")
    till.get_by_role("button", name="Use").click()
    expect(offer(till, "Tea, 10 % off")).to_be_visible()
    expect(offer(till, "Tea, 10 % off")).to_contain_text("Our tea is fresh today.")
    expect(offer(till, "A bag for all that")).to_be_visible()
    expect(till.locator("main")).not_to_contain_text(re.compile(r"Ann\b|ann@mail"))


def test_what_she_takes_costs_less_and_what_she_declines_goes(
    till: Page, storefront: Storefront, assert_accessible: Callable[[Page], None]
) -> None:
    assert_accessible(till)
    offer(till, "Tea, 10 % off").get_by_role("button", name="Takes it").click()
    expect(total(till)).to_have_text("US$5.39")
    expect(till.get_by_role("region", name="Basket")).to_contain_text("10 % off")
    offer(till, "A bag").get_by_role("button", name="No, thanks").click()
    expect(offer(till, "A bag")).to_have_count(0)
    scan(till, "milk")
    expect(total(till)).to_have_text("US$6.38")
    expect(offer(till, "A bag")).to_have_count(0)
    for name, action in (("Action Accepted", "tea_today"), ("Action Dismissed", "bag")):
        event = told(storefront, "loyalty_card:card-ann", name)
        assert event["properties"]["action"] == action
        assert len(event["properties"]["decision_id"]) == 32


def test_she_pays_and_the_order_names_its_decision(till: Page, storefront: Storefront) -> None:
    till.get_by_role("button", name="Pay US$6.38").click()
    paying = till.get_by_role("dialog", name="Pay")
    paying.get_by_label("By e-mail").check()
    paying.get_by_label("An e-mail address").fill("ann@mail.example")
    expect(paying).to_contain_text("for nothing else")
    paying.get_by_role("button", name="Cash").click()
    expect(till.get_by_role("heading", name="Paid: US$6.38")).to_be_visible()
    order = told(storefront, "loyalty_card:card-ann", "Order Completed")
    said = order["properties"]
    assert (said["revenue"], said["discount"], said["store"]) == (6.38, 0.38, "s1")
    assert (said["action"], len(said["decision_id"]), said["receipt"]) == ("tea_today", 32, "email")
    decision = storefront.served.get(f"/api/v1/decisions/{said['decision_id']}")
    assert "tea_today" in [slot["action"] for slot in decision["decision"]["slots"]]
    her = storefront.person("loyalty_card:card-ann")
    assert her["consent"]["service"]["email"]["state"] == "granted"
    assert "marketing" not in her["consent"]
    till.get_by_role("button", name="Next customer").click()
    expect(till.get_by_text("Nothing scanned yet.")).to_be_visible()
    expect(till.get_by_text("card-ann", exact=True).and_(till.locator("strong"))).to_have_count(0)


def test_some_comes_back_then_the_rest_and_no_more(till: Page, storefront: Storefront) -> None:
    till.get_by_role("button", name="Returns").click()
    back = till.get_by_role("dialog", name="Returns")
    back.get_by_label("Pieces of Oat milk that come back").fill("2")
    back.get_by_role("button", name="Refund US$1.98").click()
    expect(back.get_by_role("status")).to_have_text("US$1.98 given back.")
    [order] = storefront.person("loyalty_card:card-ann")["orders"]["recent"]
    until = time.monotonic() + PATIENCE / 1000
    while order["state"] == "completed" and time.monotonic() < until:
        [order] = storefront.person("loyalty_card:card-ann")["orders"]["recent"]
    assert (order["state"], order["refunded"]) == ("partly_refunded", "1.98")
    back.get_by_role("button", name="Void the receipt").click()
    expect(back.get_by_role("status")).to_have_text("US$4.40 given back.")
    expect(back.get_by_role("button", name="Void the receipt")).to_be_disabled()
    back.get_by_role("button", name="Close").click()
    while order["state"] != "refunded" and time.monotonic() < until:
        [order] = storefront.person("loyalty_card:card-ann")["orders"]["recent"]
    assert (order["state"], order["refunded"]) == ("refunded", "6.38")


def test_a_new_card_is_made_with_what_she_agrees_to(till: Page, storefront: Storefront) -> None:
    scan(till, "mug-1")
    till.get_by_role("button", name="Sign up").click()
    joining = till.get_by_role("dialog", name="A new loyalty card")
    expect(joining.get_by_label("Send me offers")).to_be_disabled()  # without an address there is no way to
    joining.get_by_label("Loyalty card").fill("9000000001")
    joining.get_by_label("E-mail (").fill("cleo@mail.example")
    expect(joining.get_by_label("Offers that suit me")).not_to_be_checked()
    joining.get_by_label("Offers that suit me").check()
    joining.get_by_role("button", name="Make the card").click()
    expect(till.get_by_text("9000000001")).to_be_visible()
    told(storefront, "loyalty_card:9000000001", "Consent Withdrawn", purpose="marketing")
    her = storefront.person("email:cleo@mail.example")
    assert her["consent"]["personalisation"]["till"]["state"] == "granted"
    assert her["consent"]["marketing"]["email"]["state"] == "denied"
    assert {"kind": "loyalty_card", "value": "9000000001"}.items() <= next(
        one for one in her["identifiers"] if one["kind"] == "loyalty_card"
    ).items()
    till.get_by_role("button", name="Void all").click()


def coupon(storefront: Storefront, name: str) -> dict[str, Any]:
    """What somebody new took up on the start page of the shop, as soon as the till can know of it."""
    served = storefront.served
    send(served, [account(name)])
    person_of(served, f"loyalty_card:card-{name}")
    her = {"user_id": f"u-{name}"}
    shown = asked(served, "/api/v1/decisions", {"placement": "home_hero", "identifiers": her})
    assert shown["slots"][0]["action"] == "tea_today"
    taken = {
        "type": "track", "event": "Action Accepted", "messageId": f"taken-{name}", "userId": f"u-{name}",
        "properties": {"decision_id": shown["decision_id"], "slot": 0},
    }  # fmt: skip
    send(served, [taken], source="web", trusted=False)
    whose = {"identifiers": {"loyalty_card": f"card-{name}"}}
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until:
        if found := asked(served, "/api/v1/coupons", whose)["coupons"]:
            return {**whose, "decision_id": found[0]["decision_id"], "slot": 0}
        time.sleep(0.2)
    raise AssertionError("there is no coupon")


def test_what_she_took_up_in_the_shop_is_given_to_her_here_once(
    till: Page, storefront: Storefront, assert_accessible: Callable[[Page], None]
) -> None:
    hers = coupon(storefront, "eve")
    till.get_by_label("Loyalty card").fill("card-eve")
    till.get_by_role("button", name="Use").click()
    coupons = till.get_by_role("region", name="Her coupons")
    expect(coupons.get_by_role("listitem")).to_have_count(1)
    expect(coupons).to_contain_text("tea today 10 % off")
    expect(coupons.get_by_role("button", name="Redeem")).to_be_disabled()
    expect(coupons).to_contain_text("Scan tea-1 first.")
    assert_accessible(till)
    scan(till, "tea-1")
    expect(total(till)).to_have_text("US$3.79")
    expect(till.get_by_text(re.compile(r"^\d+ ms$"))).to_be_visible()
    expect(offer(till, "Tea, 10 % off")).to_have_count(0)  # she has it already
    coupons.get_by_role("button", name="Redeem").click()
    expect(total(till)).to_have_text("US$3.41")
    expect(coupons).to_have_count(0)
    event = told(storefront, "loyalty_card:card-eve", "Action Redeemed")
    assert event["properties"]["decision_id"] == hers["decision_id"]
    assert event["properties"]["action"] == "tea_today"
    again = storefront.served.request(
        "POST", "/api/v1/coupons/redeem", key=storefront.served.key("admin"), body=msgspec.json.encode(hers)
    )
    assert (again.status, again.json()["code"]) == (409, "redeemed")
    till.get_by_role("button", name="Pay US$3.41").click()
    till.get_by_role("dialog", name="Pay").get_by_role("button", name="Card").click()
    order = told(storefront, "loyalty_card:card-eve", "Order Completed")
    assert (order["properties"]["decision_id"], order["properties"]["discount"]) == (
        hers["decision_id"],
        0.38,
    )
    till.get_by_role("button", name="Next customer").click()
    till.get_by_label("Loyalty card").fill("card-eve")
    till.get_by_role("button", name="Use").click()
    expect(offer(till, "Tea, 10 % off")).to_be_visible()
    expect(coupons).to_have_count(0)
    till.get_by_role("button", name="Remove the card").click()


def test_a_coupon_that_another_till_has_redeemed_takes_nothing_off(
    till: Page, storefront: Storefront
) -> None:
    hers = coupon(storefront, "fay")
    scan(till, "tea-1")
    till.get_by_label("Loyalty card").fill("card-fay")
    till.get_by_role("button", name="Use").click()
    redeem = till.get_by_role("region", name="Her coupons").get_by_role("button", name="Redeem")
    expect(redeem).to_be_enabled()
    asked(storefront.served, "/api/v1/coupons/redeem", hers)
    redeem.click()
    expect(till.get_by_role("alert")).to_contain_text("redeemed already")
    expect(total(till)).to_have_text("US$3.79")
    expect(redeem).to_have_count(0)
    till.get_by_role("button", name="Void all").click()
    expect(till.get_by_role("alert")).to_have_count(0)


# within the page, for an answer's 50 milliseconds can be over before a busy browser has sent the question
NEVER_ANSWERED = """
window.asked = 0;
const { fetch } = window;
window.fetch = (target, how) => {
  if (!String(target.url ?? target).endsWith("/api/v1/decisions")) return fetch(target, how);
  window.asked += 1;
  const signal = how?.signal ?? target.signal;
  return new Promise((_, refuse) => signal?.addEventListener("abort", () => refuse(signal.reason)));
};
"""


def test_an_answer_that_comes_too_late_is_none(storefront: Storefront, context: BrowserContext) -> None:
    till = storefront.page(context)
    till.add_init_script(NEVER_ANSWERED)
    till.goto("/screens/till?budget=50")
    scan(till, "tea-1")
    expect(till.get_by_text("no answer in 50 ms: sell on")).to_be_visible()
    assert till.evaluate("window.asked") > 0
    expect(till.get_by_role("button", name="Pay US$3.79")).to_be_enabled()
    expect(till.get_by_role("region", name="For this customer").get_by_role("listitem")).to_have_count(0)
    expect(till.get_by_role("alert")).to_have_count(0)
    till.close()


def test_with_the_server_gone_it_sells_on_and_tells_it_afterwards(till: Page, storefront: Storefront) -> None:
    until = time.monotonic() + PATIENCE / 1000
    while not till.evaluate(HAS_TEA) and time.monotonic() < until:  # what it can sell without the server
        time.sleep(0.1)
    storefront.stop()
    try:
        till.get_by_label("Loyalty card").fill("card-bea")
        till.get_by_role("button", name="Use").click()
        scan(till, "tea-1")  # was seen before
        scan(till, "unheard of")
        by_hand = till.get_by_role("dialog", name="Enter it by hand")
        by_hand.get_by_label("Price").fill("2")
        till.keyboard.press("Enter")
        expect(total(till)).to_have_text("US$5.79")
        expect(till.get_by_text(re.compile("sell on"))).to_be_visible()
        till.get_by_role("button", name="Pay US$5.79").click()
        till.get_by_role("dialog", name="Pay").get_by_role("button", name="Card").click()
        expect(till.get_by_role("heading", name="Paid: US$5.79")).to_be_visible()
        till.get_by_role("button", name="Next customer").click()
        expect(till.get_by_role("alert")).to_have_count(0)
    finally:
        storefront.start()
    order = told(storefront, "loyalty_card:card-bea", "Order Completed")
    assert order["properties"]["revenue"] == 5.79
    assert "decision_id" not in order["properties"]
