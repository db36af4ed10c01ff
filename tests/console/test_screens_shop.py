"""The demo's shop in a real browser, with the real SDK on, beside what Segue knows and decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.console.conftest import NOT_SIGNED_IN
from tests.console.storefront import Storefront

EXPECTED = re.compile(r"Failed to load resource.*404")
"""What a browser writes of itself where a product is asked for that there is not."""

Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def open_shop(storefront: Storefront, chromium: Browser) -> Iterator[Opened]:
    """``open_shop(query="", width=1280, watched=False)``: the shop in a browser of its own."""
    contexts = []
    address = storefront.addresses()["shop"]

    def open_page(query: str = "", *, width: int = 1280, watched: bool = False) -> Page:
        context = storefront.context(chromium, width, watched=watched)
        contexts.append(context)
        page = storefront.page(context)
        page.goto(address.replace("/screens/shop#", f"/screens/shop{query}#"))
        expect(page.get_by_role("banner")).to_be_visible()
        return page

    yield open_page
    for context in contexts:
        context.close()
    left = [each for each in storefront.errors if not (NOT_SIGNED_IN.search(each) or EXPECTED.search(each))]
    storefront.errors.clear()
    assert not left, "\n".join(left)


@pytest.fixture(scope="module")
def stroll(open_shop: Opened) -> Page:
    """A visitor who has said nothing yet; nobody is signed in to the console."""
    return open_shop()


@pytest.fixture(scope="module")
def told(stroll: Page) -> list[str]:
    """What her browser has sent to the collector and asked for in slots, from the beginning."""
    sent: list[str] = []
    stroll.on(
        "request", lambda one: sent.append(one.url) if re.search(r"/v1/(?!shop|session)", one.url) else None
    )
    return sent


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1, name=name)).to_be_attached()


def test_she_browses_by_category_and_goes_back(stroll: Page, told: list[str]) -> None:
    stroll.reload()
    assert "segue_" not in stroll.url
    stroll.get_by_role("navigation", name="Categories").get_by_role("link", name="Tea").click()
    heading(stroll, "Tea")
    expect(stroll.get_by_role("heading", level=1)).to_be_focused()
    expect(stroll.get_by_text("2 products")).to_be_visible()
    stroll.get_by_role("link", name=re.compile("Green tea")).click()
    heading(stroll, "Green tea")
    expect(stroll).to_have_title("Green tea · Corner Market")
    stroll.go_back()
    heading(stroll, "Tea")
    stroll.go_forward()
    heading(stroll, "Green tea")


def test_a_product_says_what_it_is_what_it_costs_and_where_it_is(stroll: Page) -> None:
    product = stroll.locator('[itemtype="https://schema.org/Product"]')
    expect(product.locator('[itemprop="sku"]')).to_have_attribute("content", "tea-1")
    expect(product.locator('[itemprop="price"]')).to_have_attribute("content", "3.99")
    expect(product.locator('[itemprop="availability"]')).to_have_attribute("href", re.compile("InStock$"))
    expect(product).to_have_attribute("data-segue-category", "TEA")
    stroll.get_by_text("In our stores").click()
    expect(stroll.get_by_text("Riverside")).to_contain_text("20 there")


def test_what_is_sold_out_cannot_be_bought_and_the_last_pieces_are_counted(stroll: Page) -> None:
    stroll.goto("/screens/shop?product=mug-1")  # deep links lead there
    heading(stroll, "Blue mug")
    expect(stroll.get_by_role("button", name="Add to cart: Blue mug")).to_be_disabled()
    expect(stroll.get_by_text("Sold out").first).to_be_visible()
    stroll.goto("/screens/shop?product=mug-2")
    pieces = stroll.get_by_label("Pieces of Last mug")
    expect(stroll.get_by_text("Only 2 left").first).to_be_visible()
    pieces.fill("9")
    expect(pieces).to_have_value("2")
    stroll.goto("/screens/shop?product=nothing")
    heading(stroll, "This product is not sold here.")


def test_she_searches_and_sometimes_finds_nothing(stroll: Page) -> None:
    search = stroll.get_by_role("searchbox", name="Search for products")
    search.fill("leaf black")
    stroll.keyboard.press("Enter")
    heading(stroll, "“leaf black”")
    expect(stroll.get_by_role("main").get_by_role("listitem")).to_have_count(1)
    search.fill("<b>unicorns</b>")
    stroll.get_by_role("button", name="Search").click()
    expect(stroll.get_by_role("heading", name="Nothing found")).to_be_visible()
    expect(stroll.get_by_role("heading", name="“<b>unicorns</b>”")).to_be_attached()


def test_an_empty_cart_says_so_and_the_keyboard_is_enough(stroll: Page) -> None:
    stroll.goto("/screens/shop?page=cart")
    heading(stroll, "Your cart is empty")
    stroll.goto("/screens/shop")
    heading(stroll, "Welcome")
    stroll.keyboard.press("Tab")
    expect(stroll.get_by_role("link", name="To the content")).to_be_focused()
    stroll.keyboard.press("Enter")
    expect(stroll.get_by_role("main")).to_be_focused()


def test_without_a_yes_nothing_is_told_and_nothing_asked(stroll: Page, told: list[str]) -> None:
    expect(stroll.get_by_role("region", name="May we remember?")).to_be_visible()
    expect(stroll.locator("[data-segue-slot=home_hero]")).to_contain_text("Everyday things")
    assert told == []
    assert not [cookie for cookie in stroll.context.cookies() if "ajs" in str(cookie.get("name"))]
    stroll.get_by_role("button", name="Only what is needed").click()
    expect(stroll.get_by_role("region", name="May we remember?")).to_have_count(0)
    stroll.reload()
    heading(stroll, "Welcome")
    expect(stroll.get_by_role("button", name="Privacy")).to_be_visible()
    assert told == []


def test_who_is_not_signed_in_to_the_console_learns_nothing(stroll: Page) -> None:
    live = stroll.get_by_role("complementary", name="What Segue knows and decides")
    expect(live.get_by_role("link", name="Sign in to the console")).to_have_attribute(
        "href", "/console/sign-in"
    )
    expect(live.get_by_role("heading", name="Golden record")).to_have_count(0)


@pytest.fixture(scope="module")
def watched(open_shop: Opened) -> Page:
    """Another visitor, watched by somebody of the retailer's."""
    return open_shop(watched=True)


def live(page: Page) -> Locator:
    return page.get_by_role("complementary", name="What Segue knows and decides")


def test_with_a_yes_the_record_grows_and_a_slot_is_decided(
    watched: Page, assert_accessible: Callable[[Page], None]
) -> None:
    expect(live(watched)).to_contain_text("nothing is known")
    watched.get_by_role("button", name="Yes to all").click()
    hero = watched.locator("[data-segue-slot=home_hero]")
    expect(hero).to_contain_text("Tea, 10 % off")
    expect(live(watched)).to_contain_text("anonymous_id")
    expect(live(watched)).to_contain_text("personalisation: yes")
    expect(live(watched)).to_contain_text("Action Shown tea_today")
    decision = live(watched).locator("[data-decision]").filter(has_text="home_hero")
    expect(decision).to_contain_text("tea_today")
    expect(decision).to_contain_text(re.compile(r"\d considered.*1 left"))
    number = decision.first.get_attribute("data-decision")
    expect(decision.get_by_role("link", name="home_hero")).to_have_attribute(
        "href", f"/console/decisions/{number}"
    )
    assert_accessible(watched)


def test_a_page_asks_for_its_slots_once(watched: Page) -> None:
    asked: list[str | None] = []
    watched.on("request", lambda one: asked.append(one.post_data) if "decisions/batch" in one.url else None)
    watched.reload()
    expect(watched.locator("[data-segue-slot=home_hero]")).to_contain_text("Tea, 10 % off")
    expect(live(watched)).to_contain_text("anonymous_id")
    watched.wait_for_load_state("networkidle")
    assert len(asked) == 1, asked


def test_an_offer_that_she_follows_brings_its_price(watched: Page) -> None:
    watched.locator("[data-segue-slot=home_hero]").get_by_role("link", name="To the tea").click()
    heading(watched, "Green tea")
    expect(watched.get_by_role("article").first).to_contain_text("US$3.59")
    expect(live(watched)).to_contain_text("Action Clicked tea_today")
    expect(live(watched)).to_contain_text("Product Viewed Green tea")
    watched.get_by_label("Pieces of Green tea").fill("2")
    watched.get_by_role("button", name="Add to cart: Green tea").first.click()
    expect(watched.get_by_role("link", name="Cart, 2 pieces")).to_be_visible()
    expect(live(watched)).to_contain_text("Product Added Green tea")


def test_she_logs_in_and_is_known_as_herself(watched: Page) -> None:
    watched.get_by_role("link", name="Log in").click()
    watched.get_by_role("button", name="dora@mail.example").click()
    heading(watched, "Welcome")
    expect(live(watched)).to_contain_text("user_id u-dora")
    expect(live(watched)).to_contain_text("loyalty_card card-dora")
    expect(live(watched)).to_contain_text("anonymous_id")  # what she did before is hers now


def test_she_buys_and_the_order_is_hers(watched: Page, storefront: Storefront) -> None:
    watched.get_by_role("link", name="Cart, 2 pieces").click()
    heading(watched, "Cart")
    expect(watched.get_by_role("definition").filter(has_text="US$7.18")).to_be_visible()
    watched.get_by_role("link", name="To the checkout").click()
    watched.get_by_label("Name").fill("Dora Secretive")
    watched.get_by_label("Address").fill("Hidden Lane 7")
    watched.get_by_role("button", name="Buy for US$7.18").click()
    heading(watched, "Thank you!")
    expect(watched.get_by_role("link", name="Cart, 0 pieces")).to_be_visible()
    expect(live(watched)).to_contain_text("Order Completed")
    events = storefront.events("user_id:u-dora")
    [order] = [one for one in events if one.get("event") == "Order Completed" and one["source"] == "web"]
    said = order["properties"]
    assert (said["revenue"], said["discount"], said["coupon"]) == (7.18, 0.8, "tea_today")
    assert [(line["sku"], line["quantity"], line["price"]) for line in said["products"]] == [
        ("tea-1", 2, 3.59)
    ]
    names = [one.get("event") for one in events]
    assert {"Product Viewed", "Product Added", "Checkout Started", "Action Clicked"} <= set(names)
    assert "Secretive" not in str(events)
    assert "Hidden Lane" not in str(events)


def test_who_comes_after_her_is_somebody_else(watched: Page) -> None:
    watched.get_by_role("button", name="Log out").click()
    watched.get_by_role("link", name="Corner Market").click()
    heading(watched, "Welcome")
    expect(live(watched)).not_to_contain_text("u-dora")
    expect(live(watched)).to_contain_text("anonymous_id")


def test_the_live_view_is_as_wide_as_one_likes_or_away(watched: Page) -> None:
    edge = watched.get_by_role("separator")
    before = int(str(edge.get_attribute("aria-valuenow")))
    edge.focus()
    watched.keyboard.press("ArrowLeft")
    expect(edge).to_have_attribute("aria-valuenow", str(before + 20))
    live(watched).get_by_role("button", name="Hide").click()
    expect(live(watched)).to_have_count(0)
    watched.reload()
    expect(watched.get_by_role("button", name="Show what Segue knows")).to_be_visible()
    watched.get_by_role("button", name="Show what Segue knows").click()
    expect(live(watched)).to_be_visible()


def test_on_a_phone_it_is_a_tab_and_nothing_is_wider_than_the_screen(open_shop: Opened) -> None:
    phone = open_shop("?product=tea-1", width=390, watched=True)
    phone.get_by_role("button", name="Yes to all").click()
    heading(phone, "Green tea")
    expect(live(phone)).to_be_hidden()
    for path in ("?product=tea-1", "?page=cart", "?category=TEA", ""):
        phone.goto(f"/screens/shop{path}")
        expect(phone.get_by_role("heading", level=1)).to_be_attached()
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, path
    phone.get_by_role("button", name="Segue", exact=True).click()
    expect(live(phone)).to_be_visible()
    expect(live(phone)).to_contain_text("Golden record")
    expect(phone.get_by_role("main")).to_be_hidden()
