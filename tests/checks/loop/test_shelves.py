"""What events say of products, prices and stock: any order, any batches and any repetition give the same."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue import flow
from segue.adapters.postgres.database import PostgresDatabase
from segue.app.catalogue import Catalogue, Product, Stock
from segue.app.installation import Installation
from segue.domain.drafts import Draft, Sender
from segue.domain.events import Event
from segue.domain.identifiers import Mention
from segue.domain.order import DAY, HOUR
from segue.enrich import shelves
from segue.ports.clock import Clock, ManualClock
from segue.ports.statements import Statement
from segue.settings import Settings
from tests.conftest import NOON, SECRET

NUMBERS = count()
SHOP = Sender(source="shop", trusted=True)
PAGE = Sender(source="shop", trusted=False)
WMS = (("anonymous_id", "wms"),)


def event(number: int, name: str, at: int, /, **properties: Any) -> Event:
    """A trusted event of the hour ``at``."""
    teller = Mention(kind="anonymous_id", value="wms", fragment_id=b"0" * 16, proven=True)
    return Event(
        message_id=f"m{number}", source="wms", type="track", event=name, timestamp=NOON + at * HOUR,
        received_at=NOON, mentions=(teller,), properties=properties, trusted=True,
    )  # fmt: skip


happening = st.one_of(
    st.tuples(st.just("count"), st.integers(0, 40)),
    st.tuples(st.just("price"), st.integers(1, 900)),
    st.tuples(st.just("sold"), st.integers(1, 5), st.sampled_from(["o1", "o2", "o3", None])),
    st.tuples(st.just("back"), st.integers(1, 3)),
    st.tuples(st.just("name"), st.sampled_from(["Mug", "Blue mug", "Cup"])),
    st.tuples(st.just("dear"), st.integers(1, 900)),
)


def said(number: int, what: tuple[Any, ...], sku: str) -> Event:
    """What happened in the hour of its number."""
    kind, value = what[0], what[1]
    line = {"products": [{"sku": sku, "quantity": value}], "store": "s1"}
    if kind == "sold":
        order = {} if what[2] is None else {"order_id": f"{sku}{what[2]}"}
        return event(number, "Order Completed", number, **line, **order)
    if kind == "back":
        return event(number, "Order Refunded", number, **line, order_id=f"{sku}o1")
    if kind in {"count", "price"}:
        told = {"quantity": value} if kind == "count" else {"price": value / 100}
        return event(number, "Inventory Updated", number, sku=sku, store_id="s1", **told)
    told = {"name": value} if kind == "name" else {"price": f"{value / 100:.2f}"}
    return event(number, "Product Updated", number, sku=sku, **told)


def expected(happened: list[tuple[Any, ...]]) -> tuple[int, int | None, str | None, int | None]:
    """Pieces, price there, name and price, in the plainest way."""
    pieces, price, name, dear = 20, None, None, None
    counted = -1
    orders: dict[Any, tuple[int, int]] = {}
    moves: list[tuple[int, int]] = []
    for number, (kind, value, *more) in enumerate(happened):
        if kind == "count":
            pieces, counted = value, number
        elif kind == "price":
            price = value * 10_000
        elif kind == "name":
            name = value
        elif kind == "dear":
            dear = value * 10_000
        elif kind == "back":
            moves.append((number, value))
        else:
            orders[more[0] or number] = (number, -value)
    since = [move for at, move in [*moves, *orders.values()] if at > counted]
    return max(pieces + sum(since), 0), price, name, dear


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(happening, min_size=1, max_size=9), st.data())
def test_any_order_any_batches_and_any_repetition_give_the_same(
    database: PostgresDatabase, happened: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    sku = f"sku{next(NUMBERS)}"
    events = [said(number, what, sku) for number, what in enumerate(happened)]
    again = data.draw(st.lists(st.sampled_from(events), max_size=3))
    arriving = data.draw(st.permutations([*events, *again]))
    cut = data.draw(st.integers(0, len(arriving)))
    first = [event(10_000, "Inventory Updated", -1, sku=sku, store="s1", quantity=20)]
    for batch in (first, arriving[:cut], arriving[cut:]):
        with database.transaction() as session:
            shelves.apply(session, shelves.told_by(batch))
    assert state(database, sku) == expected(happened)


def state(database: PostgresDatabase, sku: str) -> tuple[Any, ...]:
    catalogue = Catalogue(database, ManualClock(NOON))
    [stock] = catalogue.stock(sku)
    product = next((each for each in catalogue.products(text=sku).products if each.sku == sku), None)

    def amount(price: str | None) -> int | None:
        return None if price is None else round(float(price) * 1_000_000)

    name = None if product is None or product.name == sku else product.name
    return stock.on_hand, amount(stock.price), name, None if product is None else amount(product.price)


def test_what_is_older_than_a_month_becomes_part_of_the_count(database: PostgresDatabase) -> None:
    def apply(*events: Event) -> int | None:
        with database.transaction() as session:
            shelves.apply(session, shelves.told_by(events))
        return Catalogue(database, ManualClock(NOON)).stock("old")[0].on_hand

    def moved(at: int, number: int) -> Event:
        return event(number, "Order Completed", at, store="s1", order_id=number, products=[{"sku": "old"}])

    month = shelves.LATE // HOUR
    assert apply(event(0, "Inventory Updated", 0, sku="old", store="s1", quantity=9)) == 9
    assert apply(moved(1, 1), moved(2, 2)) == 7
    assert apply(moved(month + 24, 3)) == 6
    with database.transaction(read_only=True) as session:
        kept = session.fetch(Statement("moves", "how many", "select count(*) from stock_move"))
    assert kept == [(1,)], "two are in the count by now"
    assert apply(event(9, "Inventory Updated", 3, sku="old", store="s1", quantity=100)) == 6, "told too late"
    assert apply(event(10, "Inventory Updated", month + 25, sku="old", store="s1", quantity=50)) == 50


# ── through the log ──────────────────────────────────────────────────────────


@pytest.fixture
def installation(tmp_path: Path, database_url: str, clock: Clock) -> Any:
    opened = Installation(tmp_path, Settings(), database_url, SECRET, clock)
    yield opened
    opened.close()


def bring(installation: Installation, sender: Sender, number: int, name: str, /, **properties: Any) -> None:
    draft = Draft(
        type="track", event=name, message_id=f"m{number}", identifiers=WMS, properties=properties,
    )  # fmt: skip
    taken = flow.accept([draft], sender, installation.rules(), SECRET, installation.clock.now())
    assert not taken.dead
    installation.log.append(taken.entries, taken.dead)
    installation.drain()


def left(installation: Installation, sku: str = "mug") -> dict[str, int | None]:
    """Store → pieces."""
    catalogue = Catalogue(installation.database, installation.clock)
    return {each.store: each.on_hand for each in catalogue.stock(sku)}


def test_the_loop_counts_each_event_once_and_believes_trusted_sources_only(
    installation: Installation, clock: ManualClock
) -> None:
    Catalogue(installation.database, clock).put(
        inventory=[Stock(sku="mug", store="s1", on_hand=5), Stock(sku="mug", on_hand=9)], actor="test"
    )
    clock.advance(DAY)
    lines = [{"product_id": "mug", "quantity": 2}, {"sku": "spoon", "quantity": 1}]
    for _ in range(2):  # a client repeats itself
        bring(installation, SHOP, 1, "Order Completed", order_id="o1", store="s1", products=lines)
    bring(installation, SHOP, 2, "Order Completed", order_id="o1", store_id="s1", products=lines)
    assert left(installation) == {"": 9, "s1": 3}
    assert left(installation, "spoon") == {}, "where nobody counts nothing is counted"
    bring(installation, SHOP, 3, "Order Completed", order_id="o2", products=lines)
    assert left(installation)[""] == 9, "an order that names no store left no shelf of ours"
    bring(installation, SHOP, 4, "Order Refunded", order_id="o1", store="s1", products=lines[:1])
    assert left(installation)["s1"] == 5

    for number, name, said in (
        (5, "Inventory Updated", {"sku": "mug", "store": "s1", "quantity": 0, "price": 0.01}),
        (6, "Product Updated", {"sku": "mug", "name": "Stolen", "price": 0.01}),
        (7, "Store Updated", {"store": "s1", "name": "Stolen"}),
        (8, "Order Completed", {"order_id": "o3", "store": "s1", "products": lines}),
    ):
        bring(installation, PAGE, number, name, **said)
    assert left(installation)["s1"] == 5
    catalogue = Catalogue(installation.database, clock)
    assert (catalogue.products().products, catalogue.stores()) == ([], [])


def test_products_and_stores_come_by_event_and_later_words_hold(
    installation: Installation, clock: ManualClock
) -> None:
    bring(installation, SHOP, 1, "Product Updated", products=[
        {"sku": "mug", "name": "Blue mug", "price": "12.50", "image_url": "/mug.svg", "sensitivity": "none"},
        {"product_id": "gin", "name": "Gin", "price": 20, "sensitivity": "alcohol", "active": False},
    ])  # fmt: skip
    bring(
        installation, SHOP, 2, "Store Updated", store="s1", name="Main Street", latitude=52.5, longitude=13.4
    )
    bring(installation, SHOP, 3, "Inventory Updated", store="s1", products=[
        {"sku": "mug", "quantity": 3, "price": 11.99}, {"sku": "gin", "price": 19},
    ])  # fmt: skip
    catalogue = Catalogue(installation.database, clock)
    gin, mug = catalogue.products().products
    assert (mug.name, mug.price, mug.image, mug.active) == ("Blue mug", "12.50", "/mug.svg", True)
    assert (gin.name, gin.sensitivity, gin.active) == ("Gin", "alcohol", False)
    [store] = catalogue.stores()
    assert (store.name, store.latitude, store.zone) == ("Main Street", 52.5, None)
    assert [(each.on_hand, each.price) for each in catalogue.stock("mug")] == [(3, "11.99")]
    assert [(each.on_hand, each.price) for each in catalogue.stock("gin")] == [(None, "19.00")]

    clock.advance(HOUR)
    catalogue.put(products=[Product(sku="mug", price="9.00")], actor="test")
    clock.advance(HOUR)
    bring(installation, SHOP, 4, "Product Updated", sku="mug", brand="Ours")
    [mug] = catalogue.products(text="mug").products
    assert (mug.name, mug.price, mug.brand) == ("Blue mug", "9.00", "Ours")


@pytest.mark.parametrize(
    "said",
    [
        {"sku": "mug", "store": "s1", "quantity": -3},
        {"sku": "mug", "store": "s1", "quantity": "many", "price": "dear"},
        {"sku": "mug", "store": "s1", "price": -1},
        {"sku": "mug", "quantity": 3},
        {"sku": ["mug"], "store": "s1", "quantity": 3},
        {"sku": "m" * 501, "store": "s1", "quantity": 3},
        {"store": "s1", "products": "mug"},
        {"sku": "mug", "store": "s1", "quantity": 1e300},
        {"sku": "mug", "store": "s1", "quantity": True},
    ],
)
def test_what_makes_no_sense_changes_nothing(installation: Installation, said: dict[str, Any]) -> None:
    bring(installation, SHOP, 1, "Inventory Updated", **said)
    bring(installation, SHOP, 2, "Product Updated", **{**said, "sku": None})
    assert left(installation) == {}
