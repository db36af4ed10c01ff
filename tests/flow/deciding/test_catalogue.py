"""What is sold, where and how many: by file, by API, and heeded by the next decision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segue import flow
from segue.app.catalogue import Catalogue, Product, Stock
from segue.app.folders import apply_folder
from segue.domain.drafts import Draft, Sender
from segue.domain.order import SECOND
from segue.errors import DefinitionError
from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api
from tests.flow.deciding.conftest import decide

PRODUCTS = "sku,name,category,price,active\nmug,Blue mug,Mugs,12.50,yes\nspoon,Spoon,,,\n"


def told(shop: Api, clock: ManualClock, folder: Path, **files: str) -> Any:
    """What applying a folder with these files did."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return apply_folder(shop.installation.database, clock, folder, actor="test").catalogue


def test_products_stores_and_inventory_come_by_file(shop: Api, clock: ManualClock, tmp_path: Path) -> None:
    put = told(
        shop, clock, tmp_path / "shop",
        products=PRODUCTS, stores="store,name,zone\ns1,Main Street,Europe/Berlin\n",
        inventory="sku,store,on_hand,price\nmug,s1,1,9.99\nmug,,40,\n",
    )  # fmt: skip
    assert (put.products, put.stores, put.inventory) == (2, 1, 2)
    [mug, spoon] = shop.get("/api/v1/products")["products"]
    assert (mug["name"], mug["price"], mug["active"], spoon["price"]) == ("Blue mug", "12.50", True, None)
    assert [each["name"] for each in shop.get("/api/v1/products?text=SPO")["products"]] == ["Spoon"]
    assert shop.get("/api/v1/stores")["stores"][0]["zone"] == "Europe/Berlin"
    stock = shop.get("/api/v1/inventory?sku=mug")["inventory"]
    assert [(each["store"], each["on_hand"], each["price"]) for each in stock] == [
        ("", 40, None), ("s1", 1, "9.99"),
    ]  # fmt: skip


def test_what_is_left_out_stays(shop: Api) -> None:
    def put(**product: Any) -> None:
        answer = shop.request("PUT", "/api/v1/products", body={"products": [product]})
        assert answer.status == 200, answer.body

    put(sku="mug", name="Blue mug", price="12.50", category="Mugs")
    put(sku="mug", price="11")
    [mug] = shop.get("/api/v1/products")["products"]
    assert (mug["name"], mug["category"], mug["price"]) == ("Blue mug", "Mugs", "11.00")


def test_stock_and_prices_told_by_event_are_heeded_at_once_and_where_they_hold(
    shop: Api, clock: ManualClock
) -> None:
    actions = """
actions:
  brand_story: {kind: content, content: [{format: banner, headline: Hi}, {format: line, text: Hi}, {format: portrait, headline: Hi}]}
  last_mug:
    kind: offer
    value: 5
    stock: {sku: mug}
    discounts: [10]
    floor: 9
    content: [{format: line, text: "{{ discount }} off"}]
"""  # noqa: E501
    assert (
        shop.request("PUT", "/api/v1/definitions", body={"bodies": {"actions.yaml": actions}}).status == 200
    )
    shop.installation.look_again()
    shop.request("PUT", "/api/v1/products", body={"products": [{"sku": "mug", "price": "12.50"}]})

    def happened(number: int, name: str, source: str = "till", *, trusted: bool = True, **said: Any) -> None:
        draft = Draft(
            type="track", event=name, message_id=f"c{number}", properties=said,
            identifiers=(("anonymous_id", "warehouse"),),
        )  # fmt: skip
        clock.advance(SECOND)
        house = shop.installation
        sender = Sender(source=source, trusted=trusted)
        taken = flow.accept([draft], sender, house.rules(), house.secret, house.clock.now())
        house.log.append(taken.entries, taken.dead)
        house.drain()

    def why(store: str) -> str:
        answer = decide(shop, "till", context={"store": store}, explain=True)
        fell = {each["action"]: each["stage"] for each in answer["explanation"]["dropped"]}
        return str(fell.get("last_mug", "offered"))

    assert (why("s1"), why("s2")) == ("offered", "offered")
    happened(1, "Inventory Updated", sku="mug", store="s1", price=9.50)
    assert (why("s1"), why("s2")) == ("floor", "offered"), "10 % less would be below the floor there"
    happened(2, "Inventory Updated", sku="mug", store_id="s1", price=11, quantity=1000)
    assert why("s1") == "offered"
    happened(3, "Order Completed", store="s1", order_id="o1", products=[{"sku": "mug", "quantity": 1000}])
    assert (why("s1"), why("s2")) == ("stock", "offered")
    happened(4, "Inventory Updated", "web", trusted=False, sku="mug", store="s1", quantity=1000)
    assert why("s1") == "stock", "a page's key is no warehouse's"
    happened(5, "Order Refunded", store="s1", order_id="o1", products=[{"sku": "mug", "quantity": 900}])
    assert why("s1") == "offered"
    happened(6, "Product Updated", sku="mug", price="8.00")
    assert (why("s1"), why("s2")) == ("offered", "floor"), "a store's own price goes before the product's"


def test_what_is_sold_out_is_not_offered_from_that_moment(shop: Api) -> None:
    def left(pieces: int) -> None:
        body = {"inventory": [{"sku": "mug", "store": "s1", "on_hand": pieces}]}
        assert shop.request("PUT", "/api/v1/inventory", body=body).status == 200

    def offered(store: str) -> bool:
        return "last_mug" in {
            slot["action"] for slot in decide(shop, "till", context={"store": store})["slots"]
        }

    left(1000)
    assert offered("s1")
    left(0)
    assert not offered("s1")
    assert offered("s2"), "nobody counts there"


@pytest.mark.parametrize(
    ("files", "says", "cure"),
    [
        ({"products": "sku,nam\nmug,x\n"}, "'nam' is no column", "name"),
        ({"products": "name\nx\n"}, "the column sku is missing", "add it"),
        ({"inventory": "sku,store,on_hand\nmug,s1,many\n"}, "line 2: on_hand cannot be 'many'", "cell"),
        ({"inventory": "sku,store,on_hand\nmug,s1,\n"}, "needed cell is empty", "fill"),
        ({"products": "sku,active\nmug,perhaps\n"}, "active cannot be", "cell"),
        ({"products": "sku,sensitivity\nmug,secret\n"}, "sensitivity cannot be", "cell"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(
    shop: Api, clock: ManualClock, tmp_path: Path, files: dict[str, str], says: str, cure: str
) -> None:
    with pytest.raises(DefinitionError) as caught:
        told(shop, clock, tmp_path / "shop", **files)
    assert says in caught.value.message
    assert cure in (caught.value.cure or "")


@pytest.mark.parametrize(
    ("target", "body", "says"),
    [
        ("products", {"products": [{"sku": ""}]}, "products.0.sku"),
        ("products", {"products": [{"sku": "a", "price": "-1"}]}, "products.0.price"),
        ("products", {"products": [{"sku": "a", "price": "1,50"}]}, "products.0.price"),
        ("inventory", {"inventory": [{"sku": "a", "on_hand": -1}]}, "inventory.0.on_hand"),
        ("inventory", {"inventory": [{"sku": "a", "on_hand": 1.5}]}, "on_hand"),
        ("stores", {"stores": [{"store": "a\0"}]}, "stores.0.store"),
    ],
)
def test_wrong_values_are_named(shop: Api, target: str, body: Any, says: str) -> None:
    answer = shop.request("PUT", f"/api/v1/{target}", body=body)
    assert answer.status == 400
    assert says in answer.body.decode()
    assert shop.get("/api/v1/products")["products"] == []


def test_a_text_may_name_the_product_and_what_it_costs_here(
    shop: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {
        "placements.yaml": (
            "placements: {home: {touchpoint: web, formats: [banner], fallback: story, timeout_ms: 10000}}"
        ),
        "actions.yaml": (
            "actions: {story: {kind: content, content: [{format: banner, headline: Welcome}]},"
            " mug: {kind: offer, value: 1, stock: {sku: mug},"
            ' content: [{format: banner, headline: "{{ product.name }} for {{ product.price }}"}]}}'
        ),
    }
    assert shop.request("PUT", "/api/v1/definitions", body={"bodies": body}).status == 200
    shop.installation.look_again()
    assert headline(shop) == " for "
    catalogue = Catalogue(shop.installation.database, shop.installation.clock)
    catalogue.put(
        products=[Product(sku="mug", name="Blue mug", price="4.50")],
        inventory=[Stock(sku="mug", store="s1", on_hand=9, price="3.90")],
        actor="test",
    )
    monkeypatch.setattr("segue.app.deciding.goods.FRESH", 0.0)
    assert headline(shop) == "Blue mug for 4.50"
    assert headline(shop, store="s1") == "Blue mug for 3.90"
    [newest, *_] = shop.get("/api/v1/decisions")["decisions"]
    whole = shop.get(f"/api/v1/decisions/{newest['decision_id']}")
    assert whole["slots"][0]["content"]["headline"].startswith("Blue mug for")


def headline(shop: Api, **context: str) -> Any:
    [slot] = decide(shop, "home", context=context)["slots"]
    return slot["content"]["headline"]
