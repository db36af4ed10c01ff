"""The lines of a cart or an order: what they come to, how many pieces, of which categories and brands."""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from zlib import crc32

from segue.enrich.money import LARGEST, millionths, number

LONGEST_NAME: Final = 60
"""Characters kept of a category's or brand's name."""
_LINES: Final = 2_500
_TOP: Final = 6
"""Categories and brands kept of one order: those with most pieces."""


class Lines(NamedTuple):
    """What an event's products come to."""

    #: millionths; None when no line has a price
    amount: int | None
    pieces: int
    #: name → pieces, in order of appearance
    categories: dict[str, float]
    brands: dict[str, float]

    @property
    def category(self) -> str | None:
        """Of the first line that names one."""
        return next(iter(self.categories), None)

    @property
    def brand(self) -> str | None:
        """Of the first line that names one."""
        return next(iter(self.brands), None)


def lines_in(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """The readable ones of ``properties.products``."""
    products = properties.get("products")
    if not isinstance(products, list):
        return []
    return [line for line in products[:_LINES] if isinstance(line, dict)]


def read_lines(lines: list[dict[str, Any]]) -> Lines:
    """One pass over the lines: a basket has dozens, and an import millions."""
    amount, pieces, priced = 0.0, 0.0, False
    categories: dict[str, float] = {}
    brands: dict[str, float] = {}
    for line in lines:
        get = line.get
        quantity, price = get("quantity", 1.0), get("price")
        if type(quantity) is not float or not -1e6 < quantity < 1e6:
            quantity = number(quantity, 1.0)
        if price is not None:
            exact = millionths(price)
            if exact is not None:
                amount += round(exact * quantity)
                priced = True
        quantity = abs(quantity)
        pieces += quantity
        category, brand = get("category"), get("brand")
        if category and isinstance(category, str):
            category = category[:LONGEST_NAME]
            categories[category] = categories.get(category, 0.0) + quantity
        if brand and isinstance(brand, str):
            brand = brand[:LONGEST_NAME]
            brands[brand] = brands.get(brand, 0.0) + quantity
    whole = round(amount) if priced and -LARGEST < amount < LARGEST else None
    return Lines(whole, round(pieces), categories, brands)


def top(tally: dict[str, float], order_id: str) -> list[Any] | None:
    """The names with most pieces as ``[name, pieces, name, pieces, …]``; None when there are none.

    Between equals the hash with the order's id decides, so that over many orders none is favoured.
    """
    if not tally:
        return None
    if len(tally) > _TOP:
        salt = crc32(order_id.encode())
        best = sorted((-pieces, crc32(name.encode(), salt), name) for name, pieces in tally.items())[:_TOP]
        kept = sorted((name, -negative) for negative, _, name in best)
    else:
        kept = sorted(tally.items())
    flat: list[Any] = []
    for name, pieces in kept:
        flat += (name, round(pieces) or 1)
    return flat
