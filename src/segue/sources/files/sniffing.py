"""What a file is, by its bytes: compression, type, encoding, delimiter and quote."""

from __future__ import annotations

import codecs
import csv
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import zstandard

from segue.errors import InvalidInputError
from segue.sources.files.mapping import FileFormat
from segue.sources.files.opening import GZIP, ZSTANDARD, kind_of, unpacked

HEAD = 2 << 20
"""Bytes from the beginning of a file, unpacked, by which everything about it is judged."""

LONGEST_LINE = 1 << 20
"""Bytes in which the first line must end, else the file is no text of rows."""

_DELIMITERS = ",;\t|"
_SAMPLE = 60
_FOREIGN = {
    b"PK\x03\x04": ("an Excel workbook or another ZIP file", "save the sheet as CSV in UTF-8"),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "save the sheet as CSV in UTF-8"),
    b"%PDF": ("a PDF", "export the rows as CSV"),
    b"SQLi": ("an SQLite database", "export a table as CSV"),
    b"\x89PNG": ("a picture", "export the rows as CSV"),
    b"\xff\xd8\xff": ("a picture", "export the rows as CSV"),
    b"BZh": ("compressed with bzip2", "unpack it, or compress it with gzip or zstd"),
    b"\xfd7zX": ("compressed with xz", "unpack it, or compress it with gzip or zstd"),
    b"7z\xbc\xaf": ("a 7-Zip archive", "unpack it"),
    b"Rar!": ("a RAR archive", "unpack it"),
}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_NOT_IN_CP1252 = b"\x81\x8d\x8f\x90\x9d"
_CONTROLS = bytes({*range(0x20)} - {0x09, 0x0A, 0x0C, 0x0D, 0x1B, 0x1F})


class Start(NamedTuple):
    """The beginning of a file, unpacked."""

    data: bytes
    #: nothing comes after it
    whole: bool
    #: why it could not be read on, if so
    cut: str | None


def start_of(path: Path, most: int = HEAD) -> Start:
    """The first ``most`` bytes inside a file, whether it is compressed or not."""
    with path.open("rb") as raw:
        begins = raw.read(4)
        raw.seek(0)
        inside = unpacked(raw, begins)
        pieces: list[bytes] = []
        size = 0
        try:
            while size <= most:
                piece = inside.read(min(1 << 16, most + 1 - size))
                if not piece:
                    return Start(b"".join(pieces), whole=True, cut=None)
                pieces.append(piece)
                size += len(piece)
        except (EOFError, OSError, zlib.error, zstandard.ZstdError) as error:
            return Start(b"".join(pieces), whole=True, cut=str(error) or type(error).__name__)
    return Start(b"".join(pieces)[:most], whole=False, cut=None)


def sniff(path: Path, start: Start) -> FileFormat:
    """The format of a file; InvalidInputError, with what to do, when it holds no rows."""
    data, name = start.data, path.name
    if data.startswith(b"PAR1"):
        return FileFormat(type="parquet")
    _refuse_foreign(data, name, path)
    encoding = encoding_of(data)
    text = decoded(data, encoding)
    if not text.strip():
        if start.cut:
            raise InvalidInputError(f"{name} is damaged: {start.cut}", cure="get the whole file again")
        raise InvalidInputError(f"{name} is empty", cure="was it saved, and copied to its end?")
    _refuse_binary(data, text, encoding, name)
    first = text.lstrip()[:1]
    if first == "[":
        raise InvalidInputError(
            f"{name} is one JSON list", cure="write one object a line (NDJSON): jq -c '.[]' FILE"
        )
    if first == "{" or kind_of(path) == "ndjson":
        return FileFormat(type="ndjson", encoding=encoding)
    delimiter, quote = delimiter_of(text)
    return FileFormat(type="csv", delimiter=delimiter, quote=quote, encoding=encoding)


def _refuse_foreign(data: bytes, name: str, path: Path) -> None:
    for magic, (what, cure) in _FOREIGN.items():
        if data.startswith(magic):
            raise InvalidInputError(f"{name} is {what}", cure=cure)
    if data[:2] == GZIP or data[:4] == ZSTANDARD:
        raise InvalidInputError(f"{name} is compressed twice", cure="unpack it once")
    if kind_of(path) == "parquet":
        raise InvalidInputError(f"{name} is no Parquet file", cure="get the whole file again")


def _refuse_binary(data: bytes, text: str, encoding: str, name: str) -> None:
    sample = data[:65_536]
    wide = encoding.startswith(("utf-16", "utf-32"))
    controls = 0 if wide else len(sample) - len(sample.translate(None, _CONTROLS))
    if controls * 50 > len(sample):
        raise InvalidInputError(
            f"{name} is no text of rows: it holds bytes of another kind of file",
            cure="export the rows as CSV, NDJSON or Parquet",
        )
    if "\n" not in text[:LONGEST_LINE] and "\r" not in text[:LONGEST_LINE] and len(text) >= LONGEST_LINE:
        raise InvalidInputError(
            f"{name} has a first line of more than 1 MiB", cure="write one row a line, and the names first"
        )


def encoding_of(data: bytes) -> str:
    """utf-8 where that fits, utf-16 by its mark or its zeros, else what Windows writes in the West."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    head = data[:4096]
    if len(head) > 3:
        even, odd = head[::2].count(0), head[1::2].count(0)
        half = len(head) // 2
        if max(even, odd) > 0.4 * half and min(even, odd) < 0.1 * half:
            return "utf-16-le" if odd > even else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return "latin-1" if any(byte in data for byte in _NOT_IN_CP1252) else "cp1252"
    return "utf-8"


def decoded(data: bytes, encoding: str) -> str:
    """The text of a beginning, which may end within a character; InvalidInputError in another encoding."""
    wide = encoding.startswith(("utf-16", "utf-32"))
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        return codecs.getincrementaldecoder(name)("replace" if wide else "surrogateescape").decode(data)
    except UnicodeError as error:
        raise InvalidInputError(
            f"the file is not written in {encoding}", cure="choose the encoding that it was saved in"
        ) from error


def delimiter_of(text: str) -> tuple[str, str]:
    """Delimiter and quote by which most of the first lines fall into as many fields as the header."""
    lines = [line for line in text[:LONGEST_LINE].splitlines()[: _SAMPLE + 1] if line.strip()]
    if len(lines) > 2:
        lines = lines[:-1]  # it may be cut
    quote = _quote(lines)
    best = max(_DELIMITERS, key=lambda each: _fitness(lines, each, quote))
    return (best if _fitness(lines, best, quote) > (0.0, 1) else ","), quote


def _quote(lines: Sequence[str]) -> str:
    """A single quote only where fields stand in them and never in double ones."""
    found: Counter[str] = Counter()
    for line in lines:
        for delimiter in _DELIMITERS:
            for field in line.split(delimiter):
                bare = field.strip()
                if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'":
                    found[bare[0]] += 1
    return "'" if found["'"] > 2 * len(lines) > 0 and not found['"'] else '"'


def _fitness(lines: Sequence[str], delimiter: str, quote: str) -> tuple[float, int]:
    widths = []
    for line in lines:
        try:
            widths.append(len(next(csv.reader([line], delimiter=delimiter, quotechar=quote))))
        except (csv.Error, StopIteration):
            widths.append(0)
    width = widths[0] if widths else 0
    if width < 2:
        return 0.0, 1
    share = sum(1 for each in widths if each == width) / len(widths)
    return round(share, 1), width
