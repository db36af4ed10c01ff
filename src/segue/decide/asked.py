"""What a decision is made from. Everything of the person and the moment that counts, and nothing else.

These records are kept with the decision, so that it can be made again (law 7).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from segue.domain.actions import Outcome, Touchpoint
from segue.domain.order import MINUTE

Identity = Literal["certain", "likely", "unknown"]
NOTHING: Final[Mapping[str, Any]] = {}


class Moment(msgspec.Struct, frozen=True, array_like=True):
    """A moment by the clocks of the retailer's zone."""

    #: microseconds UTC
    at: int
    #: local days since 1970-01-01
    day: int
    #: local hours since 1970-01-01T00
    hour: int

    @property
    def minute(self) -> int:
        """Minutes since 1970, which no clock is turned back by."""
        return self.at // MINUTE


class Clock(msgspec.Struct, frozen=True, array_like=True):
    """What her clock says."""

    #: minutes since midnight
    minute: int
    #: IANA name of her zone, or of the retailer's where hers is not known
    zone: str


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What a touchpoint asks."""

    placement: str
    moment: Moment
    #: language or language and region: ``de``, ``de-AT``
    locale: str | None = None
    #: the store it is asked in; None: nowhere in particular
    store: str | None = None
    #: slots wanted; None: as many as the placement has
    limit: int | None = None
    #: everything that is drawn follows from it; 64 bits
    seed: int = 0
    #: the draw from 0 to 1 by which depths of discount are tried; None: as the seed has it
    draw: float | None = None


class Contact(msgspec.Struct, frozen=True, array_like=True):
    """A slot that was answered before, to this person or device, and what became of it."""

    action: str
    group: str | None
    channel: Touchpoint
    outcome: Outcome
    #: when it was answered: local day and hour
    day: int
    hour: int
    #: likewise, minutes since 1970
    minute: int = 0
    #: which answer it was a slot of; 0: one of its own
    answer: int = 0


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of whoever is in front of the touchpoint, as far as this caller's question may use it."""

    identity: Identity = "unknown"
    #: what conditions are judged by; opaque here
    facts: Any = None
    #: the same without anything of the person, for actions that may not use it
    bare: Any = None
    #: purposes that hold for her in this touchpoint's channel
    granted: frozenset[str] = frozenset()
    #: personal facts may be told through this touchpoint
    told: bool = False
    #: of a placement with quiet hours; None: it has none
    clock: Clock | None = None
    #: a model can say which products to recommend
    recommends: bool = True
    #: the shop has stores, and the one that it is asked in is none of them
    nowhere: bool = False
    #: an open complaint: nothing is sold until it is settled
    complaint: bool = False
    contacts: tuple[Contact, ...] = ()
    #: how often caps over everybody were used: :func:`segue.decide.caps.everybody_key` → count
    everybody: Mapping[str, int] = {}
    #: pieces that can still be sold here; a sku that is not named is not counted
    stock: Mapping[str, int] = NOTHING
    #: present price, millionths
    prices: Mapping[str, int] = NOTHING
    #: products that are not shown where many see it
    sensitive: frozenset[str] = frozenset()
    #: percent that she was offered and that is still valid, by action
    held: Mapping[str, int] = NOTHING
    #: how acceptance answers a discount, by action: mean and deviation, see :mod:`segue.decide.elasticity`;
    #: empty: as it is believed to beforehand, without doubt
    lifts: Mapping[str, tuple[float, float]] = NOTHING
    #: numbers of the moment and the person that acceptance is foretold by
    features: tuple[float, ...] = (1.0,)
