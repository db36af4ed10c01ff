"""What the demo sells and decides: its own definitions, a real catalogue, and some days of decisions."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

from segue.app.definitions import read_rules
from segue.app.demo import assortment, past
from segue.app.demo.acts import ACTOR
from segue.app.demo.assortment import STORES
from segue.app.demo.defining import define, demo_definitions
from segue.app.demo.naming import readable
from segue.app.demo.preparing import read_prepared
from segue.domain.actions import Content
from segue.domain.order import DAY, rfc3339
from segue.domain.rules import Rules
from segue.domain.templates import write_out
from tests.conftest import NOON
from tests.flow.api.harness import Api

LOCALES = ("en", "de", "pl")
WORDS = ("headline", "body", "cta", "because")
PLACEMENTS = {
    "home_hero": "web", "product_page": "web", "cart": "web", "app_home": "app", "entrance": "display",
    "kiosk": "kiosk", "associate": "associate", "till": "till",
}  # fmt: skip


@pytest.fixture(scope="module")
def rules() -> Rules:
    return read_rules(demo_definitions())


def ask(api: Api, placement: str, **said: Any) -> Any:
    answer = api.request(
        "POST", "/api/v1/decisions", body={"placement": placement, "explain": True, **said}, role="admin"
    )
    assert answer.status == 200, answer.body
    return answer.json()


# ── definitions ──────────────────────────────────────────────────────────────


def test_every_placement_has_what_it_needs(rules: Rules) -> None:
    assert {each.name: each.touchpoint for each in rules.placements} == PLACEMENTS
    assert 25 <= len(rules.actions) <= 40
    assert {each.kind for each in rules.actions} == {
        "offer", "recommendation", "content", "service", "message",
    }  # fmt: skip
    formats = {name for each in rules.placements for name in each.formats}
    for action in rules.actions:
        assert {each.format for each in action.content} <= formats, action.name


def test_every_text_is_there_in_every_language_and_can_be_read_aloud(rules: Rules) -> None:
    given = {
        "discount": 10, "context": {"weather": {"temp_c": 27.4}}, "products": [{"name": "Milk"}],
        "person": {"first_name": "Ann"},
    }  # fmt: skip
    for action in rules.actions:
        by_format: dict[str, set[str]] = {}
        for each in action.content:
            by_format.setdefault(each.format, set()).add(each.locale or "en")
            texts = dict(each.texts)
            assert {"headline", "image", "cta", "link"} <= texts.keys(), action.name
            assert write_out(texts["headline"], given).strip(), action.name
            assert "{" not in write_out(texts["headline"], given)
            assert each.because, action.name
            assert "{" not in write_out(each.because, given)
        assert all(found == set(LOCALES) for found in by_format.values()), action.name
        headlines = {each.locale: dict(each.texts)["headline"] for each in action.content}
        assert len(set(headlines.values())) == 3, f"{action.name} is translated"


def test_no_text_of_one_language_keeps_words_of_another(rules: Rules) -> None:
    def words(content: Content) -> dict[str, str]:
        said = {**dict(content.texts), "because": content.because or ""}
        return {name: said[name] for name in WORDS if name in said and not said[name].startswith("{{")}

    for action in rules.actions:
        english = {said for each in action.content if not each.locale for said in words(each).items()}
        for each in action.content:
            if each.locale:
                assert not english & set(words(each).items()), (action.name, each.format, each.locale)


def test_what_is_sensitive_says_so_and_what_asks_for_her_needs_her_consent(rules: Rules) -> None:
    sensitive = {each.name: each.sensitivity for each in rules.actions if each.sensitivity != "none"}
    assert sensitive == {
        "beer_crate": "alcohol", "wine_with_dinner": "alcohol", "baby_care": "children",
        "cold_and_flu": "health",
    }  # fmt: skip
    assert all(each.floor is not None for each in rules.actions if each.discounts)
    assert any(each.levers for each in rules.actions)


def test_pictures_are_there(rules: Rules, request: pytest.FixtureRequest) -> None:
    folder = request.config.rootpath / "console" / "public"
    named = {dict(each.texts)["image"] for action in rules.actions for each in action.content}
    named |= {f"/console/pictures/{name}.svg" for name in (*assortment._PICTURES, "basket")}
    for image in named:
        assert (folder / image.removeprefix("/console/")).is_file(), image


@pytest.mark.parametrize(
    ("kind", "category", "size", "name"),
    [
        ("SHREDDED CHEESE", "CHEESE", "8 OZ", "Shredded cheese, 8 oz"),
        ("FLUID MILK WHITE ONLY", "FLUID MILK PRODUCTS", "1 GA", "Milk, 1 gal"),
        ("TRADITIONAL", "ICE CREAM/MILK/SHERBTS", "56 OZ", "Ice cream, traditional, 56 oz"),
        ("FRZN FRENCH FRIES", "FRZN POTATOES", ".5 OZ", "Frozen french fries, 0.5 oz"),
        ("APPLES GALA (BULK&BAG)", "APPLES", None, "Apples gala"),
    ],
)
def test_names_can_be_read(kind: str, category: str, size: str | None, name: str) -> None:
    assert readable(kind, category, size) == name


def test_what_is_sold_by_the_piece_names_no_crate() -> None:
    assert readable("BANANAS", "TROPICAL FRUIT", "40 LB", loose=True) == "Bananas"
    assert readable("STRAWBERRIES", "BERRIES", "16 OZ", loose=True) == "Strawberries, 16 oz"


# ── what is there ────────────────────────────────────────────────────────────


def test_the_catalogue_is_real_and_every_action_has_its_product(shown: Api, rules: Rules) -> None:
    stores = shown.get("/api/v1/stores")["stores"]
    assert len(stores) == STORES
    assert len({(each["latitude"], each["longitude"]) for each in stores}) == STORES
    page = shown.get("/api/v1/products?limit=500")
    assert len(page["products"]) == 500
    assert page["next"] is not None
    assert all(each["name"] and each["category"] and each["price"] for each in page["products"])
    for sku in {each.sku for each in rules.actions if each.sku is not None}:
        [told] = shown.get(f"/api/v1/products?text={sku}")["products"]
        here = shown.get(f"/api/v1/inventory?sku={sku}")["inventory"]
        assert any(each["store"] for each in here), f"{told['name']} is counted somewhere"
    [berries] = shown.get("/api/v1/products?text=1127831")["products"]
    assert (berries["name"], berries["category"]) == ("Strawberries, 16 oz", "BERRIES")


def test_every_link_leads_somewhere_in_the_shop(shown: Api, rules: Rules) -> None:
    given = {"products": [{"sku": "1082185", "name": "Bananas"}]}
    texts = [dict(each.texts)["link"] for action in rules.actions for each in action.content]
    for link in {write_out(text, given) for text in texts}:
        assert link.startswith("?"), link
        asked = parse_qs(link[1:])
        for sku in asked.get("product", []):
            assert shown.get(f"/api/v1/shop/products/{sku}")["sku"] == sku, link
        if "category" in asked or "q" in asked:
            found = {"category": asked.get("category", [""])[0], "text": asked.get("q", [""])[0]}
            wanted = urlencode({name: value for name, value in found.items() if value})
            assert shown.get(f"/api/v1/shop/products?{wanted}")["products"], link


def test_every_touchpoint_is_answered_without_falling_back(shown: Api, rules: Rules) -> None:
    basket = [{"sku": "1071342", "quantity": 1, "price": 3.19, "category": "COLD CEREAL"}]
    seen: Counter[str] = Counter()
    for placement, locale, hour in product(PLACEMENTS, LOCALES, (8, 13, 19)):
        at = rfc3339(NOON // DAY * DAY + hour * 3_600_000_000)
        context = {"store": "367", "locale": locale, "basket": basket, "weather": {"temp_c": 3, "rain": True}}
        answer = ask(shown, placement, context=context, at=at)
        assert not answer["fallback"], (placement, locale, hour)
        seen.update(slot["action"] for slot in answer["slots"])
        for slot in answer["slots"]:
            assert slot["content"]["headline"]
            assert slot["content"].get("locale", "en") == locale
            if placement == "entrance":
                assert slot["action"] not in {"beer_crate", "cold_and_flu"}
    assert len(seen) >= 12, "a demo shows many things"


def test_what_is_bought_leads_to_what_goes_with_it(shown: Api) -> None:
    cereal = [{"sku": "1071342", "quantity": 1, "price": 3.19, "category": "COLD CEREAL"}]
    answer = ask(shown, "till", context={"basket": cereal}, at=rfc3339(NOON))
    dropped = {each["action"] for each in answer["explanation"]["dropped"] if each["stage"] == "applicable"}
    assert "milk_for_cereal" not in dropped
    milk = [*cereal, {"sku": "1029743", "quantity": 1, "price": 2.6, "category": "FLUID MILK PRODUCTS"}]
    answer = ask(shown, "till", context={"basket": milk}, at=rfc3339(NOON))
    assert "milk_for_cereal" in {each["action"] for each in answer["explanation"]["dropped"]}


# ── the last days ────────────────────────────────────────────────────────────


def test_the_last_days_were_decided_and_what_became_of_it_was_learnt(shown: Api) -> None:
    page = shown.get("/api/v1/decisions?limit=200")["decisions"]
    assert len(page) > 50
    days = {each["at"][:10] for each in page}
    assert max(days) < rfc3339(NOON)[:10], "none of today"
    assert min(days) >= rfc3339(NOON - (past.DAYS + 1) * DAY)[:10]
    assert {each["placement"] for each in page} <= set(read_prepared(shown.installation.data).asking)  # type: ignore[union-attr]
    outcomes = Counter(slot["outcome"] for each in page for slot in each["slots"])
    assert outcomes["shown"] > 20
    assert outcomes["clicked"] + outcomes["accepted"] > 0
    report = shown.get("/api/v1/policies/home_hero")
    assert report["decisions"] > 10


def test_definitions_of_somebody_else_stay(shown: Api) -> None:
    name = "placements.yaml"
    before = next(each for each in shown.get("/api/v1/definitions")["definitions"] if each["name"] == name)
    assert before["by"] == ACTOR
    body = before["body"].replace("exploration: 0.1", "exploration: 0.2")
    assert shown.request("PUT", "/api/v1/definitions", body={"bodies": {name: body}}).status == 200
    try:
        define(shown.installation)
        kept = next(each for each in shown.get("/api/v1/definitions")["definitions"] if each["name"] == name)
        assert kept["body"] == body
    finally:
        shown.request("PUT", "/api/v1/definitions", body={"bodies": {name: before["body"]}})
