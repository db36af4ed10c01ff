"""The plan of traits: every definition in force, compiled once, for the loop's hottest path.

A trait is told from the accumulators of its measures. One :class:`TraitState` a fragment holds them all;
the state of a person is :meth:`TraitPlan.merge` of her certain fragments' states, of live ones and of
backfilled ones alike. So the shell may keep what happened lately apart from a large older part, and join
the two only when it reads: any cut of the events gives the same values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from segue.domain.conditions import Did
from segue.domain.events import Event
from segue.domain.rules import Rules
from segue.domain.traits import Trait
from segue.enrich.traits.measure import Measure
from segue.enrich.traits.state import TraitState

Value = int | float | str | bool | dict[str, int | float] | None
"""Of a trait: a whole number where it is one, else at most six decimals; for ``by`` one each, largest first."""


class TraitPlan:
    """All traits of some rules, and the hidden counts that segments' ``did`` need."""

    def __init__(self, rules: Rules, numbers: Mapping[str, int]) -> None:
        #: in the order in which they are told: what a ratio divides comes before it
        self.traits: tuple[Trait, ...] = ()
        self.measures: tuple[Measure, ...] = ()
        #: key of a measure → its number in states
        self.numbers: Mapping[str, int] = numbers
        #: measures of each trait: what has to be backfilled before its value is complete
        self.needs: Mapping[str, frozenset[str]] = {}

    def decode(self, payload: bytes) -> Event:
        """An event of the log with as much of its context as folding and these traits read.

        In place of :func:`segue.enrich.heeded.decode_heeded`; ``msgspec.DecodeError``.
        """
        raise NotImplementedError

    def contribute(self, state: TraitState | None, events: Iterable[Event]) -> TraitState:
        """The state with the events (of one fragment, none of them in it yet) added; ``state`` is used up."""
        raise NotImplementedError

    def merge(self, states: Sequence[TraitState]) -> TraitState:
        """One state of all: associative, commutative; of none the empty one. The parts stay as they are."""
        raise NotImplementedError

    def encode(self, state: TraitState) -> bytes:
        """As it is stored, without what lies before the windows and what no measure asks for any more."""
        raise NotImplementedError

    def values(self, state: TraitState, now: int, names: Collection[str] | None = None) -> dict[str, Value]:
        """Every trait (or those named, hidden counts too) as of ``now``, microseconds."""
        raise NotImplementedError

    def approximate(self, state: TraitState, now: int) -> list[str]:
        """Names of traits that kept too few values apart to be exact."""
        raise NotImplementedError

    def next_change(self, state: TraitState, now: int, names: Collection[str] | None = None) -> int | None:
        """The earliest moment after ``now`` at which time alone may change any of these traits' values."""
        raise NotImplementedError


def plan(rules: Rules, numbers: Mapping[str, int] | None = None) -> TraitPlan:
    """The plan of these rules, compiled at most once while they are in force.

    ``numbers`` gives each measure (by key) the small number under which states hold it. A measure that
    was dropped and comes back must get another one, so that what is left of the old is not counted again.
    What has no number there gets one that follows from its key.
    """
    raise NotImplementedError


def did_name(did: Did) -> str:
    """Under which name :meth:`TraitPlan.values` counts what a segment's ``did`` asks for."""
    raise NotImplementedError


__all__ = ["Measure", "TraitPlan", "TraitState", "Value", "did_name", "plan"]
