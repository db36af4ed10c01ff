"""Somebody's SQL over the lake: DuckDB with the door locked.

The statement sees the views ``events`` and whatever tables it names, may read the manifest's files
through them, and nothing else: no other file, no network, no setting, no Python object.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from datetime import time as time_of_day
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from segue.adapters.duckdb.lake import connect, name_erased, quoted, spill_folder
from segue.adapters.duckdb.permitted import check_names
from segue.domain.order import micros, rfc3339
from segue.errors import InvalidInputError, UnavailableError
from segue.ports.lake import Erased, LakeTable, MissingFileError, Result
from segue.ports.statements import statements

_SQL = "segue.adapters.duckdb", "views.sql"
_PORTION = 2_048
_JSON = ":json"


class DuckEngine:
    """Implements :class:`segue.ports.lake.LakeEngine`; each query has an engine of its own."""

    def __init__(self, folder: Path, *, memory: int = 512, threads: int = 2) -> None:
        self._folder = folder
        self._memory = memory
        self._threads = threads

    def query(
        self, sql: str, files: Sequence[str], erased: Sequence[Erased], tables: Mapping[str, LakeTable]
    ) -> Result:
        """Run one read-only statement over the lake."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = connect(self._folder, self._memory, self._threads)
        try:
            _check(connection, sql)
            paths = [str(self._folder / name) for name in files]
            self._prepare(connection, paths, erased)
            for name, table in tables.items():
                _fill(connection, name, table, named=_names(sql, name))
            _lock(connection, [*paths, str(spill_folder(self._folder))])
            return _result(connection, sql)
        except duckdb.OutOfMemoryException as error:
            raise InvalidInputError(
                "the query needs more memory than it may use", cure="ask for less at a time"
            ) from error
        except duckdb.Error as error:
            if any(not (self._folder / name).exists() for name in files):
                raise MissingFileError from error
            if isinstance(error, duckdb.IOException):
                raise UnavailableError(_first_line(error), cure="see to the disk, then try again") from error
            raise InvalidInputError(_first_line(error), cure="correct the query") from error
        finally:
            connection.close()

    @staticmethod
    def _prepare(connection: Any, paths: Sequence[str], erased: Sequence[Erased]) -> None:
        name_erased(connection, erased)
        if not paths:
            connection.execute(statements(*_SQL)["no_events"].text)
            return
        # a view cannot have bound values
        text = statements(*_SQL)["events"].text
        connection.execute(text.replace("([],", f"([{_listed(paths)}],"))


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(map(quoted, paths))


def _check(connection: Any, sql: str) -> None:
    """Exactly one statement, and one that only reads."""
    try:
        found = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise InvalidInputError(_first_line(error), cure="correct the query") from error
    if len(found) != 1 or found[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
        raise InvalidInputError(
            "a query is one statement that reads", cure="write one SELECT over events, fragments and persons"
        )
    check_names(connection, sql)


def _names(sql: str, table: str) -> bool:
    """Whether the text names the table; naming it in vain only costs time."""
    return re.search(rf"\b{re.escape(table)}\b", sql, re.IGNORECASE) is not None


def _fill(connection: Any, name: str, table: LakeTable, *, named: bool) -> None:
    """Stream the table in (it spills to disk when it is large), or leave it empty."""
    columns = [column.removesuffix(_JSON) for column in table.columns]
    typed = ", ".join(
        f'"{plain}"::json as "{plain}"' if column.endswith(_JSON) else f'"{plain}"'
        for plain, column in zip(columns, table.columns, strict=True)
    )
    schema = pa.schema([(column, pa.string()) for column in columns])
    reader = pa.RecordBatchReader.from_batches(schema, _batches(schema, table.rows() if named else iter(())))
    connection.register("streamed", reader)
    connection.execute(f'create table "{name}" as select {typed} from streamed')
    connection.unregister("streamed")


def _batches(schema: Any, rows: Iterator[tuple[Any, ...]]) -> Iterator[Any]:
    portion: list[tuple[Any, ...]] = []
    for row in rows:
        portion.append(row)
        if len(portion) >= _PORTION:
            yield _batch(schema, portion)
            portion = []
    if portion:
        yield _batch(schema, portion)


def _batch(schema: Any, rows: Sequence[tuple[Any, ...]]) -> Any:
    return pa.record_batch(
        [pa.array(column, pa.string()) for column in zip(*rows, strict=True)], schema=schema
    )


def _lock(connection: Any, paths: Sequence[str]) -> None:
    """From here on nothing but the lake's files can be reached, and no setting changed."""
    connection.execute(f"set allowed_paths = [{_listed(paths)}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def _result(connection: Any, sql: str) -> Result:
    relation = connection.sql(sql)
    columns = _unique(relation.columns)
    nested = [str(kind) == "JSON" for kind in relation.types]
    rows: list[dict[str, Any]] = []
    for batch in relation.to_arrow_reader(_PORTION):
        values = [
            [_parsed(value) if json else _plain(value) for value in column.to_pylist()]
            for column, json in zip(batch.columns, nested, strict=True)
        ]
        rows += [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]
    return Result(columns, rows)


def _unique(names: Sequence[str]) -> list[str]:
    """Column names as keys of an object: a repeated one is numbered."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return unique


def _parsed(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)


def _plain(value: Any) -> Any:
    """A value that JSON can hold: times as RFC 3339, exact whole numbers as integers."""
    plain = _PLAIN.get(type(value))
    return str(value) if plain is None else plain(value)


def _same(value: Any) -> Any:
    return value


def _list(values: Any) -> list[Any]:
    return [_plain(value) for value in values]


def _dict(values: dict[Any, Any]) -> dict[str, Any]:
    return {str(name): _plain(value) for name, value in values.items()}


def _decimal(value: Decimal) -> int | float:
    return int(value) if value.as_tuple().exponent == 0 else float(value)


def _datetime(value: datetime) -> str:
    return rfc3339(micros(value)) if value.tzinfo else value.isoformat()


_PLAIN: Mapping[type, Callable[[Any], Any]] = {
    type(None): _same,
    bool: _same,
    int: _same,
    str: _same,
    float: lambda value: value if math.isfinite(value) else None,
    Decimal: _decimal,
    datetime: _datetime,
    date: date.isoformat,
    time_of_day: time_of_day.isoformat,
    bytes: bytes.hex,
    list: _list,
    tuple: _list,
    dict: _dict,
}


def _first_line(error: Exception) -> str:
    """The driver's message without its drawing of the query."""
    text = str(error).splitlines()
    return text[0][:500] if text else type(error).__name__
