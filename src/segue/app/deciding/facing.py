"""Who is in front of a touchpoint, and how much of her a question may use.

Merge widely, disclose narrowly (law 9): a trusted key is answered from her whole record; a public one from
the fragment of the device that asks, unless an identity token proves who is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from segue.collect.tokens import Proven
from segue.decide.asked import Identity
from segue.domain.identifiers import FragmentId, fragment_id
from segue.domain.rules import Rules
from segue.domain.rules.normalise import normalise_identifier
from segue.enrich import store
from segue.enrich.golden import PersonParts
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.app.deciding", "deciding.sql")


class Asker(NamedTuple):
    """Who asks, as far as it matters for what may be told."""

    #: a server, a till, a member of the staff: sees the person and why
    trusted: bool
    #: what an identity token vouches for
    proven: Proven = frozenset()
    #: the source of the key; None: none in particular
    source: str | None = None


class Seen(NamedTuple):
    """Who is there."""

    #: what was asked about: the best identifier's fragment; None: nobody is named
    fragment: FragmentId | None
    #: her present id; None when nobody has the fragment yet
    person: FragmentId | None
    parts: PersonParts | None
    #: the fragments that the answer may be made from; None: all of hers
    only: frozenset[bytes] | None
    identity: Identity

    @property
    def owner(self) -> FragmentId | None:
        """Whose the decision is: the person, or the device or name that was asked about."""
        return self.fragment if self.only is not None or self.person is None else self.person

    @property
    def hers(self) -> Sequence[bytes]:
        """The fragments whose contacts count."""
        if self.fragment is None:
            return ()
        if self.parts is None or self.only is not None:
            return tuple(self.only or (self.fragment,))
        return tuple({self.fragment, *(row.fragment_id for row in self.parts.fragments)})


class Named(NamedTuple):
    """Identifiers of one question, as far as they may be used."""

    fragments: tuple[FragmentId, ...]
    #: they are proven, or said by somebody trusted
    sure: bool


def named(identifiers: Mapping[str, str], asker: Asker, rules: Rules, secret: bytes) -> Named:
    """The fragments of these identifiers, best kind first.

    Of a public question what is proven is used, and where nothing is, what names a device: beside a proof the
    device may be somebody else's, even where nothing is known yet of whom the proof is of.
    """
    found: list[tuple[int, bool, FragmentId]] = []
    pairs = [*identifiers.items(), *asker.proven]
    for kind, value in dict.fromkeys(pairs):
        known = normalise_identifier(rules.identity, kind, value)
        if known is None:
            continue
        rule = rules.identity.kinds.get(known.kind)
        if rule is None:
            continue  # nothing is looked up by what nobody collects
        proven = asker.trusted or (known.kind, known.value) in asker.proven
        if proven or rule.device:
            found.append((rule.priority, proven, fragment_id(secret, known.kind, known.value)))
    found.sort(key=lambda one: (not one[1], one[0]))
    sure = bool(found) and found[0][1]
    return Named(tuple(dict.fromkeys(each for _, proven, each in found if proven or not sure)), sure)


Persons = Mapping[bytes, FragmentId]
"""Fragment → whose it is; what is shared or new is nobody's."""


def persons_of(session: Session, asked: Sequence[Named]) -> Persons:
    """Whose the fragments are that are asked about."""
    every = sorted({fragment for each in asked for fragment in each.fragments})
    rows = session.fetch(_SQL["persons"], ids=every) if every else []
    return {fragment: person for fragment, person, shared in rows if not shared}


def seen_of(asked: Sequence[Named], parts: Mapping[bytes, PersonParts]) -> list[Seen]:
    """Who is in front of each of these touchpoints, of all who have one of their fragments."""
    persons: Persons = {
        row.fragment_id: hers.person_id for hers in parts.values() for row in hers.fragments if not row.shared
    }
    return [_seen(each, persons, parts) for each in asked]


def look(session: Session, asked: Sequence[Named], persons: Persons) -> list[Seen]:
    """Who is in front of each of these touchpoints; one round for all of them."""
    parts = store.read_persons(session, sorted(set(persons.values())))
    return [_seen(each, persons, parts) for each in asked]


def _seen(each: Named, persons: Persons, parts: Mapping[bytes, PersonParts]) -> Seen:
    if not each.fragments:
        return Seen(None, None, None, None, "unknown")
    first = next((fragment for fragment in each.fragments if fragment in persons), each.fragments[0])
    person = persons.get(first)
    held = None if person is None else parts.get(person)
    if each.sure:
        return Seen(first, person, held, None, "unknown" if held is None else "certain")
    return Seen(first, person, held, frozenset((first,)), "unknown")
