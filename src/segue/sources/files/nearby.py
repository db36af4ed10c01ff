"""A sorter in memory, for the beginning of a file: it gives out what one on disk would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from segue.ports.tables import Staged


class NearbySorter:
    """See :class:`segue.ports.tables.Sorter`."""

    def __init__(self) -> None:
        self._rows: list[Staged] = []

    def add(self, rows: Sequence[Staged]) -> None:
        """Put rows in."""
        self._rows.extend(rows)

    def contiguous(self) -> bool:
        """Whether the rows of each key stood next to each other."""
        keys = [key for key, _ in groupby(self._rows, lambda row: row.key)]
        return len(keys) == len(set(keys))

    def rows(self, *, without: str | None = None) -> Iterator[list[tuple[str, int, bytes]]]:
        """Everything by key, then as it was put in."""
        kept = [row for row in self._rows if row.key != without]
        yield [(row.key, row.number, row.payload) for row in sorted(kept, key=lambda row: row.key.encode())]
