"""Our own questions about the lake's events, answered as Arrow record batches, within a limit of memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from segue.adapters.duckdb.lake import connect, name_erased, quoted
from segue.errors import UnavailableError
from segue.ports.lake import Erased, MissingFileError
from segue.ports.statements import statements

_SQL = "segue.adapters.duckdb", "views.sql"
_ROWS = 16_384
_UNTIL = (
    "create temp view events as select * from memory.main.events where timestamp <= make_timestamptz({until})"
)


class LakeQuestions:
    """Answers questions over the view ``events`` of some files; each has an engine of its own."""

    def __init__(self, folder: Path, *, memory: int = 1_024, threads: int = 2) -> None:
        self._folder = folder
        self._memory = memory
        self._threads = threads

    @contextmanager
    def over(
        self, files: Sequence[str], erased: Sequence[Erased], *, until: int | None = None
    ) -> Iterator[Events]:
        """The events of these files without what was erased. MissingFileError, UnavailableError.

        ``until``: only what happened by then, microseconds.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = connect(self._folder, self._memory, self._threads)
        try:
            name_erased(connection, erased)
            if files:
                listed = ", ".join(quoted(self._folder / name) for name in files)
                text = statements(*_SQL)["events"].text  # a view cannot have bound values
                connection.execute(text.replace("([],", f"([{listed}],"))
            else:
                connection.execute(statements(*_SQL)["no_events"].text)
            if until is not None:
                connection.execute(_UNTIL.format(until=int(until)))
            yield Events(connection)
        except duckdb.Error as error:
            if any(not (self._folder / name).exists() for name in files):
                raise MissingFileError from error
            first = (str(error).splitlines() or [type(error).__name__])[0]
            raise UnavailableError(f"the lake cannot be asked: {first[:200]}") from error
        finally:
            connection.close()
            pa.default_memory_pool().release_unused()


class Events:
    """Events that can be asked."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def know(self, name: str, columns: Mapping[str, Sequence[str]]) -> None:
        """A table of texts, for questions to join."""
        table = pa.table({column: pa.array(values, pa.string()) for column, values in columns.items()})
        self._connection.register("known_rows", table)
        self._connection.execute(f'create or replace temp table "{name}" as select * from known_rows')
        self._connection.unregister("known_rows")

    def ask(self, text: str, values: Mapping[str, object]) -> Iterator[Any]:
        """The record batches of the answer."""
        yield from self._connection.sql(text, params=dict(values) or None).to_arrow_reader(_ROWS)

    def keep(self, name: str, text: str, values: Mapping[str, object]) -> None:
        """The answer as a table that later questions can read."""
        self._connection.execute(f'create or replace temp table "{name}" as {text}', dict(values) or None)

    def select(self, text: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """A short answer as rows."""
        return self._connection.execute(text, dict(values) or None).fetchall()  # type: ignore[no-any-return]

    def rows(self, text: str, values: Mapping[str, object]) -> list[dict[str, Any]]:
        """A short answer as objects."""
        return [row for batch in self.ask(text, values) for row in batch.to_pylist()]
