"""Purchases as columns: the lines of everybody's orders, as every model of buying reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Items:
    """What can be bought. A code of an item is its place in these columns; -1 stands for unknown."""

    sku: Sequence[str]
    name: Sequence[str]
    #: codes into the three lists below, -1 where the catalogue does not say
    category: Codes
    brand: Codes
    department: Codes
    categories: Sequence[str] = ()
    brands: Sequence[str] = ()
    departments: Sequence[str] = ()
    #: products, or content (articles, recipes, …) that is looked at and not bought
    content: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.sku)


@dataclass(frozen=True, eq=False)
class Persons:
    """Who buys. A code of a person is her place in these columns."""

    #: present person ids, hexadecimal
    ids: Sequence[str]
    #: ``kind:value`` of each person's certain identifiers
    identifiers: Sequence[Sequence[str]] = ()

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def code(self) -> dict[str, int]:
        """Code by id."""
        return {each: place for place, each in enumerate(self.ids)}


@dataclass(frozen=True, eq=False)
class Purchases:
    """Lines of orders, sorted by (person, time, order); one row a line, n rows.

    An order that several sources report is here once (its last statement), a cancelled one is not here, and
    returned pieces are taken off. ``person`` -1 is a guest. Times are microseconds in UTC.
    """

    person: Codes
    order: Codes
    time: Ints
    item: Codes
    pieces: Floats
    #: what the line came to, in units of the shop's currency, after its discount
    amount: Floats
    #: what was taken off the line
    discount: Floats
    #: code into ``stores``, -1 unknown
    store: Codes
    #: code into ``channels``
    channel: Codes
    persons: Persons
    items: Items
    stores: Sequence[str] = ()
    channels: Sequence[str] = ()
    #: the retailer's zone, IANA name
    zone: str = "UTC"
    meta: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.person)

    def only(self, rows: NDArray[Any]) -> Purchases:
        """These rows (a mask or positions, in order); persons, items and codes stay as they are."""
        columns = ("person", "order", "time", "item", "pieces", "amount", "discount", "store", "channel")
        return replace(self, **{name: getattr(self, name)[rows] for name in columns})

    def before(self, moment: int) -> Purchases:
        """What had been bought before ``moment`` (microseconds)."""
        return self.only(self.time < moment)
