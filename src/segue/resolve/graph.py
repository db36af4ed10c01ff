"""Loading parts of the identity graph, in a constant number of statements however many are touched.

A component is loaded whole and replayed, unless it has more links than
:data:`~segue.resolve.writing.COMPONENT_LINKS` (it is *frozen*): then only the persons concerned are
loaded, with the links that join them. Links of shared devices are never loaded with the device.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from segue.domain.identifiers import FragmentId
from segue.domain.identity import Apart, FragmentRow, Link, Tier
from segue.domain.order import OrderKey
from segue.domain.rules import IdentityRules
from segue.ports.database import Session
from segue.ports.statements import statements
from segue.resolve.part import Part, is_device, restrictions

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
        row = fragment_row(values)
        known.rows[row.fragment_id] = row
        if values[11]:
            known.frozen.add(row.fragment_id)
    return known


def known_links(session: Session, ids: Sequence[bytes]) -> dict[bytes, Link]:
    """The stored links among these, without their proofs."""
    if not ids:
        return {}
    return {row[0]: _link(row) for row in session.fetch(SQL["known_links"], ids=ids)}


def load_part(session: Session, rules: IdentityRules, known: Known, around: Iterable[bytes]) -> Part:
    """Everything that the fate of these known fragments depends on, as it is stored."""
    around = list(around)
    if not around:
        return Part()
    rows = known.rows
    components = list({rows[one].component_id for one in around if one not in known.frozen})
    persons = list({rows[one].person_id for one in around if one in known.frozen})
    part = Part()
    for values in session.fetch(SQL["part_fragments"], components=components, persons=persons):
        row = fragment_row(values)
        part.fragments[row.fragment_id] = row
    if persons:
        whole = set(components)
        part.pinned = {one for one, row in part.fragments.items() if row.component_id not in whole}
    for values in session.fetch(SQL["part_links"], components=components, persons=persons):
        if values[1] in part.fragments and values[2] in part.fragments:
            part.links[values[0]] = _link(values)
    _load_aparts(session, part)
    _load_surroundings(session, rules, part)
    return part


def persons_part(session: Session, persons: Iterable[bytes]) -> Part:
    """All fragments of these persons and the links that join them, and nothing else."""
    values = {"components": [], "persons": list(persons)}
    rows = [fragment_row(each) for each in session.fetch(SQL["part_fragments"], **values)]
    return Part(
        fragments={row.fragment_id: row for row in rows},
        links={each[0]: _link(each) for each in session.fetch(SQL["part_links"], **values)},
    )


def _load_aparts(session: Session, part: Part) -> None:
    for a, b, at, by in session.fetch(SQL["part_aparts"], ids=list(part.fragments)):
        if b in part.fragments:
            part.aparts.append(Apart(a=a, b=b, at=at, by=by))


def _load_surroundings(session: Session, rules: IdentityRules, part: Part) -> None:
    """What is known of the part's devices by links that were not loaded."""
    restricted = restrictions(rules)
    devices = [
        one for one, row in part.fragments.items() if row.cut_tier is None and is_device(row, restricted)
    ]
    if not devices:
        return
    part.beside = dict(session.fetch(SQL["beside_shared"], devices=devices))
    pinned = [one for one in devices if one in part.pinned]
    if pinned:
        unique = list(restricted.unique)
        part.owners = session.fetch(SQL["owners_of"], devices=pinned, unique=unique)


def fragment_row(values: Sequence[Any]) -> FragmentRow:
    """A row of table ``fragment`` in the order of its columns."""
    return FragmentRow(
        fragment_id=FragmentId(values[0]),
        kind=values[1],
        value=values[2],
        person_id=FragmentId(values[3]),
        component_id=FragmentId(values[4]),
        first_key=OrderKey(values[5]),
        source=values[6],
        proven=values[7],
        device=values[8],
        shared=values[9],
        cut_tier=values[10],
    )


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
