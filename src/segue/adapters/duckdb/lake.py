"""The lake's files: Parquet, sorted and searched with DuckDB within a small share of memory."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from segue.adapters.duckdb.parquet import ROW_GROUP, SCHEMA, TEMPORARY, ParquetFile, sync, table_of
from segue.errors import UnavailableError
from segue.ports.lake import Erased, LakeFile, LakeRow, MissingFileError, Rewrite
from segue.ports.statements import statements

FILE_BYTES = 128 * 1024 * 1024
"""A file that has reached this size is followed by another."""

SORTING = 64
"""MiB more that a rewrite may use for each million rows: what a sort keeps while its rows are on disk."""

_SQL = "segue.adapters.duckdb", "lake.sql"


class ParquetLake:
    """Implements :class:`segue.ports.lake.LakeFiles` in a folder. Safe to share between threads."""

    def __init__(
        self, folder: Path, *, memory: int = 192, threads: int = 1, file_bytes: int = FILE_BYTES
    ) -> None:
        self.folder = folder
        self._memory = memory
        self._threads = threads
        self._file_bytes = file_bytes
        self._lock = threading.Lock()
        self._reader: Any = None

    # ── writing ──────────────────────────────────────────────────────────────

    def write(self, name: str, portions: Iterable[Sequence[LakeRow]]) -> LakeFile | None:
        """A loose file of these rows; None for no rows."""
        file: ParquetFile | None = None
        with _disk():
            try:
                for rows in portions:
                    if rows:
                        file = file or self._open(f"loose/{name}.parquet", None)
                        file.add(table_of(rows))
                return None if file is None else file.finish()
            except BaseException:
                if file is not None:
                    file.abandon()
                raise

    def rewrite(self, job: Rewrite) -> list[LakeFile]:
        """New files out of old ones; the old ones stay where they are."""
        written: list[LakeFile] = []
        memory = self._memory + SORTING * (job.rows // 1_000_000)
        with _disk(), self._connection(memory) as connection, self._present(job.inputs):
            name_erased(connection, job.erased)
            found = connection.sql(
                statements(*_SQL)["sorted"].text,
                params={
                    "files": self._paths(job.inputs),
                    "days": list(job.days),
                },
            )
            for day, tables in _by_day(found):
                written += self._write_parts(job.name, day, tables)
        return written

    def _write_parts(self, name: str, day: date | None, tables: Iterator[Any]) -> Iterator[LakeFile]:
        folder = "loose" if day is None else f"day={day.isoformat()}"
        file: ParquetFile | None = None
        part = 0
        try:
            for table in tables:
                file = file or self._open(f"{folder}/{name}-{part:03d}.parquet", day)
                file.add(table)
                if file.size >= self._file_bytes:
                    done, file, part = file, None, part + 1
                    yield done.finish()
            if file is not None:
                done, file = file, None
                yield done.finish()
        finally:
            if file is not None:
                file.abandon()

    def _open(self, file_id: str, day: date | None) -> ParquetFile:
        return ParquetFile(self.folder, file_id, day)

    # ── looking ──────────────────────────────────────────────────────────────

    def days(self, files: Sequence[str]) -> list[tuple[str, date, int]]:
        """How many rows of which day each file has."""
        if not files:
            return []
        with self._cursor() as cursor, self._present(files):
            rows = cursor.execute(statements(*_SQL)["days"].text, {"files": self._paths(files)}).fetchall()
        return [(self._name(path), day, count) for path, day, count in rows]

    def holding(self, files: Sequence[str], erased: Sequence[Erased]) -> dict[str, int]:
        """Files with rows that should be gone, and how many."""
        if not files or not erased:
            return {}
        with self._connection(self._memory) as connection, self._present(files):
            name_erased(connection, erased)
            text = statements(*_SQL)["holding"].text
            rows = connection.execute(text, {"files": self._paths(files)}).fetchall()
        return {self._name(path): count for path, count in rows}

    def newest(
        self,
        files: Sequence[str],
        fragments: Sequence[str],
        erased: Mapping[str, int],
        before: tuple[int, int],
        limit: int,
    ) -> list[LakeRow]:
        """The newest ``limit`` rows of ``fragments`` below ``before``, newest first."""
        if not files or not fragments:
            return []
        values = {
            "files": self._paths(files),
            "fragments": list(fragments),
            "floors": [erased.get(fragment, 0) for fragment in fragments],
            "moment": before[0],
            "offset": before[1],
            "limit": limit,
        }
        text = statements(*_SQL)["newest"].text
        with self._cursor() as cursor, self._present(files):
            return [_row(values) for values in cursor.execute(text, values).fetchall()]

    # ── the folder ───────────────────────────────────────────────────────────

    def names(self) -> set[str]:
        """Everything that lies in the folder, temporary files too."""
        found = [path for pattern in ("*/*.parquet", f"*/*{TEMPORARY}") for path in self.folder.glob(pattern)]
        # what engines of killed processes have spilled
        found += [path for path in self.folder.glob("spill-*/*") if not _alive(path.parent.name)]
        return {str(path.relative_to(self.folder)) for path in found}

    def delete(self, files: Iterable[str]) -> None:
        """Delete what is there; durable when it returns."""
        folders = set()
        with _disk():
            for name in files:
                (self.folder / name).unlink(missing_ok=True)
                folders.add((self.folder / name).parent)
            for folder in folders:
                if folder.exists():
                    sync(folder)

    def _paths(self, files: Iterable[str]) -> list[str]:
        return [str(self.folder / name) for name in files]

    def _name(self, path: str) -> str:
        return str(Path(path).relative_to(self.folder))

    @contextmanager
    def _present(self, files: Iterable[str]) -> Iterator[None]:
        """Tell a file that went away from one that cannot be read."""
        try:
            yield
        except duckdb.Error as error:
            if any(not (self.folder / name).exists() for name in files):
                raise MissingFileError from error
            raise UnavailableError(f"the lake cannot be read: {str(error).splitlines()[0][:200]}") from error

    @contextmanager
    def _connection(self, memory: int) -> Iterator[Any]:
        """An engine of its own, for work that takes long: its memory is given back afterwards."""
        connection = connect(self.folder, memory, self._threads)
        try:
            yield connection
        finally:
            connection.close()
            pa.default_memory_pool().release_unused()

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        """The engine kept for short questions; it remembers the files' footers."""
        with self._lock:
            if self._reader is None:
                self._reader = connect(self.folder, self._memory, self._threads)
                self._reader.execute("set parquet_metadata_cache = true")
            cursor = self._reader.cursor()
        try:
            yield cursor
        finally:
            cursor.close()


def spill_folder(folder: Path) -> Path:
    """Where this process's engines put what does not fit into memory."""
    return folder / f"spill-{os.getpid()}"


def quoted(text: object) -> str:
    """A literal for a statement that cannot have bound values."""
    return "'" + str(text).replace("'", "''") + "'"


def connect(folder: Path, memory: int, threads: int) -> Any:
    """An empty engine of ``memory`` MiB that spills beside the lake."""
    connection = duckdb.connect(":memory:")
    connection.execute(f"set memory_limit = '{memory}MiB'")
    connection.execute(f"set threads = {threads}")
    connection.execute(f"set temp_directory = {quoted(spill_folder(folder))}")
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set enable_progress_bar = false")
    connection.execute("set autoinstall_known_extensions = false")
    connection.execute("set autoload_known_extensions = false")
    connection.execute("set python_enable_replacements = false")
    return connection


def _alive(process: str) -> bool:
    try:
        os.kill(int(process.removeprefix("spill-")), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        pass
    return True


def name_erased(connection: Any, erased: Sequence[Erased]) -> None:
    """Give the statements their table of what is to be left out."""
    connection.execute(statements(*_SQL)["erased_table"].text)
    if erased:
        fragments, offsets = zip(*erased, strict=True)
        table = pa.table({"fragment_id": fragments, "before_offset": offsets})
        connection.register("erased_rows", table)
        connection.execute("insert into erased select * from erased_rows")
        connection.unregister("erased_rows")


def _by_day(found: Any) -> Iterator[tuple[date | None, Iterator[Any]]]:
    """The sorted rows as runs of one day; each run in portions."""

    def portions() -> Iterator[tuple[date | None, Any]]:
        for batch in found.to_arrow_reader(ROW_GROUP):
            table = pa.Table.from_batches([batch])
            start = 0
            for day, run in groupby(table.column("bucket").to_pylist()):
                length = len(list(run))
                yield day, table.slice(start, length).select(SCHEMA.names).cast(SCHEMA)
                start += length

    for day, run in groupby(portions(), key=lambda portion: portion[0]):
        yield day, (table for _day, table in run)


def _row(values: tuple[Any, ...]) -> LakeRow:
    row = LakeRow(*values)
    return row._replace(marks=tuple(row.marks), mentions=tuple(row.mentions))


@contextmanager
def _disk() -> Iterator[None]:
    """A full or failing disk is a passing fault."""
    try:
        yield
    except OSError as error:
        raise UnavailableError(f"the lake cannot be written: {error}", cure="free some disk space") from error
