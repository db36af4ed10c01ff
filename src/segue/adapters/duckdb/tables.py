"""DuckDB as the engine for tables in files: streaming, within a limit of memory, spilling to a folder."""

from __future__ import annotations

import os
import struct
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import duckdb
import pyarrow as pa

from segue.errors import InvalidInputError, UnavailableError
from segue.ports.statements import Statement
from segue.ports.tables import Row, Staged

MEMORY = "512MB"
"""What one engine may hold in memory before it spills."""

PORTION = 8_192
"""Rows fetched at a time."""

FIRST_PORTION = 16
"""Rows of a file fetched first, so that whoever looks at its beginning can stop early when they are huge."""

_STAGED = pa.schema([("key", pa.string()), ("place", pa.int64()), ("size", pa.int64())])
_NUMBER = struct.Struct("<Q")
"""Before each payload: the row's number."""


def _name(identifier: str) -> str:
    """A column or table name, quoted."""
    return '"' + identifier.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name_tables(connection: Any, files: Mapping[str, Path], values: Mapping[str, object]) -> None:
    """Files as views and values as variables of this connection."""
    for name, path in files.items():
        connection.execute(f"create view {_name(name)} as select * from read_parquet({_literal(str(path))})")
    for name, value in values.items():
        connection.execute(f"set variable {_name(name)} = $1", [value])


@contextmanager
def _clear(path: Path | None = None) -> Iterator[None]:
    """Turn the driver's errors into ours, naming the file."""
    where = f"{path.name}: " if path is not None else ""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise UnavailableError(
            f"{where}not enough memory or disk to sort", cure="free space in the temporary folder (TMPDIR)"
        ) from error
    except duckdb.Error as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InvalidInputError(
            f"{where}cannot be read: {first[:300]}", cure="check that the file is whole and of the named type"
        ) from error


class DuckTables:
    """Implements :class:`segue.ports.tables.Tables`. Not to be shared between threads."""

    def __init__(self, *, memory: str = MEMORY, threads: int = 2, spill: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="segue-tables-", dir=spill)
        self._memory = memory
        self._threads = threads

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove what was spilled."""
        self._folder.cleanup()

    def columns(self, path: Path) -> tuple[str, ...]:
        """Names of a Parquet file's columns."""
        with _clear(path), self._connect() as connection:
            found = connection.execute(f"describe select * from read_parquet({_literal(str(path))})")
            return tuple(row[0] for row in found.fetchall())

    def count(self, path: Path) -> int:
        """How many rows a Parquet file has."""
        with _clear(path), self._connect() as connection:
            found = connection.execute(f"select count(*) from read_parquet({_literal(str(path))})")
            return int(found.fetchall()[0][0])

    def parquet(
        self, path: Path, columns: Sequence[str], group_by: Sequence[str]
    ) -> Iterator[list[tuple[int, Row]]]:
        """``(row number from 1, row)`` in portions: by ``group_by``, then as in the file."""
        wanted = ", ".join(["file_row_number + 1", *map(_name, columns)])
        order = ", ".join([*map(_name, group_by), "file_row_number"])
        query = f"select {wanted} from read_parquet({_literal(str(path))}, file_row_number = true)"
        with _clear(path), self._connect() as connection:
            result = connection.execute(f"{query} order by {order}" if group_by else query)
            portion = FIRST_PORTION
            while rows := result.fetchmany(portion):
                yield [(row[0], row[1:]) for row in rows]
                portion = min(2 * portion, PORTION)

    @contextmanager
    def sorter(self) -> Iterator[DuckSorter]:
        """A new, empty sorter; its file is gone when the block ends."""
        with tempfile.TemporaryDirectory(dir=self._folder.name) as name, _clear():
            folder = Path(name)
            with (
                self._connect(str(folder / "staged.duckdb")) as connection,
                (folder / "payloads").open("w+b") as payloads,
            ):
                connection.execute("create table staged (key varchar, place bigint, size bigint)")
                yield DuckSorter(connection, payloads)

    def prepare(self, statement: Statement, files: Mapping[str, Path], out: Path, /, **values: object) -> int:
        """Run a query over Parquet files into the Parquet file ``out``; answers rows."""
        with _clear(out), self._connect() as connection:
            _name_tables(connection, files, values)
            copied = connection.execute(
                f"copy ({statement.text.rstrip().rstrip(';')}) to {_literal(str(out))}"
                " (format parquet, compression zstd)"
            )
            return int(copied.fetchall()[0][0])

    def select(
        self, statement: Statement, files: Mapping[str, Path], /, **values: object
    ) -> Iterator[list[Row]]:
        """Run a query over Parquet files, named as tables; rows in portions."""
        with _clear(), self._connect() as connection:
            _name_tables(connection, files, values)
            result = connection.execute(statement.text)
            while rows := result.fetchmany(PORTION):
                yield rows

    def _connect(self, database: str = ":memory:") -> Any:
        connection = duckdb.connect(database)
        connection.execute(f"set memory_limit = {_literal(self._memory)}")
        connection.execute(f"set threads = {int(self._threads)}")
        connection.execute(f"set temp_directory = {_literal(self._folder.name)}")
        connection.execute("set enable_progress_bar = false")
        return connection


class DuckSorter:
    """See :class:`segue.ports.tables.Sorter`.

    Payloads lie in a plain file in the order in which they came; DuckDB sorts only their keys and places.
    So memory does not depend on how wide rows are, and a file whose keys stand together is read in order.
    """

    def __init__(self, connection: Any, payloads: BinaryIO) -> None:
        self._connection = connection
        self._payloads = payloads
        self._end = 0

    def add(self, rows: Sequence[Staged]) -> None:
        """Put rows in."""
        if not rows:
            return
        records = [_NUMBER.pack(number) + payload for _, number, payload in rows]
        sizes = list(map(len, records))
        places = list(accumulate(sizes, initial=self._end))
        self._end = places.pop()
        self._payloads.write(b"".join(records))
        keys = pa.array([row.key for row in rows], pa.string())
        self._connection.register("portion", pa.table([keys, places, sizes], schema=_STAGED))
        self._connection.execute("insert into staged select * from portion")
        self._connection.unregister("portion")

    def contiguous(self) -> bool:
        """Whether the rows of each key stood next to each other."""
        found = self._connection.execute(
            "select count(*) from (select count(*) as rows, max(nth) - min(nth) + 1 as spread from "
            "(select key, row_number() over (order by place) as nth from staged) group by key) "
            "where rows <> spread"
        )
        return bool(found.fetchall()[0][0] == 0)

    def rows(self, *, without: str | None = None) -> Iterator[list[tuple[str, int, bytes]]]:
        """Everything by key, then as it was put in, in portions."""
        self._payloads.flush()
        file = self._payloads.fileno()
        result = self._connection.execute(
            "select key, size, place from staged where key is distinct from $1 order by key, place", [without]
        )
        while rows := result.fetchmany(PORTION):
            records = [(key, os.pread(file, size, place)) for key, size, place in rows]
            yield [(key, *_NUMBER.unpack_from(record), record[_NUMBER.size :]) for key, record in records]
