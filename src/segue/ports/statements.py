"""SQL lives in ``.sql`` files beside the verb that owns it; this reads them.

A file is a sequence of statements, each opened by a line ``-- name: what it does`` where the name is
an identifier; everything up to the next such line is its text. Values are always bound, as
``%(name)s``; nothing is ever pasted into a text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

import msgspec

_HEADER = re.compile(r"^-- (?P<name>[a-z_0-9]+): (?P<says>.+)$")


class Statement(msgspec.Struct, frozen=True):
    """One named SQL statement."""

    name: str
    says: str
    text: str


@cache
def statements(package: str, file: str = "queries.sql") -> Mapping[str, Statement]:
    """The statements of ``file`` inside ``package`` by name; ValueError for text before the first header."""
    text = resources.files(package).joinpath(file).read_text(encoding="utf-8")
    found: dict[str, Statement] = {}
    name, says = "", ""
    lines: list[str] = []

    def close() -> None:
        if name:
            found[name] = Statement(name, says, "\n".join(lines).strip())
        elif "".join(lines).strip():
            raise ValueError(f"{package}/{file}: text before the first statement's header")

    for line in text.splitlines():
        header = _HEADER.match(line)
        if header is None:
            lines.append(line)
            continue
        close()
        name, says, lines = header["name"], header["says"], []
    close()
    return MappingProxyType(found)
