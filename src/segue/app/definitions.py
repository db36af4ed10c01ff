"""The retailer's own files: put in force with ``segue apply DIR``, written out with ``segue export DIR``.

A definition is kept as the text that was applied, comments included, so that a round trip loses
nothing. Applying checks all files of the folder together before any of them takes effect.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from functools import cache, lru_cache, partial
from types import MappingProxyType
from typing import Any

import msgspec

from segue.app.audit import record_act
from segue.app.catalogue import Put
from segue.app.hints import DefinitionHint, hints_of
from segue.app.schemas import SCHEMAS, Bodies, read_schema, schema_loader
from segue.domain.actions import Action, Placement
from segue.domain.order import rfc3339
from segue.domain.rules import Rules, Survivorship, TrackingPlan, default_identity, default_purposes
from segue.domain.rules.actions import Names, actions_to_yaml, read_actions
from segue.domain.rules.placements import (
    check_fallbacks,
    check_seen,
    placements_to_yaml,
    read_placements,
)
from segue.domain.rules.protected import check_protected
from segue.domain.rules.read import (
    read_identity,
    read_plan,
    read_purposes,
    read_survivorship,
    to_yaml,
)
from segue.domain.rules.segments import read_segments, segments_to_yaml
from segue.domain.rules.traits import read_traits, traits_to_yaml, with_built_in
from segue.domain.rules.yamls import line_of, load_mapping
from segue.domain.scores import Edges
from segue.domain.traits import Trait
from segue.errors import ConflictError, DefinitionError
from segue.ports.clock import Clock
from segue.ports.database import Database, Session
from segue.ports.statements import statements

_SQL = statements("segue.app", "definitions.sql")

NAMES = (
    "identity.yaml",
    "survivorship.yaml",
    "plan.yaml",
    "purposes.yaml",
    "traits.yaml",
    "segments.yaml",
    "placements.yaml",
    "actions.yaml",
)
"""The files that are read; beside them the JSON Schemas that plan.yaml refers to."""

EDGES = "rfm.edges"
"""Kept among the definitions, for everybody goes by it from one moment on; nobody's file, so never shown."""

CHANGED = "segue_rules"
"""The channel on which processes hear that definitions were applied."""


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What ``apply`` did."""

    changed: list[str]
    unchanged: list[str]
    #: files in the folder that no definition is made of
    ignored: list[str]
    #: what holds now, and probably not as it was meant
    hints: list[DefinitionHint] = []
    #: rows of products.csv, stores.csv and inventory.csv
    catalogue: Put | None = None


class DefinitionProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong in a definition."""

    #: the file it is in
    name: str
    message: str
    cure: str | None
    #: counted from 1; null where it is of the whole file, or not known
    line: int | None


def current_rules(session: Session, time_zone: str = "UTC") -> Rules:
    """The rules in force: what was applied last, and the defaults for what never was.

    ``version`` grows by one with each changed file. Parsing is remembered for as long as nothing changes.
    """
    bodies = tuple(sorted(session.fetch(_SQL["latest"])))
    [(changes,)] = session.fetch(_SQL["changes"])
    return _read(bodies, time_zone, 1 + changes)


@lru_cache(maxsize=4)
def _read(bodies: tuple[tuple[str, str], ...], time_zone: str, version: int) -> Rules:
    return read_rules(dict(bodies), time_zone=time_zone, version=version)


def read_rules(bodies: Bodies, *, time_zone: str = "UTC", version: int = 1, new: bool = False) -> Rules:
    """Rules from texts by file name; DefinitionError names the file, the place and the nearest known key.

    ``new``: they are to be put in force, so that what was never to be is refused (:func:`check_protected`).
    """

    def part(name: str, read: Callable[[str], Any], default: Any) -> Any:
        if name not in bodies:
            return default
        try:
            return read(bodies[name])
        except DefinitionError as error:
            raise _named(error, name, bodies) from error

    purposes = part("purposes.yaml", read_purposes, default_purposes())
    traits = part("traits.yaml", read_traits, with_built_in(()))
    actions = part("actions.yaml", lambda text: _actions(text, traits, purposes.purposes), ())
    rules = Rules(
        identity=part("identity.yaml", read_identity, default_identity()),
        survivorship=part("survivorship.yaml", read_survivorship, Survivorship()),
        purposes=purposes,
        plan=part("plan.yaml", lambda text: read_plan(text, schema_loader(bodies)), TrackingPlan()),
        traits=traits,
        edges=part(EDGES, lambda text: msgspec.json.decode(text, type=Edges), None),
        segments=part("segments.yaml", lambda text: read_segments(text, traits, purposes.purposes), ()),
        placements=part("placements.yaml", lambda text: _placements(text, actions), ()),
        actions=actions,
        time_zone=time_zone,
        version=version,
    )
    if new:
        part("actions.yaml", lambda _: check_protected(rules), None)
    return rules


def _placements(text: str, actions: Sequence[Action]) -> tuple[Placement, ...]:
    placements = read_placements(text)
    check_fallbacks(placements, [action.name for action in actions])
    return placements


def _named(error: DefinitionError, name: str, bodies: Bodies) -> DefinitionError:
    """The error with its file's name before its message, and its line where that can be told."""
    problem = _problem(error, name, bodies)
    named = DefinitionError(f"{problem.name}: {error.message}", cure=error.cure, line=problem.line)
    named.file = problem.name
    return named


def check(before: Bodies, bodies: Bodies) -> list[DefinitionProblem]:
    """Everything that is wrong in ``bodies``, were they put in force over ``before``; empty: nothing is."""
    problems = [_stranger(name) for name in bodies if not is_definition(name)]
    whole = {**before, **bodies}
    readers: dict[str, Callable[[str], Any]] = {
        "identity.yaml": read_identity,
        "survivorship.yaml": read_survivorship,
        "purposes.yaml": read_purposes,
        "plan.yaml": lambda text: read_plan(text, schema_loader(whole)),
        "traits.yaml": read_traits,
        "segments.yaml": lambda text: _read_beside(text, whole, read_segments),
        "actions.yaml": lambda text: _read_beside(text, whole, _actions),
        "placements.yaml": lambda text: _check_placements(text, whole),
    }
    touched = {name for name in whole if name in bodies or _rests_on(name, bodies)}
    for name in sorted(touched):
        read = readers.get(name)
        if read is None and is_definition(name):
            read = partial(read_schema, name)
        if read is not None:
            problems += _problems(read, name, whole)
    if not problems and "actions.yaml" in whole:
        problems = _problems(lambda _: check_protected(read_rules(whole)), "actions.yaml", whole)
    return list(dict.fromkeys(problems))


def _rests_on(name: str, bodies: Bodies) -> bool:
    """Whether the definition of that name may be wrong because of what is in ``bodies``."""
    if name == "plan.yaml":
        return any(other.startswith(f"{SCHEMAS}/") for other in bodies)
    beside = {"segments.yaml": ("traits.yaml", "purposes.yaml"), "placements.yaml": ("actions.yaml",)}
    beside["actions.yaml"] = beside["segments.yaml"]
    return not bodies.keys().isdisjoint(beside.get(name, ()))


def _read_beside(text: str, bodies: Bodies, read: Callable[[str, Any, Any], Any]) -> None:
    """DefinitionError unless the text is right beside the other files, as far as those can be read."""

    def part(name: str, read: Callable[[str], Any], default: Any) -> Any:
        try:
            return read(bodies[name]) if name in bodies else default
        except DefinitionError:  # it is told of that file itself
            return None

    traits = part("traits.yaml", read_traits, with_built_in(()))
    purposes = part("purposes.yaml", read_purposes, default_purposes())
    if traits is None:
        load_mapping(text)
        return
    read(text, traits, None if purposes is None else purposes.purposes)


def _actions(text: str, traits: Sequence[Trait], purposes: Collection[str] | None) -> tuple[Action, ...]:
    return read_actions(text, Names(traits, purposes))


def _check_placements(text: str, bodies: Bodies) -> None:
    placements = read_placements(text)
    named = load_mapping(bodies.get("actions.yaml", "")).get("actions")
    found = named if isinstance(named, dict) else {}
    check_fallbacks(placements, list(found))
    said = {name: each for name, each in found.items() if isinstance(each, dict)}
    check_seen(placements, {name: each.get("sensitivity", "none") for name, each in said.items()})


def _check_seen(rules: Rules, bodies: Bodies) -> None:
    try:
        check_seen(rules.placements, {action.name: action.sensitivity for action in rules.actions})
    except DefinitionError as error:
        raise _named(error, "placements.yaml", bodies) from error


def _problems(read: Callable[[str], Any], name: str, bodies: Bodies) -> list[DefinitionProblem]:
    try:
        read(bodies[name])
    except DefinitionError as error:
        return [_problem(each, name, bodies) for each in (error, *error.others)]
    return []


def _problem(error: DefinitionError, name: str, bodies: Bodies) -> DefinitionProblem:
    name = error.file or name
    line = error.line
    if line is None and error.place:
        line = line_of(bodies.get(name, ""), error.place.removeprefix(f"{name}."))
    return DefinitionProblem(name=name, message=error.message, cure=error.cure, line=line)


def is_definition(name: str) -> bool:
    """Whether a file of that name, relative to the folder, is one of ours."""
    if name in NAMES:
        return True
    *folders, last = name.split("/")
    plain = all(part not in {"", ".", ".."} for part in folders) and "\\" not in name and "\0" not in name
    return plain and folders[:1] == [SCHEMAS] and last.endswith(".json") and len(name) <= 200


def _stranger(name: str) -> DefinitionProblem:
    near = get_close_matches(name, NAMES, n=1, cutoff=0.75)
    known = f"they are {', '.join(NAMES)} and {SCHEMAS}/NAME.json"
    cure = f"did you mean {near[0]}?" if near else known
    return DefinitionProblem(name=name[:200], message=f"{name[:200]} is no definition", cure=cure, line=None)


# ── apply ─────────────────────────────────────────────────────────────────────


def apply(
    database: Database,
    clock: Clock,
    bodies: Bodies,
    *,
    actor: str,
    expected: Mapping[str, int] | None = None,
    ignored: Sequence[str] = (),
) -> Applied:
    """Put these texts in force, all or none; what is the same already stays the version it is.

    ``expected`` is the version that each was made from, 0 for none: ConflictError when another came in
    between. DefinitionError when one is wrong, or no definition at all.
    """
    with database.transaction() as session:
        session.execute(_SQL["lock"])
        rows = session.fetch(_SQL["in_force"])
        versions: dict[str, int] = {name: version for name, version, *_ in rows}
        before: dict[str, str] = {row[0]: row[-1] for row in rows}
        _check_versions(versions, expected or {})
        for name in bodies:
            if not is_definition(name):
                stranger = _stranger(name)
                raise DefinitionError(stranger.message, cure=stranger.cure)
        whole = {**before, **bodies}
        rules = read_rules(whole, new=True)
        _check_seen(rules, whole)
        changed = sorted(name for name, body in bodies.items() if before.get(name) != body)
        now = clock.now()
        for name in changed:
            session.execute(_SQL["add"], name=name, body=bodies[name], at=now, by=actor)
            detail = {"version": versions.get(name, 0) + 1}
            record_act(session, at=now, actor=actor, act="definition applied", subject=name, detail=detail)
        if changed:
            session.execute(_SQL["tell"], channel=CHANGED)
    return Applied(
        changed=changed,
        unchanged=sorted(bodies.keys() - set(changed)),
        ignored=list(ignored),
        hints=hints_of(rules, whole, bodies),
    )


def _check_versions(versions: Mapping[str, int], expected: Mapping[str, int]) -> None:
    for name, version in expected.items():
        now = versions.get(name, 0)
        if now != version:
            raise ConflictError(
                f"{name[:200]} is at version {now} by now, and this was made from version {version}",
                cure="look at what has changed, and put yours in again",
            )


@cache
def default_bodies() -> Mapping[str, str]:
    """The definitions of a new installation, as texts."""
    defaults = read_rules({})
    return MappingProxyType(
        {
            "identity.yaml": to_yaml(defaults.identity),
            "survivorship.yaml": to_yaml(defaults.survivorship),
            "plan.yaml": to_yaml(defaults.plan),
            "purposes.yaml": to_yaml(defaults.purposes),
            "traits.yaml": traits_to_yaml(defaults.traits),
            "segments.yaml": segments_to_yaml(defaults.segments),
            "placements.yaml": placements_to_yaml(defaults.placements),
            "actions.yaml": actions_to_yaml(defaults.actions),
        }
    )


# ── for showing ───────────────────────────────────────────────────────────────


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """A definition in force."""

    name: str
    #: 0: nothing was applied, these are the defaults
    version: int
    #: RFC 3339; null for defaults
    applied_at: str | None
    #: what who applied it is called: a user's name, a key's id, or the command line; null for defaults
    by: str | None
    default: bool
    #: the text, comments included
    body: str


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a definition."""

    version: int
    #: RFC 3339
    applied_at: str
    by: str
    body: str


def in_force(session: Session) -> list[Definition]:
    """Every definition: what was applied last, and the defaults for what never was."""
    found = {
        name: Definition(name=name, version=version, applied_at=rfc3339(at), by=by, default=False, body=body)
        for name, version, at, by, body in session.fetch(_SQL["in_force"])
    }
    for name, body in default_bodies().items():
        plain = Definition(name=name, version=0, applied_at=None, by=None, default=True, body=body)
        found.setdefault(name, plain)
    first = {name: place for place, name in enumerate(NAMES)}
    return sorted(found.values(), key=lambda each: (first.get(each.name, len(first)), each.name))


def history(session: Session, name: str) -> list[Version]:
    """Every version of a definition, newest first; none for one that was never applied."""
    return [
        Version(version=version, applied_at=rfc3339(at), by=by, body=body)
        for version, at, by, body in session.fetch(_SQL["history"], name=name)
    ]
