"""The retailer's own files: put in force with ``segue apply DIR``, written out with ``segue export DIR``.

A definition is kept as the text that was applied, comments included, so that a round trip loses
nothing. Applying checks all files of the folder together before any of them takes effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from segue.app.audit import record_act
from segue.domain.rules import Rules, Survivorship, TrackingPlan, default_identity, default_purposes
from segue.domain.rules.read import read_identity, read_plan, read_purposes, read_survivorship, to_yaml
from segue.domain.rules.yamls import load_mapping
from segue.errors import DefinitionError
from segue.ports.clock import Clock
from segue.ports.database import Database, Session
from segue.ports.statements import statements

_SQL = statements("segue.app", "definitions.sql")

NAMES = ("identity.yaml", "survivorship.yaml", "plan.yaml", "purposes.yaml")
"""The files that are read; beside them the JSON Schemas that plan.yaml refers to."""

LATER = ("traits.yaml", "segments.yaml", "placements.yaml", "actions.yaml")
"""Files that are kept and given back, and that nothing uses yet."""

SCHEMAS = "schemas"
"""The folder of JSON Schemas, below the one that is applied."""

Bodies = Mapping[str, str]
"""Text by file name relative to the applied folder."""


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What ``apply`` did."""

    changed: list[str]
    unchanged: list[str]
    #: of these, files that are kept and that nothing uses yet
    unused: list[str]
    #: files in the folder that no definition is made of
    ignored: list[str]


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


def read_rules(bodies: Bodies, *, time_zone: str = "UTC", version: int = 1) -> Rules:
    """Rules from texts by file name; DefinitionError names the file, the place and the nearest known key."""

    def part(name: str, read: Callable[[str], Any], default: Any) -> Any:
        if name not in bodies:
            return default
        try:
            return read(bodies[name])
        except DefinitionError as error:
            raise DefinitionError(f"{name}: {error.message}", cure=error.cure) from error

    return Rules(
        identity=part("identity.yaml", read_identity, default_identity()),
        survivorship=part("survivorship.yaml", read_survivorship, Survivorship()),
        purposes=part("purposes.yaml", read_purposes, default_purposes()),
        plan=part("plan.yaml", lambda text: read_plan(text, _schema_loader(bodies)), TrackingPlan()),
        time_zone=time_zone,
        version=version,
    )


def _schema_loader(bodies: Bodies) -> Callable[[str], dict[str, Any]]:
    def load(path: str) -> dict[str, Any]:
        if path not in bodies:
            near = get_close_matches(path, [name for name in bodies if name.endswith(".json")], n=1)
            raise DefinitionError(
                f"there is no schema {path!r}",
                cure=f"did you mean {near[0]!r}?" if near else f"put it into the folder's {SCHEMAS}/",
            )
        try:
            schema = msgspec.json.decode(bodies[path])
        except (msgspec.DecodeError, RecursionError) as error:
            raise DefinitionError(f"{path} is no JSON: {error}", cure="correct the file") from error
        if not isinstance(schema, dict):
            raise DefinitionError(f"{path} is no JSON Schema", cure="a schema is a JSON object")
        return schema

    return load


# ── apply ─────────────────────────────────────────────────────────────────────


def apply_folder(database: Database, clock: Clock, folder: Path, *, actor: str) -> Applied:
    """Put the definitions in ``folder`` in force, all or none.

    What the folder does not hold stays as it is. Running processes follow within a second or two.
    DefinitionError when the folder holds none, or when one is wrong.
    """
    bodies, ignored = _read_folder(folder)
    with database.transaction() as session:
        session.execute(_SQL["lock"])
        before: dict[str, str] = dict(session.fetch(_SQL["latest"]))
        read_rules({**before, **bodies})
        changed = sorted(name for name, body in bodies.items() if before.get(name) != body)
        now = clock.now()
        for name in changed:
            session.execute(_SQL["add"], name=name, body=bodies[name], at=now, by=actor)
            record_act(session, at=now, actor=actor, act="definition applied", subject=name)
    return Applied(
        changed=changed,
        unchanged=sorted(bodies.keys() - set(changed)),
        unused=[name for name in LATER if name in bodies],
        ignored=ignored,
    )


def _read_folder(folder: Path) -> tuple[dict[str, str], list[str]]:
    if not folder.is_dir():
        raise DefinitionError(f"{folder} is no folder", cure="name the folder that holds identity.yaml")
    bodies: dict[str, str] = {}
    ignored: list[str] = []
    for file in sorted(folder.glob("*.y*ml")):
        if file.name in NAMES:
            bodies[file.name] = _text_of(file)
            continue
        if file.name in LATER:
            bodies[file.name] = _yaml_of(file)
            continue
        near = get_close_matches(file.name, (*NAMES, *LATER), n=1, cutoff=0.75)
        if near:
            raise DefinitionError(f"{file.name} is no definition", cure=f"did you mean {near[0]}?")
        ignored.append(file.name)
    for file in sorted((folder / SCHEMAS).glob("**/*.json")):
        bodies[file.relative_to(folder).as_posix()] = _text_of(file)
    if not bodies:
        raise DefinitionError(f"{folder} holds no definitions", cure=f"they are {', '.join(NAMES)}")
    return bodies, ignored


def _yaml_of(file: Path) -> str:
    """The text of a file that nothing reads yet; DefinitionError when nothing could."""
    text = _text_of(file)
    try:
        load_mapping(text)
    except DefinitionError as error:
        raise DefinitionError(f"{file.name}: {error.message}", cure=error.cure) from error
    return text


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DefinitionError(f"{file.name} is not UTF-8", cure="save it as UTF-8") from error


# ── export ────────────────────────────────────────────────────────────────────


def export_folder(database: Database, folder: Path) -> list[str]:
    """Write the definitions in force into ``folder`` (made when missing); answers their names.

    What was applied comes out as it went in; what never was comes out as the defaults.
    """
    with database.transaction(read_only=True) as session:
        bodies: dict[str, str] = dict(session.fetch(_SQL["latest"]))
    defaults = read_rules({})
    parts = {
        "identity.yaml": defaults.identity,
        "survivorship.yaml": defaults.survivorship,
        "plan.yaml": defaults.plan,
        "purposes.yaml": defaults.purposes,
    }
    for name, part in parts.items():
        bodies.setdefault(name, to_yaml(part))
    for name, body in bodies.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(body, encoding="utf-8")
    return sorted(bodies)
