"""Models, predictions and recommendations over HTTP, of an invented shop that came in as events."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from segue.app import erase
from segue.app.learning import asking, serving
from segue.app.learning.asking import Asked, Wanted
from segue.app.learning.knowing import lake_source
from segue.app.learning.training import Order, train
from segue.checks.models.shop import invent_shop
from segue.domain.drafts import Draft
from segue.ports.clock import ManualClock
from tests.conftest import Databases
from tests.flow.api.harness import Api, opened

from .invented import SHOP, come_in, orders_of


@pytest.fixture(scope="module")
def shop(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The API of an installation with the shop in it, and a recommender that was trained on it."""
    with (
        databases.lend() as url,
        opened(url, ManualClock(1_704_067_200_000_000), tmp_path_factory.mktemp("shop")) as api,
    ):
        come_in(api.installation, orders_of(invent_shop(SHOP)))
        [found] = train(api.installation, Order(models=("recommend",)))
        assert found.state == "ready", found.because
        yield api


def person_of(api: Api, user: str) -> str:
    found: str = api.post("/api/v1/persons/find", {"identifier": f"user_id:{user}"})["persons"][0][
        "person_id"
    ]
    return found


def test_models_are_listed_before_they_are_trained(api: Api) -> None:
    body = api.get("/api/v1/models")
    assert {each["model"]: each["state"] for each in body["models"]} == dict.fromkeys(
        ("recommend", "predict", "intent", "profile", "lookalike"), "untrained"
    )
    assert body["job"] is None
    card = api.get("/api/v1/models/recommend")
    assert (card["card"], card["runs"]) == (None, [])
    assert api.get("/api/v1/models/recomend", 404)["cure"] == "did you mean 'recommend'?"
    assert api.get("/api/v1/models/jobs/nix", 404)["code"] == "not_found"


def test_a_model_that_is_asked_before_it_is_trained_says_how_to_train_it(api: Api) -> None:
    come_in(api.installation, iter([Draft(type="track", event="Seen", message_id="m", user_id="ann")]))
    answer = api.get(f"/api/v1/persons/{person_of(api, 'ann')}/recommendations", 409)
    assert answer["cure"] == "train the model: `segue train recommend`"
    assert api.get(f"/api/v1/persons/{person_of(api, 'ann')}/predictions")["predictions"] == {}


def test_the_lake_tells_of_a_shop_what_the_shop_tells_of_itself(shop: Api) -> None:
    truth = invent_shop(SHOP).everything
    with lake_source(shop.installation) as source:
        found = source.purchases(2**62)
    identifiers = [each[0].removeprefix("user_id:u") for each in found.persons.identifiers]

    def told(bought: Any, names: list[str]) -> list[tuple[Any, ...]]:
        items = bought.items
        return sorted(
            (
                names[bought.person[row]], int(bought.time[row]), items.sku[bought.item[row]],
                float(bought.pieces[row]), round(float(bought.amount[row]), 4),
                round(float(bought.discount[row]), 4), bought.stores[bought.store[row]],
                bought.channels[bought.channel[row]], items.categories[items.category[bought.item[row]]],
            )
            for row in range(len(bought))
        )  # fmt: skip

    assert told(found, identifiers) == told(truth, list(truth.persons.ids))
    assert found.order.max() == truth.order.max()
    assert (np.diff(found.order) >= 0).all()


def test_recommendations_are_given_with_reasons_and_kinds(shop: Api) -> None:
    person = person_of(shop, f"u{3:032x}")
    body = shop.get(f"/api/v1/persons/{person}/recommendations?k=4&store=s1&basket=sku0001&basket=nothing")
    assert [each["rank"] for each in body["items"]] == [1, 2, 3, 4]
    assert all(each["reason"] and each["kind"] in {"repeat", "explore"} for each in body["items"])
    assert all(math.isfinite(each["score"]) and each["name"] and each["category"] for each in body["items"])
    assert "unknown" in body["fallback"]
    assert body["model"].startswith("recommend@")
    shop.get(f"/api/v1/persons/{person}/recommendations?k=0", 400)
    shop.get(f"/api/v1/persons/{'0' * 32}/recommendations", 404)
    shop.get("/api/v1/persons/nonsense/recommendations", 404)


def test_who_came_after_the_training_gets_a_fallback_that_says_it_is_one(shop: Api) -> None:
    come_in(shop.installation, iter([Draft(type="track", event="Seen", message_id="z", user_id="zoe")]))
    body = shop.get(f"/api/v1/persons/{person_of(shop, 'zoe')}/recommendations")
    assert body["fallback"] is not None
    assert {each["kind"] for each in body["items"]} == {"explore"}


def test_files_hold_what_was_asked_for_and_at_moves_nothing_else(shop: Api, tmp_path: Path) -> None:
    out = tmp_path / "r.parquet"
    called = (f"user_id:u{3:032x}", "user_id:nobody", person_of(shop, f"u{5:032x}"))
    until = 1_672_531_200_000_000 + 60 * 86_400_000_000
    asked = Asked(wanted=Wanted(persons=called), at=until, k=3, store="s1")
    told = asking.recommend(shop.installation, asked, out, lambda done: None)
    assert (told.rows, told.persons, told.unknown) == (9, 3, 1)
    table = pq.read_table(out)
    assert table.schema.names == ["person_id", "identifiers", "rank", "sku", "score", "kind", "reason"]
    rows = table.to_pylist()
    assert [row["rank"] for row in rows] == [1, 2, 3] * 3
    assert rows[3]["person_id"] is None
    assert rows[3]["identifiers"] == ["user_id:nobody"]
    assert "nobody is known" in rows[3]["reason"]
    # what is known later changes nothing
    late = Draft(
        type="track", event="Order Completed", message_id="late", user_id=f"u{3:032x}",
        timestamp="2023-12-01T00:00:00Z", properties={"products": [{"sku": "sku0059", "price": 1}] * 9},
    )  # fmt: skip
    come_in(shop.installation, iter([late]))
    asking.recommend(shop.installation, asked, tmp_path / "again.parquet", lambda done: None)
    assert pq.read_table(tmp_path / "again.parquet").to_pylist() == rows


def test_an_erasure_silences_what_answers_until_it_is_made_anew_without_her(shop: Api) -> None:
    installation = shop.installation
    buyers = np.unique(invent_shop(SHOP).everything.person)
    person, other = (person_of(shop, f"u{code:032x}") for code in buyers[-2:])
    shop.get(f"/api/v1/persons/{person}/recommendations")
    assert not serving.is_due(installation)
    erase.erase(installation, bytes.fromhex(person))
    shop.get(f"/api/v1/persons/{person}/recommendations", 404)
    shop.get(f"/api/v1/persons/{other}/recommendations", 409)
    assert serving.is_due(installation)
    assert serving.remake_all(installation)
    body = shop.get(f"/api/v1/persons/{other}/recommendations")
    assert body["fallback"] is None
    kept = b"".join(each.read_bytes() for each in (installation.data / "models").rglob("*") if each.is_file())
    assert person.encode() not in kept
    assert bytes.fromhex(person) not in kept
    assert other.encode() in kept
