"""The beginning of a file as rows of all its columns, and a copy of it that is read like the whole."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from segue.errors import InvalidInputError
from segue.ports.statements import Statement
from segue.ports.tables import Row, Tables
from segue.sources.files.cells import plain
from segue.sources.files.mapping import FileFormat
from segue.sources.files.reading import Broken, Records, ndjson_objects
from segue.sources.files.sniffing import Start, decoded

MOST_ROWS = 10_000
"""Rows of a beginning."""

_FIRST_ROWS = Statement("first_rows", "the beginning of a file", f"select * from rows limit {MOST_ROWS}")


MOST_COLUMNS = 2_000
"""Columns of a file; with a name of its own in every row there would be rows times rows of cells."""

_BYTES = 16 << 20
"""Bytes of the values of a Parquet file's first rows; packed, a value may be written once for all rows."""


class Head(NamedTuple):
    """The beginning of a file."""

    columns: tuple[str, ...]
    rows: list[Row]
    broken: list[Broken]
    #: the file has no more rows than these
    whole: bool


def head_of(path: Path, start: Start, form: FileFormat, tables: Tables) -> Head:
    """The first rows of a file with all its columns; InvalidInputError when it has none."""
    if form.type == "parquet":
        return _parquet(path, tables)
    text, whole = _whole_lines(start, form)
    lines = text.splitlines(keepends=True) if "\r" in text and "\n" not in text else text.split("\n")
    found = _ndjson(lines) if form.type == "ndjson" else _csv(lines, form)
    _refuse_wide(path, found.columns)
    if not found.columns:
        raise InvalidInputError(
            f"{path.name} has no rows that can be read", cure="is it of the type that was chosen?"
        )
    return found._replace(whole=whole and found.whole)


def copy_of(path: Path, start: Start, form: FileFormat, tables: Tables, folder: Path) -> tuple[Path, bool]:
    """A file in ``folder`` that holds the beginning of ``path``, and whether that is all of it."""
    copy = folder / path.name
    if form.type == "parquet":
        rows = tables.prepare(_FIRST_ROWS, {"rows": path}, copy)
        return copy, rows < MOST_ROWS
    text, whole = _whole_lines(start, form)
    encoding = "utf-8-sig" if form.encoding == "utf-8" else form.encoding
    copy.write_bytes(
        text.encode(encoding, "replace" if "16" in encoding or "32" in encoding else "surrogateescape")
    )
    return copy, whole


def _refuse_wide(path: Path, columns: tuple[str, ...]) -> None:
    if len(columns) > MOST_COLUMNS:
        raise InvalidInputError(
            f"{path.name} has {len(columns):,} columns, and at most {MOST_COLUMNS:,} are looked at",
            cure="are identifiers or dates written as names? Export fewer columns",
        )


def _whole_lines(start: Start, form: FileFormat) -> tuple[str, bool]:
    """The text up to the end of its last whole line, no quoted field left open."""
    text = decoded(start.data, form.encoding)
    if start.whole:
        return text, True
    end = text.rfind("\n") + 1 or len(text)
    if form.type == "csv":
        for _ in range(100):
            before = text.rfind("\n", 0, end - 1) + 1
            if text.count(form.quote, 0, end) % 2 == 0 or not before:
                break
            end = before
    return text[:end], False


def _csv(lines: Iterable[str], form: FileFormat) -> Head:
    records = Records(lines, form)
    header = next(records, None)
    if header is None or isinstance(header, Broken):
        return Head((), [], [], whole=True)
    columns = tuple(name.strip() for name in header.row)
    records.width = len(columns)
    rows: list[Row] = []
    broken: list[Broken] = []
    for record in islice(records, MOST_ROWS):
        if isinstance(record, Broken):
            broken.append(record)
        elif len(record.row) != len(columns):
            why = f"it has {len(record.row)} fields, the header has {len(columns)}"
            broken.append(Broken(record.number, "", why))
        else:
            rows.append(record.row)
    return Head(columns, rows, broken, whole=next(records, None) is None)


def _ndjson(lines: Iterable[str]) -> Head:
    objects = ndjson_objects(lines)
    found: list[dict[str, Any]] = []
    broken: list[Broken] = []
    for item in islice(objects, MOST_ROWS):
        if isinstance(item, Broken):
            broken.append(item)
        else:
            found.append(_flat(item[1]))
    columns = tuple(dict.fromkeys(name for each in found for name in each))
    if len(columns) > MOST_COLUMNS:
        return Head(columns, [], broken, whole=False)
    rows = [tuple(each.get(name) for name in columns) for each in found]
    return Head(columns, rows, broken, whole=next(objects, None) is None)


def _flat(found: dict[str, Any], before: str = "") -> dict[str, Any]:
    """Nested objects under dotted names, as a mapping reaches them."""
    flat: dict[str, Any] = {}
    for name, value in found.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{before}{name}."))
        else:
            flat[before + name] = value
    return flat


def _parquet(path: Path, tables: Tables) -> Head:
    columns = tables.columns(path)
    _refuse_wide(path, columns)
    total = tables.count(path)
    portions = tables.parquet(path, columns, ())
    rows: list[Row] = []
    size = 0
    for portion in portions:
        rows += [tuple(map(plain, row)) for _, row in portion]
        size += sum(len(value) for _, row in portion for value in row if isinstance(value, str | bytes))
        if len(rows) >= MOST_ROWS or size > _BYTES:
            break
    return Head(columns, rows[:MOST_ROWS], [], whole=len(rows) >= total)
