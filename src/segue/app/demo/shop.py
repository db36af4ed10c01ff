"""The demo's shop: what it sells, and the backend that says who has logged in.

Only where ``segue demo`` has run. Its customers are composed, so anybody may be one of them; a real shop
signs an identity token only after it has seen a password.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import jwt
import msgspec

from segue.app.demo.live import told_of
from segue.app.demo.story import read_story
from segue.app.installation import Installation
from segue.domain.order import SECOND, rfc3339
from segue.enrich.money import decimal_text
from segue.errors import NotFoundError
from segue.ports.statements import statements

SOURCE: Final = "web"
"""Whose secret signs, and whose keys stand in the page."""

CURRENCY: Final = "USD"
"""Of The Complete Journey."""

CUSTOMERS: Final = 6
LASTS: Final = 30 * 60
"""Seconds for which a token proves who has logged in; the page asks for another in time."""

_SQL = statements("segue.app.demo", "shop.sql")
_LIVE = statements("segue.app.demo", "live.sql")


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A shelf of the shop."""

    name: str
    products: int


class ShopCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """A composed customer as whom anybody may log in."""

    user_id: str
    email: str
    loyalty_card: str


class Shop(msgspec.Struct, frozen=True, kw_only=True):
    """What the shop's pages begin with."""

    currency: str
    #: the fullest first
    categories: list[Category]
    customers: list[ShopCustomer]


class ShopProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A product with what it costs here and how many there are."""

    sku: str
    name: str
    category: str | None
    brand: str | None
    #: decimal text
    price: str
    image: str | None
    #: null: nobody counts them
    on_hand: int | None


class StoreStock(msgspec.Struct, frozen=True, kw_only=True):
    """How many a store has."""

    store: str
    name: str
    on_hand: int


class ShopProductWhole(ShopProduct, frozen=True, kw_only=True):
    """A product's own page."""

    stores: list[StoreStock]


class ShopPage(msgspec.Struct, frozen=True, kw_only=True):
    """Products; ``next`` is what ``after`` takes."""

    products: list[ShopProduct]
    next: int | None


class LoggedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Who has logged in, with the proof for Segue."""

    user_id: str
    email: str
    identity_token: str
    #: RFC 3339
    expires_at: str


class DemoShop:
    """The shop of one installation; every call is NotFoundError where no demo was run."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def shop(self) -> Shop:
        """What the shop's pages begin with."""
        without = self._opened()
        with self._installation.database.transaction(read_only=True) as session:
            categories = session.fetch(_SQL["categories"])
        return Shop(
            currency=CURRENCY,
            categories=[Category(name=name, products=count) for name, count in categories],
            customers=self._customers(without),
        )

    def products(
        self,
        *,
        category: str | None = None,
        text: str = "",
        store: str = "",
        after: int = 0,
        limit: int = 24,
    ) -> ShopPage:
        """Products from each category in turn, those of which there are most first.

        Of ``text`` every word must stand in name, category, brand or number.
        """
        self._opened()
        with self._installation.database.transaction(read_only=True) as session:
            rows = session.fetch(
                _SQL["products"],
                store=store,
                category=category,
                words=text.lower().split()[:10],
                skip=after,
                limit=limit + 1,
            )
        found = [ShopProduct(**_named(row)) for row in rows[:limit]]
        return ShopPage(products=found, next=after + limit if len(rows) > limit else None)

    def product(self, sku: str, *, store: str = "") -> ShopProductWhole:
        """One product, and which stores have it; NotFoundError."""
        self._opened()
        with self._installation.database.transaction(read_only=True) as session:
            rows = session.fetch(_SQL["product"], sku=sku, store=store)
            if not rows:
                raise NotFoundError(f"there is no product {sku[:80]!r}", cure="search for it by name")
            stores = session.fetch(_SQL["stores"], sku=sku)
        having = [StoreStock(store=name, name=title, on_hand=left) for name, title, left in stores]
        return ShopProductWhole(**_named(rows[0]), stores=having)

    def log_in(self, user_id: str) -> LoggedIn:
        """Sign who one of the shop's customers is; NotFoundError for anybody else."""
        customers = self._customers(self._opened())
        found = next((each for each in customers if each.user_id == user_id), None)
        if found is None:
            raise NotFoundError(
                f"{user_id[:80]!r} is no customer of the demo's shop", cure="choose one of its list"
            )
        with self._installation.database.transaction(read_only=True) as session:
            secrets = session.fetch(_LIVE["identity_secrets"], names=[SOURCE])
        if not secrets:
            raise NotFoundError(f"the source {SOURCE} signs nothing yet", cure="run `segue demo` again")
        expires = self._installation.clock.now() // SECOND + LASTS
        claims = {"sub": found.user_id, "email": found.email, "exp": expires}
        return LoggedIn(
            user_id=found.user_id,
            email=found.email,
            identity_token=jwt.encode(claims, bytes(secrets[0][1]), algorithm="HS256"),
            expires_at=rfc3339(expires * SECOND),
        )

    def _opened(self) -> list[bytes]:
        """The persons of the story, whose figures stay as told; NotFoundError where no demo was run."""
        if read_story(self._installation.data) is None:
            raise NotFoundError(
                "the shop is a demo's, and no demo was run in this installation",
                cure="`segue demo` makes one; a shop of your own takes the web SDK (docs/how-to/web-sdk.md)",
            )
        return told_of(self._installation.data)

    def _customers(self, without: Sequence[bytes]) -> list[ShopCustomer]:
        with self._installation.database.transaction(read_only=True) as session:
            rows = session.fetch(_SQL["customers"], without=list(without), limit=CUSTOMERS)
        return [
            ShopCustomer(user_id=user_id, email=email, loyalty_card=card) for _, user_id, email, card in rows
        ]


def _named(row: Sequence[Any]) -> dict[str, Any]:
    sku, name, category, brand, image, price, on_hand = row
    return {
        "sku": sku, "name": name, "category": category, "brand": brand, "image": image,
        "price": decimal_text(price), "on_hand": on_hand,
    }  # fmt: skip
