"""Loading parts of the identity graph, in a constant number of statements however many are touched.

A component is loaded whole and replayed, unless it has more links than
:data:`~segue.resolve.writing.COMPONENT_LINKS` (it is *frozen*): then only the persons concerned are
loaded, with the links that join them. Links of shared devices are never loaded with the device.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from segue.domain.identity import Apart, FragmentRow, Link, Tier
from segue.ports.database import Session
from segue.ports.statements import statements
from segue.resolve.part import Part, Restrictions

SQL = statements("segue.resolve")
_TIERS = tuple(Tier)
_PROOF = msgspec.json.Decoder(dict[str, Any])


class Known(msgspec.Struct):
    """Fragments as they are stored."""

    rows: dict[bytes, FragmentRow]
    #: those whose component is frozen
    frozen: set[bytes]


def known_fragments(session: Session, ids: Iterable[bytes]) -> Known:
    """The rows of those of these fragments that exist."""
    known = Known({}, set())
    for values in session.fetch(SQL["known_fragments"], ids=list(ids)):
        row = FragmentRow.of_columns(values)
        known.rows[row.fragment_id] = row
        if values[13]:
            known.frozen.add(row.fragment_id)
    return known


def known_links(session: Session, ids: Sequence[bytes]) -> dict[bytes, Link]:
    """The stored links among these, without their proofs."""
    if not ids:
        return {}
    return {row[0]: _link(row) for row in session.fetch(SQL["known_links"], ids=ids)}


def load_part(session: Session, known: Known, around: Iterable[bytes]) -> Part:
    """Everything that the fate of these known fragments depends on, as it is stored."""
    around = list(around)
    if not around:
        return Part()
    rows = known.rows
    components = list({rows[one].component_id for one in around if one not in known.frozen})
    persons = list({rows[one].person_id for one in around if one in known.frozen})
    part = _fragments(session, components, persons)
    if persons:
        whole = set(components)
        part.pinned = {one for one, row in part.fragments.items() if row.component_id not in whole}
    _load_links(session, part)
    _load_aparts(session, part)
    return part


def _fragments(session: Session, components: Sequence[bytes], persons: Sequence[bytes]) -> Part:
    rows = session.fetch(SQL["part_fragments"], components=components, persons=persons)
    return Part(fragments={values[0]: FragmentRow.of_columns(values) for values in rows})


def _load_links(session: Session, part: Part) -> None:
    """The links between the part's fragments; of pinned ones only those that join a person."""
    free = [row for one, row in part.fragments.items() if one not in part.pinned]
    rows = session.fetch(
        SQL["part_links"],
        ids=[row.fragment_id for row in free],
        cut=[row.cut_tier for row in free],
        pinned=list(part.pinned),
    )
    for values in rows:
        if values[2] in part.fragments:
            part.links[values[0]] = _link(values)


def load_owners(
    session: Session, devices: Iterable[bytes], restricted: Restrictions
) -> list[tuple[bytes, bytes, int]]:
    """Who was seen with these devices, active or not: (device, owner, tier)."""
    rows = session.fetch(SQL["owners_of"], devices=list(devices), unique=list(restricted.unique))
    return [(device, owner, tier) for device, owner, tier in rows]


def persons_part(session: Session, persons: Iterable[bytes]) -> Part:
    """All fragments of these persons and the links that join them, and nothing else."""
    part = _fragments(session, [], list(persons))
    part.pinned = set(part.fragments)
    _load_links(session, part)
    return part


def _load_aparts(session: Session, part: Part) -> None:
    for a, b, at, by in session.fetch(SQL["part_aparts"], ids=list(part.fragments)):
        if b in part.fragments:
            part.aparts.append(Apart(a=a, b=b, at=at, by=by))


def _link(values: Sequence[Any]) -> Link:
    return Link(
        a=values[1],
        b=values[2],
        tier=_TIERS[values[3]],
        first_proof=values[4],
        proof={},
        active=values[5],
        reason=values[6],
    )


def full_link(values: Sequence[Any]) -> Link:
    """The same with proof and confidence in the last two columns."""
    return msgspec.structs.replace(_link(values), proof=_PROOF.decode(values[7]), confidence=values[8])
