"""Conditions: the one language of segments, audiences, applicability, journeys and levers.

A condition is a frozen tree. ``segue.domain.rules`` reads it from YAML and JSON; it is turned into a closure
for the loop and into SQL for the lake, and the two agree.

Truth is two-valued. A field that is missing (or null, or of a type that the operator cannot compare) makes
every comparison false, ``missing`` excepted; ``not`` turns that round like any other false.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Operator = Literal[
    "=", "!=", "<", "<=", ">", ">=", "in", "not_in", "contains", "starts_with", "exists", "missing"
]


class Window(msgspec.Struct, frozen=True):
    """The last ``length`` minutes, hours or days, by the retailer's clocks, the present one included.

    Windows move by whole hours or days: ``7 days`` is today and the six days before. That makes them exact in
    the loop and in SQL alike, and lets sums be kept in buckets. Minutes are for what is counted when it is
    decided (caps, suppressions) and not for what is kept in buckets (traits, conditions).
    """

    unit: Literal["minutes", "hours", "days"]
    length: int


class All(msgspec.Struct, frozen=True, tag_field="kind", tag="all"):
    """Every one of them; of none: true."""

    items: tuple[Condition, ...]


class AnyOf(msgspec.Struct, frozen=True, tag_field="kind", tag="any"):
    """At least one of them; of none: false."""

    items: tuple[Condition, ...]


class Not(msgspec.Struct, frozen=True, tag_field="kind", tag="not"):
    """The opposite."""

    item: Condition


class Compare(msgspec.Struct, frozen=True, tag_field="kind", tag="compare"):
    """A field of the golden record (or, inside ``where``, of the event) against a value.

    ``path`` begins with ``traits``, ``attributes``, ``predictions``, ``orders``, ``sessions``, ``context`` or
    ``basket``; inside ``where`` with ``properties``, ``context``, ``products``, ``source`` or ``channel``.
    """

    path: tuple[str, ...]
    op: Operator
    #: a scalar; a tuple of scalars for ``in`` and ``not_in``; None for ``exists`` and ``missing``
    value: Any = None


class Did(msgspec.Struct, frozen=True, tag_field="kind", tag="did"):
    """She did something often enough within a window. Of an event with an order id each order counts once."""

    event: str
    where: Condition | None = None
    at_least: int = 1
    #: None: ever
    within: Window | None = None


class Consented(msgspec.Struct, frozen=True, tag_field="kind", tag="consent"):
    """What holds for a purpose in a channel (None: in any); unstated means no where consent is the basis."""

    purpose: str
    channel: str | None
    state: Literal["granted", "denied"]


class InSegment(msgspec.Struct, frozen=True, tag_field="kind", tag="segment"):
    """She is in another segment."""

    name: str


class Near(msgspec.Struct, frozen=True, tag_field="kind", tag="near"):
    """Her last known place within the window was at most so far from a store."""

    store: str
    #: kilometres
    km: float
    within: Window


Condition = All | AnyOf | Not | Compare | Did | Consented | InSegment | Near
