"""One segment or one trait put in force, or taken out, by whom the files are not: the console's builder.

The file is changed by that entry alone, so remarks and layout stay; it is checked whole and gets a new
version like any applied file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from segue.app import definitions
from segue.app.installation import Installation
from segue.domain.rules.entries import drop_entry, put_entry
from segue.errors import ConflictError, DefinitionError, NotFoundError

Section = Literal["segments", "traits"]
ATTEMPTS = 3


class Shaped(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that was changed."""

    #: ``segments.yaml`` or ``traits.yaml``
    file: str
    #: of the file, by now
    version: int
    #: false: it says what it said before
    changed: bool


def put(
    installation: Installation, section: Section, name: str, value: Mapping[str, Any], *, actor: str
) -> Shaped:
    """Put one entry in force, new or not; DefinitionError names what is wrong and where."""

    def beside(text: str) -> str:
        try:
            return put_entry(text, section, name, value)
        except RecursionError:
            raise DefinitionError(
                f"{name[:80]} is nested too deeply", cure="say it with fewer levels"
            ) from None

    return _change(installation, section, beside, actor)


def drop(installation: Installation, section: Section, name: str, *, actor: str) -> Shaped:
    """Take one entry out; NotFoundError when the file has none, DefinitionError while others rest on it."""

    def without(text: str) -> str:
        left = drop_entry(text, section, name)
        if left == text:
            raise NotFoundError(
                f"{section}.yaml has no {name[:80]!r}", cure="what ships with Segue is not in the file"
            )
        return left

    return _change(installation, section, without, actor)


def _change(installation: Installation, section: Section, change: Callable[[str], str], actor: str) -> Shaped:
    """Change the file as it is now; again where somebody else was quicker."""
    file = f"{section}.yaml"
    for attempt in range(ATTEMPTS):
        with installation.database.transaction(read_only=True) as session:
            found = {each.name: each for each in definitions.in_force(session)}
        held = found.get(file)
        version, before = (0, "") if held is None or held.default else (held.version, held.body)
        try:
            applied = definitions.apply(
                installation.database,
                installation.clock,
                {file: change(before)},
                actor=actor,
                expected={file: version},
            )
        except ConflictError:
            if attempt + 1 == ATTEMPTS:
                raise
            continue
        installation.look_again()
        changed = bool(applied.changed)
        return Shaped(file=file, version=version + changed, changed=changed)
    raise AssertionError("the last attempt answers or raises")
