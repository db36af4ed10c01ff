"""Files of rows, by a mapping: CSV, NDJSON and Parquet, larger than memory, into drafts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from segue.domain.drafts import Draft, Unreadable
from segue.ports.tables import Tables
from segue.sources.files.drafting import Drafter
from segue.sources.files.grouping import Meter, read_groups
from segue.sources.files.mapping import FileMapping, read_mapping
from segue.sources.files.opening import CutShortError


def drafts(
    path: Path, mapping: FileMapping, tables: Tables, meter: Meter | None = None
) -> Iterator[list[Draft | Unreadable]]:
    """The drafts of each group of a file's rows.

    Raises NotFoundError, DefinitionError or InvalidInputError before the first, and CutShortError
    after the last when the file ended in the middle.
    """
    drafter = Drafter(mapping, path.name)
    return (drafter.drafts(item) for item in read_groups(path, mapping, tables, meter))


__all__ = ["CutShortError", "FileMapping", "Meter", "drafts", "read_mapping"]
