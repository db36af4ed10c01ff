"""What a condition asks and no snapshot holds yet: counted from the lake for everybody, as of a moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from segue.app.directory import LAKE
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.archive import manifest
from segue.domain.conditions import All, Compare, Did
from segue.domain.rules import Rules
from segue.domain.traits import Segment
from segue.enrich.segments.columns import LETTERS, Field, Letter, Path, stored
from segue.enrich.traits.plan import did_name, plan
from segue.errors import UnavailableError
from segue.ports.database import Session
from segue.ports.lake import MissingFileError
from segue.ports.statements import statements

if TYPE_CHECKING:
    from segue.adapters.duckdb.questions import Events

_SQL = statements("segue.archive")
ATTEMPTS: Final = 5
_PREVIEW: Final = "preview"


class Counted(NamedTuple):
    """Columns about persons, to be joined to a snapshot."""

    #: Arrow: ``person_id``, and the columns of the fields
    table: Any
    fields: list[Field]


def counted(installation: Installation, rules: Rules, leaves: Sequence[Compare | Did], as_of: int) -> Counted:
    """The traits and counts that these ask for, of everybody who has any.

    All that was accepted is archived first. UnavailableError when the lake cannot be read.
    """
    from segue.adapters.duckdb.questions import LakeQuestions

    lake = lake_of(installation)
    lake.flush()
    for _ in range(ATTEMPTS):
        with installation.database.transaction(read_only=True) as session:
            # the manifest before the erasures: one that is finished in between has deleted its files
            files = [file.file_id for file in manifest.files(session)]
            erased = manifest.pending_erasures(session)
            known = _fragments(session)
        try:
            with LakeQuestions(installation.data / LAKE).over(files, erased) as events:
                events.know("fragments", known)
                return _counted(events, rules, leaves, as_of)
        except MissingFileError:
            continue
    raise UnavailableError("the lake changes too fast to be read", cure="ask again")


def _fragments(session: Session) -> Mapping[str, list[str]]:
    rows = [row for row in session.stream(_SQL["fragments"]) if row[1] is not None]
    return {"fragment_id": [row[0] for row in rows], "person_id": [row[1] for row in rows]}


def _counted(events: Events, rules: Rules, leaves: Sequence[Compare | Did], as_of: int) -> Counted:
    # seldom: a web process is small without it
    from segue.enrich.traits.sql import column_type, values_sql

    wanted = [leaf for leaf in leaves if isinstance(leaf, Did)]
    segment = Segment(name=_PREVIEW, when=All(tuple(wanted)))
    ours = plan(msgspec.structs.replace(rules, segments=(*rules.segments, segment)))
    paths: dict[Path, str] = {}
    for leaf in leaves:
        name = did_name(leaf) if isinstance(leaf, Did) else leaf.path[1]
        key = leaf.path[2:3] if isinstance(leaf, Compare) and column_type(ours, name) == "map" else ()
        paths["traits", name, *key] = name
    names = list(dict.fromkeys(paths.values()))
    asked = values_sql(ours, as_of, names)
    rows = (row for batch in events.ask(asked.text, asked.values) for row in batch.to_pylist())
    json = {name for name in names if column_type(ours, name) == "json"}
    return _table(rows, paths, json)


def _table(rows: Iterator[dict[str, Any]], paths: Mapping[Path, str], json: set[str]) -> Counted:
    import pyarrow as pa

    from segue.adapters.duckdb.snapshot import TYPES

    persons: list[bytes] = []
    columns: dict[tuple[int, Letter], list[object]] = {}
    for row in rows:
        for number, (path, name) in enumerate(paths.items()):
            value = row[name]
            if name in json and value is not None:
                value = msgspec.json.decode(value)
            if len(path) == 3 and value is not None:
                value = dict(value).get(path[2])
            cell = stored(value, maps=True)
            if cell is not None:
                column = columns.setdefault((number, cell[0]), [])
                column.extend([None] * (len(persons) - len(column)))
                column.append(cell[1])
        persons.append(bytes.fromhex(row["person_id"]))
    arrays = {"person_id": pa.array(persons, pa.binary())}
    for (number, letter), column in columns.items():
        column.extend([None] * (len(persons) - len(column)))
        arrays[f"e{number}_{letter}"] = pa.array(column, TYPES[LETTERS[letter]])
    fields = [
        Field(
            path=path,
            column=f"e{number}",
            letters=tuple(letter for each, letter in columns if each == number),
        )
        for number, path in enumerate(paths)
    ]
    return Counted(pa.table(arrays), fields)
