"""The one ordered, durable log of events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from segue.domain.events import DeadLetter
from segue.ports.database import Session

SLOTS = 64
"""Stage 1 of the loop is shared out by slot: first byte of the fragment id, modulo this."""


class NewEntry(NamedTuple):
    """An event about to be appended."""

    fragment_id: bytes
    received_at: int
    payload: bytes


class Entry(NamedTuple):
    """An event as read from the log."""

    offset: int
    slot: int
    payload: bytes


class Log(Protocol):
    """Appending is durable when it returns; offsets have no gaps and never appear out of order."""

    def append(self, entries: Sequence[NewEntry], dead: Sequence[DeadLetter] = ()) -> int:
        """Append in one transaction with the dead letters; answers the last offset. UnavailableError."""
        ...

    def append_within(
        self, session: Session, entries: Sequence[NewEntry], dead: Sequence[DeadLetter] = ()
    ) -> int:
        """The same as a part of ``session``; every other appender waits until that commits."""
        ...

    def head(self, session: Session) -> int:
        """The last committed offset, 0 for an empty log."""
        ...

    def read(self, session: Session, *, slots: Sequence[int], after: int, limit: int) -> list[Entry]:
        """At most ``limit`` entries of these slots with offset > ``after``, in order."""
        ...
