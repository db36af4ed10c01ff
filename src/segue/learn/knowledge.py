"""What a model may ask: columns about everybody, as they were known before a moment, never after.

``Knowledge`` is bounded by ``until``; :meth:`Knowledge.before` gives the same bounded earlier, and nothing
bounds it later again. So a feature that is computed from a bounded knowledge is point in time correct by
construction. :class:`Source` is where the columns come from: the lake, or a test's own arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from segue.learn.features.surroundings import Surroundings
from segue.learn.purchases import Codes, Ints, Persons, Purchases

Path = tuple[str, ...]
"""Where a field is in an event: ``("properties", "campaign")``."""


@dataclass(frozen=True, eq=False)
class Happenings:
    """Events of some names as columns, sorted by (person, time, position); one row an event."""

    #: codes into ``persons``; -1 for who is nobody's
    person: Codes
    time: Ints
    #: name of the event (pages, screens, identify calls by their type)
    event: NDArray[np.object_]
    #: name given by the asker → text of that field, None where it is missing
    fields: Mapping[str, NDArray[np.object_]]
    #: present session's or device's fragment, hexadecimal: who acts where nobody is known
    fragment: NDArray[np.object_]
    persons: Persons


@dataclass(frozen=True, eq=False)
class Told:
    """An attribute as customers (or who asked them) told it; the latest word of each before the bound."""

    person: Codes
    value: NDArray[np.object_]
    #: when it was said, microseconds
    time: Ints


class Source(Protocol):
    """Where knowledge comes from; each answer holds only what happened before ``until``."""

    @property
    def zone(self) -> str:
        """The retailer's zone, IANA name."""
        ...

    def purchases(self, until: int) -> Purchases:
        """All lines of orders."""
        ...

    def happenings(self, events: Sequence[str], fields: Mapping[str, Path], until: int) -> Happenings:
        """Events of these names with these fields as text."""
        ...

    def told(self, attribute: str, until: int) -> Told:
        """What customers told of an attribute."""
        ...

    def attributes(self, until: int) -> Mapping[str, int]:
        """Which attributes were told, and of how many persons."""
        ...

    def segment(self, name: str) -> Codes:
        """Who is in a segment now; NotFoundError for an unknown one."""
        ...


class Knowledge:
    """What was known before ``until``. One source gives persons and items the same codes for every bound."""

    def __init__(self, source: Source, until: int) -> None:
        self._source = source
        self.until = until
        self.zone = source.zone
        #: the shop's calendar and weather; a source that has no ``surroundings`` knows neither
        self.surroundings: Surroundings = getattr(source, "surroundings", None) or Surroundings()
        self._purchases = lru_cache(maxsize=1)(lambda: source.purchases(until))

    def before(self, moment: int) -> Knowledge:
        """The same, bounded by ``moment`` where that is earlier."""
        return self if moment >= self.until else Knowledge(self._source, moment)

    @property
    def persons(self) -> Persons:
        """Everybody, also those who came later (a code says nothing about when)."""
        return self.purchases().persons

    def purchases(self) -> Purchases:
        """All lines of orders."""
        return self._purchases()

    def happenings(self, events: Sequence[str], fields: Mapping[str, Path]) -> Happenings:
        """Events of these names with these fields as text."""
        return self._source.happenings(events, fields, self.until)

    def told(self, attribute: str) -> Told:
        """What customers told of an attribute."""
        return self._source.told(attribute, self.until)

    def attributes(self) -> Mapping[str, int]:
        """Which attributes were told, and of how many persons."""
        return self._source.attributes(self.until)

    def segment(self, name: str) -> Codes:
        """Who is in a segment now."""
        return self._source.segment(name)
