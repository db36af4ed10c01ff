"""The snapshot's files: one Parquet file about all persons, replaced whole, asked with DuckDB.

A snapshot is staged in portions whose columns may differ, as what is known of people turns up while it
is written; only at the end is it known which columns there are, and one pass makes the file of them.
Memory holds a portion. The newest whole file in the folder is the present one; what a crash leaves
behind is a folder or file with another name, and swept before the next is made.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from segue.adapters.duckdb.lake import connect
from segue.adapters.duckdb.parquet import TEMPORARY, sync
from segue.errors import InvalidInputError, UnavailableError
from segue.ports.lake import MissingFileError

Kind = Literal["id", "ids", "number", "text", "flag", "list", "map"]
"""What a column holds: 16 bytes, several of them, or a value of one type; any may be null."""

ROW_GROUP = 65_536
"""Rows that are read, and held in memory, together."""

STAGED = 32_768
"""Rows in one staged file."""

_NAME = re.compile(r"persons-(\d{1,19})-(\d{1,9})\.parquet")
_STAGE = "stage-"
_ABOUT = b"segue"
_ID = pa.binary()
TYPES: Mapping[str, Any] = {
    "id": _ID,
    "ids": pa.list_(_ID),
    "number": pa.float64(),
    "text": pa.string(),
    "flag": pa.bool_(),
    "list": pa.list_(pa.string()),
    "map": pa.map_(pa.string(), pa.float64()),
}
_DESCRIBED = {"BLOB": "id", "BLOB[]": "ids", "DOUBLE": "number", "VARCHAR": "text", "BOOLEAN": "flag"} | {
    "VARCHAR[]": "list",
    "MAP(VARCHAR, DOUBLE)": "map",
}


class Staging:
    """A snapshot on its way: rows in, then one statement over ``staged``, the rows so far, makes the file."""

    def __init__(self, folder: Path, connection: Any) -> None:
        self._folder = folder
        self._connection = connection
        self._columns: dict[str, list[object]] = {}
        self._kinds: dict[str, Kind] = {}
        self._all: dict[str, Kind] = {}
        self._rows = 0
        self._files = 0

    def add(self, row: Mapping[str, object], kinds: Mapping[str, Kind]) -> None:
        """Put a row in; ``kinds`` knows all of its columns. A column that it lacks is null."""
        for name, value in row.items():
            column = self._columns.get(name)
            if column is None:
                column = self._columns[name] = []
                self._kinds[name] = kinds[name]
            column.extend([None] * (self._rows - len(column)))
            column.append(value)
        self._rows += 1
        if self._rows >= STAGED:
            self._flush()

    def _flush(self) -> None:
        arrays = []
        for name, column in self._columns.items():
            column.extend([None] * (self._rows - len(column)))
            arrays.append(pa.array(column, TYPES[self._kinds[name]]))
        if arrays:
            table = pa.table(arrays, names=list(self._columns))
            pq.write_table(table, self._folder / f"{self._files:06d}.parquet", compression="lz4")
            self._files += 1
        self._all |= self._kinds
        self._columns, self._kinds, self._rows = {}, {}, 0

    def whole(self, needed: Mapping[str, Kind]) -> None:
        """All rows are in: from here on ``staged`` can be asked, and has the columns of ``needed`` too."""
        self._flush()
        columns = [
            f'null::{_sql_type(kind)} as "{name}"' for name, kind in needed.items() if name not in self._all
        ]
        extra = "".join(f", {each}" for each in columns)
        if self._files:
            files = "', '".join(
                str(path).replace("'", "''") for path in sorted(self._folder.glob("*.parquet"))
            )
            source = f"select *{extra} from read_parquet(['{files}'], union_by_name = true)"
        else:
            source = "select " + ", ".join(
                f'null::{_sql_type(kind)} as "{name}"' for name, kind in needed.items()
            )
            source += " where false"
        self._connection.execute(f"create view staged as {source}")

    def ask(self, sql: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Rows of a statement over ``staged``."""
        with _engine():
            return self._connection.execute(sql, values or {}).fetchall()  # type: ignore[no-any-return]

    def batches(self, sql: str, values: Mapping[str, object]) -> tuple[Any, Iterator[Any]]:
        """The schema and the batches of a statement over ``staged``, in its order."""
        relation = self._connection.sql(sql, params=dict(values))
        kinds = [_DESCRIBED[str(each)] for each in relation.types]
        schema = pa.schema([(n, TYPES[k]) for n, k in zip(relation.columns, kinds, strict=True)])
        return schema, iter(relation.to_arrow_reader(ROW_GROUP))


class SnapshotFolder:
    """Snapshots in a folder. Safe to share between threads; one writer at a time is the caller's business."""

    def __init__(self, folder: Path, *, memory: int = 384, threads: int = 2) -> None:
        self._folder = folder
        self._memory = memory
        self._threads = threads
        self._lock = threading.Lock()
        self._reader: Any = None
        self._abouts: dict[str, bytes] = {}

    # ── reading ──────────────────────────────────────────────────────────────

    def newest(self) -> tuple[str, bytes] | None:
        """The present file and what it says about itself; None when there is none."""
        for _ in range(3):
            name = max(self._names(), key=_order, default=None)
            if name is None:
                return None
            if name not in self._abouts:
                try:
                    found = pq.read_metadata(self._folder / name).metadata or {}
                except FileNotFoundError:
                    continue
                except (OSError, pa.ArrowException) as error:
                    raise UnavailableError(
                        "the snapshot cannot be read", cure="delete the folder snapshot; it is made again"
                    ) from error
                self._abouts = {name: found.get(_ABOUT, b"{}")}
            return name, self._abouts[name]
        return None

    def select(
        self, name: str, sql: str, values: Mapping[str, object], tables: Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """Rows of a statement over ``read_parquet($file)`` and these Arrow tables.

        MissingFileError when a newer file has taken the place of this one; InvalidInputError for what is
        more than the engine can do.
        """
        path = self._folder / name
        with self._cursor() as cursor:
            for each, table in (tables or {}).items():
                cursor.register(each, table)
            try:
                with _engine():
                    return cursor.execute(sql, {**values, "file": str(path)}).fetchall()  # type: ignore[no-any-return]
            except (InvalidInputError, UnavailableError):
                if not path.exists():
                    raise MissingFileError from None
                raise

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        """The engine kept for short questions; it remembers the files' footers."""
        with self._lock:
            if self._reader is None:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._reader = connect(self._folder, self._memory, self._threads)
                self._reader.execute("set parquet_metadata_cache = true")
            cursor = self._reader.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def _names(self) -> list[str]:
        if not self._folder.exists():
            return []
        return [path.name for path in self._folder.iterdir() if _NAME.fullmatch(path.name)]

    # ── writing ──────────────────────────────────────────────────────────────

    @contextmanager
    def staging(self) -> Iterator[Staging]:
        """An empty staging; what it put on disk is gone when the block ends. Sweeps what a crash left."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.sweep()
        folder = self._folder / f"{_STAGE}{threading.get_native_id()}"
        connection = connect(self._folder, self._memory, 1)
        try:
            with _disk():
                folder.mkdir()
                yield Staging(folder, connection)
        finally:
            connection.close()
            shutil.rmtree(folder, ignore_errors=True)
            pa.default_memory_pool().release_unused()

    def publish(self, as_of: int, schema: Any, batches: Iterator[Any], about: Callable[[int], bytes]) -> str:
        """Write these rows as the present file, and delete the others; answers its name.

        ``about`` is told how many rows there are.
        """
        name = self._next(as_of)
        temporary = self._folder / f"{name}{TEMPORARY}"
        rows = 0
        with _disk(), _engine():
            try:
                with pq.ParquetWriter(temporary, schema, compression="zstd", compression_level=1) as writer:
                    for batch in batches:
                        rows += batch.num_rows
                        writer.write_batch(batch.cast(schema), row_group_size=ROW_GROUP)
                    writer.add_key_value_metadata({_ABOUT: about(rows)})
                temporary.chmod(0o600)
                sync(temporary)
                temporary.replace(self._folder / name)
                sync(self._folder)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
        self._keep_only(name)
        return name

    def without(
        self, name: str, as_of: int, where: str, values: Mapping[str, object], about: Callable[[int], bytes]
    ) -> str:
        """The file anew with only the rows for which ``where`` holds; the old one is deleted."""
        connection = connect(self._folder, self._memory, 1)
        try:
            relation = connection.sql(
                f"select * from read_parquet($file) where {where}",
                params={**values, "file": str(self._folder / name)},
            )
            schema = pq.read_schema(self._folder / name).remove_metadata()
            return self.publish(as_of, schema, iter(relation.to_arrow_reader(ROW_GROUP)), about)
        finally:
            connection.close()

    def forget(self) -> None:
        """Delete every file."""
        self._keep_only("")

    def strays(self) -> list[str]:
        """What lies in the folder beside the present file and the engines' own folders."""
        present = max(self._names(), key=_order, default=None)
        if not self._folder.exists():
            return []
        return sorted(
            each.name
            for each in self._folder.iterdir()
            if each.name != present and (each.is_file() or each.name.startswith(_STAGE))
        )

    def _next(self, as_of: int) -> str:
        taken = [_order(name)[0] for name in self._names()]
        return f"persons-{as_of}-{max(taken, default=0) + 1}.parquet"

    def _keep_only(self, name: str) -> None:
        for other in self._names():
            if other != name:
                (self._folder / other).unlink(missing_ok=True)
        if self._folder.exists():
            sync(self._folder)

    def sweep(self) -> None:
        """Delete what a crash left behind; nobody else may be writing."""
        for path in self._folder.glob(f"*{TEMPORARY}"):
            path.unlink(missing_ok=True)
        for path in self._folder.glob(f"{_STAGE}*"):
            shutil.rmtree(path, ignore_errors=True)


def _order(name: str) -> tuple[int, int]:
    """Newer files are greater: by their turn, whatever the clock said."""
    found = _NAME.fullmatch(name)
    assert found is not None
    return int(found[2]), int(found[1])


def _sql_type(kind: Kind) -> str:
    return next(name for name, each in _DESCRIBED.items() if each == kind)


@contextmanager
def _disk() -> Iterator[None]:
    """A full or failing disk is a passing fault."""
    try:
        yield
    except OSError as error:
        raise UnavailableError(
            f"the snapshot cannot be written: {error}", cure="free some disk space"
        ) from error


@contextmanager
def _engine() -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise UnavailableError(
            "the snapshot needs more memory than it may use", cure="ask for less"
        ) from error
    except duckdb.IOException as error:
        raise UnavailableError(
            "the snapshot cannot be read", cure="see to the disk, then try again"
        ) from error
    except duckdb.Error as error:
        first = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
        raise InvalidInputError(f"the snapshot cannot answer this: {first}", cure="ask for less") from error


__all__ = ["Kind", "SnapshotFolder", "Staging"]
