"""Answers as Parquet files that other programs read: whole under their name, or not there."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from segue.errors import UnavailableError

_WHO = (("person_id", pa.string()), ("identifiers", pa.list_(pa.string())))
_RECOMMEND = (("rank", pa.int32()), ("sku", pa.string()), ("score", pa.float64()), ("kind", pa.string()))
_PREDICT = (("value", pa.float64()), ("low", pa.float64()), ("high", pa.float64()))
_LOOKALIKE = (("rank", pa.int32()), ("score", pa.float64()))
_FILL = (("value", pa.string()), ("confidence", pa.float64()))
COLUMNS = {
    "recommend": pa.schema([*_WHO, *_RECOMMEND, ("reason", pa.string())]),
    "predict": pa.schema([*_WHO, *_PREDICT, ("model_version", pa.string())]),
    "lookalike": pa.schema([*_WHO, *_LOOKALIKE, ("reason", pa.string())]),
    "fill": pa.schema([*_WHO, *_FILL, ("reason", pa.string()), ("model_version", pa.string())]),
}
"""Kind of file → its columns."""

_PORTION = 50_000


class Out:
    """A file on its way: rows in, and when its block ends without an error it stands under its name."""

    def __init__(self, path: Path, kind: str) -> None:
        self.rows = 0
        self._path = path
        self._fresh = path.with_name(f"{path.name}.tmp")
        self._schema = COLUMNS[kind]
        self._waiting: list[tuple[Any, ...]] = []
        self._writer: Any = None

    def __enter__(self) -> Self:
        try:
            self._writer = pq.ParquetWriter(self._fresh, self._schema, compression="zstd")
        except OSError as error:
            raise self._refused(error) from error
        return self

    def add(self, *row: Any) -> None:
        """One row, its values in the order of the columns."""
        self._waiting.append(row)
        self.rows += 1
        if len(self._waiting) >= _PORTION:
            self._write()

    def _write(self) -> None:
        if self._waiting:
            columns = [
                pa.array(values, kind)
                for values, kind in zip(zip(*self._waiting, strict=True), self._schema.types, strict=True)
            ]
            self._writer.write_table(pa.table(columns, schema=self._schema))
            self._waiting = []

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._write()
            self._writer.close()
            if kind is None:
                self._fresh.replace(self._path)
        except OSError as failed:
            raise self._refused(failed) from failed
        finally:
            self._fresh.unlink(missing_ok=True)

    def _refused(self, error: OSError) -> UnavailableError:
        return UnavailableError(
            f"{self._path} cannot be written: {error.strerror or error}",
            cure="name a file in a folder that can be",
        )
