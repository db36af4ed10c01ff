"""What texts may say of the product that an action sells (``{{ product.name }}``)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from segue.ports.database import Session
from segue.ports.statements import statements

FRESH: Final = 15.0
"""Seconds for which a name or a picture is remembered; prices are those of the decision."""

_SQL = statements("segue.app.deciding", "repertoire.sql")
_MILLION: Final = 1_000_000

Good = Mapping[str, str]
"""``sku``, and as far as they are known ``name``, ``category``, ``brand``, ``image``, ``url``, ``price``."""


class Goods:
    """Products of one installation, from memory. Used by one thread at a time."""

    def __init__(self) -> None:
        self._known: dict[str, Good] = {}
        self._since = -FRESH

    def of(self, session: Session, skus: Iterable[str], prices: Mapping[str, int]) -> dict[str, Good]:
        """These products; ``prices`` (millionths) are what they cost where it is asked."""
        if time.monotonic() - self._since >= FRESH:
            self._known, self._since = {}, time.monotonic()
        wanted = set(skus)
        missing = sorted(wanted - self._known.keys())
        if missing:
            self._known |= read(session, missing)
        return {sku: good_at(self._known[sku], prices.get(sku)) for sku in wanted}


def read(session: Session, skus: Iterable[str]) -> dict[str, Good]:
    """What is known of these products; of one that is not, its number."""
    asked = sorted(set(skus))
    found: dict[str, Good] = {sku: {"sku": sku} for sku in asked}
    for sku, name, category, brand, price, image, url, *_ in session.fetch(_SQL["products"], skus=asked):
        told: dict[str, Any] = {
            "name": name,
            "category": category,
            "brand": brand,
            "image": image,
            "url": url,
        }
        good = {"sku": sku, **{key: text for key, text in told.items() if text}}
        found[sku] = good_at(good, price)
    return found


def good_at(good: Good, price: int | None) -> Good:
    """A product where it costs ``price`` millionths."""
    return good if price is None else {**good, "price": f"{price / _MILLION:.2f}"}
