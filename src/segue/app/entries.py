"""One segment, trait, action or placement put in force, or taken out, by whom the files are not: the console.

The file is changed by that entry alone, so remarks and layout stay; it is checked whole and gets a new
version like any applied file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any, Literal

import msgspec

from segue.app import definitions
from segue.app.installation import Installation
from segue.domain.rules.actions import action_to_json
from segue.domain.rules.entries import drop_entry, put_entry
from segue.domain.rules.placements import placement_to_json
from segue.domain.rules.yamls import dump, load_mapping
from segue.errors import ConflictError, DefinitionError, NotFoundError

Section = Literal["segments", "traits", "actions", "placements"]
ATTEMPTS = 3
VERSIONS = 50
"""Changes of one entry that are told, the latest."""


class Shaped(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that was changed."""

    #: ``segments.yaml``, ``traits.yaml``, ``actions.yaml`` or ``placements.yaml``
    file: str
    #: of the file, by now
    version: int
    #: false: it says what it said before
    changed: bool


class EntryVersion(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry said from a version of its file on."""

    #: of the file
    version: int
    #: RFC 3339
    applied_at: str
    by: str
    #: the entry as YAML; null: it was taken out, or was not there yet
    text: str | None


def put(
    installation: Installation,
    section: Section,
    name: str,
    value: Mapping[str, Any],
    *,
    actor: str,
    revision: str | None = None,
) -> Shaped:
    """Put one entry in force, new or not; DefinitionError names what is wrong and where.

    ``revision`` is of what it was made from, empty for a new one: ConflictError when it says something else
    by now. None: whatever it says.
    """

    def beside(text: str) -> str:
        if revision is not None:
            _check_revision(installation, section, name, text, revision)
        return with_entry(text, section, name, value)

    return _change(installation, section, beside, actor)


def with_entry(text: str, section: Section, name: str, value: Mapping[str, Any]) -> str:
    """The file's text with that entry; DefinitionError."""
    try:
        return put_entry(text, section, name, dated(value))
    except RecursionError:
        raise DefinitionError(f"{name[:80]} is nested too deeply", cure="say it with fewer levels") from None


def dated(value: Mapping[str, Any]) -> dict[str, Any]:
    """Days of ``valid`` as days, which JSON can only bring as texts: so they stand in the file unquoted."""
    valid = value.get("valid")
    if not isinstance(valid, Mapping):
        return dict(value)
    return {**value, "valid": {str(key): _day(day) for key, day in valid.items()}}


def _day(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else value
    except ValueError:
        return value


def revision_of(definition: Mapping[str, Any]) -> str:
    """The same for definitions that say the same."""
    return sha256(msgspec.json.encode(definition, order="deterministic")).hexdigest()[:16]


def _check_revision(
    installation: Installation, section: Section, name: str, text: str, revision: str
) -> None:
    """ConflictError unless the entry is the one that the change was made from."""
    with installation.database.transaction(read_only=True) as session:
        bodies = {each.name: each.body for each in definitions.in_force(session)}
    rules = definitions.read_rules({**bodies, f"{section}.yaml": text})
    said: dict[str, Any] = {}
    if section == "actions":
        said = {each.name: action_to_json(each) for each in rules.actions}
    elif section == "placements":
        said = {each.name: placement_to_json(each) for each in rules.placements}
    now = revision_of(said[name]) if name in said else ""
    if now != revision:
        what = "exists already" if revision == "" else "was changed by somebody else meanwhile"
        cure = "choose another name" if revision == "" else "look at what has changed, and put yours in again"
        raise ConflictError(f"{name[:80]} {what}", cure=cure)


def versions(installation: Installation, section: Section, name: str) -> list[EntryVersion]:
    """What the entry said, the latest first; a version that changed only others is left out."""
    with installation.database.transaction(read_only=True) as session:
        found = definitions.history(session, f"{section}.yaml")
    told: list[EntryVersion] = []
    before: str | None = None
    for each in reversed(found):
        text = _entry_text(each.body, section, name)
        if text != before:
            told.append(EntryVersion(version=each.version, applied_at=each.applied_at, by=each.by, text=text))
        before = text
    return told[: -VERSIONS - 1 : -1]


def _entry_text(body: str, section: str, name: str) -> str | None:
    entries = load_mapping(body).get(section)
    value = entries.get(name) if isinstance(entries, dict) else None
    return dump(value) if isinstance(value, dict) else None


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
