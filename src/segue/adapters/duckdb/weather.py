"""The file of weather readings: one Parquet file, replaced whole, with stores' places among its metadata."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from segue.domain.weather import Reading
from segue.errors import InvalidInputError, NotFoundError, UnavailableError

_STORES = b"segue.stores"
_TYPES = {"str": pa.string(), "int": pa.int64(), "bool": pa.bool_(), "float": pa.float64()}
_SCHEMA = pa.schema([(field.name, _TYPES[field.type.__name__]) for field in msgspec.structs.fields(Reading)])


def read_weather(file: Path) -> tuple[list[Reading], dict[str, str]]:
    """All readings, and store → place; nothing where there is no file. UnavailableError for a broken one."""
    if not file.exists():
        return [], {}
    try:
        table = pq.read_table(file)
        rows = [Reading(**row) for row in table.select(_SCHEMA.names).to_pylist()]
        kept = (table.schema.metadata or {}).get(_STORES, b"{}")
        return rows, dict(json.loads(kept))
    except (pa.ArrowException, KeyError, ValueError, TypeError) as error:
        raise UnavailableError(
            f"{file} cannot be read: {error}", cure="move it away and import the weather again"
        ) from error


def write_weather(file: Path, readings: Sequence[Reading], stores: Mapping[str, str]) -> None:
    """Replace the file, durably. UnavailableError when the disk refuses."""
    columns = {name: [getattr(each, name) for each in readings] for name in _SCHEMA.names}
    schema = _SCHEMA.with_metadata({_STORES: json.dumps(dict(stores), sort_keys=True).encode()})
    fresh = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    try:
        pq.write_table(pa.table(columns, schema=schema), fresh, compression="zstd")
        with fresh.open("rb") as written:
            os.fsync(written.fileno())
        fresh.replace(file)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise UnavailableError(
            f"the weather cannot be kept: {error.strerror}", cure="free some disk"
        ) from error


def read_columns(file: Path) -> dict[str, list[Any]]:
    """A Parquet or CSV file as columns. NotFoundError, InvalidInputError."""
    if not file.is_file():
        raise NotFoundError(f"there is no file {file}")
    try:
        table = pq.read_table(file) if file.suffix == ".parquet" else pc.read_csv(file)
    except (pa.ArrowException, OSError) as error:
        raise InvalidInputError(
            f"{file.name} cannot be read: {str(error)[:200]}", cure="give JSON, CSV or Parquet"
        ) from error
    return {name: table.column(name).to_pylist() for name in table.column_names}
