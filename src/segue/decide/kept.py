"""What is kept of a decision, so that it can be explained, made again and evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from struct import pack, unpack
from typing import TYPE_CHECKING, Any

import msgspec
import zstandard

from segue.decide.asked import Ask, Known
from segue.decide.bandit import Mind
from segue.decide.decided import Decision

if TYPE_CHECKING:
    from segue.decide.bandit import Floats


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a decision was made from, but for the definitions, of which the version is kept."""

    ask: Ask
    known: Known
    #: what was foretold of the actions that came through the funnel: mean and standard deviation
    foretold: Mapping[str, tuple[float, float]] = {}


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


class Noting:
    """A mind that writes down what it foretells."""

    def __init__(self, mind: Mind) -> None:
        self._mind = mind
        self.foretold: dict[str, tuple[float, float]] = {}

    def foretell(self, features: Sequence[float], actions: Sequence[str]) -> tuple[Floats, Floats]:
        """See :class:`segue.decide.bandit.Mind`."""
        means, spreads = self._mind.foretell(features, actions)
        self.foretold = dict(zip(actions, zip(means.tolist(), spreads.tolist(), strict=True), strict=True))
        return means, spreads


class Recalling:
    """A mind that foretells what was foretold then; KeyError for an action that it was not asked about."""

    def __init__(self, foretold: Mapping[str, tuple[float, float]]) -> None:
        self._foretold = foretold

    def foretell(self, features: Sequence[float], actions: Sequence[str]) -> tuple[Floats, Floats]:
        """See :class:`segue.decide.bandit.Mind`."""
        import numpy as np

        del features
        both = [self._foretold[name] for name in actions]
        return np.array([mean for mean, _ in both]), np.array([spread for _, spread in both])


def packed(value: Any) -> bytes:
    """As it is stored."""
    return zstandard.compress(msgspec.msgpack.encode(value), 1)


def given_of(stored: bytes) -> Given:
    """The inverse of :func:`packed` for what a decision was made from; facts come as plain mappings."""
    return msgspec.msgpack.decode(zstandard.decompress(stored), type=Given)


def decision_of(stored: bytes) -> Decision:
    """The inverse of :func:`packed` for a decision."""
    return msgspec.msgpack.decode(zstandard.decompress(stored), type=Decision)


def doubles(numbers: Sequence[float]) -> bytes:
    """Numbers as they are stored."""
    return pack(f"<{len(numbers)}d", *numbers)


def numbers_of(stored: bytes) -> tuple[float, ...]:
    """The inverse of :func:`doubles`."""
    return unpack(f"<{len(stored) // 8}d", stored)
