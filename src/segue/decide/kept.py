"""What is kept of a decision, so that it can be explained, made again and evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from struct import pack, unpack
from threading import get_ident
from typing import TYPE_CHECKING, Any

import msgspec
import zstandard

from segue.decide.asked import Ask, Known
from segue.decide.bandit import Mind
from segue.decide.decided import Decision, Slot

if TYPE_CHECKING:
    from segue.decide.bandit import Floats


class Foretold(msgspec.Struct, frozen=True, array_like=True):
    """What was foretold of the actions that came through the funnel, as precisely as it was used."""

    actions: tuple[str, ...] = ()
    #: mean acceptance, four bytes each, and standard deviation, two bytes each; little endian
    means: bytes = b""
    spreads: bytes = b""
    #: how likely each is bought anyway, four bytes each; empty: nothing was known to be
    anyway: bytes = b""

    def by_action(self) -> Mapping[str, tuple[float, float]]:
        """Action → mean and standard deviation."""
        count = len(self.actions)
        means, spreads = unpack(f"<{count}f", self.means), unpack(f"<{count}e", self.spreads)
        return dict(zip(self.actions, zip(means, spreads, strict=True), strict=True))


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a decision was made from, but for the definitions, of which the version is kept."""

    ask: Ask
    known: Known
    noted: Foretold = Foretold()

    @property
    def foretold(self) -> Mapping[str, tuple[float, float]]:
        """What was foretold of the actions that came through the funnel: mean and standard deviation."""
        return self.noted.by_action()

    @property
    def bought(self) -> Mapping[str, float]:
        """How likely what they sell was foretold to be bought without being shown; empty: nothing was."""
        names = self.noted.actions if self.noted.anyway else ()
        return dict(zip(names, unpack(f"<{len(names)}f", self.noted.anyway), strict=True))


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A product that a slot showed which recommends."""

    sku: str
    name: str
    category: str | None
    score: float
    #: in words; told where the slot may tell what is hers
    reason: str | None
    #: ``name@version`` of the model that said so; None: it was trending
    model: str | None = None


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as it stands in the log of decisions."""

    decision_id: bytes
    #: microseconds
    at: int
    placement: str
    #: the person's id then, or the device's; None: nobody was known
    fragment_id: bytes | None
    definitions: int
    policy: str
    #: microseconds
    took: int
    given: Given
    decision: Decision
    #: of slots that recommend: what
    products: Sequence[Shown] = ()


def told_as(again: Decision, then: Decision) -> Decision:
    """A decision made again, as one of then was kept: those before discounts had a chance of their own have
    the action's propensity alone, and those before there were controls none.
    """
    if then.control is None:
        again = msgspec.structs.replace(again, control=None)
    if any(slot.action_propensity is not None for slot in then.slots):
        return again
    slots = tuple([_before(slot) for slot in again.slots])
    return msgspec.structs.replace(again, slots=slots)


def _before(slot: Slot) -> Slot:
    alone = slot.propensity if slot.action_propensity is None else slot.action_propensity
    return msgspec.structs.replace(slot, propensity=alone, action_propensity=None, tried=(0.0, 1.0))


class Noting:
    """A mind that writes down what it foretells, and foretells what can be written down."""

    def __init__(self, mind: Mind) -> None:
        self._mind = mind
        self.noted = Foretold()

    def foretell(self, features: Sequence[float], actions: Sequence[str]) -> tuple[Floats, Floats]:
        """See :class:`segue.decide.bandit.Mind`."""
        means, spreads = self._mind.foretell(features, actions)
        short, shorter = means.astype("<f4"), spreads.astype("<f2")
        self.noted = Foretold(tuple(actions), short.tobytes(), shorter.tobytes())
        return short.astype("f8"), shorter.astype("f8")

    def anyway(self, features: Sequence[float], actions: Sequence[str]) -> Floats | None:
        """See :class:`segue.decide.bandit.Mind`."""
        found = self._mind.anyway(features, actions)
        if found is None:
            return None
        short = found.astype("<f4")
        self.noted = msgspec.structs.replace(self.noted, anyway=short.tobytes())
        return short.astype("f8")


class Recalling:
    """A mind that foretells what was foretold then; KeyError for an action that it was not asked about."""

    def __init__(
        self, foretold: Mapping[str, tuple[float, float]], bought: Mapping[str, float] | None = None
    ) -> None:
        self._foretold = foretold
        self._bought = bought or {}

    def foretell(self, features: Sequence[float], actions: Sequence[str]) -> tuple[Floats, Floats]:
        """See :class:`segue.decide.bandit.Mind`."""
        import numpy as np

        del features
        both = [self._foretold[name] for name in actions]
        return np.array([mean for mean, _ in both]), np.array([spread for _, spread in both])

    def anyway(self, features: Sequence[float], actions: Sequence[str]) -> Floats | None:
        """See :class:`segue.decide.bandit.Mind`; of an action that it was not asked about nothing."""
        import numpy as np

        del features
        return np.array([self._bought.get(name, 0.0) for name in actions]) if self._bought else None


_encode = msgspec.msgpack.Encoder().encode
_decode_given = msgspec.msgpack.Decoder(Given).decode
_decode_decision = msgspec.msgpack.Decoder(Decision).decode
_decode_products = msgspec.msgpack.Decoder(list[Shown]).decode


def packed(value: Any) -> bytes:
    """As it is stored."""
    return _compressor(get_ident()).compress(_encode(value))


def given_of(stored: bytes) -> Given:
    """The inverse of :func:`packed` for what a decision was made from; facts come as plain mappings."""
    return _decode_given(zstandard.decompress(stored))


def decision_of(stored: bytes) -> Decision:
    """The inverse of :func:`packed` for a decision."""
    return _decode_decision(zstandard.decompress(stored))


def products_of(stored: bytes | None) -> Sequence[Shown]:
    """The inverse of :func:`packed` for the products of a decision; None: none were recommended."""
    return () if stored is None else _decode_products(zstandard.decompress(stored))


@lru_cache(maxsize=16)
def _compressor(thread: int) -> zstandard.ZstdCompressor:
    """One for each thread: making one takes as long as using it."""
    return zstandard.ZstdCompressor(level=1)


def doubles(numbers: Sequence[float]) -> bytes:
    """Numbers as they are stored."""
    return pack(f"<{len(numbers)}d", *numbers)


def numbers_of(stored: bytes) -> tuple[float, ...]:
    """The inverse of :func:`doubles`."""
    return unpack(f"<{len(stored) // 8}d", stored)
