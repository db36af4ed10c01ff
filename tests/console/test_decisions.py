"""Decisions, the simulator and what deciding is worth, on one small shop: decided, read, asked otherwise."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.console.conftest import BUILT, Opening
from tests.console.shop import SOON, asked, order, person_of, send
from tests.served import Served, serving

Look = Callable[[Page, str], None]
Check = Callable[[Page], None]

PLACEMENTS = """
placements:
  home_hero: {title: Start page, touchpoint: web, slots: 2, formats: [banner], fallback: welcome,
              exploration: 0.2, timeout_ms: 10000, personal_facts: 1}
  entrance: {title: Entrance, touchpoint: display, slots: 3, formats: [portrait, banner], fallback: welcome,
             seen_by: many, timeout_ms: 10000}
"""
ACTIONS = """
actions:
  welcome: {kind: content, title: Welcome, content: [{format: banner, headline: Good to see you}]}
  umbrella:
    kind: offer
    title: Umbrellas
    applicable: {field: context.weather.rain, op: "=", value: true}
    value: 9
    content:
      - {format: banner, headline: Stay dry, body: Umbrellas from 9.90, cta: Show me, because: It is raining.}
  ice:
    kind: offer
    title: Ice cream
    applicable: {field: context.weather.temp_c, op: ">=", value: 22}
    value: 2
    content: [{format: banner, headline: Something cold}]
  hers:
    kind: offer
    title: Her favourites
    purpose: personalisation
    value: 6
    levers: [{when: {did: Order Completed, at_least: 1, within: 900 days}, multiply: 2}]
    content:
      - {format: banner, headline: "For you, {{ person.first_name | default: 'friend' }}",
         because: because you come here often}
  mugs:
    kind: offer
    title: Enamel mugs
    value: 3
    stock: {sku: mug}
    content: [{format: banner, headline: Mugs}]
  tea: {kind: offer, title: Green tea, value: 2.5, cost: 0.01, content: [{format: banner, headline: Tea}]}
  bread: {kind: offer, title: Bread, value: 1.5, content: [{format: banner, headline: Fresh bread}]}
  wine:
    kind: offer
    title: Wine
    value: 4
    sensitivity: alcohol
    content: [{format: banner, headline: A glass of wine}]
  german: {kind: content, title: In German, content: [{format: banner, locale: de, headline: Willkommen}]}
  over:
    kind: offer
    title: Of last year
    value: 5
    valid: {until: 2020-01-01}
    content: [{format: banner, headline: Old}]
  leaflet: {kind: message, title: Leaflet, value: 0.1, cost: 3, content: [{format: banner, headline: Read}]}
  stripe: {kind: content, title: A strip, content: [{format: strip, headline: Strip}]}
"""
DRY: dict[str, Any] = {"weather": {"rain": False, "temp_c": 14}, "locale": "en", "store": "s1"}


@pytest.fixture(scope="module")
def served(short_folder: Path) -> Iterator[Served]:
    """A server of our own, empty at first."""
    if not BUILT.exists():
        pytest.skip("NOT TESTED: the console, because it is not built (make console)")
    with serving(short_folder / "decisions") as served:
        yield served


@pytest.fixture(scope="module")
def ann(served: Served) -> str:
    """The id of Ann, who ordered and consents; and a log of decisions, some of which led to something."""
    return told(served)


def told(served: Served) -> str:
    """The shop with all that was decided in it; answers Ann's id."""
    put(served, "definitions", {"bodies": {"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS}})
    put(served, "products", {"products": [{"sku": "mug", "name": "Enamel mug", "price": "8"}]})
    put(
        served, "stores", {"stores": [{"store": "s1", "name": "Harbour"}, {"store": "s2", "name": "Station"}]}
    )
    pieces = [{"sku": "mug", "store": "s1", "on_hand": 4000}, {"sku": "mug", "store": "s2", "on_hand": 0}]
    put(served, "inventory", {"inventory": pieces})
    day = datetime.now(UTC).date().isoformat()
    consent = {"type": "track", "event": "Consent Granted", "messageId": "c", "timestamp": f"{day}T00:00:00Z"}
    name = {"type": "identify", "messageId": "n", "timestamp": f"{day}T00:00:00Z"}
    send(
        served,
        [
            {**name, "userId": "ann", "traits": {"first_name": "Ann", "name": "Ann Ames"}},
            {**consent, "userId": "ann", "properties": {"purpose": "personalisation"}},
            order(1, "2026-01-05", 40.0, userId="ann"),
        ],
    )
    ann = person_of(served, "user_id:ann")
    until_known(served)
    decided(served, 120)
    asked(served, "/api/v1/decisions", {**asking("ann"), "context": DRY})
    return ann


def asking(user: str) -> dict[str, Any]:
    """A question of the start page."""
    return {"placement": "home_hero", "identifiers": {"user_id": user}}


def until_known(served: Served) -> None:
    """Until the definitions are followed, and her consent is in her record."""
    body = msgspec.json.encode({**asking("ann"), "at": now(), "explain": True})
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        answer = served.request(
            "POST", "/api/v1/decisions", key=served.key("admin"), body=body,
            headers={"Content-Type": "application/json"},
        )  # fmt: skip
        found = answer.json().get("explanation", {"scores": []})
        if "hers" in {each["action"] for each in found["scores"]}:
            return
        time.sleep(0.1)
    raise AssertionError(f"her consent is not known: {answer.body!r}")


def decided(served: Served, number: int) -> None:
    """Visitors of the start page; every one sees it, every third clicks, every tenth takes it."""
    questions = [{**asking(f"v{n}"), "context": DRY} for n in range(number)]
    answers = asked(served, "/api/v1/decisions/batch", {"requests": questions})["decisions"]
    events = []
    for n, answer in enumerate(answers):
        for event, each in (("Shown", 1), ("Clicked", 3), ("Accepted", 10)):
            if n % each == 0:
                events.append(happened(f"{event}-{n}", f"Action {event}", f"v{n}", answer["decision_id"]))
    send(served, events)


def happened(message: str, event: str, user: str, decision: str, slot: int = 0) -> dict[str, Any]:
    """What became of a slot."""
    said = {"decision_id": decision, "slot": slot}
    return {"type": "track", "messageId": message, "event": event, "userId": user, "properties": said}


def put(served: Served, what: str, body: dict[str, Any]) -> None:
    """A PUT by an admin."""
    answer = served.request(
        "PUT", f"/api/v1/{what}", key=served.key("admin"), body=msgspec.json.encode(body),
        headers={"Content-Type": "application/json"},
    )  # fmt: skip
    assert answer.status == 200, (what, answer.status, answer.body)


def now() -> str:
    return datetime.now(UTC).isoformat()


def rows(page: Page) -> Locator:
    """Decisions in the log."""
    return page.get_by_role("grid", name="Decisions, newest first").get_by_role("row")


# ── nothing yet ──────────────────────────────────────────────────────────────


def test_without_decisions_the_pages_say_how_to_begin(opening: Opening, assert_accessible: Check) -> None:
    page = opening("/decisions", role="marketer")
    expect(page.get_by_text("No decisions here")).to_be_visible()
    for path in ("simulator", "policy"):
        page.goto(f"/console/{path}")
        expect(page.get_by_text("No placements yet")).to_be_visible()
        assert_accessible(page)


# ── the log ──────────────────────────────────────────────────────────────────


def test_the_log_is_filtered_by_placement_outcome_and_customer(
    opening: Opening, ann: str, assert_accessible: Check, look: Look
) -> None:
    page = opening("/decisions", role="marketer")
    expect(rows(page).nth(1)).to_contain_text("Start page")
    expect(page.get_by_role("link", name="Ann Ames").first).to_be_visible()
    assert_accessible(page)
    look(page, "decisions")
    page.get_by_text("accepted", exact=True).first.click()
    expect(page).to_have_url(re.compile("outcome=accepted"))
    expect(page.locator("[data-row='0']")).to_contain_text("accepted")
    page.get_by_text("accepted", exact=True).first.click()
    page.get_by_label("Placement").select_option("entrance")
    expect(page.get_by_text("Nothing was decided that fits this choice.")).to_be_visible()
    page.get_by_label("Placement").select_option("")
    page.get_by_role("combobox", name="Customer").fill("Ann")
    page.get_by_role("option", name=re.compile("Ann Ames")).click()
    expect(page).to_have_url(re.compile(f"person={ann}"))
    expect(page.locator("[data-row]")).to_have_count(1)


def test_what_is_new_comes_by_itself_and_never_under_the_hand(
    opening: Opening, served: Served, ann: str
) -> None:
    page = opening("/decisions", role="marketer")
    expect(page.locator("[data-row='0']")).to_be_visible()
    page.mouse.move(5, 5)
    ask: dict[str, Any] = {"placement": "entrance", "context": DRY}
    asked(served, "/api/v1/decisions", ask)
    expect(page.locator("[data-row='0']")).to_contain_text("Entrance")
    page.locator("[data-row='2']").hover()
    first = page.locator("[data-row='0']").inner_text()
    asked(served, "/api/v1/decisions", {**ask, "placement": "home_hero"})
    more = page.get_by_role("button", name="1 new decision")
    expect(more).to_be_visible()
    assert page.locator("[data-row='0']").inner_text().splitlines()[1] == first.splitlines()[1]
    more.click()
    expect(page.locator("[data-row='0']")).to_contain_text("Start page")


# ── one decision ─────────────────────────────────────────────────────────────


def test_a_decision_says_what_was_shown_and_why_nothing_else(
    opening: Opening, served: Served, ann: str, assert_accessible: Check, look: Look
) -> None:
    [hers] = served.get(f"/api/v1/decisions?person={ann}")["decisions"]
    page = opening(f"/decisions/{hers['decision_id']}", role="marketer")
    expect(page.get_by_role("heading", name="Start page")).to_be_visible()
    expect(page.get_by_role("link", name="Ann Ames")).to_have_attribute("href", f"/console/customers/{ann}")
    expect(page.get_by_text("comes out the same")).to_be_visible()
    expect(page.get_by_role("list", name="What was shown").get_by_role("listitem")).to_have_count(2)
    funnel = page.get_by_role("region", name="The funnel", exact=True)
    expect(funnel).to_contain_text("11 actions were considered")
    funnel.get_by_role("button", name=re.compile("^Applicable")).click()
    fallen = funnel.get_by_role("region", name="What fell out")
    expect(fallen).to_contain_text("Umbrellas")
    expect(fallen).to_contain_text("rain")
    funnel.get_by_role("button", name=re.compile("^Format")).press("Enter")
    expect(fallen).to_contain_text("No content in the language en")
    funnel.get_by_role("button", name=re.compile("^Eligible")).click()
    expect(fallen).to_contain_text("Valid until 1 Jan 2020 only")
    funnel.get_by_role("button", name=re.compile("^Worth it")).click()
    expect(fallen).to_contain_text("Leaflet")
    scores = page.get_by_role("list", name="Those that competed")
    expect(scores.get_by_role("listitem").filter(has_text="Her favourites")).to_contain_text("×")
    expect(page.get_by_role("region", name="The draw")).to_contain_text("20% is spread evenly")
    expect(page.get_by_role("region", name="The moment")).to_contain_text("personalisation")
    assert_accessible(page)
    look(page, "decision")


def test_what_became_of_it_stands_with_it(
    opening: Opening, served: Served, ann: str, forgiven: list[str]
) -> None:
    forgiven.append("404")
    taken = served.get("/api/v1/decisions?outcome=accepted&limit=1")["decisions"][0]
    page = opening(f"/decisions/{taken['decision_id']}", role="read")
    shown = page.get_by_role("list", name="What was shown").get_by_role("listitem").first
    expect(shown).to_contain_text("accepted")
    expect(page.get_by_role("link", name="What if …")).to_have_count(0)  # who reads asks nothing
    page.goto(f"/console/decisions/{'0' * 32}")
    expect(page.get_by_role("heading", name="No such decision")).to_be_visible()


def test_a_decision_names_the_models_that_had_a_say(
    opening: Opening, served: Served, ann: str, assert_accessible: Check
) -> None:
    """Trainings take a minute: what they would have said is put into the answer (tests/flow/learning)."""
    [hers] = served.get(f"/api/v1/decisions?person={ann}")["decisions"]
    said = [
        {"model": "predict@20260301T120000-1", "predictions": ["churn_90d"], "products": []},
        {"model": "recommend@20260302T120000-2", "predictions": [], "products": ["a", "b"]},
    ]

    def trained(route: Route) -> None:
        answer = route.fetch()
        whole = answer.json()
        assert whole["explanation"]["models"] == []
        whole["explanation"]["models"] = said
        route.fulfill(response=answer, json=whole)

    page = opening("/decisions", role="marketer")
    page.goto(f"/console/decisions/{hers['decision_id']}")
    term = page.get_by_role("term").filter(has_text="Models that had a say")
    expect(page.get_by_text("comes out the same")).to_be_visible()
    expect(term).to_have_count(0)
    page.route(f"**/api/v1/decisions/{hers['decision_id']}", trained)
    page.reload()
    expect(term).to_be_visible()
    expect(page.get_by_text("20260301T120000-1: churn 90d")).to_be_visible()
    expect(page.get_by_text("20260302T120000-2: 2 products")).to_be_visible()
    expect(page.get_by_role("link", name="recommend")).to_have_attribute("href", "/console/models/recommend")
    assert_accessible(page)


def test_a_decision_tells_what_would_be_bought_anyway_and_what_it_watches(
    opening: Opening, served: Served, ann: str, assert_accessible: Check
) -> None:
    """It takes days to learn: what would have been learnt is put into the answer (tests/flow/deciding)."""
    [hers] = served.get(f"/api/v1/decisions?person={ann}")["decisions"]

    def learnt(route: Route) -> None:
        answer = route.fetch()
        whole = answer.json()
        [favourites] = [each for each in whole["explanation"]["scores"] if each["action"] == "hers"]
        assert favourites["anyway"] == favourites["forgone"] == 0
        favourites |= {"anyway": 0.25, "forgone": 0.25 * favourites["levers"] * (favourites["margin"] + 1)}
        whole["explanation"]["control"] = "mugs"
        dear = {"action": "tea", "stage": "score"}
        rule = "adds less than it costs, since it is bought anyway (-0.0100)"
        whole["explanation"]["dropped"].append({**dear, "rule": rule})
        route.fulfill(response=answer, json=whole)

    page = opening("/decisions", role="marketer")
    page.goto(f"/console/decisions/{hers['decision_id']}")
    scored = page.get_by_role("list", name="Those that competed").get_by_role("listitem")
    expect(scored.filter(has_text="Her favourites")).to_contain_text("×")
    expect(scored.filter(has_text="buy it anyway")).to_have_count(0)
    page.route(f"**/api/v1/decisions/{hers['decision_id']}", learnt)
    page.reload()
    said = "25% buy it anyway: only what showing it adds counts."
    expect(scored.filter(has_text=said)).to_contain_text("Her favourites")
    expect(scored.filter(has_text=said)).to_contain_text(re.compile(r"− ?25% ?\)"))
    watched = page.get_by_role("definition").filter(has_text="Enamel mugs")
    expect(page.get_by_role("term").filter(has_text="Watched besides")).to_be_visible()
    expect(watched).to_be_visible()
    funnel = page.get_by_role("region", name="The funnel", exact=True)
    funnel.get_by_role("button", name=re.compile("^Worth it")).click()
    fallen = funnel.get_by_role("region", name="What fell out")
    expect(fallen).to_contain_text("Adds less than it costs, since it is bought anyway")
    assert_accessible(page)


def test_her_record_has_what_was_decided_for_her(
    opening: Opening, ann: str, assert_accessible: Check
) -> None:
    page = opening(f"/customers/{ann}#decisions", role="marketer")
    expect(page.locator("[data-row='0']")).to_contain_text("Start page")
    expect(page.get_by_role("link", name="What would she get now?")).to_be_visible()
    assert_accessible(page)


# ── what if ──────────────────────────────────────────────────────────────────


def test_a_marketers_question_takes_three_clicks(
    opening: Opening, served: Served, ann: str, assert_accessible: Check, look: Look
) -> None:
    before = len(served.get("/api/v1/decisions?limit=500")["decisions"])
    page = opening("/simulator", role="marketer")
    page.get_by_role("combobox", name="Choose a customer").fill("Ann")
    page.get_by_role("option", name=re.compile("Ann Ames")).click()
    expect(page.get_by_text("Known: for certain")).to_be_visible()
    page.get_by_role("button", name="without her consent").click()
    otherwise = page.get_by_role("region", name="as if she agreed to nothing")
    expect(otherwise.get_by_role("list", name="What would be shown")).to_be_visible()
    table = page.get_by_role("region", name="What is otherwise").get_by_role("table")
    expect(table.get_by_role("row", name=re.compile("Her favourites"))).to_contain_text(
        "No consent to personalisation"
    )
    expect(page).to_have_url(re.compile(f"person={ann}&placement=home_hero&if.consent=no"))
    assert_accessible(page)
    page.get_by_role("button", name="it rained").click()
    expect(table.get_by_role("row", name=re.compile("Umbrellas"))).to_be_visible()
    expect(page.get_by_role("region", name="rain, 11 °C")).to_be_visible()
    look(page, "simulator")
    page.get_by_role("button", name="in another store").click()
    expect(page.get_by_role("combobox", name="Store").nth(1)).to_have_value("s1")
    page.get_by_role("combobox", name="Store").nth(1).select_option("s2")
    expect(table.get_by_role("row", name=re.compile("Enamel mugs"))).to_contain_text("Nothing left of mug")
    page.get_by_role("button", name="As asked only").click()
    expect(page.get_by_role("region", name="The funnel", exact=True)).to_be_visible()
    assert len(served.get("/api/v1/decisions?limit=500")["decisions"]) == before, "nothing of it is kept"


def test_the_address_holds_the_question(opening: Opening, ann: str) -> None:
    page = opening(
        "/simulator?placement=home_hero&at=2026-07-04T19:30&weather=sun:31&store=s2&locale=de",
        role="marketer",
    )
    expect(page.get_by_label("Moment", exact=True)).to_have_value("2026-07-04T19:30")
    expect(page.get_by_role("combobox", name="Store")).to_have_value("s2")
    funnel = page.get_by_role("region", name="The funnel", exact=True)
    expect(funnel.get_by_role("button", name=re.compile("^Stock"))).to_be_visible()
    expect(funnel.get_by_role("button", name=re.compile("^Consent"))).to_be_visible()
    expect(page.get_by_role("list", name="Those that competed")).to_contain_text("Ice cream")
    page.get_by_role("combobox", name="Basket").fill("mug")
    page.get_by_role("combobox", name="Basket").press("Enter")
    expect(page).to_have_url(re.compile("basket=mug"))


def test_a_decision_of_the_log_is_asked_again_otherwise(opening: Opening, served: Served, ann: str) -> None:
    [hers] = served.get(f"/api/v1/decisions?person={ann}")["decisions"]
    page = opening(f"/decisions/{hers['decision_id']}", role="marketer")
    page.get_by_role("link", name="What if …").click()
    expect(page).to_have_url(re.compile(f"person={ann}.*store=s1"))
    expect(page.get_by_text("Known: for certain")).to_be_visible()


# ── what it is worth ─────────────────────────────────────────────────────────


def test_what_deciding_is_worth_is_told_with_how_sure_it_is(
    opening: Opening, served: Served, ann: str, assert_accessible: Check, look: Look
) -> None:
    page = opening("/policy", role="marketer")
    listed = page.get_by_role("list", name="Policy")
    expect(listed).to_contain_text("1 decision, none seen yet")
    listed.get_by_role("link", name=re.compile("Start page")).click()
    expect(page.get_by_role("term").filter(has_text="A decision is worth")).to_be_visible()
    expect(page.get_by_role("img", name="Value of a decision, day by day")).to_be_visible()
    table = page.get_by_role("region", name="By action").get_by_role("table")
    expect(table).to_contain_text("Green tea")
    others = page.get_by_role("list", name="What deciding otherwise would have been worth")
    expect(others.get_by_role("listitem")).to_have_count(3)
    expect(others).to_contain_text("Always the best score")
    page.get_by_label("How it is estimated").select_option("snips")
    expect(page.get_by_text("with weights that add up to one: steadier.")).to_be_visible()
    assert_accessible(page)
    look(page, "policy")


def test_where_nothing_was_seen_it_says_how_much_it_takes(opening: Opening, ann: str) -> None:
    page = opening("/policy/entrance", role="marketer")
    expect(page.get_by_text("takes 100 that were seen at least")).to_be_visible()


# ── for everybody ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "light"), pytest.param(1280, "dark", marks=pytest.mark.slow)]
)
def test_the_pages_can_be_used_by_everybody(
    opening: Opening, served: Served, ann: str, assert_accessible: Check, width: int, scheme: str
) -> None:
    [hers] = served.get(f"/api/v1/decisions?person={ann}")["decisions"]
    page = opening("/decisions", role="marketer", width=width, scheme=scheme)
    what_if = f"simulator?person={ann}&if.weather=rain:9"
    worth = ("policy", "policy/home_hero", "policy/entrance")
    paths = ("decisions", f"decisions/{hers['decision_id']}", what_if, *worth)
    for path in paths:
        page.goto(f"/console/{path}")
        expect(page.locator("main h1")).to_be_visible()
        expect(page.locator("main [aria-busy=true]")).to_have_count(0)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


@pytest.mark.parametrize(("role", "opened"), [("read", ("Decisions", "Policy")), ("associate", ())])
def test_each_role_finds_what_it_may(opening: Opening, ann: str, role: str, opened: tuple[str, ...]) -> None:
    page = opening("/simulator", role=role)
    expect(page.get_by_text("Your role does not open this page")).to_be_visible()
    for name in ("Decisions", "Simulator", "Policy"):
        expect(page.get_by_role("navigation").get_by_role("link", name=name)).to_have_count(
            int(name in opened)
        )
