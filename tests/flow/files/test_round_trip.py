"""What is exported and applied elsewhere gives the same definitions and the same catalogue."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue import flow
from segue.adapters.postgres.database import PostgresDatabase
from segue.app import catalogue
from segue.app.catalogue import Catalogue, Product, Stock, Store
from segue.app.folders import apply_folder, export_folder
from segue.domain.drafts import Draft, Sender
from segue.domain.order import SECOND
from segue.errors import InvalidInputError
from segue.ports.clock import ManualClock
from segue.ports.statements import Statement
from tests.flow.api.conftest import api
from tests.flow.api.harness import Api

__all__ = ["api"]

EMPTIED = Statement("emptied", "", "truncate product, shop_store, inventory, stock_move")

# whatever PostgreSQL can hold: commas, quotes, line breaks of all kinds, spaces at the ends
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
WILD = st.one_of(
    TEXTS, st.sampled_from([',"', "a\r\nb", "\r", "\n", '"', " x ", "=1+1", "yes", "\ufeffsku", "'"])
)
PRICES = st.none() | st.integers(0, 10**12).map(lambda amount: f"{amount / 1_000_000:.6f}")
PRODUCTS = st.builds(
    Product,
    sku=WILD,
    name=st.none() | WILD,
    category=st.none() | st.just("") | WILD,
    brand=st.none() | WILD,
    price=PRICES,
    image=st.none() | WILD,
    url=st.none() | WILD,
    sensitivity=st.sampled_from([None, "none", "health", "alcohol"]),
    active=st.sampled_from([None, True, False]),
)
STORES = st.builds(
    Store,
    store=WILD,
    name=st.none() | WILD,
    zone=st.sampled_from([None, "UTC", "Europe/Berlin", "America/Argentina/Ushuaia"]),
    latitude=st.none() | st.floats(-90, 90),
    longitude=st.none() | st.floats(-180, 180),
)
STOCK = st.builds(
    Stock,
    sku=WILD,
    store=st.just("") | WILD,
    on_hand=st.none() | st.integers(0, 2**53 - 1),
    price=PRICES,
).filter(lambda each: each.on_hand is not None or each.price is not None)


def whole(database: PostgresDatabase, clock: ManualClock) -> list[Any]:
    """The catalogue as the API reads it, without the moments at which it was told."""
    held = Catalogue(database, clock)
    products = held.products(limit=1_000).products
    stock = [each for sku in sorted({each.sku for each in held.all_stock()}) for each in held.stock(sku)]
    rows: list[Any] = [*products, *held.stores(), *stock]
    return [msgspec.structs.replace(each, updated_at=None) for each in rows]


def elsewhere(database: PostgresDatabase, clock: ManualClock, folder: Path) -> None:
    """What is exported is applied where there is nothing yet."""
    export_folder(database, clock, folder)
    with database.transaction() as session:
        session.execute(EMPTIED)
    apply_folder(database, clock, folder, actor="test")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    products=st.lists(PRODUCTS, max_size=6),
    stores=st.lists(STORES, max_size=4),
    stock=st.lists(STOCK, max_size=6),
)
def test_export_and_apply_give_the_same_catalogue(
    database: PostgresDatabase,
    clock: ManualClock,
    products: list[Product],
    stores: list[Store],
    stock: list[Stock],
) -> None:
    with database.transaction() as session:
        session.execute(EMPTIED)
    Catalogue(database, clock).put(products=products, stores=stores, inventory=stock, actor="test")
    before = whole(database, clock)
    with TemporaryDirectory() as folder:
        elsewhere(database, clock, Path(folder))
    assert whole(database, clock) == before


def test_a_catalogue_of_several_portions_comes_out_whole(
    database: PostgresDatabase, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Catalogue(database, clock)
    told.put(
        products=[Product(sku=f"p{n}", brand="b") for n in range(11)],
        inventory=[Stock(sku=f"p{n % 4}", store=f"s{n}", on_hand=n) for n in range(11)],
        actor="test",
    )
    before = whole(database, clock)
    monkeypatch.setattr(catalogue, "AT_ONCE", 3)
    elsewhere(database, clock, tmp_path)
    assert whole(database, clock) == before
    assert len(before) == 22


def test_what_events_said_and_nobody_may_tell_does_not_keep_the_rest_out(
    api: Api, clock: ManualClock, tmp_path: Path
) -> None:
    """A trusted source named a zone that there is not; sales have lowered what was counted."""
    house = api.installation
    said = [
        ("Store Updated", {"store": "s1", "name": "Harbour", "zone": "Mars/Base", "latitude": 54.3}),
        ("Inventory Updated", {"store": "s1", "sku": "mug", "quantity": 5}),
        ("Order Completed", {"store": "s1", "order_id": "o", "products": [{"sku": "mug", "quantity": 2}]}),
    ]
    for number, (event, properties) in enumerate(said):
        draft = Draft(
            type="track", event=event, message_id=f"m{number}", properties=properties,
            identifiers=(("anonymous_id", "till"),),
        )  # fmt: skip
        clock.advance(SECOND)
        sender = Sender(source="till", trusted=True)
        taken = flow.accept([draft], sender, house.rules(), house.secret, house.clock.now())
        house.log.append(taken.entries, taken.dead)
        house.drain()
    export_folder(house.database, house.clock, tmp_path)
    with house.database.transaction() as session:
        session.execute(EMPTIED)
    put = apply_folder(house.database, house.clock, tmp_path, actor="test").catalogue
    assert (put.products, put.stores, put.inventory) == (0, 1, 1) if put else False
    [store] = api.get("/api/v1/stores")["stores"]
    assert (store["name"], store["zone"], store["latitude"]) == ("Harbour", None, 54.3)
    assert api.get("/api/v1/inventory?sku=mug")["inventory"][0]["on_hand"] == 3


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"zone": "Mars/Base"}, "Mars/Base"),
        ({"zone": "../../etc/passwd"}, "time zone"),
        ({"latitude": 90.1}, "latitude"),
        ({"longitude": -181}, "longitude"),
        ({"name": ""}, "name"),
        ({"name": "x" * 2_001}, "name"),
        ({"name": "a\0b"}, "name"),
    ],
)
def test_a_store_that_cannot_be_is_refused(
    database: PostgresDatabase, clock: ManualClock, wrong: dict[str, Any], says: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        Catalogue(database, clock).put(stores=[Store(store="s1", **wrong)], actor="test")
    assert says in refused.value.message
    assert Catalogue(database, clock).stores() == []
