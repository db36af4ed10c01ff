"""What trusted events say of products, stores, prices and stock.

Each column is as it was told last, by order keys, whatever came first. The stock of a product at a store is
its last count and what was sold and brought back there since; an order counts once, however often and by
however many it is told. From the first count on that does not depend on the order of arrival either, as
long as nothing is told more than :data:`LATE` after what came behind it. What a public source says changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple, get_args

from segue.domain.actions import Sensitivity
from segue.domain.events import Event
from segue.domain.order import DAY, OrderKey, order_key, time_of
from segue.enrich.lines import lines_in
from segue.enrich.money import millionths, number
from segue.enrich.traits.exact import text_of
from segue.ports.database import Session
from segue.ports.statements import statements

PRODUCT, STORE, INVENTORY = "Product Updated", "Store Updated", "Inventory Updated"
SOLD, RETURNED = ("Order Completed",), ("Order Refunded", "Order Cancelled")

PRODUCT_COLUMNS: Final = ("name", "category", "brand", "price", "image", "url", "sensitivity", "active")
"""In the order of ``product.told``."""
STORE_COLUMNS: Final = ("name", "zone", "latitude", "longitude")
"""In the order of ``shop_store.told``."""

LATE: Final = 30 * DAY
"""Sales and returns that are older than this become a part of the count."""
LONGEST: Final = 500
"""Characters of a number of a product or store; what is longer is none."""
_TEXT: Final = 2_000
_MOST: Final = 2**53
_SQL = statements("segue.enrich", "shelves.sql")
_NAMES: Final = frozenset((PRODUCT, STORE, INVENTORY, *SOLD, *RETURNED))

Place = tuple[str, str]
"""A store (empty: where parcels are sent from) and a product."""
Told = dict[str, tuple[OrderKey, Any]]
"""Column → since when it is so, and what."""


class Move(NamedTuple):
    """Pieces that left a shelf (below zero) or came back."""

    store: str
    sku: str
    #: of the order, or of the message
    ref: bytes
    key: OrderKey
    pieces: int


class Shelves(NamedTuple):
    """What is said of the catalogue, the last word of each alone."""

    products: dict[str, Told]
    stores: dict[str, Told]
    #: columns ``on_hand`` and ``price``
    inventory: dict[Place, Told]
    #: orders and returns with their stores, whose lines are read where stock is counted
    orders: list[tuple[str, Event]]

    def __bool__(self) -> bool:
        return any(self)


def nothing() -> Shelves:
    """Nothing is said yet."""
    return Shelves({}, {}, {}, [])


# ── reading ──────────────────────────────────────────────────────────────────


def told_by(events: Iterable[Event]) -> Shelves:
    """What these events say of the catalogue; nearly all say nothing."""
    found = nothing()
    for event in events:
        if event.event in _NAMES and event.trusted and event.type == "track":
            _READERS[event.event](found, event)
    return found


def tell(told: dict[Any, Told], what: Any, key: OrderKey, values: Mapping[str, Any]) -> None:
    """Add what is said of one thing; the later word about a column holds."""
    columns = told.setdefault(what, {})
    for column, value in values.items():
        if column not in columns or key >= columns[column][0]:
            columns[column] = (key, value)


def _rows(event: Event) -> list[dict[str, Any]]:
    """The lines of an event that speaks of several things; itself where it speaks of one."""
    lines = lines_in(event.properties)
    return [{**event.properties, **line} for line in lines] if lines else [event.properties]


def _products(found: Shelves, event: Event) -> None:
    for row in _rows(event):
        sku = _sku(row)
        if sku is not None:
            tell(found.products, sku, event.order_key, product_columns(row))


def product_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """Of a product's properties those that can be told, read."""
    read: dict[str, Any] = {
        name: _text(row.get(name), _TEXT) for name in ("name", "category", "brand", "url")
    }
    read["image"] = _text(row.get("image_url") or row.get("image"), _TEXT)
    price = millionths(row.get("price"))
    read["price"] = price if price is not None and price >= 0 else None
    sensitivity, active = row.get("sensitivity"), row.get("active")
    read["sensitivity"] = sensitivity if sensitivity in get_args(Sensitivity) else None
    read["active"] = active if isinstance(active, bool) else None
    return {name: value for name, value in read.items() if value is not None}


def _stores(found: Shelves, event: Event) -> None:
    said = event.properties
    store = _store(event)
    if not store:
        return
    read = {name: _text(said.get(name), LONGEST) for name in ("name", "zone")}
    degrees = {"latitude": 90, "longitude": 180}
    places = {name: number(said.get(name), 1e6) for name in degrees}
    whole = {**read, **{name: place for name, place in places.items() if abs(place) <= degrees[name]}}
    told = {name: value for name, value in whole.items() if value is not None}
    tell(found.stores, store, event.order_key, told)


def _inventory(found: Shelves, event: Event) -> None:
    for row in _rows(event):
        sku, store = _sku(row), _store_in(row)
        if sku is None or (store is None and (store := _store(event)) is None):
            continue
        told: dict[str, Any] = {}
        pieces = number(row.get("quantity"), -1.0) if row.get("quantity") is not None else -1.0
        if 0 <= pieces < _MOST:
            told["on_hand"] = int(pieces)
        price = millionths(row.get("price"))
        if price is not None and price >= 0:
            told["price"] = price
        if told:
            tell(found.inventory, (store, sku), event.order_key, told)


def _order(found: Shelves, event: Event) -> None:
    store = _store(event)
    if store:
        found.orders.append((store, event))


_READERS: Final = {
    PRODUCT: _products, STORE: _stores, INVENTORY: _inventory, **dict.fromkeys((*SOLD, *RETURNED), _order),
}  # fmt: skip


def _sku(row: Mapping[str, Any]) -> str | None:
    return _name(row.get("sku")) or _name(row.get("product_id"))


def _store_in(row: Mapping[str, Any]) -> str | None:
    """The store that properties name; empty where parcels are sent from."""
    for name in ("store", "store_id"):
        if row.get(name) == "":
            return ""
        found = _name(row.get(name))
        if found is not None:
            return found
    return None


def _store(event: Event) -> str | None:
    found = _store_in(event.properties)
    place = event.context.get("location")
    return _store_in(place) if found is None and isinstance(place, dict) else found


def _name(value: object) -> str | None:
    return _text(value, LONGEST) if not isinstance(value, bool) else None


def _text(value: object, longest: int) -> str | None:
    found = text_of(value)
    return found if found is not None and len(found) <= longest and "\0" not in found else None


def moves_of(store: str, event: Event) -> list[Move]:
    """What an order takes from a store's shelves, or a return brings back; each product once."""
    sold = event.event in SOLD
    pieces: dict[str, int] = {}
    for line in lines_in(event.properties):
        sku = _sku(line)
        count = number(line.get("quantity"), 1.0)
        if sku is not None and 0 < count < _MOST:
            pieces[sku] = pieces.get(sku, 0) + max(round(count), 1)
    ref = _ref(event, sold=sold)
    return [
        Move(store, sku, ref, event.order_key, -count if sold else count) for sku, count in pieces.items()
    ]


def _ref(event: Event, *, sold: bool) -> bytes:
    """An order is told by several; a return may be one of several of its order."""
    order = text_of(event.properties.get("order_id")) if sold else None
    if order is None:
        return event.dedupe_key
    return blake2b(f"order\0{order}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


# ── writing ──────────────────────────────────────────────────────────────────


def apply(session: Session, said: Shelves) -> None:
    """Write what is said, as a part of ``session``."""
    if not said:
        return
    _tell_products(session, said.products)
    _tell_stores(session, said.stores)
    moves = _moves(session, said.orders)
    touched = sorted({*said.inventory, *((move.store, move.sku) for move in moves)})
    if not touched:
        return
    places = {"stores": [store for store, _ in touched], "skus": [sku for _, sku in touched]}
    _tell_inventory(session, said.inventory)
    session.fetch(_SQL["lock_shelves"], **places)
    _move(session, moves)
    keys = [key for columns in said.inventory.values() for key, _ in columns.values()]
    latest = time_of(max((*keys, *(move.key for move in moves))))
    session.execute(_SQL["forget_moves"], **places)
    session.execute(_SQL["fold_moves"], **places, horizon=order_key(max(latest - LATE, 0), 0, ""))
    session.execute(_SQL["recount"], **places, at=latest)


def _move(session: Session, moves: Sequence[Move]) -> None:
    if moves:
        session.execute(
            _SQL["move"],
            stores=[move.store for move in moves],
            skus=[move.sku for move in moves],
            refs=[move.ref for move in moves],
            keys=[move.key for move in moves],
            pieces=[move.pieces for move in moves],
        )


def _moves(session: Session, orders: Sequence[tuple[str, Event]]) -> list[Move]:
    """Of orders at stores that count, what moved; of what is told twice the later word."""
    if not orders:
        return []
    stores = sorted({store for store, _ in orders})
    counting = {store for (store,) in session.fetch(_SQL["counting"], stores=stores)}
    found: dict[tuple[str, str, bytes], Move] = {}
    for store, event in orders:
        for move in moves_of(store, event) if store in counting else ():
            what = (move.store, move.sku, move.ref)
            if what not in found or move.key > found[what].key:
                found[what] = move
    return list(found.values())


def _tell_products(session: Session, told: Mapping[str, Told]) -> None:
    rows = {sku: columns for sku, columns in told.items() if columns}
    if rows:
        plural = dict(
            zip(
                PRODUCT_COLUMNS,
                ("names", "categories", "brands", "prices", "images", "urls", "sensitivities", "actives"),
                strict=True,
            )
        )
        session.execute(_SQL["tell_products"], skus=list(rows), **_columns(rows, plural))


def _tell_stores(session: Session, told: Mapping[str, Told]) -> None:
    if told:
        plural = dict(zip(STORE_COLUMNS, ("names", "zones", "latitudes", "longitudes"), strict=True))
        session.execute(_SQL["tell_stores"], stores=list(told), **_columns(told, plural))


def _tell_inventory(session: Session, told: Mapping[Place, Told]) -> None:
    if told:
        given = _columns(told, {"on_hand": "on_hand", "price": "prices"})
        given["counted_keys"] = given.pop("on_hand_keys")
        session.execute(
            _SQL["tell_inventory"],
            skus=[sku for _, sku in told],
            stores=[store for store, _ in told],
            **given,
        )


def _columns(rows: Mapping[Any, Told], plural: Mapping[str, str]) -> dict[str, list[Any]]:
    """Values and order keys by column, as statements take them; a column that is not told is null."""
    given: dict[str, list[Any]] = {}
    for column, name in plural.items():
        said = [columns.get(column) for columns in rows.values()]
        given[name] = [None if each is None else each[1] for each in said]
        given[f"{column}_keys"] = [None if each is None else each[0] for each in said]
    given["moments"] = [
        max((time_of(key) for key, _ in columns.values()), default=0) for columns in rows.values()
    ]
    return given
