"""The definitions that were in force when a decision was made, however often they have changed since."""

from __future__ import annotations

from functools import lru_cache

from segue.app.definitions import read_rules
from segue.app.installation import Installation
from segue.domain.rules import Rules
from segue.errors import DefinitionError
from segue.ports.statements import statements

_SQL = statements("segue.app", "definitions.sql")


def rules_at(installation: Installation, version: int) -> Rules | None:
    """The rules of that version; None for one that there never was, or that cannot be read any more."""
    present = installation.rules()
    if version == present.version:
        return present
    if not 1 <= version < present.version:
        return None
    with installation.database.transaction(read_only=True) as session:
        bodies = tuple(sorted(session.fetch(_SQL["earlier"], change=version)))
    return _read(bodies, present.time_zone, version)


@lru_cache(maxsize=2)
def _read(bodies: tuple[tuple[str, str], ...], time_zone: str, version: int) -> Rules | None:
    try:
        return read_rules(dict(bodies), time_zone=time_zone, version=version)
    except DefinitionError:
        return None
