"""What is sold, where, how many there are and what they cost: live, by file, by API.

The three tables are told apart by what changes together: products now and then, stores seldom, inventory all
day. Whoever tells again what is known changes it; what is left out of a known product stays.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from segue.app.audit import record_act
from segue.domain.actions import Sensitivity
from segue.domain.order import order_key, rfc3339
from segue.domain.rules.yamls import nearest
from segue.enrich import shelves
from segue.enrich.money import decimal_text, millionths
from segue.enrich.shelves import PRODUCT_COLUMNS, STORE_COLUMNS, Shelves
from segue.errors import DefinitionError, InvalidInputError
from segue.ports.clock import Clock
from segue.ports.database import Database
from segue.ports.statements import statements

_SQL = statements("segue.app", "catalogue.sql")

FILES = ("products.csv", "stores.csv", "inventory.csv")
"""Files of an applied folder that this room reads."""
AT_ONCE = 10_000
_LONGEST_TEXT = 2_000
_DEGREES = {"latitude": 90, "longitude": 180}
_BY_HAND = 2**32 - 1
"""Position of what is told by file or API: after every event of the same moment."""
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is sold. Money is a decimal text in the shop's currency; null: not told."""

    sku: str
    name: str | None = None
    category: str | None = None
    brand: str | None = None
    price: str | None = None
    image: str | None = None
    url: str | None = None
    sensitivity: Sensitivity | None = None
    active: bool | None = None
    updated_at: str | None = None


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """A shop with a door."""

    store: str
    name: str | None = None
    #: the zone of its clocks, IANA name
    zone: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    updated_at: str | None = None


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """How many pieces of a product there are at a store."""

    sku: str
    #: empty: where parcels are sent from
    store: str = ""
    #: null: not told; where they are not counted, nothing is ever sold out
    on_hand: int | None = None
    #: where it differs from the product's
    price: str | None = None
    updated_at: str | None = None


class ProductPage(msgspec.Struct, frozen=True, kw_only=True):
    """Products in the order of their numbers."""

    products: list[Product]
    next: str | None


class Put(msgspec.Struct, frozen=True, kw_only=True):
    """What was told."""

    products: int = 0
    stores: int = 0
    inventory: int = 0


Row = TypeVar("Row", Product, Store, Stock)
_KINDS: tuple[type[Product] | type[Store] | type[Stock], ...] = (Product, Store, Stock)


class Catalogue:
    """The catalogue of one installation. Safe to share between threads."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def put(
        self,
        *,
        products: Sequence[Product] = (),
        stores: Sequence[Store] = (),
        inventory: Sequence[Stock] = (),
        actor: str,
    ) -> Put:
        """Tell what is sold, where and how many; all or nothing. InvalidInputError names what is wrong."""
        _check(products, stores, inventory)
        now = self._clock.now()
        with self._database.transaction() as session:
            shelves.apply(session, said(products, stores, inventory, now))
            counts = {"products": len(products), "stores": len(stores), "inventory": len(inventory)}
            if products or stores:
                record_act(
                    session, at=now, actor=actor, act="catalogue told", subject="catalogue", detail=counts
                )
        return Put(**counts)

    def products(self, *, text: str | None = None, limit: int = 50, after: str = "") -> ProductPage:
        """Products by a part of their name, or by number."""
        with self._database.transaction(read_only=True) as session:
            rows = session.fetch(_SQL["products"], text=text or None, after=after, limit=limit + 1)
        found = [_product(*row) for row in rows[:limit]]
        return ProductPage(products=found, next=found[-1].sku if len(rows) > limit else None)

    def stores(self) -> list[Store]:
        """All stores."""
        with self._database.transaction(read_only=True) as session:
            rows = session.fetch(_SQL["stores"])
        return [
            Store(store=store, name=name, zone=zone, latitude=north, longitude=east, updated_at=rfc3339(at))
            for store, name, zone, north, east, at in rows
        ]

    def stock(self, sku: str) -> list[Stock]:
        """Where a product is, and how many of it."""
        with self._database.transaction(read_only=True) as session:
            rows = session.fetch(_SQL["stock"], sku=sku)
        return [
            Stock(sku=sku, store=store, on_hand=on_hand, price=_text(price), updated_at=rfc3339(at))
            for store, on_hand, price, at in rows
        ]

    def all_stock(self) -> Iterator[Stock]:
        """Every product that somebody has told of at a store, a portion at a time."""
        sku = store = ""
        while True:
            with self._database.transaction(read_only=True) as session:
                rows = session.fetch(_SQL["all_stock"], sku=sku, store=store, limit=AT_ONCE)
            yield from (Stock(sku=sku, store=at, on_hand=held, price=_text(p)) for sku, at, held, p in rows)
            if len(rows) < AT_ONCE:
                return
            sku, store = rows[-1][:2]

    def _every_product(self) -> Iterator[Product]:
        page = self.products(limit=AT_ONCE)
        yield from page.products
        while page.next is not None:
            page = self.products(limit=AT_ONCE, after=page.next)
            yield from page.products

    def write_files(self, folder: Path) -> list[str]:
        """Write :data:`FILES` into ``folder``, so that applying them elsewhere gives the same catalogue.

        A file without lines says that there is nothing of the kind, and nothing by being applied.
        """
        rows: tuple[Iterable[Product | Store | Stock], ...]
        rows = self._every_product(), map(_sound, self.stores()), self.all_stock()
        for name, kind, told in zip(FILES, _KINDS, rows, strict=True):
            with (folder / name).open("w", encoding="utf-8", newline="") as file:
                out = csv.writer(file, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
                columns = _columns(kind)
                out.writerow(columns)
                out.writerows([_cell(getattr(each, column)) for column in columns] for each in told)
        return list(FILES)


# ── writing ──────────────────────────────────────────────────────────────────


def said(
    products: Sequence[Product], stores: Sequence[Store], inventory: Sequence[Stock], now: int
) -> Shelves:
    """What somebody tells now, as events would: the last word about a number holds."""
    key = order_key(now, _BY_HAND, "")
    found = shelves.nothing()
    for product in products:
        shelves.tell(found.products, product.sku, key, _told(product, PRODUCT_COLUMNS))
    for store in stores:
        shelves.tell(found.stores, store.store, key, _told(store, STORE_COLUMNS))
    for stock in inventory:
        shelves.tell(found.inventory, (stock.store, stock.sku), key, _told(stock, ("on_hand", "price")))
    return found


def _told(row: Row, columns: Sequence[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in columns}
    if values.get("price") is not None:
        values["price"] = millionths(values["price"])
    return {name: value for name, value in values.items() if value is not None}


def _check(products: Sequence[Product], stores: Sequence[Store], inventory: Sequence[Stock]) -> None:
    for kind, told in (("products", products), ("stores", stores), ("inventory", inventory)):
        if len(told) > AT_ONCE:
            raise InvalidInputError(
                f"{len(told)} {kind} were told at once", cure=f"tell at most {AT_ONCE} at a time"
            )
    for number, each in enumerate(products):
        _check_name(each.sku, f"products.{number}.sku")
        for column in ("name", "category", "brand", "image", "url"):
            _check_text(getattr(each, column), f"products.{number}.{column}", blank=column != "name")
        _check_price(each.price, f"products.{number}.price")
    for number, store in enumerate(stores):
        _check_name(store.store, f"stores.{number}.store")
        _check_text(store.name, f"stores.{number}.name", blank=False)
        _check_place(store, f"stores.{number}")
    for number, stock in enumerate(inventory):
        _check_name(stock.sku, f"inventory.{number}.sku")
        if stock.on_hand is None and stock.price is None:
            raise InvalidInputError(f"inventory.{number} tells nothing", cure="name on_hand, price or both")
        _check_price(stock.price, f"inventory.{number}.price")
        if stock.on_hand is not None and not 0 <= stock.on_hand < 2**53:
            raise InvalidInputError(f"inventory.{number}.on_hand is {stock.on_hand}", cure="count from 0 on")


def _check_name(name: str, where: str) -> None:
    if not 0 < len(name) <= shelves.LONGEST or "\0" in name:
        raise InvalidInputError(f"{where} is no name", cure=f"write 1 to {shelves.LONGEST} characters")


def _check_text(text: str | None, where: str, *, blank: bool) -> None:
    if text is None:
        return
    if len(text) > _LONGEST_TEXT or "\0" in text or not (blank or text):
        raise InvalidInputError(
            f"{where} is no text for people", cure=f"write 1 to {_LONGEST_TEXT} characters"
        )


def _check_place(store: Store, where: str) -> None:
    if store.zone is not None and not _is_zone(store.zone):
        raise InvalidInputError(
            f"{where}.zone {store.zone[:80]!r} is no time zone", cure="name one as Europe/Berlin"
        )
    for name, most in _DEGREES.items():
        if not _is_degrees(getattr(store, name), most):
            raise InvalidInputError(
                f"{where}.{name} is {getattr(store, name)}", cure=f"write degrees from -{most} to {most}"
            )


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _is_degrees(value: float | None, most: int) -> bool:
    return value is None or -most <= value <= most


def _sound(store: Store) -> Store:
    """The store without what an event said of its place that cannot be: it would be refused elsewhere."""
    zone = store.zone if store.zone is None or _is_zone(store.zone) else None
    places = {
        name: None if not _is_degrees(getattr(store, name), most) else getattr(store, name)
        for name, most in _DEGREES.items()
    }
    return msgspec.structs.replace(store, zone=zone, **places)


def _check_price(price: str | None, where: str) -> None:
    amount = None if price is None else millionths(price)
    if price is not None and (amount is None or amount < 0):
        raise InvalidInputError(f"{where} is {price[:40]!r}", cure="write it as 1.80")


def _text(amount: int | None) -> str | None:
    return None if amount is None else decimal_text(amount)


def _product(*row: Any) -> Product:
    sku, name, category, brand, price, image, url, sensitivity, active, at = row
    return Product(
        sku=sku, name=name, category=category or None, brand=brand or None, price=_text(price),
        image=image or None, url=url or None,
        sensitivity=sensitivity, active=active, updated_at=rfc3339(at),
    )  # fmt: skip


# ── files ────────────────────────────────────────────────────────────────────


def read_files(texts: Mapping[str, str]) -> dict[str, list[Any]]:
    """Rows by kind out of :data:`FILES`; DefinitionError names the file, the line and the cure."""
    return {
        "products": _read(texts, "products.csv", Product, ("sku",)),
        "stores": _read(texts, "stores.csv", Store, ("store",)),
        "inventory": _read(texts, "inventory.csv", Stock, ("sku", "on_hand")),
    }


def _read(texts: Mapping[str, str], name: str, kind: type[Row], needed: Sequence[str]) -> list[Row]:
    text = texts.get(name)
    if text is None:
        return []
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    columns = _columns(kind)
    header = list(reader.fieldnames or [])
    for column in header:
        if column not in columns:
            raise DefinitionError(f"{name}: {column!r} is no column", cure=nearest(column, columns), line=1)
    for column in needed:
        if column not in header:
            raise DefinitionError(f"{name}: the column {column} is missing", cure="add it", line=1)
    return [_row(kind, row, f"{name}, line {reader.line_num}") for row in reader]


def _columns(kind: type[Product] | type[Store] | type[Stock]) -> list[str]:
    return [each for each in kind.__struct_fields__ if each != "updated_at"]


def _cell(value: str | float | bool | None) -> str:
    """What :func:`_row` reads as ``value``."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _row(kind: type[Row], row: Mapping[str, str | None], where: str) -> Row:
    told = {column: text for column, text in row.items() if column is not None and text}
    read: dict[str, Callable[[str], Any]] = {
        "on_hand": int, "latitude": float, "longitude": float, "active": _flag, "sensitivity": _sensitivity,
    }  # fmt: skip
    values: dict[str, Any] = {}
    for column, text in told.items():
        try:
            values[column] = read.get(column, str)(text)
        except ValueError:
            raise DefinitionError(
                f"{where}: {column} cannot be {text[:40]!r}", cure="correct the cell"
            ) from None
    try:
        found = kind(**values)
        if isinstance(found, Stock) and found.on_hand is None and found.price is None:
            raise TypeError
        return found
    except TypeError:
        raise DefinitionError(f"{where}: a needed cell is empty", cure="fill it in") from None


def _flag(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError(text)


def _sensitivity(text: str) -> str:
    if text not in get_args(Sensitivity):
        raise ValueError(text)
    return text
