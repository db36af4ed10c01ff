"""Files of rows, by a mapping: CSV, NDJSON and Parquet, larger than memory, into drafts."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from segue.domain.drafts import Draft, Unreadable
from segue.ports.tables import Tables
from segue.sources.files.drafting import Drafter, line_in
from segue.sources.files.grouping import Groups, Meter, read_groups
from segue.sources.files.mapping import FileMapping, read_mapping
from segue.sources.files.opening import CutShortError

Drafts = Generator[list[Draft | Unreadable], None, None]


def drafts(path: Path, mapping: FileMapping, tables: Tables, meter: Meter | None = None) -> Drafts:
    """The drafts of each group of a file's rows. Close it when it is left early: it holds files open.

    Raises NotFoundError, DefinitionError or InvalidInputError before the first, and CutShortError
    after the last when the file ended in the middle.
    """
    return _drafted(Drafter(mapping, path.name), read_groups(path, mapping, tables, meter))


def _drafted(drafter: Drafter, groups: Groups) -> Drafts:
    with closing(groups):
        for item in groups:
            yield drafter.drafts(item)


__all__ = ["CutShortError", "FileMapping", "Meter", "drafts", "line_in", "read_mapping"]
