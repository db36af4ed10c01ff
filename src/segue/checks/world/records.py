"""What the simulated world is made of: households with real trips, and the calls composed around them."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Source = Literal["web", "app", "kiosk", "shop", "email"]
"""Where a composed call comes from. ``shop`` (the web shop's backend) and ``email`` (the sender of mail)
are servers and trusted; the others are public."""

TRUSTED_SOURCES: frozenset[Source] = frozenset({"shop", "email"})

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
