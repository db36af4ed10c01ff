"""Taking a snapshot: everybody's facts, streamed from the database into columns.

One person at a time goes through memory; what is kept of her is decided in
:mod:`segue.app.segments.shape`.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from segue.app.directory import server_record
from segue.app.edges import put_edges
from segue.app.installation import Installation
from segue.app.segments.everybody import Everybody
from segue.app.segments.shape import Columns
from segue.app.segments.snapshot import MARGIN, POLL, SQL, About, Snapshots, digests
from segue.domain.order import DAY, MINUTE
from segue.domain.rules import Rules
from segue.domain.scores import BASES, Edges
from segue.enrich.calendar import day_and_hour
from segue.enrich.segments.columns import Field, Path
from segue.enrich.segments.compile import segments_of
from segue.errors import ConflictError
from segue.ports.database import Session

if TYPE_CHECKING:
    from segue.adapters.duckdb.snapshot import SnapshotFolder, Staging

LOOKED: Final = 0.5
"""Seconds after which it is looked again whether somebody is being erased."""

PATIENCE: Final = 10.0
"""Seconds that somebody waits for the first snapshot, which somebody else takes."""

SHARE: Final = 9
"""Times what the last one took that must have passed before the next: a tenth of a core at most."""


# ── taking ───────────────────────────────────────────────────────────────────


def take(installation: Installation, snapshots: Snapshots) -> About | None:
    """Take a snapshot now; None when somebody else is taking one, or somebody is being erased meanwhile.

    An erasure is not kept waiting: what was staged by then is given up, and another time will do.
    UnavailableError when the disk or the database refuses; what was there before stays.
    """
    folder = snapshots.folder  # its engine takes seconds to load: not while an erasure may wait for us
    lock = snapshots.writing()
    if lock is None:
        return None
    with lock, suppress(_LetGo), folder.staging() as staging:
        return _take(installation, folder, staging)
    return None


class _LetGo(Exception):
    """Somebody is being erased, who may be in what is staged."""


class _Erasures:
    """Watches for erasures that whoever reads an older moment of the database does not see."""

    def __init__(self, installation: Installation, known: Collection[str], since: int) -> None:
        self._installation = installation
        self._known = frozenset(known)
        self._since = since
        self._looked = time.monotonic()

    def look(self, every: float = LOOKED) -> None:
        """_LetGo when there is one; looks at most once in so many seconds."""
        if time.monotonic() - self._looked < every:
            return
        with self._installation.database.transaction(read_only=True) as session:
            found = {erasure for erasure, _ in session.fetch(SQL["erased_since"], since=self._since)}
        if not found <= self._known:
            raise _LetGo
        self._looked = time.monotonic()


class _Read(NamedTuple):
    """Everybody, as columns of staged rows, and what was read at the same moment of the database."""

    columns: Columns
    #: segments by which everybody has been judged
    ready: list[str]
    #: what the mark is made of
    state: tuple[object, ...]
    #: erasures that were known of
    erasures: list[str]
    #: watches for others
    others: _Erasures


def _take(installation: Installation, folder: SnapshotFolder, staging: Staging) -> About:
    begun = time.monotonic()
    rules, now = installation.rules(), installation.clock.now()
    read = _read(installation, staging, rules, now)
    edges = _edges(staging, read.columns.fields(), now)
    if put_edges(installation.database, edges, older_than=now - DAY):
        rules = installation.rules()
    read.columns.score(rules, rules.edges)
    about = _about(read, rules, edges)

    def told(rows: int) -> bytes:
        took = int((time.monotonic() - begun) * 1_000_000)
        return msgspec.json.encode(msgspec.structs.replace(about, persons=rows, took=took))

    read.others.look(every=0.0)
    schema, batches = staging.batches(read.columns.statement(), {})
    folder.publish(now, schema, batches, told)
    return about


def _read(installation: Installation, staging: Staging, rules: Rules, now: int) -> _Read:
    """Stage everybody's facts; _LetGo when somebody is erased meanwhile."""
    columns = Columns(rules)
    with installation.database.transaction(read_only=True) as session:
        # read where the streams are: at the same moment of the database
        erasures = [erasure for erasure, _ in session.fetch(SQL["erased_since"], since=now - MARGIN)]
        others = _Erasures(installation, erasures, now - MARGIN)
        everybody = Everybody(session, rules, now)
        for parts, facts in everybody:
            staging.add(columns.row(parts, facts), columns.kinds)
            others.look()
        [(ready,)] = session.fetch(SQL["ready"])
        [state] = session.fetch(SQL["mark"])
    columns.expect(ready, everybody.traits)
    staging.whole({**columns.kinds})
    return _Read(columns, ready, state, erasures, others)


def _about(read: _Read, rules: Rules, edges: Edges) -> About:
    """What the snapshot says about itself, but for how many they are and how long it took."""
    columns, now = read.columns, edges.as_of
    return About(
        as_of=now,
        mark=_mark(read.state, rules, now),
        fields=columns.fields(),
        cut=columns.cut,
        consents=columns.consents,
        members=_members(columns, rules, read.ready),
        traits=digests(rules),
        erasures=read.erasures,
        edges=edges,
    )


def _members(columns: Columns, rules: Rules, ready: Iterable[str]) -> dict[str, tuple[str, str]]:
    known = segments_of(rules).by_name
    return {name: (columns.members[name], known[name].digest.hex()) for name in ready if name in known}


def mark_of(session: Session, rules: Rules, now: int) -> str:
    """Changes with whatever the next snapshot would differ by: events, decisions, definitions, the day."""
    [state] = session.fetch(SQL["mark"])
    return _mark(state, rules, now)


def _mark(state: Iterable[object], rules: Rules, now: int) -> str:
    day, _ = day_and_hour(rules.time_zone, now)
    return "/".join(map(str, (*state, rules.version, day)))


def _edges(staging: Staging, fields: Iterable[Field], now: int) -> Edges:
    """Fifths of the buyers by the built-in traits."""
    found: Mapping[Path, Field] = {field.path: field for field in fields}
    frequency = found.get(("traits", "frequency"))
    buys = None if frequency is None else frequency.of("n")
    edges: dict[str, list[float]] = {}
    for name in BASES:
        field = found.get(("traits", name))
        column = None if field is None else field.of("n")
        if column is None or buys is None:
            continue
        asked = f"select quantile_cont({column}, [0.2, 0.4, 0.6, 0.8]) from staged where {buys} > 0"
        [(values,)] = staging.ask(asked)
        edges[name] = list(values or ())
    return Edges(**edges, as_of=now)


# ── when ─────────────────────────────────────────────────────────────────────


def is_due(installation: Installation, snapshots: Snapshots) -> bool:
    """Whether the present snapshot is old, and would be another if it were taken anew."""
    found, now = snapshots.newest(), installation.clock.now()
    if found is not None:
        least = max(installation.settings.snapshot_minutes * MINUTE, SHARE * found.about.took)
        if 0 <= now - found.about.as_of < min(least, DAY):
            return False
    with installation.database.transaction(read_only=True) as session:
        if found is None:
            return bool(session.fetch(SQL["persons"], limit=1)[0][0])
        return mark_of(session, installation.rules(), now) != found.about.mark


def ensure(installation: Installation, snapshots: Snapshots, at_most: int = 50_000) -> None:
    """Take the first snapshot at once, or wait for who takes it; ConflictError where there are many persons.

    What runs by itself takes the first snapshot of a large installation.
    """
    if snapshots.newest() is not None:
        return
    with installation.database.transaction(read_only=True) as session:
        [(persons,)] = session.fetch(SQL["persons"], limit=at_most + 1)
    if persons > at_most:
        raise ConflictError(
            "no snapshot of the customers has been taken yet, and they are many",
            cure="wait until `segue serve` has taken one",
        )
    deadline = time.monotonic() + PATIENCE
    while snapshots.newest() is None and take(installation, snapshots) is None:
        if time.monotonic() > deadline:
            return  # whoever asks the snapshot says that there is none
        time.sleep(POLL)


def renew(installation: Installation, snapshots: Snapshots, at_most: int = 50_000) -> None:
    """For a command: where no server takes snapshots, and persons are few, have one of the present."""
    if server_record(installation.data) is not None:
        return
    found = snapshots.newest()
    with installation.database.transaction(read_only=True) as session:
        mark = mark_of(session, installation.rules(), installation.clock.now())
        [(persons,)] = session.fetch(SQL["persons"], limit=at_most + 1)
    if persons <= at_most and (found is None or found.about.mark != mark):
        take(installation, snapshots)


__all__ = ["ensure", "is_due", "mark_of", "renew", "take"]
