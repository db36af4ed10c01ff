"""Groups of rows with one key, out of files larger than memory.

Without ``group_by`` each row is a group. With it, rows go through a sorter on disk, so that a key's
rows come together wherever they stand. When a file is cut short, no group that might be incomplete is
given out: its event would be remembered for ever and keep the whole one out later.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from segue.errors import DefinitionError, NotFoundError
from segue.ports.tables import Row, Sorter, Staged, Tables
from segue.sources.files.mapping import FileMapping, require_columns
from segue.sources.files.opening import CutShortError, Source, kind_of
from segue.sources.files.reading import Broken, Line, csv_rows, ndjson_rows

PORTION = 20_000
"""Rows put into the sorter at a time."""

SEPARATOR = "\x1f"


class Group(NamedTuple):
    """The rows that become one event (or an order and its returns)."""

    #: number of the first row in the file
    number: int
    rows: list[Row]


class Meter:
    """How far reading has come; one per file, written by the reader and read by whoever shows it."""

    def __init__(self) -> None:
        #: ``reading`` (into the sorter), then ``importing``
        self.phase = "importing"
        #: 0 … 1 of the phase
        self.fraction = 0.0
        #: rows of the file read so far
        self.rows = 0
        #: called every few hundred rows, also while no group comes out yet
        self.tell: Callable[[], None] = lambda: None


Groups = Generator[Group | Broken, None, None]


def read_groups(path: Path, mapping: FileMapping, tables: Tables, meter: Meter | None = None) -> Groups:
    """Groups and broken lines of a file; NotFoundError, DefinitionError, and CutShortError at the end."""
    if not path.is_file():
        raise NotFoundError(f"{path} is not a file", cure="name an existing CSV, NDJSON or Parquet file")
    kind = mapping.format.type or kind_of(path)
    meter = meter or Meter()
    if kind == "parquet":
        require_columns(mapping, tables.columns(path), path.name)
        return _parquet(path, mapping, tables, meter)
    if kind not in {"csv", "ndjson"}:
        raise DefinitionError(
            f"{path.name}: its type cannot be told from its name", cure="write format: {type: csv}"
        )
    reader = csv_rows if kind == "csv" else ndjson_rows
    source = Source(path, mapping.format.encoding)
    lines = _metered(reader(source.lines(), mapping, path.name), source, meter)
    return _sorted(lines, mapping, tables, meter) if mapping.group_by else _single(lines)


def _parquet(path: Path, mapping: FileMapping, tables: Tables, meter: Meter) -> Groups:
    total = max(tables.count(path), 1)
    columns = mapping.columns
    places = [columns.index(column) for column in mapping.group_by]
    portions = tables.parquet(path, columns, mapping.group_by)
    rows = (item for portion in portions for item in portion)
    if not places:
        for number, row in rows:
            meter.rows += 1
            meter.fraction = meter.rows / total
            yield Group(number, [row])
        return
    for key, members in groupby(rows, lambda item: tuple([item[1][place] for place in places])):
        held = list(members)
        meter.rows += len(held)
        meter.fraction = meter.rows / total
        if any(part is None or part == "" for part in key):
            yield from (Broken(number, _text(row), _no_key(mapping)) for number, row in held)
        else:
            yield Group(held[0][0], [row for _, row in held])


def _metered(lines: Iterable[Line | Broken], source: Source, meter: Meter) -> Iterator[Line | Broken]:
    for item in lines:
        meter.rows += 1
        if not meter.rows & 0xFF:
            meter.fraction = source.fraction
            meter.tell()
        yield item


def _single(lines: Iterable[Line | Broken]) -> Groups:
    for item in lines:
        yield item if isinstance(item, Broken) else Group(item.number, [item.row])


def _sorted(lines: Iterator[Line | Broken], mapping: FileMapping, tables: Tables, meter: Meter) -> Groups:
    meter.phase = "reading"
    with tables.sorter() as sorter:
        staging = _Staging(sorter, mapping)
        cut: CutShortError | None = None
        try:
            for item in lines:
                broken = item if isinstance(item, Broken) else staging.take(item)
                if broken is not None:
                    yield broken
        except CutShortError as error:
            cut = error
        staging.flush()
        meter.phase, meter.fraction = "importing", 0.0
        if cut is None:
            yield from _groups(sorter, None, staging.taken, meter)
            return
        if sorter.contiguous():
            yield from _groups(sorter, staging.last, staging.taken, meter)
            raise cut
        raise CutShortError(
            f"{cut.message}; nothing was imported: the rows of one key stand apart, so any could lack some",
            cure=cut.cure,
        )


class _Staging:
    """Rows on their way into the sorter."""

    def __init__(self, sorter: Sorter, mapping: FileMapping) -> None:
        columns = mapping.columns
        self._sorter = sorter
        self._places = [columns.index(column) for column in mapping.group_by]
        self._no_key = _no_key(mapping)
        self._encode: Callable[[Any], bytes] = msgspec.msgpack.Encoder().encode
        self._held: list[Staged] = []
        self.taken = 0
        #: the key of the last row: the one that a cut may have left incomplete
        self.last = ""

    def take(self, line: Line) -> Broken | None:
        """Put a row in; one without a key is broken."""
        parts = [line.row[place] for place in self._places]
        if any(part is None or part == "" for part in parts):
            return Broken(line.number, _text(line.row), self._no_key)
        self.last = SEPARATOR.join(map(str, parts))
        self._held.append(Staged(self.last, line.number, self._encode(line.row)))
        self.taken += 1
        if len(self._held) >= PORTION:
            self.flush()
        return None

    def flush(self) -> None:
        """Hand over what is held."""
        self._sorter.add(self._held)
        self._held = []


def _groups(sorter: Sorter, without: str | None, total: int, meter: Meter) -> Iterator[Group]:
    decode = msgspec.msgpack.Decoder(tuple[Any, ...]).decode
    rows = (row for portion in sorter.rows(without=without) for row in portion)
    done = 0
    for _, members in groupby(rows, lambda row: row[0]):
        held = list(members)
        done += len(held)
        meter.fraction = done / max(total, 1)
        yield Group(held[0][1], [decode(payload) for _, _, payload in held])


def _no_key(mapping: FileMapping) -> str:
    return f"its key ({', '.join(mapping.group_by)}) is empty"


def _text(row: Row) -> str:
    return ",".join("" if value is None else str(value) for value in row)
