"""What is asked of a recommender, and what it answers."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["repeat", "explore"]
"""``repeat``: she bought it before; ``explore``: she never did (so everything is, for nobody known)."""

KINDS: tuple[Kind, ...] = ("repeat", "explore")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, where, and with what in the basket."""

    #: code of a person; None where nobody is known
    person: int | None = None
    #: how many are wanted, at least 1
    k: int = 10
    #: where she is or will be; an unknown store counts as none
    store: str | None = None
    #: what is in the basket already; unknown ones are passed over
    basket: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = KINDS
    #: content (articles, recipes, …) instead of products
    content: bool = False


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """One item of an answer."""

    #: from 1
    rank: int
    sku: str
    #: probability, 0 to 1, that it is bought on the next visit (the order asked about, at ``at``), as far as
    #: it is learnt from visits to which nothing was recommended; never rises from rank to rank. Calibrated on
    #: held-out visits (``ece`` on the card). Of content it only orders, as it does where the card has no ece.
    score: float
    kind: Kind
    #: in words: ``bought every 12 days, last 13 days ago``
    reason: str


class Recommendations(msgspec.Struct, frozen=True, kw_only=True):
    """The answer, best first; shorter than asked where there is no more to recommend."""

    items: list[Recommendation]
    #: why this is not what was asked for, in words: nobody known, an unknown store, …
    fallback: str | None = None
