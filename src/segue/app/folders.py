"""Definitions as a folder of files: put in force from one, written out into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from segue.app import catalogue
from segue.app.catalogue import Catalogue, Put
from segue.app.definitions import NAMES, Applied, apply, default_bodies, is_definition
from segue.app.schemas import SCHEMAS
from segue.errors import DefinitionError
from segue.ports.clock import Clock
from segue.ports.database import Database
from segue.ports.statements import statements

_SQL = statements("segue.app", "definitions.sql")


def apply_folder(database: Database, clock: Clock, folder: Path, *, actor: str) -> Applied:
    """Put the definitions in ``folder`` in force, all or none; then tell its products, stores and inventory.

    What the folder does not hold stays as it is. Running processes hear of it.
    DefinitionError when the folder holds none, or when one is wrong.
    """
    bodies, ignored = _read_folder(folder)
    rows = catalogue.read_files({name: _csv_in(folder / name) for name in _catalogue_files(folder)})
    if not bodies and not any(rows.values()):
        raise DefinitionError(f"{folder} holds no definitions", cure=f"they are {', '.join(NAMES)}")
    applied = apply(database, clock, bodies, actor=actor, ignored=ignored)
    return msgspec.structs.replace(applied, catalogue=_put(Catalogue(database, clock), rows, actor))


def _catalogue_files(folder: Path) -> list[str]:
    return [name for name in catalogue.FILES if (folder / name).is_file()]


def _csv_in(file: Path) -> str:
    """The text as it is: a name may hold a line break of any kind."""
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise DefinitionError(f"{file.name} is not UTF-8", cure="save it as UTF-8") from error


def _put(into: Catalogue, rows: Mapping[str, Sequence[Any]], actor: str) -> Put:
    """Rows of any number, a portion at a time."""
    total = Put()
    for kind, told in rows.items():
        for first in range(0, len(told), catalogue.AT_ONCE):
            into.put(**{kind: told[first : first + catalogue.AT_ONCE]}, actor=actor)
        total = msgspec.structs.replace(total, **{kind: len(told)})
    return total


def _read_folder(folder: Path) -> tuple[dict[str, str], list[str]]:
    if not folder.is_dir():
        raise DefinitionError(f"{folder} is no folder", cure="name the folder that holds identity.yaml")
    bodies: dict[str, str] = {}
    ignored: list[str] = []
    for file in sorted(folder.glob("*.y*ml")):
        if file.name in NAMES:
            bodies[file.name] = _text_of(file)
            continue
        near = get_close_matches(file.name, NAMES, n=1, cutoff=0.75)
        if near:
            raise DefinitionError(f"{file.name} is no definition", cure=f"did you mean {near[0]}?")
        ignored.append(file.name)
    for file in sorted((folder / SCHEMAS).glob("**/*.json")):
        bodies[file.relative_to(folder).as_posix()] = _text_of(file)
    return bodies, ignored


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DefinitionError(f"{file.name} is not UTF-8", cure="save it as UTF-8") from error


def with_candidate(database: Database, file: Path) -> dict[str, str]:
    """The definitions in force with this one as actions.yaml; DefinitionError where it is none."""
    if not file.is_file():
        raise DefinitionError(f"{file} is no file", cure="name an actions.yaml")
    with database.transaction(read_only=True) as session:
        bodies = {name: body for name, body in session.fetch(_SQL["latest"]) if is_definition(name)}
    return {**bodies, "actions.yaml": _text_of(file)}


def export_folder(database: Database, clock: Clock, folder: Path) -> list[str]:
    """Write the definitions in force, and what there is to sell, into ``folder`` (made when missing).

    Answers the files' names. What was applied comes out as it went in; what never was comes out as the
    defaults. Applied to another installation the folder gives the same definitions and the same catalogue.
    """
    with database.transaction(read_only=True) as session:
        bodies: dict[str, str] = {
            name: body for name, body in session.fetch(_SQL["latest"]) if is_definition(name)
        }
    for name, text in default_bodies().items():
        bodies.setdefault(name, text)
    for name, body in bodies.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(body, encoding="utf-8")
    return [*sorted(bodies), *Catalogue(database, clock).write_files(folder)]
