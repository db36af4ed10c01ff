"""What reading files of rows asks of an engine: sort more than memory holds, read Parquet, prepare tables.

Rows are sorted so that those with one key come together, wherever they stood in their file. The DuckDB
adapter is the implementation; it spills to a folder and stays within a limit of memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from segue.ports.statements import Statement

Row = tuple[Any, ...]
"""One row: the values of the columns that were asked for, in that order."""


class Staged(NamedTuple):
    """One row on its way through a sorter."""

    #: rows with equal keys come out together
    key: str
    #: position in the file; rows are put in as they stand there, and keep that order within a key
    number: int
    payload: bytes


class Sorter(Protocol):
    """A bag of rows on disk."""

    def add(self, rows: Sequence[Staged]) -> None:
        """Put rows in."""
        ...

    def contiguous(self) -> bool:
        """Whether the rows of each key stood next to each other, leaving no other key between them."""
        ...

    def rows(self, *, without: str | None = None) -> Iterator[list[tuple[str, int, bytes]]]:
        """Everything by key, then as it was put in, in portions; ``without`` leaves one key out."""
        ...


class Tables(Protocol):
    """An engine for tables in files. Whoever calls it closes it by leaving its ``with`` block."""

    def columns(self, path: Path) -> tuple[str, ...]:
        """Names of a Parquet file's columns; InvalidInputError when it is not one."""
        ...

    def count(self, path: Path) -> int:
        """How many rows a Parquet file has, from its footer."""
        ...

    def parquet(
        self, path: Path, columns: Sequence[str], group_by: Sequence[str]
    ) -> Iterator[list[tuple[int, Row]]]:
        """``(row number from 1, row)`` in portions: by ``group_by``, then as in the file."""
        ...

    def sorter(self) -> AbstractContextManager[Sorter]:
        """A new, empty sorter; its files are gone when the block ends."""
        ...

    def prepare(self, statement: Statement, files: Mapping[str, Path], out: Path, /, **values: object) -> int:
        """Run a query over Parquet files, named as tables, into the Parquet file ``out``; answers rows.

        Values are bound as variables: ``getvariable('name')`` in the statement.
        """
        ...

    def select(
        self, statement: Statement, files: Mapping[str, Path], /, **values: object
    ) -> Iterator[list[Row]]:
        """Run a query over Parquet files like :meth:`prepare`; rows in portions."""
        ...
