"""What a person decides about persons: merge, unmerge, delete an identifier.

A join by hand is a link of its own tier; undoing any join writes a lasting *apart* between its two
ends. Both are recorded beside the evidence and never change it, so the later decision about the same
two counts, and undoing a join gives back exactly what would be there without it.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from segue.domain.identity import Apart, FragmentRow, Link, Tier
from segue.domain.order import OrderKey, order_key, time_of
from segue.domain.rules import IdentityRules
from segue.errors import ConflictError, NotFoundError
from segue.ports.database import Session
from segue.resolve.graph import SQL, known_fragments, known_links, load_part
from segue.resolve.part import Part, is_device, restrictions
from segue.resolve.persons import Resolution, resolve
from segue.resolve.writing import Change, Linked, save


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """Two persons who are one by hand from now on."""

    person_id: bytes
    #: what :func:`unmerge` takes to undo it
    link_id: bytes
    linked: Linked = Linked()


class Unmerged(msgspec.Struct, frozen=True, kw_only=True):
    """What an unmerge did."""

    #: the persons of the link's two ends: the same one twice while they are still joined
    persons: tuple[bytes, ...]
    #: ids of the links that join them besides; empty once they are separated
    still_joined_by: tuple[bytes, ...] = ()
    linked: Linked = Linked()


class Deleted(msgspec.Struct, frozen=True, kw_only=True):
    """What taking an identifier away did."""

    #: persons that remain of the one who had it
    persons: tuple[bytes, ...]
    #: whose fragment the identifier's is now
    identifier_of: bytes
    linked: Linked = Linked()


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """Who decides, when, and under which rules."""

    by: str
    #: microseconds
    at: int
    identity: IdentityRules


def merge(session: Session, a: bytes, b: bytes, *, by: str, at: int, identity: IdentityRules) -> Merged:
    """Make one person of two, whatever the limits say; any of their ids will do.

    NotFoundError for an id that nobody has; ConflictError when they are one person already.
    """
    hand = Hand(by=by, at=at, identity=identity)
    stored = _load(session, [a, b], hand)
    one, other = stored.fragments[a].person_id, stored.fragments[b].person_id
    if one == other:
        raise ConflictError(f"{a.hex()} and {b.hex()} are one person already: {one.hex()}")
    link = _join(stored, one, other, hand)
    stored.links |= known_links(session, [link.link_id])
    part = msgspec.structs.replace(stored, links=stored.links | {link.link_id: link})
    found = resolve(part, identity)
    linked = save(session, Change(stored=stored, part=part), found, at)
    return Merged(person_id=found.persons[a], link_id=link.link_id, linked=linked)


def unmerge(
    session: Session,
    person_id: bytes,
    link_id: bytes,
    *,
    by: str,
    at: int,
    identity: IdentityRules,
    all: bool = False,
) -> Unmerged:
    """Undo one join of hers for good, if nothing else joins its two ends; with ``all``, whatever else does.

    NotFoundError for an unknown person or a link that is not hers; ConflictError for an inactive one.
    """
    hand = Hand(by=by, at=at, identity=identity)
    stored = _load(session, [person_id], hand)
    link = _hers(stored, person_id, link_id)
    rest = {i: each for i, each in stored.links.items() if i != link_id}
    alone = resolve(msgspec.structs.replace(stored, links=rest), identity)
    part = _set_apart(stored, [(link.a, link.b)], hand)
    found = resolve(part, identity)
    if alone.persons[link.a] == alone.persons[link.b] and not all:
        person = stored.fragments[person_id].person_id
        return Unmerged(
            persons=(person, person),
            still_joined_by=_put_out(stored, found, link_id),
        )
    _record(session, part.aparts[len(stored.aparts) :])
    linked = save(session, Change(stored=stored, part=part), found, at)
    return Unmerged(persons=(found.persons[link.a], found.persons[link.b]), linked=linked)


def delete_identifier(
    session: Session, person_id: bytes, fragment: bytes, *, by: str, at: int, identity: IdentityRules
) -> Deleted:
    """Take an identifier away from a person, for good: it is set apart from all her other ones.

    Its own history goes with it. NotFoundError when it is not hers, ConflictError when she has no other.
    """
    hand = Hand(by=by, at=at, identity=identity)
    stored = _load(session, [person_id], hand)
    person = stored.fragments[person_id].person_id
    others = [one for one, row in stored.fragments.items() if row.person_id == person and one != fragment]
    if fragment not in stored.fragments or stored.fragments[fragment].person_id != person:
        raise NotFoundError(f"{person.hex()} has no identifier {fragment.hex()}")
    if not others:
        raise ConflictError(f"{fragment.hex()} is her only identifier", cure="erase the person instead")
    part = _set_apart(stored, [(min(fragment, one), max(fragment, one)) for one in others], hand)
    found = resolve(part, identity)
    _record(session, part.aparts[len(stored.aparts) :])
    linked = save(session, Change(stored=stored, part=part), found, at)
    return Deleted(
        persons=tuple(sorted({found.persons[one] for one in others})),
        identifier_of=found.persons[fragment],
        linked=linked,
    )


def _load(session: Session, ids: list[bytes], hand: Hand) -> Part:
    """Become the linker, then everything around these; NotFoundError."""
    session.fetch(SQL["become_linker"])
    known = known_fragments(session, ids)
    for each in ids:
        if each not in known.rows:
            raise NotFoundError(f"there is no person {each.hex()}", cure="find her by an identifier")
    return load_part(session, known, ids)


def _join(part: Part, one: bytes, other: bytes, hand: Hand) -> Link:
    """The link by hand between the most telling fragments of two persons."""
    a, b = sorted((_face(part, one, hand), _face(part, other, hand)))
    sides = [{i for i, row in part.fragments.items() if row.person_id == person} for person in (one, other)]
    earlier = [each.at + 1 for each in part.aparts if _parts(each, sides)]
    moment = max([hand.at, *earlier])
    return Link(
        a=a,
        b=b,
        tier=Tier.MANUAL,
        first_proof=order_key(moment, 0, f"merge {a.hex()} {b.hex()}"),
        proof={"by": hand.by, "at": moment},
    )


def _parts(apart: Apart, sides: list[set[bytes]]) -> bool:
    one, other = sides
    return (apart.a in one and apart.b in other) or (apart.a in other and apart.b in one)


def _face(part: Part, person: bytes, hand: Hand) -> bytes:
    """The fragment a join by hand is made at: no device if possible, since devices change hands."""
    restricted, kinds = restrictions(hand.identity), hand.identity.kinds

    def rank(row: FragmentRow) -> tuple[bool, int, bytes, bytes]:
        rule = kinds.get(row.kind)
        return (
            is_device(row, restricted),
            rule.priority if rule else len(kinds) + 1,
            row.first_key,
            row.fragment_id,
        )

    return min((row for row in part.fragments.values() if row.person_id == person), key=rank).fragment_id


def _hers(part: Part, person_id: bytes, link_id: bytes) -> Link:
    person = part.fragments[person_id].person_id
    link = part.links.get(link_id)
    if link is None or person not in (part.fragments[link.a].person_id, part.fragments[link.b].person_id):
        raise NotFoundError(f"{person.hex()} has no link {link_id.hex()}", cure="see her identity's links")
    if not link.active:
        raise ConflictError(
            f"link {link_id.hex()} joins nobody ({link.reason})", cure="choose an active link"
        )
    return link


def _set_apart(part: Part, pairs: Iterable[tuple[bytes, bytes]], hand: Hand) -> Part:
    """The same part with these pairs set apart, later than every join by hand in it."""
    joins = [time_of(OrderKey(each.first_proof)) for each in part.links.values() if each.tier == Tier.MANUAL]
    at = max([hand.at, *joins])
    aparts = [Apart(a=a, b=b, at=at, by=hand.by) for a, b in pairs]
    return msgspec.structs.replace(part, aparts=[*part.aparts, *aparts])


def _record(session: Session, aparts: list[Apart]) -> None:
    session.execute(
        SQL["set_apart"],
        a=[each.a for each in aparts],
        b=[each.b for each in aparts],
        at=aparts[0].at,
        by=aparts[0].by,
    )


def _put_out(part: Part, found: Resolution, link_id: bytes) -> tuple[bytes, ...]:
    """Links besides ``link_id`` that are active and would not be any more."""
    return tuple(
        each for each, link in part.links.items() if link.active and each != link_id and each in found.reasons
    )
