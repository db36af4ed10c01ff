"""Types for binary COPY, as the table has them."""

from __future__ import annotations

import re
from typing import Any

import psycopg

from segue.errors import SegueError

_COPY = re.compile(
    r"^\s*copy\s+(?P<table>[a-z_0-9.]+)\s*\((?P<columns>[^)]*)\)\s+from\s+stdin", re.IGNORECASE
)
_TYPES = b"""
select attname, atttypid from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped
"""


def column_types(connection: psycopg.Connection[Any], text: str) -> list[int]:
    """Type numbers of the columns that ``COPY table (columns) FROM STDIN`` names, in its order."""
    found = _COPY.match(text)
    if found is None:
        raise SegueError("a COPY must read: copy table (columns) from stdin (format binary)", code="database")
    types: dict[str, int] = dict(connection.execute(_TYPES, (found["table"],)).fetchall())
    return [types[column.strip().lower()] for column in found["columns"].split(",")]
