"""DuckDB as the engine that hands over numpy columns of the lake, within a limit of memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from segue.adapters.duckdb.lake import connect, name_erased, quoted
from segue.errors import UnavailableError
from segue.ports.columns import Answer
from segue.ports.lake import Erased, MissingFileError
from segue.ports.statements import Statement, statements

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEMORY = 1_024
"""MiB that one engine may hold before it spills."""

_SQL = "segue.adapters.duckdb", "views.sql"
_NAMED = re.compile(r"\$([a-z_]+)\b")


class DuckColumns:
    """Implements :class:`segue.ports.columns.ColumnEngine` over the files of a lake's folder."""

    def __init__(self, folder: Path, *, memory: int = MEMORY, threads: int = 2) -> None:
        self._folder = folder
        self._memory = memory
        self._threads = threads

    @contextmanager
    def session(self) -> Iterator[DuckColumnSession]:
        """A new session that sees no events yet."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = connect(self._folder, self._memory, self._threads)
        try:
            yield DuckColumnSession(connection, self._folder)
        finally:
            connection.close()
            pa.default_memory_pool().release_unused()


class DuckColumnSession:
    """See :class:`segue.ports.columns.ColumnSession`."""

    def __init__(self, connection: Any, folder: Path) -> None:
        self._connection = connection
        self._folder = folder
        self._files: Sequence[str] = ()

    def see(self, files: Sequence[str], erased: Sequence[Erased]) -> None:
        """From here on ``events`` are those of these files."""
        self._files = files
        with self._clear():
            self._connection.execute("drop view if exists events")
            name_erased(self._connection, erased)
            if not files:
                text = statements(*_SQL)["no_events"].text
                self._connection.execute("drop table if exists nothing")
                self._connection.execute(text.replace("create table events", "create table nothing"))
                self._connection.execute("create view events as select * from nothing")
                return
            listed = ", ".join(quoted(self._folder / name) for name in files)
            text = statements(*_SQL)["events"].text
            # a view cannot have bound values
            self._connection.execute(text.replace("([],", f"([{listed}],"))

    def keep(self, name: str, columns: Answer) -> None:
        """A table out of these columns."""
        table = pa.table({column: pa.array(values) for column, values in columns.items()})
        self._connection.register("kept_rows", table)
        self._connection.execute(f'create or replace temp table "{name}" as select * from kept_rows')
        self._connection.unregister("kept_rows")

    def run(self, statement: Statement, /, **values: object) -> None:
        """Run a statement that makes a table."""
        with self._clear():
            self._connection.execute(statement.text, _named(statement, values))

    def fetch(self, statement: Statement, /, **values: object) -> Answer:
        """Run a query; its columns."""
        with self._clear():
            found = self._connection.sql(statement.text, params=_named(statement, values)).to_arrow_table()
        return {name: _column(found.column(name)) for name in found.column_names}

    @contextmanager
    def _clear(self) -> Iterator[None]:
        """Tell a file that went away from one that cannot be read."""
        try:
            yield
        except duckdb.OutOfMemoryException as error:
            raise UnavailableError(
                "not enough memory or disk for the lake's columns", cure="free some"
            ) from error
        except duckdb.Error as error:
            if any(not (self._folder / name).exists() for name in self._files):
                raise MissingFileError from error
            raise UnavailableError(f"the lake cannot be read: {str(error).splitlines()[0][:200]}") from error


def _named(statement: Statement, values: Mapping[str, object]) -> dict[str, object] | None:
    """Those of the values that the statement names: the driver wants no others."""
    wanted = set(_NAMED.findall(statement.text))
    return {name: values[name] for name in wanted} or None


def _column(column: Any) -> NDArray[Any]:
    import numpy as np

    whole = column.combine_chunks()
    if pa.types.is_list(whole.type):
        values = _texts(whole.flatten())
        return values.reshape(len(whole), -1) if len(whole) else np.empty((0, 0), object)
    if pa.types.is_string(whole.type) or pa.types.is_large_string(whole.type):
        return _texts(whole)
    found: NDArray[Any] = whole.to_numpy(zero_copy_only=False)
    return found


def _texts(column: Any) -> NDArray[Any]:
    """Texts as objects, equal ones as one object; None where there is none."""
    import numpy as np

    coded = column.dictionary_encode()
    distinct = np.empty(len(coded.dictionary) + 1, object)
    distinct[:-1] = coded.dictionary.to_pylist()
    codes = coded.indices.fill_null(len(coded.dictionary)).to_numpy(zero_copy_only=False)
    found: NDArray[Any] = distinct[codes]
    return found
