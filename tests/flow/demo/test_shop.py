"""The demo's shop: read by anybody, only where a demo was run; its backend signs for its customers alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from segue.app.catalogue import Catalogue, Product, Stock, Store
from segue.app.demo.story import KeptStory, write_story
from segue.app.keys import create_key
from segue.collect.tokens import verify
from segue.domain.drafts import Draft
from segue.ports.clock import ManualClock
from segue.ports.statements import statements
from tests.conftest import NOON, Databases
from tests.flow.api.harness import Api, opened

_SQL = statements("segue.app.demo", "live.sql")

MUG = Product(sku="m-1", name="Blue mug", category="Mugs", brand="Ann's", price="4.50")
CUP = Product(sku="c-1", name="Cup", category="Mugs", price="2.00")
TEA = Product(sku="t-1", name="Green tea 100%_", category="Tea", price="3.25")
UNPRICED = Product(sku="u-1", name="Unpriced", category="Tea")
GONE = Product(sku="g-1", name="Gone", category="Tea", price="1.00", active=False)


@pytest.fixture(scope="module")
def shop(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A demo with four products, one store and two customers; a third has no card."""
    folder = tmp_path_factory.mktemp("shop")
    with databases.lend() as url, opened(url, ManualClock(NOON), folder) as api:
        write_story(folder, KeptStory(made_at="2026-03-01T00:00:00Z", composed_sources=["web"], steps=[]))
        house = api.installation
        Catalogue(house.database, house.clock).put(
            products=[MUG, CUP, TEA, UNPRICED, GONE],
            stores=[Store(store="s1", name="Harbour")],
            inventory=[
                Stock(sku="m-1", on_hand=0),
                Stock(sku="m-1", store="s1", on_hand=2, price="4.00"),
            ],
            actor="test",
        )
        create_key(house.database, house.clock, role="ingest", source="web", actor="test")
        for name in ("ann", "bea"):
            api.happen(_account(name, {"loyalty_card": f"card-{name}"}))
        api.happen(_account("cleo", {}))
        yield api


def _account(name: str, more: dict[str, str]) -> Draft:
    ids = [{"id": value, "type": kind} for kind, value in more.items()]
    return Draft(
        type="identify", message_id=f"account-{name}", user_id=f"u-{name}",
        traits={"email": f"{name}@mail.example"}, context={"externalIds": ids},
    )  # fmt: skip


def ask(shop: Api, path: str, status: int = 200) -> dict[str, object]:
    answer = shop.request("GET", f"/api/v1/shop{path}", role=None)
    assert answer.status == status, answer.body
    found: dict[str, object] = answer.json()
    return found


def skus(shop: Api, query: str) -> list[str]:
    found = ask(shop, f"/products{query}")["products"]
    assert isinstance(found, list)
    return [each["sku"] for each in found]


def test_anybody_reads_what_is_sold_and_as_whom_to_log_in(shop: Api) -> None:
    found = ask(shop, "")
    assert found["categories"] == [{"name": "Mugs", "products": 2}, {"name": "Tea", "products": 1}]
    customers = found["customers"]
    assert isinstance(customers, list)
    assert sorted(customers, key=lambda each: str(each["user_id"])) == [
        {"user_id": f"u-{name}", "email": f"{name}@mail.example", "loyalty_card": f"card-{name}"}
        for name in ("ann", "bea")
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # each category in turn, what is sold out last; neither without a price nor what is sold no more
        ("", ["c-1", "t-1", "m-1"]),
        ("?category=Mugs", ["c-1", "m-1"]),
        ("?category=Mugs&store=s1", ["m-1", "c-1"]),
        ("?text=MUG%20ann", ["m-1"]),  # every word stands somewhere
        ("?text=mug%20tea", []),
        ("?text=100%25_", ["t-1"]),  # no pattern of its own
        ("?text=%25", ["t-1"]),
        ("?text=t-1", ["t-1"]),
        ("?category=None", []),
        ("?limit=1", ["c-1"]),
        ("?limit=1&after=1", ["t-1"]),
        ("?after=3", []),
        ("?after=9999", []),
    ],
)
def test_products_are_browsed_and_searched_for(shop: Api, query: str, expected: list[str]) -> None:
    assert skus(shop, query) == expected


def test_a_page_says_where_the_next_one_begins(shop: Api) -> None:
    assert ask(shop, "/products?limit=2")["next"] == 2
    assert ask(shop, "/products?limit=3")["next"] is None


def test_a_product_has_the_price_and_pieces_of_where_it_is_asked_for(shop: Api) -> None:
    online = ask(shop, "/products/m-1")
    assert (online["price"], online["on_hand"]) == ("4.50", 0)
    assert online["stores"] == [{"store": "s1", "name": "Harbour", "on_hand": 2}]
    there = ask(shop, "/products/m-1?store=s1")
    assert (there["price"], there["on_hand"]) == ("4.00", 2)
    assert ask(shop, "/products/c-1")["on_hand"] is None
    for sku in ("g-1", "u-1", "nothing"):
        assert ask(shop, f"/products/{sku}", 404)["code"] == "not_found"


def test_who_logs_in_is_signed_for_and_nobody_else(shop: Api) -> None:
    answer = shop.request("POST", "/api/v1/shop/log-in", role=None, body={"user_id": "u-ann"})
    assert answer.status == 200, answer.body
    house = shop.installation
    with house.database.transaction(read_only=True) as session:
        [(_, secret)] = session.fetch(_SQL["identity_secrets"], names=["web"])
    token = answer.json()["identity_token"]
    proven = verify(token, bytes(secret), house.rules().identity, house.clock.now())
    assert set(proven or ()) == {("user_id", "u-ann"), ("email", "ann@mail.example")}
    assert answer.headers["cache-control"] == "no-store"
    for nobody in ("u-cleo", "u-dora", ""):
        refused = shop.request("POST", "/api/v1/shop/log-in", role=None, body={"user_id": nobody})
        assert (refused.status, refused.json()["code"]) == (404, "not_found")
    elsewhere = shop.request(
        "POST", "/api/v1/shop/log-in", role=None, body={"user_id": "u-ann"},
        headers={"sec-fetch-site": "cross-site"},
    )  # fmt: skip
    assert (elsewhere.status, elsewhere.json()["code"]) == (403, "cross_site")


def test_without_a_demo_there_is_no_shop(databases: Databases, tmp_path: Path) -> None:
    with databases.lend() as url, opened(url, ManualClock(NOON), tmp_path) as api:
        create_key(
            api.installation.database, api.installation.clock, role="ingest", source="web", actor="test"
        )
        api.happen(_account("ann", {"loyalty_card": "card-ann"}))
        for path in ("", "/products", "/products/m-1"):
            answer = api.request("GET", f"/api/v1/shop{path}", role=None)
            assert (answer.status, "segue demo" in answer.json()["cure"]) == (404, True)
        body = {"user_id": "u-ann"}
        assert api.request("POST", "/api/v1/shop/log-in", role=None, body=body).status == 404
