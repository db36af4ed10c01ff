"""Writing the lake's Parquet files: in portions, to a temporary name, and only then under their own.

What a crash can leave behind is a ``*.tmp`` or a whole file that no manifest names; both are swept.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from segue.domain.sieve import SieveMaker
from segue.errors import UnavailableError
from segue.ports.lake import LakeFile, LakeRow

ROW_GROUP = 8_192
"""Rows written (and held in memory) together; a reader that looks for one fragment reads about as many."""

TEMPORARY = ".tmp"

_MOMENT = pa.timestamp("us", tz="UTC")
_TEXT = pa.string()
_TYPES: dict[str, Any] = {
    "timestamp": _MOMENT,
    "received_at": _MOMENT,
    "marks": pa.list_(_TEXT),
    "mentions": pa.list_(_TEXT),
    "proven": pa.bool_(),
    "position": pa.int64(),
    "log_offset": pa.int64(),
    "day": pa.date32(),
}
SCHEMA = pa.schema([(name, _TYPES.get(name, _TEXT)) for name in LakeRow._fields])
"""The columns of a file; JSON stands as text, ids in hexadecimal."""

_DICTIONARY = ["source", "type", "event", "context", "group_id"]
EPOCH = date(1970, 1, 1)


def table_of(rows: Sequence[LakeRow]) -> Any:
    """Rows as an Arrow table."""
    columns = zip(*rows, strict=True)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)], SCHEMA
    )


class ParquetFile:
    """One file being written. ``finish`` makes it durable under its name; without it nothing remains."""

    def __init__(self, folder: Path, file_id: str, day: date | None) -> None:
        self._path = folder / file_id
        self._temporary = self._path.with_name(self._path.name + TEMPORARY)
        self._file_id = file_id
        self._day = day
        self._rows = 0
        self._waiting: list[Any] = []
        self._waiting_rows = 0
        self._days: list[int] = []
        self._offsets: list[int] = []
        self._sieve = SieveMaker()
        # what lies below is about people: nobody else on the machine may look
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.parent.mkdir(exist_ok=True)
        self._sink = pa.OSFile(str(self._temporary), "wb")
        self._writer = pq.ParquetWriter(
            self._sink,
            SCHEMA,
            compression="zstd",
            compression_level=3,
            use_dictionary=_DICTIONARY,
            data_page_size=64 * 1024,
            write_batch_size=1024,
            store_schema=False,
        )

    @property
    def size(self) -> int:
        """Bytes on disk so far."""
        return int(self._sink.tell())

    def add(self, table: Any) -> None:
        """Append a table of this module's schema; full row groups are written at once."""
        if table.num_rows == 0:
            return
        self._rows += table.num_rows
        self._days = _bounds(self._days, table.column("day").cast(pa.int32()))
        self._offsets = _bounds(self._offsets, table.column("log_offset"))
        self._sieve.add(table.column("fragment_id").unique().to_pylist())
        self._waiting.append(table)
        self._waiting_rows += table.num_rows
        if self._waiting_rows >= ROW_GROUP:
            self._flush()

    def finish(self) -> LakeFile:
        """Make it durable and give it its name."""
        self._flush()
        self._writer.close()
        self._sink.close()
        sync(self._temporary)
        self.publish(self._temporary, self._path)
        return LakeFile(
            file_id=self._file_id,
            day=self._day,
            day_from=EPOCH + timedelta(days=self._days[0]),
            day_to=EPOCH + timedelta(days=self._days[1]),
            rows=self._rows,
            size=self._path.stat().st_size,
            offset_from=self._offsets[0],
            offset_to=self._offsets[1],
            sieve=self._sieve.make(),
        )

    @staticmethod
    def publish(temporary: Path, path: Path) -> None:
        """Rename, and make the renaming durable."""
        temporary.replace(path)
        sync(path.parent)
        sync(path.parent.parent)

    def abandon(self) -> None:
        """Leave nothing behind."""
        self._writer.close()
        self._sink.close()
        self._temporary.unlink(missing_ok=True)

    def _flush(self) -> None:
        if self._waiting:
            whole = pa.concat_tables(self._waiting).combine_chunks()
            self._writer.write_table(whole, row_group_size=ROW_GROUP)
        self._waiting, self._waiting_rows = [], 0


def _bounds(so_far: list[int], column: Any) -> list[int]:
    found = pc.min_max(column)
    low, high = found["min"].as_py(), found["max"].as_py()
    return [min(so_far[0], low), max(so_far[1], high)] if so_far else [low, high]


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        raise UnavailableError(f"the lake cannot be written: {error.strerror}") from error
    finally:
        os.close(descriptor)
