"""A shop that is invented: a year of customers with habits, so that what a model finds can be true.

Everybody has a taste (one of four) that decides what she buys, how old she probably is and how she minds
prices; products she buys again and again at her own cadence; a home store; and a day on which she may stop
coming. A third shops on the web, where sessions end with an order or without. The same seed, the same shop.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from segue.learn.given import Given, given

DAY = 86_400_000_000
MINUTE = 60_000_000
BEGIN = 1_672_531_200_000_000
"""The first moment of an invented shop: 2023-01-01 in UTC."""

AGES = ("18-29", "30-44", "45-59", "60+")
AXES = (
    "organic",
    "ready",
    "baby",
    "pets",
    "snacks",
    "baking",
    "wine",
    "produce",
    "dairy",
    "fish",
    "tea",
    "care",
)
CONTENT = 4
"""Articles at the end of the catalogue: looked at, never bought."""


@dataclass(frozen=True, kw_only=True)
class Shop:
    """How large an invented shop is."""

    seed: int = 1
    persons: int = 300
    items: int = 120
    stores: int = 4
    days: int = 360
    #: share of persons who told their age band and whether they have children
    told: float = 0.5
    zone: str = "Europe/Berlin"


@dataclass(eq=False)
class _Books:
    """What is written down while the year goes by, as columns."""

    lines: dict[str, list[Any]] = field(default_factory=lambda: _empty(
        "person", "order", "time", "sku", "pieces", "amount", "discount", "store", "channel"))  # fmt: skip
    events: dict[str, list[Any]] = field(default_factory=lambda: _empty(
        "person", "time", "event", "fragment", "properties.product_id", "properties.category",
        "properties.price", "properties.order_id", "properties.store", "properties.content_id"))  # fmt: skip

    def line(self, *values: Any) -> None:
        """One line of an order."""
        for column, value in zip(self.lines.values(), values, strict=True):
            column.append(value)

    def event(self, *values: Any, **fields: Any) -> None:
        """One event, by person, time, name and fragment, with some properties."""
        for name, column in self.events.items():
            column.append(fields.get(name.removeprefix("properties.")) if "." in name else None)
        for name, value in zip(("person", "time", "event", "fragment"), values, strict=True):
            self.events[name][-1] = value


def _empty(*names: str) -> dict[str, list[Any]]:
    return {name: [] for name in names}


@dataclass(frozen=True, eq=False)
class _Shelf:
    sku: list[str]
    category: NDArray[np.int64]
    price: NDArray[np.float64]
    popularity: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Customer:
    name: str
    taste: int
    #: of each product
    liking: NDArray[np.float64]
    #: products bought again and again, and their cadence in days
    regular: NDArray[np.int64]
    cadence: NDArray[np.float64]
    visits: NDArray[np.float64]
    store: int
    web: bool
    #: share of visits at which she waits for a discount
    thrift: float


def invent_shop(shop: Shop | None = None) -> Given:
    """The whole year of a shop as a source."""
    shop = shop or Shop()
    rng = np.random.default_rng(shop.seed)
    shelf = _shelf(rng, shop)
    books = _Books()
    told = {name: _empty("person", "value", "time") for name in ("age_band", "children")}
    redeemers: list[str] = []
    for number in range(shop.persons):
        customer = _customer(rng, shop, shelf, number)
        _Year(rng, customer, shelf, shop.stores, books).live()
        if rng.random() < shop.told:
            _tell(rng, customer, told)
        if customer.thrift > 0.5 and len(customer.visits) > 1:
            _redeem(rng, customer, books)
            redeemers.append(customer.name)
    return given(
        books.lines,
        _catalogue(shelf),
        events=books.events,
        told=told,
        segments={"redeemers": redeemers, "seed": redeemers[::2]},
        persons=[_name(number) for number in range(shop.persons)],
        identifiers={_name(number): [f"loyalty_card:{number}"] for number in range(shop.persons)},
        zone=shop.zone,
    )


def _name(number: int) -> str:
    return f"{number:032x}"


def _shelf(rng: Generator, shop: Shop) -> _Shelf:
    category = np.arange(shop.items) % len(AXES)
    popularity = 1.0 / (1.0 + np.arange(shop.items)) ** 0.6
    return _Shelf(
        [f"sku{code:04d}" for code in range(shop.items)],
        category,
        np.round(rng.lognormal(1.0, 0.6, shop.items), 2),
        rng.permutation(popularity),
    )


def _catalogue(shelf: _Shelf) -> dict[str, Any]:
    articles = [f"article{code}" for code in range(CONTENT)]
    categories = [AXES[each] for each in shelf.category]
    return {
        "sku": [*shelf.sku, *articles],
        "name": [f"{AXES[each]} no. {code}" for code, each in enumerate(shelf.category)] + articles,
        "category": categories + [AXES[each] for each in range(CONTENT)],
        "brand": [f"brand{code % 9}" for code in range(len(shelf.sku))] + [None] * CONTENT,
        "department": ["fresh" if each > 6 else "dry" for each in shelf.category] + ["stories"] * CONTENT,
        "content": [False] * len(shelf.sku) + [True] * CONTENT,
    }


def _customer(rng: Generator, shop: Shop, shelf: _Shelf, number: int) -> _Customer:
    taste = int(rng.integers(4))
    groups = rng.dirichlet(np.where(np.arange(len(AXES)) % 4 == taste, 3.0, 0.4))
    liking = groups[shelf.category] * shelf.popularity
    liking = liking / liking.sum()
    regular = rng.choice(shop.items, size=min(int(rng.integers(5, 12)), shop.items), replace=False, p=liking)
    gap = rng.gamma(6.0, 1.6)
    begin = rng.uniform(0, shop.days / 3)
    end = shop.days if rng.random() < 0.7 else rng.uniform(begin, shop.days)
    gaps = rng.gamma(3.0, gap / 3.0, size=int(4 * shop.days / gap) + 8) + 0.2
    visits = begin + np.cumsum(gaps)
    return _Customer(
        name=_name(number),
        taste=taste,
        liking=liking,
        regular=regular,
        cadence=rng.uniform(6, 40, len(regular)),
        visits=visits[visits < end],
        store=int(rng.integers(shop.stores)),
        web=bool(rng.random() < 1 / 3),
        thrift=float(rng.beta(2, 4) + (0.25 if taste == 1 else 0.0)),
    )


@dataclass(frozen=True, eq=False)
class _Year:
    """The year of one customer, being written down."""

    rng: Generator
    who: _Customer
    shelf: _Shelf
    stores: int
    books: _Books

    def live(self) -> None:
        """All her visits."""
        rng, who = self.rng, self.who
        first = who.visits[0] if len(who.visits) else 0.0
        last = first - rng.uniform(0, 1, len(who.regular)) * who.cadence
        for visit, day in enumerate(who.visits):
            moment = BEGIN + int(day) * DAY + int(rng.uniform(8 * 60, 20 * 60)) * MINUTE
            due = rng.random(len(who.regular)) < np.minimum(0.9, ((day - last) / who.cadence) ** 3)
            last = np.where(due, day, last)
            fresh = rng.choice(len(who.liking), size=int(rng.poisson(1.2)), p=who.liking)
            basket = np.unique(np.concatenate([who.regular[due], fresh]))
            basket = basket if len(basket) else who.regular[:1]
            if who.web:
                self.browse(moment, basket)
            self.buy(moment, f"{who.name[-6:]}-{visit}", basket)
            if who.web and rng.random() < 0.8:
                later = moment + int(rng.uniform(0.1, 3) * DAY)
                self.browse(later, basket[rng.random(len(basket)) < 0.2], bought=False)

    def buy(self, moment: int, order: str, basket: NDArray[Any]) -> None:
        """An order of these products."""
        rng, who = self.rng, self.who
        store = f"s{who.store if rng.random() < 0.85 else int(rng.integers(self.stores))}"
        channel = "web" if who.web else "till"
        for item in basket:
            pieces = 1 + int(rng.poisson(0.3))
            full = round(self.shelf.price[item] * pieces, 2)
            off = round(full * 0.2, 2) if rng.random() < who.thrift else 0.0
            sku = self.shelf.sku[item]
            self.books.line(who.name, order, moment, sku, pieces, full - off, off, store, channel)
        self.books.event(who.name, moment, "Order Completed", _device(who), order_id=order, store=store)

    def browse(self, moment: int, basket: NDArray[Any], *, bought: bool = True) -> None:
        """A session that ends at ``moment``; many products seen and added foretell an order."""
        rng, who, books = self.rng, self.who, self.books
        seen = rng.choice(len(who.liking), size=int(rng.poisson(3 if bought else 1.5)) + 1, p=who.liking)
        looked = [*seen, *basket]
        time = moment - (len(looked) + 2) * MINUTE
        for item in looked:
            time += int(rng.uniform(0.2, 0.9) * MINUTE)
            facts = self._facts(item)
            books.event(who.name, time, "Product Viewed", _device(who), **facts)
            if item in basket:
                books.event(who.name, time + 1, "Product Added", _device(who), **facts)
        if rng.random() < 0.2:
            article = f"article{int(rng.integers(CONTENT))}"
            books.event(who.name, time + 2, "Content Viewed", _device(who), content_id=article)
        if bought or (len(basket) and rng.random() < 0.3):
            books.event(who.name, time + 3, "Checkout Started", _device(who))

    def _facts(self, item: int) -> dict[str, Any]:
        shelf = self.shelf
        category = AXES[shelf.category[item]]
        return {"product_id": shelf.sku[item], "category": category, "price": shelf.price[item]}


def _device(who: _Customer) -> str:
    return f"d{who.name[1:]}"


def _tell(rng: Generator, who: _Customer, told: dict[str, dict[str, list[Any]]]) -> None:
    """Her age follows her taste in three of four cases; children, whether she buys for babies."""
    age = AGES[who.taste] if rng.random() < 0.75 else AGES[int(rng.integers(4))]
    children = "yes" if who.taste == 2 or rng.random() < 0.15 else "no"
    when = BEGIN + int(rng.uniform(0, 30)) * DAY
    for name, value in (("age_band", age), ("children", children)):
        for column, each in zip(told[name].values(), (who.name, value, when), strict=True):
            column.append(each)


def _redeem(rng: Generator, who: _Customer, books: _Books) -> None:
    day = int(rng.choice(who.visits))
    books.event(who.name, BEGIN + day * DAY + 12 * 60 * MINUTE, "Coupon Redeemed", _device(who))
