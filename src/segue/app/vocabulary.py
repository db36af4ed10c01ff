"""What conditions and traits can speak of in this installation: events, their properties, fields, values.

Asked of the lake's newest files and of the snapshot, now and then. A value is told only if several
customers have it, and never of what tells who somebody is: so nobody is found in it, and what is kept of
it between two askings needs no erasing.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import structs

from segue.app.directory import LAKE
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.app.segments.shape import NAMING
from segue.app.segments.snapshot import Snapshot, Snapshots
from segue.archive import manifest
from segue.domain.order import MINUTE, SECOND, rfc3339
from segue.domain.rules import PlannedEvent, Rules
from segue.enrich.segments.columns import Field
from segue.errors import UnavailableError
from segue.ports.lake import LakeFile, MissingFileError
from segue.ports.statements import statements

if TYPE_CHECKING:
    from segue.adapters.duckdb.questions import Events

_SQL = statements("segue.app", "vocabulary.sql")

FRESH_FOR: Final = 5 * MINUTE
"""How long the same is told again, in microseconds."""

EMPTY_FOR: Final = 5 * SECOND
"""The same while there are no events."""

SEVERAL: Final = 3
"""Customers (of events: fragments) who must have a value before it is told."""

ATTEMPTS: Final = 5
NAMES: Final = 100
"""Names of events that are told."""
LOOKED_INTO: Final = 40
"""Of those, the most frequent ones whose properties are told."""
SAMPLE: Final = 300
"""Newest events of a name that are looked into."""
SELDOM: Final = 30
"""Of fewer in the newest files, older ones are looked into too."""
ROWS: Final = 60_000
"""Events that the newest files have between them, about."""
LINES: Final = 20
"""Lines of one event that are looked into."""
PATHS: Final = 80
VALUES: Final = 40
LONGEST: Final = 200
DEEPEST: Final = 4
_NEVER: Final = NAMING | {
    "ip",
    "user_agent",
    "useragent",
    "externalids",
    "traits",
    "url",
    "referrer",
    "library",
}
"""Keys that tell who somebody is, or nothing that one would ask for; what is inside is not told either."""

_CHOOSING: Final = ("first", "last", "most_frequent")
_AMOUNT = re.compile(r"-?\d+(\.\d+)?")
_Row = Mapping[str, Any]
Kind = Literal["number", "text", "flag", "list", "mixed"]
Plain = str | float | bool


class FieldWords(msgspec.Struct, frozen=True, kw_only=True):
    """A field that can be asked, and values that several customers have of it."""

    #: ``attributes.city``; inside ``where``: ``properties.store``, ``products.category``
    path: str
    kind: Kind
    #: the most frequent first; none where they tell who somebody is, or hardly two have the same
    values: list[Plain] = []


class EventWords(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happens."""

    #: its name; of other calls than track their type, such as ``page``
    name: str
    #: how often so far; 0: the tracking plan speaks of it
    events: int
    fields: list[FieldWords] = []


class PurposeWords(msgspec.Struct, frozen=True, kw_only=True):
    """What data is used for, and the channels in which one agrees to it."""

    name: str
    channels: list[str]


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    #: when it was looked at, RFC 3339
    as_of: str
    #: the most frequent first
    events: list[EventWords]
    #: of the golden record: attributes, traits, predictions, orders, sessions
    fields: list[FieldWords]
    purposes: list[PurposeWords]


class Words:
    """Tells the vocabulary of one installation. Safe to share between threads; keep it."""

    def __init__(self, installation: Installation, snapshots: Snapshots) -> None:
        self._installation = installation
        self._snapshots = snapshots
        self._lock = threading.Lock()
        self._told: tuple[int, int, Vocabulary] | None = None

    def read(self) -> Vocabulary:
        """What was found lately, or anew. UnavailableError when the lake cannot be read."""
        rules, now = self._installation.rules(), self._installation.clock.now()
        with self._lock:
            if self._told is not None:
                at, version, told = self._told
                if version == rules.version and now - at < (FRESH_FOR if told.events else EMPTY_FOR):
                    return told
            told = self._read(rules, now)
            self._told = now, rules.version, told
            return told

    def _read(self, rules: Rules, now: int) -> Vocabulary:
        seen = self._happened()
        planned = {name: event for name, event in rules.plan.events.items() if name not in seen}
        events = [_with_plan(each, rules.plan.events.get(name)) for name, each in seen.items()]
        events += [_with_plan(EventWords(name=name, events=0), event) for name, event in planned.items()]
        return Vocabulary(
            as_of=rfc3339(now),
            events=events,
            fields=self._fields(rules),
            purposes=[
                PurposeWords(name=name, channels=list(purpose.channels))
                for name, purpose in rules.purposes.purposes.items()
            ],
        )

    # ── events ────────────────────────────────────────────────────────────────

    def _happened(self) -> dict[str, EventWords]:
        from segue.adapters.duckdb.questions import LakeQuestions

        lake_of(self._installation).flush()
        for _ in range(ATTEMPTS):
            with self._installation.database.transaction(read_only=True) as session:
                # the manifest before the erasures, see app/segments/counting.py
                files = manifest.files(session)
                erased = manifest.pending_erasures(session)
            questions = LakeQuestions(self._installation.data / LAKE)
            try:
                with questions.over(_newest(files), erased) as lake:
                    latest = _by_name(lake.rows(_SQL["newest"].text, {"most": SAMPLE}))
                with questions.over([file.file_id for file in files], erased) as lake:
                    return _looked(lake, latest)
            except MissingFileError:
                continue
        raise UnavailableError("the lake changes too fast to be read", cure="ask again")

    # ── the golden record ─────────────────────────────────────────────────────

    def _fields(self, rules: Rules) -> list[FieldWords]:
        if self._snapshots.newest() is None:
            return [FieldWords(path=f"traits.{trait.name}", kind="mixed") for trait in rules.traits]

        numbers = {
            ("traits", each.name) for each in rules.traits if each.how not in _CHOOSING and not each.by
        }

        def ask(snapshot: Snapshot) -> list[FieldWords]:
            words = [words for field in snapshot.about.fields for words in self._field(snapshot, field)]
            # what nobody has a value of yet shows by its definition what it is
            return [
                structs.replace(each, kind="number")
                if each.kind == "mixed" and tuple(each.path.split(".")) in numbers
                else each
                for each in words
            ]

        found: list[FieldWords] = self._snapshots.answered(ask)
        return sorted(found, key=lambda each: each.path)

    def _field(self, snapshot: Snapshot, field: Field) -> Iterator[FieldWords]:
        path, root, last = ".".join(field.path), field.path[0], field.path[-1]
        if any("." in step for step in field.path) or len(path) > LONGEST:
            return
        if "m" in field.letters:  # a map: each of its keys is a field
            yield from self._keys(snapshot, path, field.of("m"))
        elif root == "predictions":  # named for short; when it was made and how sure it is are seldom asked
            if last == "value":
                yield FieldWords(path=path.removesuffix(".value"), kind="number")
            elif last == "label":
                yield FieldWords(path=path, kind="text", values=self._values(snapshot, field))
        elif field.letters != ("x",) or not field.whole:  # an object has fields of its own
            yield from self._plain(snapshot, field, path)

    def _plain(self, snapshot: Snapshot, field: Field, path: str) -> Iterator[FieldWords]:
        values, kind = self._values(snapshot, field), _kind_of(field)
        if field.path[0] in ("orders", "sessions"):
            if path.endswith("_at"):
                return  # moments: days since then are asked instead
            if values and all(isinstance(each, str) and _AMOUNT.fullmatch(each) for each in values):
                values, kind = [], "number"  # money, written exactly
        yield FieldWords(path=path, kind=kind, values=values)

    def _values(self, snapshot: Snapshot, field: Field) -> list[Plain]:
        column = field.of("t") or field.of("f")
        if column is None:
            return []
        sql = (
            f"select {column}, count(*) from persons where {column} is not null group by 1 "
            f"having count(*) >= {SEVERAL} order by 2 desc, 1 limit {VALUES}"
        )
        return [_short(value) for value, _ in self._snapshots.select(snapshot, sql)]

    def _keys(self, snapshot: Snapshot, path: str, column: str | None) -> Iterator[FieldWords]:
        sql = (
            f"select key, count(*) from (select unnest(map_keys({column})) as key from persons) group by 1 "
            f"having count(*) >= {SEVERAL} order by 2 desc, 1 limit {VALUES}"
        )
        for key, _ in self._snapshots.select(snapshot, sql):
            if "." not in key:
                yield FieldWords(path=f"{path}.{key}"[:LONGEST], kind="number")


def _kind_of(field: Field) -> Kind:
    kinds: dict[str, Kind] = {"n": "number", "t": "text", "f": "flag", "l": "list"}
    known = [kinds[letter] for letter in field.letters if letter in kinds]
    return known[0] if len(known) == 1 else "mixed"


def _short(value: Any) -> Plain:
    return value[:LONGEST] if isinstance(value, str) else value


# ── what is in events ──────────────────────────────────────────────────────────────


def _newest(files: Sequence[LakeFile]) -> list[str]:
    """Those of the last days that make up so many rows."""
    found, rows = [], 0
    for file in files:
        if rows >= ROWS:
            break
        found.append(file.file_id)
        rows += file.rows
    return found


def _by_name(rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    for row in rows:
        found.setdefault(row["name"], []).append(row)
    return found


def _looked(lake: Events, latest: Mapping[str, list[_Row]]) -> dict[str, EventWords]:
    """Everything that happened; what the newest files hardly have is looked for in all."""
    found: dict[str, EventWords] = {}
    for row in lake.rows(_SQL["names"].text, {"most": NAMES}):
        name, fields = row["name"], []
        if len(found) < LOOKED_INTO:
            some: Sequence[_Row] = latest.get(name, [])
            if len(some) < min(SELDOM, row["events"]):
                asked = {"name": name, "most": SAMPLE}
                some = lake.rows(_SQL["tracked"].text, asked) or lake.rows(_SQL["called"].text, asked)
            fields = _told(some)
        found[name] = EventWords(name=name, events=row["events"], fields=fields)
    return found


class _Seen:
    """Values of one path, and who has them."""

    def __init__(self) -> None:
        self.kinds: Counter[Kind] = Counter()
        self.by: dict[Plain, set[str]] = {}

    def add(self, value: Any, fragment: str) -> None:
        """One more."""
        kind: Kind = "flag" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
        self.kinds[kind] += 1
        if kind != "number" and len(self.by) < 5_000 and value != "":
            self.by.setdefault(_short(value), set()).add(fragment)

    def words(self, path: str) -> FieldWords:
        """As it is told."""
        kind: Kind = next(iter(self.kinds)) if len(self.kinds) == 1 else "mixed"
        common = [
            (len(fragments), value) for value, fragments in self.by.items() if len(fragments) >= SEVERAL
        ]
        common.sort(key=lambda each: (-each[0], str(each[1])))
        return FieldWords(path=path, kind=kind, values=[value for _, value in common[:VALUES]])


def _told(rows: Iterable[_Row]) -> list[FieldWords]:
    seen: dict[str, _Seen] = {}
    for row in rows:
        for path, value in _parts(row):
            seen.setdefault(path, _Seen()).add(value, row["fragment_id"])
    often = sorted(seen, key=lambda path: (path.startswith("context."), -seen[path].kinds.total(), path))
    return [seen[path].words(path) for path in often[:PATHS]]


def _parts(row: _Row) -> Iterator[tuple[str, Any]]:
    """Every plain value of an event by the path that names it inside ``where``."""
    yield "source", row["source"]
    properties = msgspec.json.decode(row["properties"] or "{}")
    lines = properties.pop("products", None) if isinstance(properties, dict) else None
    yield from _inside("properties", properties)
    for line in lines[:LINES] if isinstance(lines, list) else ():
        yield from _inside("products", line)
    yield from _inside("context", msgspec.json.decode(row["context"] or "{}"))


def _inside(path: str, value: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and depth < DEEPEST:
        for key, each in value.items():
            if key and key.lower() not in _NEVER and not any(sign in key for sign in '."\\*'):
                yield from _inside(f"{path}.{key}", each, depth + 1)
    elif isinstance(value, str | int | float) and len(path) <= LONGEST:
        yield path, value


# ── what the tracking plan speaks of ───────────────────────────────────────────────


def _with_plan(event: EventWords, planned: PlannedEvent | None) -> EventWords:
    """The event, with properties that its schema names and that did not happen yet."""
    if planned is None:
        return event
    there = {field.path for field in event.fields}
    more = [each for each in _schema("properties", planned.schema) if each.path not in there]
    return structs.replace(event, fields=[*event.fields, *more[:PATHS]])


_TYPES: Final[Mapping[str, Kind]] = {
    "number": "number",
    "integer": "number",
    "string": "text",
    "boolean": "flag",
}


def _schema(path: str, schema: Any, depth: int = 0) -> Iterator[FieldWords]:
    parts = schema.get("properties") if isinstance(schema, dict) else None
    for key, said in parts.items() if isinstance(parts, dict) and depth < DEEPEST else ():
        if not isinstance(said, dict) or any(sign in key for sign in '."\\*'):
            continue
        if path == "properties" and key == "products":
            yield from _schema("products", said.get("items"), depth + 1)
        elif said.get("type") == "object":
            yield from _schema(f"{path}.{key}", said, depth + 1)
        else:
            choices = said.get("enum")
            values: list[Plain] = [
                each
                for each in (choices if isinstance(choices, list) else ())
                if isinstance(each, str | bool)
            ]
            kind = _TYPES.get(str(said.get("type")), "mixed")
            yield FieldWords(path=f"{path}.{key}", kind=kind, values=values)
