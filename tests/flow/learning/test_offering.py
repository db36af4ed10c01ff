"""What a trained recommender says inside a decision: to whom, beside what, and what many may not see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from segue.app.learning.serving import Loaded, Warm
from segue.app.learning.training import Order, train
from segue.checks.models.shop import invent_shop
from segue.learn.recommend.request import Request
from segue.ports.clock import ManualClock
from tests.conftest import Databases
from tests.flow.api.harness import Api, opened, track
from tests.flow.deciding.conftest import decide

from .invented import SHOP, come_in, orders_of

PLACEMENTS = """
placements:
  home: {touchpoint: web, formats: [banner], fallback: story, timeout_ms: 10000, personal_facts: 1}
  wall: {touchpoint: display, formats: [banner], fallback: story, seen_by: many, timeout_ms: 10000}
"""
ACTIONS = """
actions:
  story: {kind: content, content: [{format: banner, headline: Welcome}]}
  next: {kind: recommendation, value: 5, content: [{format: banner, headline: "{{ products[0].name }}"}]}
"""
NOW = 1_704_067_200_000_000


@pytest.fixture(scope="module")
def shop(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A shop whose recommender was trained on its orders, and in which nothing is trending."""
    with (
        databases.lend() as url,
        opened(url, ManualClock(NOW), tmp_path_factory.mktemp("shop")) as api,
    ):
        come_in(api.installation, orders_of(invent_shop(SHOP)))
        [found] = train(api.installation, Order(models=("recommend",)))
        assert found.state == "ready", found.because
        api.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
        answering(api)
        yield api


def answering(shop: Api) -> Loaded:
    """The recommender, once it answers."""
    found = Warm(shop.installation.data).get("recommend", patience=60)
    assert found is not None
    assert shop.installation is not None
    return found


@pytest.fixture
def made(shop: Api) -> Loaded:
    """The recommender itself; the desk's own is loaded while first questions are answered."""
    for _ in range(600):
        if decide(shop, "home")["slots"][0]["action"] == "next":
            break
    return answering(shop)


def said(made: Loaded, basket: Sequence[str] = (), person: int | None = None) -> list[str]:
    """The six that the recommender itself would name."""
    found = made.serving.recommend(Request(person=person, k=6, basket=tuple(basket)))
    return [each.sku for each in found.items]


def told(answer: Any) -> list[str]:
    """The products of the answer's one slot."""
    [slot] = answer["slots"]
    assert slot["action"] == "next"
    return [each["sku"] for each in slot["products"]]


def basket_of(*skus: str) -> Any:
    return {"basket": [{"sku": sku, "quantity": 1, "price": 2} for sku in skus]}


def buyer(shop: Api, made: Loaded, number: int) -> tuple[str, int]:
    """The user id of somebody who bought, and her place in the recommender's arrays."""
    codes = np.unique(invent_shop(SHOP).everything.person)
    user = f"u{codes[number]:032x}"
    person = shop.person(f"user_id:{user}")["person_id"]
    return user, made.serving.persons.code[person]


def agrees(shop: Api, user: str) -> None:
    shop.happen(
        track(
            "Consent Granted", f"c-{user}", "2023-12-31T00:00:00Z", user_id=user,
            properties={"purpose": "personalisation"},
        )
    )  # fmt: skip


def test_whoever_is_not_known_sees_what_is_bought_with_her_basket(shop: Api, made: Loaded) -> None:
    plain = told(decide(shop, "home"))
    assert plain == said(made)
    [first, second] = plain[:2]
    with_first, with_second = (
        told(decide(shop, "home", context=basket_of(each))) for each in (first, second)
    )
    assert with_first == said(made, [first])
    assert with_second == said(made, [second])
    assert first not in with_first
    assert len({tuple(plain), tuple(with_first), tuple(with_second)}) == 3, "a basket that says nothing"


def test_hers_is_shown_with_her_consent_and_not_without(shop: Api, made: Loaded) -> None:
    user, code = buyer(shop, made, 0)
    assert said(made, person=code) != said(made), "somebody who buys like everybody shows nothing"
    hers: Any = {"identifiers": {"user_id": user}}
    assert told(decide(shop, "home", **hers)) == said(made), "she never agreed"
    agrees(shop, user)
    assert told(decide(shop, "home", **hers)) == said(made, person=code)
    in_hand = said(made)[0]
    assert told(decide(shop, "home", **hers, context=basket_of(in_hand))) == said(made, [in_hand], code)
    assert told(decide(shop, "home", role="decide", **hers)) == said(made), "who is only typed is not known"
    shop.happen(
        track(
            "Consent Withdrawn", f"d-{user}", "2023-12-31T12:00:00Z", user_id=user,
            properties={"purpose": "personalisation"},
        )
    )  # fmt: skip
    assert told(decide(shop, "home", **hers)) == said(made), "she has taken it back"


def test_what_many_see_is_nothing_sensitive_and_nothing_of_hers(shop: Api, made: Loaded) -> None:
    user, code = buyer(shop, made, 1)
    agrees(shop, user)
    hers: Any = {"identifiers": {"user_id": user}}
    assert told(decide(shop, "wall", **hers)) == said(made), "on a wall she is nobody"
    assert told(decide(shop, "home", **hers)) == said(made, person=code)
    private = said(made)[:2]
    goods = [{"sku": sku, "name": sku, "sensitivity": "health"} for sku in private]
    assert shop.request("PUT", "/api/v1/products", body={"products": goods}).status == 200
    wall, home = told(decide(shop, "wall")), told(decide(shop, "home"))
    assert home == said(made)
    twelve = made.serving.recommend(Request(k=12)).items
    assert wall == [each.sku for each in twelve if each.sku not in private][:6]
    assert len(wall) == 6


def test_a_decision_says_which_model_recommended_and_comes_out_the_same(shop: Api, made: Loaded) -> None:
    answer = decide(shop, "home", explain=True)
    [model] = shop.get("/api/v1/models")["models"][:1]
    assert model["model"] == "recommend"
    used = [{"model": f"recommend@{model['version']}", "predictions": [], "products": told(answer)}]
    assert answer["explanation"]["models"] == used
    whole = shop.get(f"/api/v1/decisions/{answer['decision_id']}")
    assert (whole["explanation"]["models"], whole["replay"]) == (used, "same")
    assert "explanation" not in decide(shop, "home", role="decide", explain=True)
