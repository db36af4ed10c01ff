"""Actions, placements and products, on one small shop: made, looked at, changed, taken back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import BUILT, Opening
from tests.console.shop import asked, person_of, send
from tests.served import Served, serving

Look = Callable[[Page, str], None]
Check = Callable[[Page], None]

PLACEMENTS = """
placements:
  # the first thing that anybody sees
  home_hero: {title: Start page, touchpoint: web, formats: [banner], fallback: welcome, timeout_ms: 5000}
  entrance: {touchpoint: display, slots: 2, formats: [portrait, banner], fallback: welcome, timeout_ms: 5000}
"""
ACTIONS = """
actions:
  # shown when nothing else can be
  welcome:
    kind: content
    content: [{format: banner, headline: Welcome}, {format: portrait, headline: Hi}]
  free_coffee:
    kind: offer
    title: Free coffee
    group: coffee
    applicable: {field: basket.value, op: ">", value: 500}
    value: 1.80
    caps: [{per: person, max: 2, within: 7 days}]
    content: [{format: banner, headline: "Good day, {{ person.first_name | default: 'you' }}", cta: Get it}]
  mug:
    kind: offer
    title: The last mugs
    value: 4
    stock: {sku: mug}
    discounts: [0, 10]
    floor: 5
    content: [{format: banner, headline: Mugs}, {format: portrait, headline: Mugs}]
"""


@pytest.fixture(scope="module")
def served(short_folder: Path) -> Iterator[Served]:
    """A server of our own: definitions are changed on it."""
    if not BUILT.exists():
        pytest.skip("NOT TESTED: the console, because it is not built (make console)")
    with serving(short_folder / "actions") as served:
        yield served


@pytest.fixture(scope="module")
def shop(served: Served) -> Served:
    """Two placements, three actions, a product at two stores, Ann, and what was decided for her."""
    tell(served, "definitions", {"bodies": {"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS}})
    mug = {"sku": "mug", "name": "Enamel mug", "category": "Kitchen", "price": "8"}
    tell(served, "products", {"products": [mug, {"sku": "tea", "name": "Green tea", "price": "3.5"}]})
    tell(served, "stores", {"stores": [{"store": "s1", "name": "Harbour"}]})
    stock = [{"sku": "mug", "store": "", "on_hand": 40}, {"sku": "mug", "store": "s1", "on_hand": 3}]
    tell(served, "inventory", {"inventory": stock})
    named = {"type": "identify", "messageId": "n", "userId": "ann", "traits": {"first_name": "Ann"}}
    send(served, [{**named, "traits": {"first_name": "Ann", "name": "Ann Ames"}}])
    person_of(served, "user_id:ann")
    for number, name in enumerate(("Action Shown", "Action Accepted")):
        found = asked(
            served, "/api/v1/decisions", {"placement": "home_hero", "identifiers": {"user_id": "ann"}}
        )
        said = {"decision_id": found["decision_id"], "slot": 0}
        event = {"type": "track", "event": name, "userId": "ann", "properties": said}
        send(served, [{**event, "messageId": f"o-{number}"}])
    return served


def tell(served: Served, what: str, body: dict[str, Any]) -> None:
    headers = {"Content-Type": "application/json"}
    sent = msgspec.json.encode(body)
    answer = served.request("PUT", f"/api/v1/{what}", key=served.key("admin"), body=sent, headers=headers)
    assert answer.status == 200, answer.body


def test_without_actions_the_pages_say_how_to_begin(opening: Opening, assert_accessible: Check) -> None:
    page = opening("/actions", role="marketer")
    expect(page.get_by_text("Nothing to show yet")).to_be_visible()
    page.goto("/console/placements")
    expect(page.get_by_text("Begin with an action")).to_be_visible()
    page.goto("/console/products")
    expect(page.get_by_text("No products yet")).to_be_visible()
    assert_accessible(page)


def test_actions_are_listed_found_and_filtered(
    opening: Opening, shop: Served, assert_accessible: Check
) -> None:
    page = opening("/actions", role="read")
    rows = page.get_by_role("grid", name="Actions")
    expect(rows.get_by_role("row")).to_have_count(4)
    mugs = rows.get_by_role("row").filter(has_text="The last mugs")
    expect(mugs).to_contain_text("home_hero, entrance")
    # said once for however many, with their names for who asks
    welcome = rows.get_by_role("row").filter(has_text="welcome")
    stands_in = welcome.get_by_role("button", name=re.compile(r"when nothing else: 2 placements \("))
    expect(stands_in).to_contain_text("home_hero, entrance")
    stands_in.hover()
    expect(page.get_by_role("dialog").get_by_text("home_hero, entrance")).to_be_visible()
    page.get_by_role("textbox", name="Name, group").fill("coffee")
    expect(rows.get_by_role("row")).to_have_count(2)
    page.get_by_role("textbox", name="Name, group").fill("")
    page.get_by_text("Content", exact=False).first.click()
    expect(rows.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("link", name="New action")).to_have_count(0)
    assert_accessible(page)


def test_an_action_is_told_in_words_with_what_it_earned_and_why_it_is_not_shown(
    opening: Opening, shop: Served, assert_accessible: Check
) -> None:
    page = opening("/actions/mug", role="marketer")
    words = page.get_by_role("region", name="In plain words")
    expect(words).to_contain_text("Competes for 2 placements")
    expect(words).to_contain_text("whichever smallest one pays")
    expect(words).to_contain_text("Only while there is some of mug")
    figures = page.locator("dl").first
    expect(figures).to_contain_text(re.compile("Shown2.*Accepted1"))
    stock = page.get_by_role("region", name="Stock now")
    expect(stock).to_contain_text("Harbour3 pieces")
    assert_accessible(page)
    page.goto("/console/actions/free_coffee")
    why = page.get_by_role("region", name="Why it is not shown")
    expect(why.get_by_role("listitem").filter(has_text="Makes no sense now").first).to_contain_text("100")
    expect(why).to_contain_text("basket’s worth > 500")
    looks = page.get_by_role("region", name="How it looks")
    expect(looks).to_contain_text("Good day, you")
    looks.get_by_role("combobox", name="Shown to").click()
    page.get_by_role("option", name="Ann Ames").click()
    expect(looks).to_contain_text("Good day, Ann")
    assert_accessible(page)


def test_a_marketer_makes_an_offer_without_a_manual(
    opening: Opening, shop: Served, assert_accessible: Check, forgiven: list[str]
) -> None:
    page = opening("/actions/new", role="marketer")
    happens = page.get_by_role("region", name="What will happen")
    expect(happens).to_contain_text("Write what is shown")
    page.get_by_role("textbox", name="Title", exact=True).fill("Green tea")
    page.get_by_role("textbox", name="Headline").fill("A cup of green")
    page.get_by_role("textbox", name="Margin if accepted").fill("dear")
    expect(happens).to_contain_text("is no amount of money")
    page.get_by_role("textbox", name="Margin if accepted").fill("1,50")
    expect(happens).to_contain_text("Earns")
    expect(happens).to_contain_text("At most 3 times within 7 days for each person")
    page.get_by_role("button", name="Only at certain moments").click()
    asked_when = page.get_by_role("group", name="When it makes sense")
    asked_when.get_by_role("combobox", name="With what").fill("morning")
    expect(happens).to_contain_text("Only while time of day is “morning”")
    expect(page.get_by_role("region", name="How it looks")).to_contain_text("A cup of green")
    assert_accessible(page)
    page.get_by_role("button", name="Review").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("kind: offer")
    expect(dialog).to_contain_text("It competes at 2 placements")
    assert_accessible(page)
    dialog.get_by_role("button", name="Put in force").click()
    expect(page).to_have_url(re.compile("/actions/green_tea$"))
    expect(page.get_by_role("region", name="In plain words")).to_contain_text("time of day")


def test_it_is_edited_as_yaml_with_its_faults_at_their_lines_and_taken_back(
    opening: Opening, shop: Served, assert_accessible: Check
) -> None:
    page = opening("/actions/green_tea/edit", role="marketer")
    page.get_by_text("YAML", exact=True).click()
    editor = page.locator(".cm-content")
    expect(editor).to_contain_text("kind: offer")
    editor.press("ControlOrMeta+Home")
    editor.press_sequentially("floor: low\n")
    happens = page.get_by_role("region", name="What will happen")
    expect(happens).to_contain_text("'low' is no amount of money")
    expect(happens.get_by_role("button", name="Line 1")).to_be_visible()
    for key in ("ArrowUp", "End", *["Backspace"] * 3, "2"):
        editor.press(key)
    expect(happens).to_contain_text("Never sold below")
    page.get_by_text("Form", exact=True).click()
    expect(page.get_by_role("textbox", name="Lowest price")).to_have_value("2")
    page.get_by_role("button", name="Review").click()
    page.get_by_role("dialog").get_by_role("button", name="Put in force").click()
    expect(page).to_have_url(re.compile("/actions/green_tea$"))
    expect(page.get_by_role("region", name="In plain words")).to_contain_text("Never sold below")
    earlier = page.get_by_role("region", name="Earlier versions")
    earlier.get_by_role("button", name="Bring back").click()
    page.get_by_role("dialog").get_by_role("button", name="Put in force").click()
    expect(page.get_by_role("region", name="In plain words")).not_to_contain_text("Never sold below")
    expect(earlier.get_by_role("listitem")).to_have_count(3)


def test_what_a_placement_falls_back_to_stays(opening: Opening, shop: Served, forgiven: list[str]) -> None:
    forgiven.append("400")
    page = opening("/actions/welcome", role="marketer")
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Remove").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Remove").click()
    expect(dialog).to_contain_text("fallback")


def test_a_placement_is_made_and_says_who_competes(
    opening: Opening, shop: Served, assert_accessible: Check
) -> None:
    page = opening("/placements", role="marketer")
    expect(page.get_by_role("link", name="Start page")).to_contain_text("The last mugs")
    page.get_by_role("link", name="New placement").click()
    page.get_by_role("textbox", name="Title").fill("Kiosk")
    happens = page.get_by_role("region", name="What will happen")
    expect(happens).to_contain_text("actions would compete there")
    assert_accessible(page)
    page.get_by_role("button", name="Review").click()
    page.get_by_role("dialog").get_by_role("button", name="Put in force").click()
    expect(page).to_have_url(re.compile("/placements/kiosk$"))
    expect(page.get_by_role("region", name="Who competes here", exact=True).first).to_contain_text(
        "Free coffee"
    )
    expect(page.get_by_text("Only admins see and make keys.")).to_be_visible()


def test_a_screen_gets_a_key_of_its_own_that_can_be_revoked(
    opening: Opening, shop: Served, assert_accessible: Check
) -> None:
    page = opening("/placements/entrance")
    screens = page.get_by_role("region", name="Screens")
    expect(screens).to_contain_text("No screen has a key for it.")
    screens.get_by_role("button", name="Set up a screen").click()
    expect(page.get_by_role("combobox", name="Source of its events")).to_have_value("display")
    assert_accessible(page)
    page.get_by_role("dialog").get_by_role("button", name="Set up a screen").click()
    address = page.get_by_role("dialog").get_by_text("/screens/display#key=segue_")
    expect(address).to_contain_text("placement=entrance")
    said = dict(parse_qsl(urlsplit(address.inner_text()).fragment))
    page.get_by_role("dialog").get_by_role("button").last.click()
    of = {each["key_id"]: each for each in shop.get("/api/v1/keys")["keys"]}
    asks, brings = (of[said[name].split("_")[1]] for name in ("key", "write"))
    assert (asks["role"], asks["placement"], asks["trusted"]) == ("decide", "entrance", False)
    assert asks["source"] == brings["source"] == "display", "what is proven to the one is good for the other"
    expect(screens).not_to_contain_text("no source")
    screens.get_by_role("button", name=re.compile("Revoke the key")).click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(screens).to_contain_text("No screen has a key for it.")
    assert_accessible(page)


def test_a_screen_may_bring_the_events_of_another_source_and_an_old_key_is_marked(
    opening: Opening, shop: Served
) -> None:
    made = msgspec.json.encode({"role": "decide", "placement": "entrance"})
    old = shop.request("POST", "/api/v1/keys", key=shop.key("admin"), body=made).json()["key_id"]
    page = opening("/placements/entrance")
    screens = page.get_by_role("region", name="Screens")
    expect(screens.get_by_role("listitem").filter(has_text=old)).to_contain_text("no source")
    screens.get_by_role("button", name="Set up a screen").click()
    page.get_by_role("combobox", name="Source of its events").fill("window")
    page.get_by_role("dialog").get_by_role("button", name="Set up a screen").click()
    address = page.get_by_role("dialog").get_by_text("/screens/display#key=segue_")
    said = dict(parse_qsl(urlsplit(address.inner_text()).fragment))
    page.get_by_role("dialog").get_by_role("button").last.click()
    expect(screens.get_by_role("listitem").filter(has_text=said["key"].split("_")[1])).to_contain_text(
        "window"
    )
    assert "window" in {each["name"] for each in shop.get("/api/v1/sources")["sources"]}


def test_a_store_is_made_and_edited_and_what_is_wrong_is_said_in_words(
    opening: Opening, shop: Served, assert_accessible: Check
) -> None:
    page = opening("/products", role="marketer")
    page.get_by_role("button", name=re.compile(r"^\d+ stores?$")).click()
    drawer = page.get_by_role("dialog", name="Stores")
    drawer.get_by_role("button", name="New store").click()
    save = drawer.get_by_role("button", name="Save the store")
    save.click()
    expect(drawer.get_by_text("A store needs a number.")).to_be_visible()
    drawer.get_by_label("Store number").fill("s1")
    expect(drawer.get_by_text("There is a store of this number already")).to_be_visible()
    drawer.get_by_label("Store number").fill("s9")
    drawer.get_by_label("Name").fill("Riverside")
    zone = drawer.get_by_role("combobox", name="Time zone")
    zone.fill("Mars/Base")
    drawer.get_by_label("Latitude").fill("91")
    expect(drawer.get_by_text("There is no such time zone.")).to_be_visible()
    expect(drawer.get_by_text("Degrees from -90 to 90")).to_be_visible()
    expect(drawer.get_by_text("Give both degrees, or neither.")).to_be_visible()
    assert_accessible(page)
    save.click()
    assert "s9" not in {each["store"] for each in shop.get("/api/v1/stores")["stores"]}
    zone.fill("Europe/Lisbon")
    drawer.get_by_label("Latitude").fill("38,72")
    drawer.get_by_label("Longitude").fill("-9.14")
    save.click()
    expect(page.get_by_text("“Riverside” is told.")).to_be_visible()
    expect(drawer.get_by_role("listitem").filter(has_text="Riverside")).to_contain_text("38.72, -9.14")
    assert_accessible(page)
    drawer.get_by_role("button", name="Edit Harbour").click()
    drawer.get_by_label("Name").fill("Old harbour")
    drawer.get_by_role("button", name="Save the store").click()
    expect(drawer.get_by_role("listitem").filter(has_text="Old harbour")).to_be_visible()
    known = {each["store"]: each for each in shop.get("/api/v1/stores")["stores"]}
    made = {name: known["s9"][name] for name in ("name", "zone", "latitude", "longitude")}
    assert made == {"name": "Riverside", "zone": "Europe/Lisbon", "latitude": 38.72, "longitude": -9.14}
    assert (known["s1"]["name"], known["s1"]["zone"]) == ("Old harbour", None)
    drawer.get_by_role("button", name="Edit Old harbour").click()
    drawer.get_by_label("Name").fill("Harbour")
    drawer.get_by_role("button", name="Save the store").click()
    expect(drawer.get_by_role("listitem").filter(has_text="Old harbour")).to_have_count(0)


def test_products_are_found_and_their_stock_is_told(
    opening: Opening, shop: Served, assert_accessible: Check
) -> None:
    page = opening("/products", role="marketer")
    page.get_by_role("textbox", name="Part of a name").fill("mug")
    page.get_by_role("row").filter(has_text="Enamel mug").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("link", name="The last mugs")).to_be_visible()
    drawer.get_by_role("group", name="Harbour").get_by_role("textbox", name="Pieces").fill("0")
    drawer.get_by_role("button", name="Save the stock").click()
    expect(page.get_by_text("The stock of “Enamel mug” is told.")).to_be_visible()
    assert_accessible(page)
    page.goto("/console/actions/mug")
    expect(page.get_by_role("region", name="Stock now")).to_contain_text("none left")


def test_the_audit_log_leads_to_what_was_changed(opening: Opening, shop: Served) -> None:
    page = opening("/settings/audit")
    page.get_by_role("combobox", name="What").click()  # only what is near the top is drawn
    page.get_by_role("option", name="Put rules in force").click()
    page.get_by_role("link", name="actions.yaml").first.click()
    expect(page).to_have_url(re.compile("/console/actions$"))


@pytest.mark.parametrize(
    ("width", "scheme", "locale"),
    [(390, "light", "de-DE"), pytest.param(1280, "dark", "pl-PL", marks=pytest.mark.slow)],
)
def test_the_pages_can_be_used_by_everybody(
    opening: Opening,
    shop: Served,
    assert_accessible: Check,
    look: Look,
    width: int,
    scheme: str,
    locale: str,
) -> None:
    page = opening("/actions", role="marketer", width=width, scheme=scheme, locale=locale)
    for path in (
        "actions", "actions/mug", "actions/mug/edit", "placements", "placements/entrance",
        "placements/entrance/edit", "products?sku=mug",
    ):  # fmt: skip
        page.goto(f"/console/{path}")
        page.wait_for_selector("main h1")
        page.wait_for_load_state("networkidle")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        look(page, f"{path.replace('/', '-').partition('?')[0]}-{width}-{scheme}")
