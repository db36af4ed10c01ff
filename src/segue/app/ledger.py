"""The ledger of erasures outside the database: a line of JSON each, so that a restored backup forgets again.

It holds fragment ids, which are keyed hashes, and nothing that they were made of.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from segue.errors import SettingsError

FILE = "erasures.ndjson"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One erasure."""

    erasure_id: str
    #: microseconds
    asked_at: int
    asked_by: str
    before_offset: int
    #: hexadecimal
    fragment_ids: list[str]


def write_line(data: Path, line: Line) -> None:
    """Append durably."""
    write_lines(data, [line])


def write_lines(data: Path, lines: Sequence[Line]) -> None:
    """Append several durably."""
    path = data / FILE
    fresh = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        for line in lines:
            # a line that a crash has cut short is ended, so that it spoils no other
            os.write(descriptor, b"\n" + msgspec.json.encode(line) + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if fresh:
        folder = os.open(data, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read_ledger(data: Path) -> list[Line]:
    """All lines, each erasure once; SettingsError for a line that is not the last and cannot be read."""
    path = data / FILE
    if not path.exists():
        return []
    texts = [text for text in path.read_bytes().split(b"\n") if text.strip()]
    lines: dict[str, Line] = {}
    for number, text in enumerate(texts, 1):
        try:
            line = msgspec.json.decode(text, type=Line)
        except msgspec.DecodeError as error:
            if number == len(texts):
                break  # cut short by a crash: that erasure was never answered
            raise SettingsError(
                f"{path}: entry {number} cannot be read: {error}", cure="restore the file"
            ) from error
        lines[line.erasure_id] = line
    return list(lines.values())
