"""Rows out of CSV and NDJSON: each line on its own, so that a broken one harms no other.

An unclosed quote would swallow the rest of a CSV file; here a record may span lines only while they
make up a whole record of the right width, else its first line alone is broken.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec

from segue.ports.tables import Row
from segue.sources.files.mapping import FileFormat, FileMapping, require_columns

SPAN = 100
"""Lines that one quoted CSV record may span."""

SAMPLE = 100
"""NDJSON rows in which a column must occur at least once, else it counts as missing."""


class Line(NamedTuple):
    """A row with its number in the file (the first line is 1)."""

    number: int
    row: Row


class Broken(NamedTuple):
    """A line that no row could be made of."""

    number: int
    text: str
    why: str


def csv_rows(lines: Iterable[str], mapping: FileMapping, file: str) -> Iterator[Line | Broken]:
    """The mapped columns of each record; DefinitionError when the header lacks one."""
    records = Records(lines, mapping.format)
    header = next(records, None)
    names = header.row if isinstance(header, Line) else ()
    names = tuple(name.strip() for name in names)
    require_columns(mapping, names, file)
    pick = _picker([names.index(column) for column in mapping.columns])
    records.width = width = len(names)
    for record in records:
        if isinstance(record, Broken):
            yield record
        elif len(record.row) != width:
            text = mapping.format.delimiter.join(record.row)
            yield Broken(record.number, text, f"it has {len(record.row)} fields, the header has {width}")
        else:
            yield Line(record.number, pick(record.row))


def ndjson_rows(lines: Iterable[str], mapping: FileMapping, file: str) -> Iterator[Line | Broken]:
    """The mapped columns of each object; a dotted column reaches into nested ones."""
    objects = ndjson_objects(lines)
    first = list(islice(objects, SAMPLE))
    seen = {name for item in first if not isinstance(item, Broken) for name in _names(item[1])}
    if any(not isinstance(item, Broken) for item in first):
        require_columns(mapping, seen, file)
    paths = [(column, column.split(".")) for column in mapping.columns]
    for item in chain(first, objects):
        if isinstance(item, Broken):
            yield item
        else:
            yield Line(item[0], tuple(_reach(item[1], name, path) for name, path in paths))


class Records:
    """An iterator over the records of a CSV; lines taken in vain for a multi-line record go back."""

    def __init__(self, lines: Iterable[str], form: FileFormat) -> None:
        self._lines = iter(lines)
        self._back: deque[str] = deque()
        self._delimiter, self._quote = form.delimiter, form.quote
        self._number = 0
        #: how many fields a record that spans lines must have; None: any
        self.width: int | None = None

    def __iter__(self) -> Iterator[Line | Broken]:
        return self

    def __next__(self) -> Line | Broken:
        while True:
            line = self._back.popleft() if self._back else next(self._lines)
            self._number += 1
            line = line.rstrip("\r\n")
            if line and not line.isspace():
                break
        if not line.isascii() and _foreign(line):
            return Broken(self._number, line, "it holds bytes foreign to the file's encoding")
        if "\0" in line:
            return Broken(self._number, line, "it holds a NUL character")
        if self._quote not in line:
            return Line(self._number, tuple(line.split(self._delimiter)))
        return self._quoted(line)

    def _quoted(self, line: str) -> Line | Broken:
        number = self._number
        fields, why = self._parse(line)
        if fields is not None:
            return Line(number, tuple(fields))
        if line.count(self._quote) % 2 == 0:
            return Broken(number, line, why)
        taken: list[str] = []
        text = line
        while len(taken) < SPAN:
            following = self._back.popleft() if self._back else next(self._lines, None)
            if following is None:
                break
            taken.append(following)
            text = f"{text}\n{following.rstrip()}"
            fields = self._parse(text)[0] if self._quote in following else None
            if fields is not None and (self.width is None or len(fields) == self.width):
                self._number += len(taken)
                return Line(number, tuple(fields))
        self._back.extendleft(reversed(taken))
        return Broken(number, line, "a quote is not closed")

    def _parse(self, text: str) -> tuple[list[str] | None, str]:
        try:
            return next(csv.reader([text], delimiter=self._delimiter, quotechar=self._quote, strict=True)), ""
        except csv.Error as error:
            return None, str(error)


def ndjson_objects(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]] | Broken]:
    """Each object with its line's number."""
    decode = msgspec.json.Decoder().decode
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        try:
            found = decode(line)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            yield Broken(number, line.rstrip("\n"), f"it is no JSON: {error}")
            continue
        if isinstance(found, dict):
            yield number, found
        else:
            yield Broken(number, line.rstrip("\n"), "it is no JSON object")


def _foreign(line: str) -> bool:
    """Whether bytes were left undecoded (they stand as lone surrogates)."""
    try:
        line.encode()
    except UnicodeEncodeError:
        return True
    return False


def _picker(indices: Sequence[int]) -> Callable[[Sequence[Any]], Row]:
    """Takes these places out of a record, always as a tuple."""
    if len(indices) == 1:
        only = indices[0]
        return lambda fields: (fields[only],)
    return itemgetter(*indices)


def _reach(found: dict[str, Any], name: str, path: list[str]) -> Any:
    """The value under a name, or else under a dotted path."""
    if name in found or len(path) == 1:
        return found.get(name)
    value: Any = found
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _names(found: dict[str, Any], before: str = "") -> Iterator[str]:
    for name, value in found.items():
        yield before + name
        if isinstance(value, dict):
            yield from _names(value, f"{before}{name}.")
