"""The snapshot: columns about all persons as of a moment, for questions about everybody at once.

It is taken now and then by :mod:`segue.app.segments.taking`, says how old it is, and holds no identifiers
and no names. Who was erased since is left out of every answer from the moment of the erasure on, and of
the file as soon as the erasure is finished. With a person's row go those that her data went into: of
whoever any of her fragments belonged to when the snapshot was taken.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from segue.app.directory import SNAPSHOT
from segue.app.installation import Installation
from segue.domain.order import HOUR, rfc3339
from segue.domain.rules import Rules
from segue.domain.scores import BASES, NAMES, Edges
from segue.domain.traits import Trait
from segue.enrich.segments.columns import Field, Path
from segue.enrich.segments.compile import segments_of
from segue.enrich.segments.sql import Known
from segue.errors import UnavailableError
from segue.ports.database import Session
from segue.ports.lake import MissingFileError
from segue.ports.statements import statements

if TYPE_CHECKING:
    from segue.adapters.duckdb.snapshot import SnapshotFolder

SQL: Final = statements("segue.app.segments", "snapshot.sql")

LOCK: Final = "snapshot"
"""Held by whoever writes the folder."""

MARGIN: Final = HOUR
"""An erasure says when it was asked for and commits later: so much before a snapshot is looked at."""

ATTEMPTS: Final = 5

POLL: Final = 0.5
"""Seconds between two askings for the right to write: each takes a connection."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a snapshot says about itself."""

    #: microseconds
    as_of: int
    #: microseconds that it took
    took: int = 0
    persons: int = 0
    #: changes with whatever the next one would differ by
    mark: str = ""
    fields: list[Field] = []
    #: more attributes were told than there are fields
    cut: bool = False
    #: purpose → channel → column
    consents: dict[str, dict[str, str]] = {}
    #: segment → column and digest of its definition, hexadecimal
    members: dict[str, tuple[str, str]] = {}
    #: trait → digest of its definition, see :func:`digests`
    traits: dict[str, str] = {}
    #: erasures of the last hour that it knew of
    erasures: list[str] = []
    #: the fifths of this moment; those that scores go by may be older
    edges: Edges = Edges()


class Hidden(NamedTuple):
    """Who is to be left out."""

    #: erasures that the snapshot did not know of
    erasures: list[str]
    fragments: list[bytes]

    @property
    def where(self) -> str:
        """What holds for the rows that may be shown; empty: for all."""
        if not self.fragments:
            return ""
        return (
            "not list_contains($erased::blob[], person_id)"
            " and not coalesce(list_has_any($erased::blob[], others), false)"
        )

    @property
    def values(self) -> dict[str, object]:
        """What that binds."""
        return {"erased": self.fragments} if self.fragments else {}


class Snapshot(NamedTuple):
    """One snapshot that can be asked."""

    name: str
    about: About
    hidden: Hidden

    @property
    def as_of(self) -> str:
        """RFC 3339."""
        return rfc3339(self.about.as_of)


def digests(rules: Rules) -> dict[str, str]:
    """Of each trait's definition: of everything that decides its value."""
    by_name = {trait.name: trait for trait in rules.traits}

    def shape(trait: Trait) -> list[object]:
        plain = msgspec.structs.replace(trait, title="", built_in=False)
        parts = [shape(by_name[name]) for name in trait.parts or () if name in by_name]
        return [msgspec.msgpack.encode(plain, order="deterministic"), rules.time_zone, parts]

    return {
        name: blake2b(msgspec.msgpack.encode(shape(trait)), digest_size=8).hexdigest()
        for name, trait in by_name.items()
    }


class Snapshots:
    """The snapshots of one installation. Safe to share between threads; one for a process."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._read: tuple[str, About] | None = None

    @cached_property
    def folder(self) -> SnapshotFolder:
        """Its files; the engine is loaded when they are first asked for."""
        from segue.adapters.duckdb.snapshot import SnapshotFolder

        return SnapshotFolder(self._installation.data / SNAPSHOT)

    # ── reading ──────────────────────────────────────────────────────────────

    def newest(self) -> Snapshot | None:
        """The present snapshot with who is to be left out; None before the first."""
        found = self.folder.newest()
        if found is None:
            return None
        name, told = found
        if self._read is None or self._read[0] != name:
            self._read = name, msgspec.json.decode(told, type=About)
        about = self._read[1]
        with self._installation.database.transaction(read_only=True) as session:
            return Snapshot(name, about, hidden(session, about))

    def present(self) -> Snapshot:
        """The present snapshot; UnavailableError before the first."""
        found = self.newest()
        if found is None:
            raise UnavailableError(
                "no snapshot of the customers has been taken yet",
                cure="wait a moment: `segue serve` takes one by itself",
            )
        return found

    def select(
        self,
        snapshot: Snapshot,
        sql: str,
        values: Mapping[str, object] | None = None,
        tables: Mapping[str, Any] | None = None,
    ) -> list[tuple[Any, ...]]:
        """Rows of a statement over ``persons``, the snapshot without who is to be left out.

        MissingFileError when a newer one has taken its place: ask again with that one. ``tables`` are
        joined by the statement itself.
        """
        shown = snapshot.hidden.where or "true"
        source = f"with persons as (select * from read_parquet($file) where {shown}) "
        return self.folder.select(
            snapshot.name, source + sql, {**(values or {}), **snapshot.hidden.values}, tables
        )

    def answered(self, question: Any) -> Any:
        """What ``question`` makes of the present snapshot, asked again when that was replaced meanwhile."""
        for _ in range(ATTEMPTS):
            try:
                return question(self.present())
            except MissingFileError:
                continue
        raise UnavailableError("the snapshot changes too fast to be read", cure="ask again")

    def known(self, snapshot: Snapshot, rules: Rules, extra: Sequence[Field] = ()) -> Known:
        """What can be asked of it by these rules; traits that were defined anew since are not known."""
        now = digests(rules)
        fields: dict[Path, Field] = {}
        for field in (*snapshot.about.fields, *extra):
            root, name = field.path[0], field.path[1]
            stale = root == "traits" and _stale(name, snapshot.about.traits, now)
            if not stale or field in extra:
                fields[field.path] = field
        complete = {"predictions", "orders", "sessions"} | (set() if snapshot.about.cut else {"attributes"})
        return Known(
            fields=fields,
            consents=snapshot.about.consents,
            members=members(snapshot.about, rules),
            segments={segment.name: segment.when for segment in rules.segments},
            purposes=rules.purposes,
            complete=frozenset(complete),
        )

    # ── erasing ──────────────────────────────────────────────────────────────

    def writing(self) -> AbstractContextManager[object] | None:
        """The right to write the folder for a block; None while somebody else has it."""
        return self._installation.database.try_lock(LOCK)

    def purge(self, timeout: float) -> int:
        """Take who was erased out of the file; answers how many rows of hers are left, which is none.

        UnavailableError when somebody takes a snapshot for longer than ``timeout`` seconds.
        """
        deadline = time.monotonic() + timeout
        while (lock := self.writing()) is None:
            if time.monotonic() > deadline:
                raise UnavailableError("a snapshot is being taken", cure="it is tried again")
            time.sleep(POLL)
        with lock:
            return self._purge()

    def _purge(self) -> int:
        self.folder.sweep()
        found = self.newest()
        if found is None or not found.hidden.where:
            return len(self.folder.strays())
        about = msgspec.structs.replace(found.about, erasures=[*found.about.erasures, *found.hidden.erasures])

        def told(rows: int) -> bytes:
            return msgspec.json.encode(msgspec.structs.replace(about, persons=rows))

        name = self.folder.without(found.name, about.as_of, found.hidden.where, found.hidden.values, told)
        left = f"select count(*) from read_parquet($file) where not ({found.hidden.where})"
        [(rows,)] = self.folder.select(name, left, found.hidden.values)
        return int(rows) + len(self.folder.strays())


def _stale(name: str, then: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Whether a trait, or what a score is of, was defined anew."""
    of = BASES if name in NAMES and name not in now else (name,)
    return any(each in now and then.get(each) != now[each] for each in of)


def hidden(session: Session, about: About) -> Hidden:
    """Who was erased since the snapshot was taken, and whose data went into the same rows."""
    rows = session.fetch(SQL["erased_since"], since=about.as_of - MARGIN)
    new = [(erasure, fragments) for erasure, fragments in rows if erasure not in set(about.erasures)]
    return Hidden(
        [erasure for erasure, _ in new], sorted({bytes(each) for _, several in new for each in several})
    )


def members(about: About, rules: Rules) -> dict[str, str]:
    """Columns of the segments that are defined as they were when it was taken."""
    known = segments_of(rules).by_name
    return {
        name: column
        for name, (column, digest) in about.members.items()
        if name in known and known[name].digest.hex() == digest
    }
