"""The operational database as the verbs see it: named statements inside a transaction.

The PostgreSQL adapter is the one implementation; it turns driver errors into
:class:`~segue.errors.UnavailableError` (gone, restarting, full) and lets nothing of the driver through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from segue.ports.statements import Statement


class Bound(NamedTuple):
    """A statement and its values."""

    statement: Statement
    values: Mapping[str, object]


class Session(Protocol):
    """One open transaction. Commits when its ``with`` block ends, rolls back when it raises."""

    def fetch(self, statement: Statement, /, **values: object) -> list[tuple[Any, ...]]:
        """Run and return all rows; bytea comes as ``bytes``, arrays are bound from lists."""
        ...

    def together(self, asked: Sequence[Bound], /) -> list[list[tuple[Any, ...]]]:
        """Run several in one round trip, one after the other; the rows of each."""
        ...

    def later(self, asked: Sequence[Bound], /) -> None:
        """Run several while the caller goes on; the next statement, and the end, wait for them and raise
        what they failed with.
        """
        ...

    def last(self, asked: Sequence[Bound], /) -> None:
        """Run several in the round trip that commits; nothing may follow them."""
        ...

    def send(self, statement: Statement, /, **values: object) -> Callable[[], list[tuple[Any, ...]]]:
        """Run while the caller goes on; what comes back waits for the rows.

        The session's next statement, and its end, wait for this one too, and raise what it failed with.
        """
        ...

    def stream(self, statement: Statement, /, **values: object) -> Iterator[tuple[Any, ...]]:
        """Run with a server-side cursor: rows arrive in portions."""
        ...

    def by_index(self) -> None:
        """Until the end, join by looking rows up, and see one moment.

        For reading everybody one by one, in step: a table that is empty when the first row is asked for would
        be read as a whole for each of them, and may have a million rows by the last.
        """
        ...

    def execute(self, statement: Statement, /, **values: object) -> int:
        """Run and return the number of rows it touched."""
        ...

    def copy(self, statement: Statement, /, rows: Iterable[Sequence[object]]) -> None:
        """Run a ``COPY … FROM STDIN (FORMAT BINARY)`` with these rows (types as in the table)."""
        ...


class Database(Protocol):
    """Where sessions come from. Safe to share between threads."""

    def transaction(
        self, *, durable: bool = True, read_only: bool = False, planned: bool = False
    ) -> AbstractContextManager[Session]:
        """A session; ``durable=False`` commits without waiting for the disk (the loop's own state).

        ``planned``: statements are planned once, whatever their values; for small ones that are asked often.
        """
        ...
