"""RFM scores: how lately, how often and for how much somebody bought, from 1 to 5 among those who buy.

Fifths are parted by edges that are taken from everybody now and then, and in force until the next are; so
that a score changes with what somebody does, and not with each order of anybody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

BASES: Final = ("recency", "frequency", "monetary")
"""The traits that are scored."""

SCORES: Final[Mapping[str, str]] = {f"{base}_score": base for base in BASES}
"""Score → the trait that it is of."""

RFM: Final = "rfm"
"""All three as one text: ``5-3-4``."""

NAMES: Final = (*SCORES, RFM)

TITLES: Final[Mapping[str, str]] = {
    "recency_score": "How lately she bought: 5 for the latest fifth of the buyers",
    "frequency_score": "How often she bought in a year: 5 for the fifth who bought most often",
    "monetary_score": "How much she spent in a year: 5 for the fifth who spent most",
    RFM: "The three scores: recency-frequency-monetary",
}


class Edges(msgspec.Struct, frozen=True, kw_only=True):
    """Where fifths of the buyers begin: four rising values each, or none while nobody has bought."""

    recency: list[float] = []
    frequency: list[float] = []
    monetary: list[float] = []
    #: when they were taken, microseconds
    as_of: int = 0

    @property
    def known(self) -> bool:
        """Whether anything can be scored by them."""
        return all(len(getattr(self, base)) == 4 for base in BASES)

    def same(self, other: Edges) -> bool:
        """Whether they part everybody alike."""
        return all(getattr(self, base) == getattr(other, base) for base in BASES)


def scores_of(values: Mapping[str, Any], edges: Edges | None) -> dict[str, Any]:
    """All scores of somebody with these values of the three traits; null for who did not buy in a year."""
    bought = values.get("frequency")
    if edges is None or not edges.known or not isinstance(bought, int | float) or bought < 1:
        return dict.fromkeys(NAMES)
    found: dict[str, Any] = {}
    for name, base in SCORES.items():
        value = values.get(base)
        if not isinstance(value, int | float):
            return dict.fromkeys(NAMES)
        above = sum(value > edge for edge in getattr(edges, base))
        found[name] = 5 - above if base == "recency" else 1 + above
    found[RFM] = "-".join(str(found[name]) for name in SCORES)
    return found
