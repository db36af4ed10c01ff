"""What the simulated world is made of: households with real trips, and the calls composed around them."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Source = Literal["web", "app", "kiosk", "shop", "email", "web_form", "till_live"]
"""Where a composed call comes from. ``shop`` (the web shop's backend), ``email`` (the sender of mail) and
``till_live`` (a till of today) are servers and trusted; the others are public."""

SOURCES: tuple[Source, ...] = ("app", "email", "kiosk", "shop", "till_live", "web", "web_form")

TRUSTED_SOURCES: frozenset[Source] = frozenset({"shop", "email", "till_live"})

Identity = tuple[str, str]
"""An identifier as (kind, value)."""


class Product(msgspec.Struct, frozen=True):
    """Something that was bought."""

    product_id: str
    name: str
    category: str
    brand: str
    price: float


class Trip(msgspec.Struct, frozen=True):
    """A visit to a store that ended at the till."""

    basket_id: str
    store: str
    #: microseconds UTC, when it was paid
    at: int
    #: some of what was bought
    products: tuple[Product, ...]


class Mailing(msgspec.Struct, frozen=True):
    """A campaign that was sent to a household."""

    campaign_id: str
    #: microseconds UTC
    start: int
    end: int


class Household(msgspec.Struct, frozen=True, kw_only=True):
    """A holder of a loyalty card, with what is really known of her."""

    card: str
    #: in order of time
    trips: tuple[Trip, ...]
    mailings: tuple[Mailing, ...] = ()


class Call(msgspec.Struct, frozen=True):
    """One composed call in the tracking API's shape."""

    source: Source
    body: dict[str, Any]
    #: identifiers that a valid identity token covers
    proven: frozenset[Identity] = frozenset()


class Regular(msgspec.Struct, frozen=True, kw_only=True):
    """A customer with an account, by the identifiers that are known to be hers."""

    user_id: str
    email: str | None = None
    card: str | None = None
    #: anonymous id of a browser of hers
    browser: str | None = None
    #: anonymous id and device id of a phone of hers with the app
    phone: tuple[str, str] | None = None

    @property
    def names(self) -> frozenset[Identity]:
        """What her account's identity token covers."""
        named = (("user_id", self.user_id), ("email", self.email))
        return frozenset((kind, value) for kind, value in named if value is not None)


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """What is sold, and where; neither is empty."""

    products: tuple[Product, ...]
    stores: tuple[str, ...]


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What households have in common."""

    seed: int
    #: stores with a kiosk
    kiosks: frozenset[str] = frozenset()
    #: card → the tablet that it shares with another card
    tablets: dict[str, str] = {}
    #: card → the card of friends on one of whose devices it logs in once
    hosts: dict[str, str] = {}
    #: card → the card that it gives by mistake in the app
    mistaken: dict[str, str] = {}
