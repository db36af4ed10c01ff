"""Traits as people ask for them: what is defined, how far it is counted, and what a definition would give."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from segue.app import backfill
from segue.app.directory import LAKE
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.app.names import known
from segue.archive import manifest
from segue.domain.identifiers import fragment_id, parse_identifier
from segue.domain.order import MINUTE, rfc3339
from segue.domain.rules import Rules
from segue.domain.rules.normalise import normalise_identifier
from segue.domain.rules.traits import read_traits, trait_to_json
from segue.domain.rules.yamls import dump
from segue.domain.scores import BASES, NAMES, TITLES, scores_of
from segue.domain.traits import Trait
from segue.enrich import store
from segue.enrich.glance import glance_of
from segue.enrich.golden import PersonParts, counted_of, in_view
from segue.enrich.segments.compile import needs_of
from segue.enrich.traits.plan import TraitPlan, plan
from segue.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from segue.ports.database import Session
from segue.ports.lake import MissingFileError
from segue.ports.statements import statements

_SQL = statements("segue.app", "traits.sql")

SAMPLE: Final = 20
"""Persons whose values are shown."""

WORKING: Final = 2 * MINUTE
"""Whoever counts from the lake was last at it at most so long ago."""

_ATTEMPTS: Final = 5
_EMPTY: Final[tuple[Any, ...]] = (None, {}, [])


class Backfill(msgspec.Struct, frozen=True, kw_only=True):
    """How far what happened before a definition is counted."""

    state: Literal["done", "running", "waiting"]
    #: 0 to 1
    fraction: float


class TraitView(msgspec.Struct, frozen=True, kw_only=True):
    """A trait."""

    name: str
    title: str
    #: count, sum, mean, …
    how: str
    #: as it stands in traits.yaml
    definition: str
    built_in: bool
    #: segments and ratios that need it
    used_by: list[str]
    backfill: Backfill
    #: somebody's value; null when nobody who was seen lately has one
    example: Any


class TraitList(msgspec.Struct, frozen=True, kw_only=True):
    """All traits: those of traits.yaml first."""

    traits: list[TraitView]


class TraitValue(msgspec.Struct, frozen=True, kw_only=True):
    """What a person's value would be."""

    person_id: str
    label: str
    values: dict[str, Any]


class TraitPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What some definitions would give."""

    #: names of the traits, in the order of their definition
    traits: list[str]
    #: of those asked for, or of twenty who were seen lately
    values: list[TraitValue]
    #: RFC 3339
    as_of: str
    took_ms: int


class Traits:
    """Reads and tries the traits of one installation. Safe to share between threads."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    # ── what there is ─────────────────────────────────────────────────────────

    def all(self) -> TraitList:
        """Every trait, built-in ones last."""
        rules = self._installation.rules()
        with self._installation.database.transaction(read_only=True) as session:
            how_far = _how_far(session, self._installation.clock.now())
            examples = self._examples(session, rules)
        ours, users = plan(rules), _users(rules)
        found = [
            TraitView(
                name=trait.name,
                title=trait.title,
                how=trait.how,
                definition=definition_of([trait]),
                built_in=trait.built_in,
                used_by=users.get(trait.name, []),
                backfill=_together([how_far.get(key, _WAITING) for key in ours.needs[trait.name]]),
                example=examples.get(trait.name),
            )
            for trait in rules.traits
        ]
        found += [
            TraitView(
                name=name,
                title=TITLES[name],
                how="score",
                definition="",
                built_in=True,
                used_by=users.get(name, []),
                backfill=_together([how_far.get(key, _WAITING) for key in keys_of(ours, name)]),
                example=examples.get(name),
            )
            for name in NAMES
            if name not in ours.needs
        ]
        return TraitList(traits=sorted(found, key=lambda each: each.built_in))

    def one(self, name: str) -> TraitView:
        """One of them; NotFoundError names the nearest."""
        self._known(name)
        return next(each for each in self.all().traits if each.name == name)

    def _known(self, name: str) -> None:
        known(name, [*NAMES, *(each.name for each in self._installation.rules().traits)], "trait")

    def _examples(self, session: Session, rules: Rules) -> dict[str, Any]:
        """Of each trait a value of whoever is newest and has one."""
        found: dict[str, Any] = {}
        for parts in _newest(session).values():
            values = self._values(parts, rules)
            for name, value in values.items():
                if value not in _EMPTY:
                    found.setdefault(name, value)
        return found

    def _values(self, parts: PersonParts, rules: Rules) -> Mapping[str, Any]:
        ours = plan(rules, parts.standing.numbers)
        state = ours.merge(counted_of(parts, in_view(parts, "certain")))
        values = ours.values(state, self._installation.clock.now(), [trait.name for trait in rules.traits])
        return {**scores_of(values, rules.edges), **values}

    # ── counting what was before ──────────────────────────────────────────────

    def backfill(self, name: str, watch: backfill.Watch | None = None) -> TraitView:
        """Count the trait anew from the lake (or go on, where it is not counted yet), and wait for it.

        NotFoundError; ConflictError when another process is counting already.
        """
        self._known(name)
        self._installation.drain()
        keys = keys_of(plan(self._installation.rules()), name)
        backfill.begin_anew(self._installation, keys)
        if not backfill.backfill(self._installation, keys=keys, watch=watch):
            raise ConflictError("another process is counting from the lake", cure="see `segue traits list`")
        self._installation.drain()
        return self.one(name)

    def begin_anew(self, name: str) -> TraitView:
        """Have the running worker count the trait anew, unless it is at it; NotFoundError."""
        self._known(name)
        backfill.begin_anew(self._installation, keys_of(plan(self._installation.rules()), name))
        return self.one(name)

    # ── trying definitions ────────────────────────────────────────────────────

    def preview(self, text: str, persons: Sequence[str] = ()) -> TraitPreview:
        """The values that the traits of ``text`` (as traits.yaml) would have, from the lake.

        Of the persons with these identifiers (``KIND:VALUE``), or of some who were seen lately.
        DefinitionError, InvalidInputError, NotFoundError.
        """
        began = time.perf_counter()
        own = read_traits(text)
        names = [trait.name for trait in own if not trait.built_in]
        if not names:
            raise InvalidInputError("no trait is defined there", cure="write it under traits:")
        rules = msgspec.structs.replace(self._installation.rules(), traits=own, segments=())
        now = self._installation.clock.now()
        with self._installation.database.transaction(read_only=True) as session:
            parts = self._asked_for(session, persons) if persons else _newest(session)
        values = self._from_lake(rules, parts, names, now) if parts else {}
        nothing: Mapping[str, Any] = plan(rules).values(plan(rules).merge([]), now, names)
        return TraitPreview(
            traits=names,
            values=[
                TraitValue(
                    person_id=person.hex(),
                    label=glance_of(each, rules, now, None).label,
                    values={name: values.get(person.hex(), nothing).get(name) for name in names},
                )
                for person, each in parts.items()
            ],
            as_of=rfc3339(now),
            took_ms=round((time.perf_counter() - began) * 1_000),
        )

    def _asked_for(self, session: Session, persons: Sequence[str]) -> dict[bytes, PersonParts]:
        ids = [self._fragment(each) for each in persons]
        rows = session.fetch(_SQL["persons_of"], ids=ids)
        found: dict[bytes, bytes] = dict(rows)
        for wanted, fragment in zip(persons, ids, strict=True):
            if fragment not in found:
                raise NotFoundError(
                    f"nobody has the identifier of kind {wanted.partition(':')[0][:80]!r} that was given",
                    cure="check its value",
                )
        return store.read_persons(session, list(dict.fromkeys(found.values())))

    def _fragment(self, identifier: str) -> bytes:
        kind, value = parse_identifier(identifier)
        known = normalise_identifier(self._installation.rules().identity, kind, value)
        if known is None:
            raise NotFoundError("this value identifies nobody", cure="see `blocked` in identity.yaml")
        return fragment_id(self._installation.secret, known.kind, known.value)

    def _from_lake(
        self, rules: Rules, parts: Mapping[bytes, PersonParts], names: Sequence[str], now: int
    ) -> dict[str, Mapping[str, Any]]:
        from segue.enrich.traits.sql import values_sql

        lake_of(self._installation).flush()
        rows = [
            (row.fragment_id.hex(), person.hex())
            for person, each in parts.items()
            for row in in_view(each, "certain")
            if not row.shared
        ]
        question = values_sql(plan(rules), now, names)
        for _ in range(_ATTEMPTS):
            with self._installation.database.transaction(read_only=True) as session:
                files = [each.file_id for each in manifest.files(session)]
                erased = manifest.pending_erasures(session)
            try:
                from segue.adapters.duckdb.questions import LakeQuestions

                with LakeQuestions(self._installation.data / LAKE).over(files, erased) as events:
                    fragments, persons = zip(*rows, strict=True)
                    events.know("fragments", {"fragment_id": fragments, "person_id": persons})
                    told = events.rows(question.text, question.values)
                return {row["person_id"]: _readable(row) for row in told}
            except MissingFileError:
                continue
        raise UnavailableError("the lake changes too fast to be read", cure="ask again")


def keys_of(ours: TraitPlan, name: str) -> frozenset[str]:
    """What is counted for a trait, or for what a score is of."""
    of = (name,) if name in ours.needs else BASES
    return frozenset(key for each in of for key in ours.needs.get(each, ()))


def _readable(row: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of the lake as the record tells values: whole numbers as such, maps as objects."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 6)
    if isinstance(value, list):
        return {key: _plain(each) for key, each in value}
    return {key: _plain(each) for key, each in value.items()} if isinstance(value, dict) else value


def definition_of(traits: Iterable[Trait]) -> str:
    """The text that stands for them in traits.yaml."""
    return dump({"traits": {trait.name: trait_to_json(trait) for trait in traits}})


def _newest(session: Session) -> dict[bytes, PersonParts]:
    rows = session.fetch(_SQL["newest"], limit=SAMPLE)
    return store.read_persons(session, [person for (person,) in rows])


def _users(rules: Rules) -> dict[str, list[str]]:
    """Trait → segments and ratios that need it."""
    users: dict[str, list[str]] = {}
    for trait in rules.traits:
        for part in trait.parts or ():
            users.setdefault(part, []).append(f"traits.{trait.name}")
    for segment in rules.segments:
        for name in sorted(needs_of(segment.when).traits):
            users.setdefault(name, []).append(segment.name)
    return users


_DONE: Final = Backfill(state="done", fraction=1.0)
_WAITING: Final = Backfill(state="waiting", fraction=0.0)


def _how_far(session: Session, now: int) -> dict[str, Backfill]:
    found = {}
    for key, fraction, whole, worked_at in backfill.fractions(session):
        working = worked_at is not None and now - worked_at < WORKING
        left = Backfill(state="running" if working else "waiting", fraction=fraction)
        found[key] = _DONE if whole else left
    return found


def _together(parts: Sequence[Backfill]) -> Backfill:
    """The least of several."""
    left = [each for each in parts if each.state != "done"]
    return min(left, key=lambda each: each.fraction) if left else _DONE
