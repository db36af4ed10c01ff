"""Looking into a file before it is imported: what it is, a mapping to begin with, its first events.

Only the beginning of a file is read, so that a large one is answered as quickly as a small one. The first
events come from the very code that imports: a copy of the beginning goes through the same drafts and the
same admission, and nothing is written.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from segue.adapters.duckdb.tables import DuckTables
from segue.app.imports.views import ColumnLook, Look, Preview, RejectedRow, Trouble
from segue.app.installation import Installation
from segue.collect.admit import admit
from segue.domain.drafts import Draft, Sender, Unreadable
from segue.domain.events import DeadLetter, Event
from segue.domain.order import rfc3339
from segue.errors import DefinitionError, InvalidInputError, SegueError, UnavailableError
from segue.sources.files import CutShortError, FileMapping, Meter, drafts, read_mapping
from segue.sources.files.cells import plain
from segue.sources.files.columns import Column, columns_of
from segue.sources.files.heads import Head, copy_of, head_of
from segue.sources.files.mapping import FileFormat, require_columns
from segue.sources.files.nearby import NearbySorter
from segue.sources.files.sniffing import Start, sniff, start_of
from segue.sources.files.suggesting import About, suggest
from segue.sources.files.writing import format_object, mapping_object, mapping_yaml

MOST = 10
"""Events shown, and rejected ones."""

SHOWN_ROWS = 20
PREVIEWED = 1 << 20
"""Bytes from the beginning of a file, unpacked, that a preview reads."""
_LONGEST_CELL = 200
_LONGEST_RAW = 2_000


def look(installation: Installation, path: Path, form: FileFormat | None = None) -> Look:
    """What the file seems to be. ``form`` overrides what is seen in its bytes.

    NotFoundError; InvalidInputError, with a cure, for a file that holds no rows.
    """
    with _legible(path), DuckTables(threads=1) as tables:
        start = start_of(path)
        form = form or sniff(path, start)
        head = head_of(path, start, form, tables)
    zone = installation.settings.time_zone
    columns = columns_of(head, zone)
    day = rfc3339(int(path.stat().st_mtime) * 1_000_000)[:10]
    suggestion = suggest(head, columns, form, About(path.name, zone, day))
    notes = [*_oddities(head, start, form), *suggestion.notes]
    return Look(
        format=format_object(form) | {"type": form.type or "csv"},
        columns=[_shown(column) for column in columns],
        rows=[[_cell(value) for value in row] for row in head.rows[:SHOWN_ROWS]],
        suggested=suggestion.mapping,
        note=". ".join(each[0].upper() + each[1:] for each in notes) + "." if notes else None,
    )


def preview(installation: Installation, path: Path, text: str) -> Preview:
    """The first events that a mapping makes of a file; a mapping that is wrong is told in ``problem``."""
    try:
        mapping = read_mapping(text)
    except DefinitionError as error:
        return _nothing(text, error)
    shown = mapping_yaml(mapping) if text.lstrip().startswith("{") else text
    trying = _Trying(installation, mapping)
    try:
        with _beginning(path, mapping.format) as (copy, whole, tables):
            trying.read(copy, tables)
    except InvalidInputError as error:
        return _nothing(shown, error, mapping)
    return Preview(
        yaml=shown,
        mapping=mapping_object(mapping),
        events=trying.events,
        rejected=trying.rejected,
        rows=trying.meter.rows,
        note=_partial(mapping, whole, trying),
        problem=None,
    )


def check(path: Path, mapping: FileMapping) -> None:
    """DefinitionError or InvalidInputError when the mapping cannot work with the file's columns."""
    with _legible(path), DuckTables(threads=1) as tables:
        start = start_of(path, 1 << 18)
        form = _format(mapping.format, path, start)
        require_columns(mapping, head_of(path, start, form, tables).columns, path.name)


class _NearbyTables(DuckTables):
    """Tables that sort in memory: a beginning fits, and an engine takes seconds to start."""

    @contextmanager
    def sorter(self) -> Iterator[Any]:
        """A new, empty sorter."""
        yield NearbySorter()


class _Trying:
    """Drafts of a beginning through admission, until there is enough to show."""

    def __init__(self, installation: Installation, mapping: FileMapping) -> None:
        self._installation = installation
        self._mapping = mapping
        self._sender = Sender(source=mapping.source or "import", trusted=True)
        self.meter = Meter()
        self.events: list[dict[str, Any]] = []
        self.rejected: list[RejectedRow] = []
        self.cut: str | None = None

    def read(self, path: Path, tables: DuckTables) -> None:
        """Go through the copy's groups; DefinitionError when a column is missing."""
        try:
            with closing(drafts(path, self._mapping, tables, self.meter)) as groups:
                for group in groups:
                    for draft in group:
                        self._take(draft)
                    if len(self.events) >= MOST or len(self.rejected) >= 5 * MOST:
                        return
        except CutShortError as error:
            self.cut = error.message

    def _take(self, draft: Draft | Unreadable) -> None:
        house = self._installation
        admitted = admit(draft, self._sender, house.rules(), house.secret, house.clock.now())
        if isinstance(admitted, Event) and len(self.events) < MOST:
            self.events.append(_event(admitted))
        elif isinstance(admitted, DeadLetter) and len(self.rejected) < MOST:
            raw = admitted.raw[:_LONGEST_RAW]
            self.rejected.append(RejectedRow(reason=admitted.reason, detail=admitted.detail, raw=raw))


@contextmanager
def _beginning(path: Path, form: FileFormat) -> Iterator[tuple[Path, bool, DuckTables]]:
    """A copy of a file's beginning, whether that is all of it, and tables to read it with."""
    with _legible(path), _NearbyTables(threads=1) as tables, tempfile.TemporaryDirectory() as folder:
        start = start_of(path, PREVIEWED)
        copy, whole = copy_of(path, start, _format(form, path, start), tables, Path(folder))
        yield copy, whole, tables


def _format(form: FileFormat, path: Path, start: Start) -> FileFormat:
    """A mapping's format with its type."""
    return form if form.type else msgspec.structs.replace(form, type=sniff(path, start).type)


@contextmanager
def _legible(path: Path) -> Iterator[None]:
    """What the machine says against reading a file, in our words."""
    try:
        yield
    except PermissionError as error:
        raise InvalidInputError(
            f"{path.name} may not be read", cure="give the user who runs segue the right to read it"
        ) from error
    except OSError as error:
        raise UnavailableError(f"{path.name} cannot be read: {error.strerror}") from error


def _nothing(text: str, error: SegueError, mapping: FileMapping | None = None) -> Preview:
    problem = Trouble(message=error.message, cure=error.cure)
    shown = None if mapping is None else mapping_object(mapping)
    return Preview(yaml=text, mapping=shown, events=[], rejected=[], rows=0, note=None, problem=problem)


def _partial(mapping: FileMapping, whole: bool, trying: _Trying) -> str | None:
    if trying.cut:
        return f"{trying.cut}."
    if whole or not mapping.group_by:
        return None
    keys = ", ".join(mapping.group_by)
    return (
        f"Only the first {trying.meter.rows:,} rows were read and brought together by {keys}: "
        "the import reads them all, and rows that stand further below will be added."
    )


def _event(event: Event) -> dict[str, Any]:
    """An event in the shape of timelines, with the identifiers it is known by."""
    said: dict[str, Any] = {
        "message_id": event.message_id,
        "source": event.source,
        "type": event.type,
        "event": event.event,
        "timestamp": rfc3339(event.timestamp),
        "identifiers": [{"kind": each.kind, "value": each.value} for each in event.mentions],
        "properties": event.properties,
        "traits": event.traits,
        "context": event.context,
    }
    if event.unlinked:
        said["unlinked"] = [{"kind": each.kind, "value": each.value} for each in event.unlinked]
    if event.group_id is not None:
        said["group_id"] = event.group_id
    if event.marks:
        said["marks"] = list(event.marks)
    return said


def _shown(column: Column) -> ColumnLook:
    return ColumnLook(
        name=column.name,
        examples=list(column.examples),
        filled=column.filled,
        looks_like=column.looks_like,
    )


def _cell(value: Any) -> Any:
    """A cell fit for JSON, not too long; bytes foreign to the encoding are replaced."""
    value = plain(value)
    if isinstance(value, str):
        return value[:_LONGEST_CELL].encode("utf-8", "replace").decode()
    return value


def _oddities(head: Head, start: Start, form: FileFormat) -> list[str]:
    """What is odd about a file, each in one sentence with what to do."""
    said: list[str] = []
    if start.cut:
        said.append(f"the file is cut short or damaged ({start.cut}): get the whole file")
    if not head.rows:
        said.append("the file has names of columns and no rows that can be read")
    if form.type == "csv":
        said += _header_oddities(head)
    if head.broken:
        first = head.broken[0]
        said.append(
            f"{len(head.broken):,} of the first {len(head.rows) + len(head.broken):,} lines cannot be read "
            f"(line {first.number}: {first.why}); they will become dead letters"
        )
        last = head.broken[-1]
        if head.whole and last.number > len(head.rows) + len(head.broken) and not start.data.endswith(b"\n"):
            said.append("the last line is one of them: is the file whole?")
    if form.encoding not in {"utf-8", "utf-16"}:
        said.append(f"the text is read as {form.encoding}: do letters with accents look right?")
    return said


def _header_oddities(head: Head) -> list[str]:
    said: list[str] = []
    twice = [name for name, count in Counter(head.columns).items() if count > 1 and name]
    if twice:
        said.append(f"column {twice[0]!r} is there more than once: only the first one can be mapped")
    if "" in head.columns:
        said.append("a column has no name and cannot be mapped: give it one in the first line")
    if len(head.columns) == 1 and len(head.rows) > 1:
        said.append("only one column was found: choose another delimiter if there are more")
    if any(_is_value(name) for name in head.columns):
        said.append("the first line looks like a row: put a line with the columns' names above it")
    return said


def _is_value(name: str) -> bool:
    """Whether a column's name is rather a cell: a number, a time, an address."""
    bare = name.replace(".", "").replace(",", "").replace("-", "").replace(":", "").replace("/", "")
    return bool(bare) and ("@" in name or bare.replace(" ", "").isdigit())


def format_of(sent: dict[str, str] | None) -> FileFormat | None:
    """A format as the API takes it; DefinitionError names the wrong key."""
    if not sent:
        return None
    text = msgspec.json.encode({"format": sent, "event": {"type": "page", "message_id": "{a}"}})
    form = read_mapping(text.decode(), "format").format
    if form.type is None:
        raise DefinitionError("format: 'type' is missing", cure="one of csv, ndjson, parquet")
    return form
