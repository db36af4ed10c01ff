"""Computed traits: what is counted, summed and chosen of a person's events. The definitions only.

How a trait is kept live and how it is asked of the lake follow from the one definition, see
``segue.enrich.traits``; law 4 says that both give the same value.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from segue.domain.conditions import Condition, Window

How = Literal[
    "count",
    "sum",
    "mean",
    "min",
    "max",
    "first",
    "last",
    "distinct",
    "most_frequent",
    "days_since_first",
    "days_since_last",
    "gap",
    "rate",
    "share",
    "ratio",
]
"""``gap``: mean days between two; ``rate``: occurrences per ``per``; ``share``: of a kind in all."""


class Trait(msgspec.Struct, frozen=True, kw_only=True):
    """One trait of traits.yaml."""

    name: str
    how: How
    #: names of events; other calls than track by their type: ``page``, ``screen``; empty for ratio
    of: tuple[str, ...] = ()
    #: what of it: ``("properties", "revenue")``, ``("products", "category")``; None counts occurrences
    field: tuple[str, ...] | None = None
    #: only events (for ``products.…`` only lines) for which this holds; no ``did`` or ``segment`` inside
    where: Condition | None = None
    #: None: ever
    window: Window | None = None
    #: each value counts this much instead of once: ``("products", "quantity")``
    weight: tuple[str, ...] | None = None
    #: one value for each value of this field, the largest :data:`BREADTH`: affinities
    by: tuple[str, ...] | None = None
    #: for rate: per how much of the window
    per: Window | None = None
    #: for ratio: traits above and below; null when the lower is zero or null
    parts: tuple[str, str] | None = None
    title: str = ""
    #: ships with Segue; a definition of the same name in traits.yaml replaces it
    built_in: bool = False


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """One segment of segments.yaml."""

    name: str
    when: Condition
    title: str = ""
    description: str = ""


BREADTH = 64
"""Values that ``by``, ``distinct`` and ``most_frequent`` keep apart before a trait is approximate."""
