"""Measures: what is accumulated of events so that traits can be told. One or none for each trait."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final, Literal

import msgspec

from segue.domain.conditions import Compare, Condition, Did, Window
from segue.domain.rules.conditions import leaves
from segue.domain.traits import How, Trait

Kind = Literal["count", "sum", "mean", "min", "max", "first", "last", "set", "tally", "span", "share"]
"""``set``: which values; ``tally``: how often each; ``span``: how many, first and last day."""

TYPES: Final = frozenset({"page", "screen", "identify", "group", "alias"})
"""Events that are named by the type of their call."""
ORDER: Final = "Order Completed"
UPDATED: Final = "Order Updated"
CANCELLED: Final = "Order Cancelled"

_KINDS: Final[dict[How, Kind]] = {
    "count": "count",
    "sum": "sum",
    "mean": "mean",
    "min": "min",
    "max": "max",
    "first": "first",
    "last": "last",
    "distinct": "set",
    "most_frequent": "tally",
    "days_since_first": "span",
    "days_since_last": "span",
    "gap": "span",
    "rate": "count",
    "share": "share",
}

_encode = msgspec.msgpack.Encoder(order="deterministic").encode


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """What one accumulator takes of events. Traits of equal measures share it."""

    #: 16 hexadecimal digits, a hash of everything below: a definition that stays keeps it
    key: str = ""
    kind: Kind
    of: tuple[str, ...]
    field: tuple[str, ...] | None
    where: Condition | None
    window: Window | None
    weight: tuple[str, ...] | None
    by: tuple[str, ...] | None
    zone: str

    @property
    def ordered(self) -> bool:
        """Whether it counts orders, each once, by its last statement."""
        return ORDER in self.of

    @property
    def names(self) -> tuple[str, ...]:
        """Events that count each time they happen."""
        return tuple(name for name in self.of if not self.ordered or name not in (ORDER, UPDATED))

    @property
    def by_line(self) -> bool:
        """Whether each product of an event is looked at by itself."""
        return any(path is not None and path[0] == "products" for path in (self.field, self.weight, self.by))

    @property
    def numeric(self) -> bool:
        """Whether its field is read as a number."""
        return self.field is not None and self.kind in ("sum", "mean", "min", "max", "share")

    @property
    def asks_products(self) -> bool:
        """Whether its condition is about products."""
        return any(path[0] == "products" for path in self.asked)

    @property
    def asked(self) -> list[tuple[str, ...]]:
        """Paths of its condition."""
        if self.where is None:
            return []
        return [leaf.path for leaf in leaves(self.where) if isinstance(leaf, Compare)]

    @property
    def paths(self) -> list[tuple[str, ...]]:
        """Every path that it reads."""
        return [path for path in (self.field, self.weight, self.by, *self.asked) if path is not None]


def measure_of(trait: Trait, zone: str) -> Measure | None:
    """What a trait is told from; None for a ratio, which is told from other traits."""
    if trait.how == "ratio":
        return None
    kind = _KINDS[trait.how]
    if kind == "share" and trait.by is not None:
        kind = "count" if trait.field is None else "sum"
    plain = Measure(
        kind=kind,
        of=tuple(sorted(trait.of)),
        field=trait.field,
        where=trait.where,
        window=trait.window,
        weight=trait.weight,
        by=trait.by,
        zone=zone,
    )
    return msgspec.structs.replace(plain, key=blake2b(_encode(plain), digest_size=8).hexdigest())


def trait_of(did: Did) -> Trait:
    """The hidden trait that counts what a segment's ``did`` asks for."""
    plain = Trait(name="", how="count", of=(did.event,), where=did.where, window=did.within)
    name = f"did:{blake2b(_encode(plain), digest_size=8).hexdigest()}"
    return msgspec.structs.replace(plain, name=name)
