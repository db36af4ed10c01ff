"""Text out of files that may be compressed, badly encoded or cut short; line by line, in little memory."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import zstandard

from segue.errors import InvalidInputError

GZIP = b"\x1f\x8b"
ZSTANDARD = b"\x28\xb5\x2f\xfd"

_CHUNK = 1 << 16
_PORTION = 1 << 10
"""Bytes unpacked at once. Four bytes of Zstandard may stand for 128 KiB, so this becomes 32 MiB at most."""

LONGEST_LINE = 4 << 20
"""Characters of a line that are kept; no event has as many, and a packed file may hold one without an end."""


class CutShortError(InvalidInputError):
    """The file ends, or becomes unreadable, in the middle."""

    code = "file_cut_short"


class Source:
    """An open file: its lines, and how far through its bytes reading has come."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._path = path
        self._encoding = encoding
        self._size = max(path.stat().st_size, 1)
        self._raw: IO[bytes] | None = None

    @property
    def fraction(self) -> float:
        """0 … 1 of the file's bytes."""
        return min(self._raw.tell() / self._size, 1.0) if self._raw and not self._raw.closed else 1.0

    def lines(self) -> Iterator[str]:
        """Lines with their ends; bytes foreign to the encoding as surrogates. CutShortError."""
        encoding = (
            "utf-8-sig" if self._encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else self._encoding
        )
        errors = (
            "replace"
            if encoding.lower().startswith(("utf-16", "utf16", "utf-32", "utf32"))
            else "surrogateescape"
        )
        with self._path.open("rb") as raw:
            self._raw = raw
            text = io.TextIOWrapper(self._unpacked(raw), encoding=encoding, errors=errors)
            number = 0
            try:
                for line in _bounded(text):
                    number += 1
                    yield line
            except (EOFError, OSError, UnicodeError, zlib.error, zstandard.ZstdError) as error:
                raise CutShortError(
                    f"{self._path.name} is cut short or damaged after line {number}: {error}",
                    cure="get the whole file and import it again; nothing will be doubled",
                ) from error

    def _unpacked(self, raw: IO[bytes]) -> IO[bytes]:
        begins = raw.read(4)
        raw.seek(0)
        return unpacked(raw, begins)


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines, of one that is far too long only the beginning."""
    while line := text.readline(LONGEST_LINE):
        rest = line
        while len(rest) == LONGEST_LINE and not rest.endswith("\n"):
            rest = text.readline(LONGEST_LINE)
        yield line


def unpacked(raw: IO[bytes], begins: bytes) -> IO[bytes]:
    """The bytes inside, by the first four of them: a name may say gzip where nothing is compressed."""
    if begins.startswith(GZIP):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw, mode="rb"))
    if begins == ZSTANDARD:
        return cast("IO[bytes]", io.BufferedReader(_Zstandard(raw), 1 << 20))
    return raw


class _Zstandard(io.RawIOBase):
    """Frames of Zstandard, one after another; EOFError when the last one is not whole."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._packed = b""
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill ``buffer`` with what is unpacked; 0 at the end."""
        target = memoryview(cast("bytearray", buffer)).cast("B")
        while not self._ready:
            if not self._more():
                return 0
        taken = min(len(target), len(self._ready))
        target[:taken] = self._ready[:taken]
        self._ready = self._ready[taken:]
        return taken

    def _more(self) -> bool:
        self._packed = self._packed or self._raw.read(_CHUNK)
        packed, self._packed = self._packed[:_PORTION], self._packed[_PORTION:]
        if not packed:
            if self._frame is not None:
                raise EOFError("the compressed data ends before its end mark")
            return False
        pieces: list[bytes] = []
        while packed:
            self._frame = self._frame or zstandard.ZstdDecompressor().decompressobj()
            pieces.append(self._frame.decompress(packed))
            packed = self._frame.unused_data if self._frame.eof else b""
            if self._frame.eof:
                self._frame = None
        self._ready = memoryview(b"".join(pieces))
        return True


def kind_of(path: Path) -> str:
    """``csv``, ``ndjson``, ``parquet`` or an empty text, by the file's name without its compression."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    while suffixes and suffixes[-1] in {".gz", ".zst"}:
        suffixes.pop()
    known = {
        ".csv": "csv",
        ".tsv": "csv",
        ".txt": "csv",
        ".ndjson": "ndjson",
        ".jsonl": "ndjson",
        ".json": "ndjson",
    }
    return {**known, ".parquet": "parquet"}.get(suffixes[-1], "") if suffixes else ""
