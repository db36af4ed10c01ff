"""Whose event is it? The identifiers that an event carries, normalised, in order of their priority.

Nothing here depends on what is already known about anybody: which fragment owns an event is a function
of the event alone, so that it can never change afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from segue.domain.drafts import Draft, Sender
from segue.domain.identifiers import Identifier, Mention, fragment_id
from segue.domain.rules import IdentityRules
from segue.domain.rules.normalise import normalise_identifier

MOST = 32
"""Identifiers that one event may carry; the rest, lowest priority first, is left out and marked."""

IDENTIFIERS_CUT = "identifiers_cut"

_LONGEST_KIND = 100

Path = tuple[str, ...]


class Finding(NamedTuple):
    """What identifiers an event carries."""

    mentions: tuple[Mention, ...]
    unlinked: tuple[Identifier, ...]
    #: more than :data:`MOST` were found
    cut: bool


class Places:
    """Where identifiers stand, prepared once for a set of rules."""

    def __init__(self, rules: IdentityRules) -> None:
        self.rules = rules
        self.named: list[tuple[str, list[Path]]] = [
            (kind, [tuple(path.split(".")) for path in paths])
            for kind, paths in rules.paths.items()
            if kind != "*"
        ]
        self.lists: list[Path] = [tuple(path.split(".")) for path in rules.paths.get("*", ())]
        #: every place, for whoever has to empty them
        self.all: list[Path] = [path for _, paths in self.named for path in paths] + self.lists


def find(draft: Draft, sender: Sender, places: Places, secret: bytes) -> Finding:
    """All usable identifiers of ``draft``; duplicates, empty and blocked values are passed over."""
    rules = places.rules
    known: dict[Identifier, None] = {}
    unlinked: dict[Identifier, None] = {}
    for kind, value in _carried(draft, places):
        if value is None:
            continue
        identifier = normalise_identifier(rules, kind, value)
        if identifier is not None:
            (known if kind in rules.kinds else unlinked)[identifier] = None
    ordered = sorted(known, key=lambda found: (rules.kinds[found.kind].priority, found.kind))
    return Finding(
        tuple([_mention(found, sender, rules, secret) for found in ordered[:MOST]]),
        tuple(unlinked)[:MOST],
        len(known) > MOST or len(unlinked) > MOST,
    )


def _carried(draft: Draft, places: Places) -> Iterator[tuple[str, Any]]:
    """(kind, raw value) pairs in the order in which ties of priority are settled."""
    yield "user_id", draft.user_id
    yield "anonymous_id", draft.anonymous_id
    if draft.type == "alias":
        yield "anonymous_id", draft.previous_id
    yield from draft.identifiers
    roots = {
        "context": draft.context,
        "properties": draft.properties,
        # the traits of a group call describe the group
        "traits": None if draft.type == "group" else draft.traits,
    }
    for kind, paths in places.named:
        for path in paths:
            value = _at(roots, path)
            if value is not None:
                yield kind, value
    for path in places.lists:
        yield from _listed(_at(roots, path))


def _at(root: Mapping[str, Any], path: Path) -> Any:
    value: Any = root
    for step in path:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def _listed(entries: Any) -> Iterator[tuple[str, Any]]:
    """Segment's ``externalIds``: a list of ``{"id", "type"}``; those of accounts are no person's."""
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, Mapping) or entry.get("collection", "users") != "users":
            continue
        kind = entry.get("type")
        if isinstance(kind, str) and 0 < len(kind) <= _LONGEST_KIND and ":" not in kind:
            yield kind, entry.get("id")


def _mention(found: Identifier, sender: Sender, rules: IdentityRules, secret: bytes) -> Mention:
    kind, value = found.kind, found.value
    device = rules.kinds[kind].device
    proven = sender.trusted or (bool(sender.proven) and (device or (kind, value) in sender.proven))
    return Mention(kind, value, fragment_id(secret, kind, value), proven, device)
