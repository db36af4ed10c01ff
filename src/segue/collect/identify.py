"""Whose event is it? The identifiers that an event carries, normalised, in order of their priority.

Nothing here depends on what is already known about anybody: which fragment owns an event is a function
of the event alone, so that it can never change afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from segue.domain.drafts import Draft, Sender
from segue.domain.identifiers import Identifier, Mention, fragment_id
from segue.domain.rules import IdentityRules
from segue.domain.rules.normalise import normalise_identifier

MOST = 32
"""Identifiers that one event may carry; the rest, lowest priority first, is left out and marked."""

IDENTIFIERS_CUT = "identifiers_cut"

REMEMBERED = 20_000
"""Values whose meaning is remembered, a few hundred bytes each."""

_LONGEST_KIND = 100

Path = tuple[str, ...]


class Finding(NamedTuple):
    """What identifiers an event carries."""

    mentions: tuple[Mention, ...]
    unlinked: tuple[Identifier, ...]
    #: more than :data:`MOST` were found
    cut: bool


class _Recognised(NamedTuple):
    """What a (kind, value) on the wire stands for, whoever says it."""

    identifier: Identifier
    #: of the kind; None: rules do not know the kind
    priority: int | None
    claimed: Mention
    proven: Mention


class Places:
    """Where identifiers stand and what their values mean, prepared once for a set of rules.

    The same few identifiers come again and again, so the last :data:`REMEMBERED` are remembered with
    their fragments: normalising, blocking and hashing are most of what an event costs otherwise.
    """

    def __init__(self, rules: IdentityRules, secret: bytes) -> None:
        self.rules = rules
        self.secret = secret
        self.named: list[tuple[str, list[Path]]] = [
            (kind, [tuple(path.split(".")) for path in paths])
            for kind, paths in rules.paths.items()
            if kind != "*"
        ]
        self.lists: list[Path] = [tuple(path.split(".")) for path in rules.paths.get("*", ())]
        #: every place, for whoever has to empty them
        self.all: list[Path] = [path for _, paths in self.named for path in paths] + self.lists
        #: by the part of an event: what it must hold for any of these places to be there
        self.begins: dict[str, frozenset[str]] = {
            part: frozenset(path[1] for path in self.all if path[0] == part and len(path) > 1)
            for part in ("context", "properties", "traits")
        }
        self._remembered: dict[tuple[str, Any], _Recognised | None] = {}

    def recognise(self, kind: str, value: Any) -> _Recognised | None:
        """What the value means; None when it is unusable or blocked."""
        if type(value) is not str:
            return self._look(kind, value)
        asked = (kind, value)
        remembered = self._remembered
        if asked in remembered:
            return remembered[asked]
        found = self._look(kind, value)
        if len(remembered) >= REMEMBERED:
            remembered.clear()
        remembered[asked] = found
        return found

    def _look(self, kind: str, value: Any) -> _Recognised | None:
        identifier = normalise_identifier(self.rules, kind, value)
        if identifier is None:
            return None
        rule = self.rules.kinds.get(kind)
        # a kind that the rules do not know owns nothing; its name may be anything a client can write
        fragment = b"" if rule is None else fragment_id(self.secret, kind, identifier.value)
        device = rule is not None and rule.device
        return _Recognised(
            identifier,
            None if rule is None else rule.priority,
            Mention(kind, identifier.value, fragment, False, device),
            Mention(kind, identifier.value, fragment, True, device),
        )


def find(draft: Draft, sender: Sender, places: Places) -> Finding:
    """All usable identifiers of ``draft``; duplicates, empty and blocked values are passed over."""
    known: dict[Identifier, _Recognised] = {}
    unlinked: dict[Identifier, None] = {}
    for kind, value in _carried(draft, places):
        if value is None:
            continue
        found = places.recognise(kind, value)
        if found is None:
            continue
        if found.priority is None:
            unlinked[found.identifier] = None
        else:
            known[found.identifier] = found
    ordered = sorted(known.values(), key=_rank) if len(known) > 1 else known.values()
    return Finding(
        tuple([_mention(found, sender) for found in islice(ordered, MOST)]),
        tuple(unlinked)[:MOST],
        len(known) > MOST or len(unlinked) > MOST,
    )


def _rank(found: _Recognised) -> tuple[int, str]:
    return (found.priority or 0, found.identifier.kind)


def _carried(draft: Draft, places: Places) -> list[tuple[str, Any]]:
    """(kind, raw value) pairs in the order in which ties of priority are settled."""
    carried = [("user_id", draft.user_id), ("anonymous_id", draft.anonymous_id)]
    if draft.type == "alias":
        carried.append(("anonymous_id", draft.previous_id))
    carried += draft.identifiers
    # the traits of a group call describe the group
    traits = None if draft.type == "group" else draft.traits
    parts = (("context", draft.context), ("properties", draft.properties), ("traits", traits))
    # most events hold none of the places, which is seen before any path is followed
    roots = {
        name: part
        for name, part in parts
        if isinstance(part, dict) and not places.begins[name].isdisjoint(part)
    }
    if roots:
        carried += [(kind, _at(roots, path)) for kind, paths in places.named for path in paths]
        for path in places.lists:
            carried += _listed(_at(roots, path))
    return carried


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


def _mention(found: _Recognised, sender: Sender) -> Mention:
    if sender.trusted:
        return found.proven
    if not sender.proven:
        return found.claimed
    identifier = found.identifier
    covered = found.claimed.device or (identifier.kind, identifier.value) in sender.proven
    return found.proven if covered else found.claimed
