"""What imports look like to whoever asks over HTTP."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from segue.sources.files.columns import Looks

State = Literal["running", "done", "failed", "interrupted", "cancelled"]


class InboxFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file in the inbox."""

    name: str
    bytes: int
    #: when it came, RFC 3339
    at: str
    #: when it is deleted by itself, RFC 3339: 30 days after its last import, or after it came
    kept_until: str


class InboxFiles(msgspec.Struct, frozen=True, kw_only=True):
    """The inbox, newest file first."""

    files: list[InboxFile]
    #: where files may also be put by hand
    folder: str
    #: bytes of the largest file that is taken over HTTP
    upload_limit: int
    #: days a file stays after its last import
    kept_days: int


class ColumnLook(msgspec.Struct, frozen=True, kw_only=True):
    """One column of a file, by its first rows."""

    name: str
    #: different values, five at most
    examples: list[str]
    #: share of the rows that have a value, 0 … 1
    filled: float
    looks_like: Looks


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a file seems to be."""

    #: as in a mapping
    format: dict[str, str]
    columns: list[ColumnLook]
    #: the first rows, twenty at most, each in the order of the columns
    rows: list[list[Any]]
    #: a mapping to begin with
    suggested: dict[str, Any]
    #: what to look at: guesses that may be wrong, and what is odd about the file
    note: str | None


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Why a mapping does not work."""

    message: str
    cure: str | None


class RejectedRow(msgspec.Struct, frozen=True, kw_only=True):
    """What would become a dead letter."""

    reason: str
    detail: str
    #: the event, or the row, as JSON text
    raw: str


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What the first rows would become."""

    #: the mapping as a file that `segue import` takes
    yaml: str
    #: the same as an object; null when it cannot be read
    mapping: dict[str, Any] | None
    #: ten at most, as they would be admitted
    events: list[dict[str, Any]]
    #: ten at most
    rejected: list[RejectedRow]
    #: rows that were read for it
    rows: int
    #: what to know about it: only the beginning of the file was read
    note: str | None
    problem: Trouble | None


class ImportProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a running import has come."""

    #: ``reading`` (rows are sorted first), then ``importing``
    phase: str
    #: 0 … 1 of the phase
    fraction: float
    rows: int
    events: int
    rejected: int
    #: of the phase so far
    seconds: float
    #: seconds that the phase will still take; null until that can be told
    remaining: float | None


class RejectedReason(msgspec.Struct, frozen=True, kw_only=True):
    """Events that became dead letters for one reason."""

    reason: str
    events: int
    #: what the first one was told, without its values
    example: str


class ImportOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did."""

    rows: int
    #: new ones
    events: int
    #: left out because they were imported before
    known: int
    rejected: list[RejectedReason]
    seconds: float
    #: why the file ended early
    trouble: str | None
    cure: str | None


class ImportFault(msgspec.Struct, frozen=True, kw_only=True):
    """Why an import did not end well."""

    code: str
    message: str
    cure: str | None


class Import(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One import of a file."""

    import_id: str
    file: str
    source: str
    state: State
    started_at: str
    ended_at: str | None
    #: a key's id, or user:ID
    by: str
    progress: ImportProgress | None
    report: ImportOutcome | None
    error: ImportFault | None
    #: YAML; only where one import is asked for
    mapping: str | None = None


class Imports(msgspec.Struct, frozen=True, kw_only=True):
    """Imports, newest first."""

    imports: list[Import]
