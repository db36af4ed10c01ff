"""The lake as the verbs see it: files of events that are written once, and an engine that queries them.

``LakeFiles`` keeps the files and knows nothing of which of them count: that is the manifest's business,
in the database. File ids are paths below the lake's folder. Parquet with DuckDB is the one
implementation; the layout of the columns is :class:`LakeRow`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, NamedTuple, Protocol

import msgspec

from segue.ports.log import Log


class LakeRow(NamedTuple):
    """One event as the lake keeps it; the fields are the columns, in this order."""

    message_id: str
    source: str
    type: str
    event: str
    #: microseconds
    timestamp: int
    received_at: int
    #: hexadecimal
    fragment_id: str
    #: JSON
    properties: bytes
    context: bytes
    traits: bytes
    marks: tuple[str, ...]
    #: the other fragments the event mentions, hexadecimal
    mentions: tuple[str, ...]
    group_id: str | None
    proven: bool
    position: int
    log_offset: int
    #: of the event time in UTC, days since 1970
    day: int


class LakeFile(msgspec.Struct, frozen=True, kw_only=True):
    """What the manifest knows of a file."""

    file_id: str
    #: the one day whose file this is; None: loose, as it was flushed, may span days
    day: date | None
    day_from: date
    day_to: date
    rows: int
    #: in bytes
    size: int
    offset_from: int
    offset_to: int
    #: microseconds; of a loose file the age of the oldest that went into it
    created_at: int = 0
    #: which fragments it may hold, see :mod:`segue.domain.sieve`; not read back with the manifest
    sieve: bytes | None = None


class Erased(NamedTuple):
    """Events of this fragment below this offset are gone."""

    #: hexadecimal
    fragment_id: str
    before_offset: int


class MissingFileError(Exception):
    """A file of the manifest was superseded and deleted meanwhile: look at the manifest again."""


class Rewrite(msgspec.Struct, frozen=True, kw_only=True):
    """What to make of some files: a file (or several, when large) for each day, and one for the rest."""

    #: opens the names of the new files; the same inputs for the same reason give the same name
    name: str
    inputs: tuple[str, ...]
    #: how many rows the inputs have, as far as known
    rows: int = 0
    #: days that get files of their own; empty: everything is the rest, and loose
    days: tuple[date, ...] = ()
    erased: tuple[Erased, ...] = ()


class LakeFiles(Protocol):
    """Where the files are. What is written is complete and durable, or not there under its name."""

    def write(self, name: str, portions: Iterable[Sequence[LakeRow]]) -> LakeFile | None:
        """A loose file of these rows; None for no rows. UnavailableError when the disk refuses."""
        ...

    def rewrite(self, job: Rewrite) -> list[LakeFile]:
        """New files out of old ones, each sorted by fragment; the old ones stay. MissingFileError."""
        ...

    def days(self, files: Sequence[str]) -> list[tuple[str, date, int]]:
        """How many rows of which day each file has."""
        ...

    def holding(self, files: Sequence[str], erased: Sequence[Erased]) -> dict[str, int]:
        """Files with rows that should be gone, and how many."""
        ...

    def newest(
        self,
        files: Sequence[str],
        fragments: Sequence[str],
        erased: Mapping[str, int],
        before: tuple[int, int],
        limit: int,
    ) -> list[LakeRow]:
        """The newest ``limit`` rows of ``fragments`` (hexadecimal) below ``before``, newest first.

        ``before`` is (timestamp in microseconds, offset); ``erased`` names the offset below which a
        fragment's rows are gone. MissingFileError.
        """
        ...

    def names(self) -> set[str]:
        """Everything that lies in the folder, temporary files too."""
        ...

    def delete(self, files: Iterable[str]) -> None:
        """Delete what is there; durable when it returns."""
        ...


class Result(NamedTuple):
    """Rows of a query as objects, ready for JSON: times as RFC 3339, JSON columns nested."""

    columns: list[str]
    rows: list[dict[str, Any]]


class LakeTable(NamedTuple):
    """A table that is not in the lake's files and is streamed in when a query names it."""

    #: name of each column; one whose name ends in ``:json`` holds JSON text
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[tuple[Any, ...]]]


class LakeEngine(Protocol):
    """Runs somebody's SQL over the lake, and lets it reach nothing else."""

    def query(
        self, sql: str, files: Sequence[str], erased: Sequence[Erased], tables: Mapping[str, LakeTable]
    ) -> Result:
        """Run one read-only statement; InvalidInputError when it is not one or fails. MissingFileError."""
        ...


class ArchivedLog(Log, Protocol):
    """A log that can be told what is safe in the lake."""

    def drop_passed(self, upto: int) -> int:
        """Everything up to this offset is archived and passed by every consumer; answers what was dropped."""
        ...


class Locks(Protocol):
    """Locks that are lost with the process that holds them."""

    def try_lock(self, name: str) -> AbstractContextManager[object] | None:
        """The lock called ``name``, to be held for a block, or None when somebody else has it."""
        ...
