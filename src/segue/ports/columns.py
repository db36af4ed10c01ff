"""The lake as columns: statements over its events, answered as numpy arrays, for whoever computes on them.

An answer's texts are object arrays (None where there is none), its lists of texts are arrays of two
dimensions. Numbers must not be null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from segue.ports.lake import Erased
from segue.ports.statements import Statement

if TYPE_CHECKING:
    from numpy.typing import NDArray

Answer = Mapping[str, "NDArray[Any]"]
"""Columns of one length by name."""


class ColumnSession(Protocol):
    """An engine of its own over some files; not to be shared between threads."""

    def see(self, files: Sequence[str], erased: Sequence[Erased]) -> None:
        """From here on ``events`` are those of these files, without what was erased."""
        ...

    def keep(self, name: str, columns: Answer) -> None:
        """A table out of these columns, for the statements that follow."""
        ...

    def run(self, statement: Statement, /, **values: object) -> None:
        """Run a statement that makes a table. MissingFileError, UnavailableError."""
        ...

    def fetch(self, statement: Statement, /, **values: object) -> Answer:
        """Run a query. MissingFileError, UnavailableError."""
        ...


class ColumnEngine(Protocol):
    """Opens sessions; what they spill is gone when they end."""

    def session(self) -> AbstractContextManager[ColumnSession]:
        """A new session that sees no events yet."""
        ...
