"""Forgetting fragments: nothing of them stays in the identity graph.

What remains of a person is held together by its remaining active links. Nobody else is joined because
somebody was forgotten, and a shared device stays shared: that several people used it is still so.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from segue.domain.identity import Evidence
from segue.ports.database import Session
from segue.resolve.graph import SQL, known_fragments, persons_part
from segue.resolve.persons import members, root_of

_EVIDENCE = msgspec.msgpack.Decoder(Evidence)


def forget(session: Session, fragment_ids: Sequence[bytes]) -> None:
    """Remove these fragments, their links, aparts and waiting evidence. Unknown ids are passed over."""
    ids = list(fragment_ids)
    session.fetch(SQL["become_linker"])
    _forget_waiting(session, set(ids))
    known = known_fragments(session, ids)
    if known.rows:
        _part_remaining(session, set(ids), {row.person_id for row in known.rows.values()})
        session.execute(SQL["rename_components"], ids=ids)
        session.execute(SQL["forget_fragments"], ids=ids)
    for each in ("forget_links", "forget_aparts", "forget_conclusions"):
        session.execute(SQL[each], ids=ids)


def _part_remaining(session: Session, gone: set[bytes], persons: set[bytes]) -> None:
    """Give the rest of these persons the ids that follow from what still joins them."""
    part = persons_part(session, persons)
    up: dict[bytes, bytes] = {}
    for link in part.links.values():
        if link.a not in gone and link.b not in gone:
            one, other = root_of(up, link.a), root_of(up, link.b)
            if one != other:
                up[other] = one
    rest = {fragment: row for fragment, row in part.fragments.items() if fragment not in gone}
    ids = members(rest, up)
    moved = [fragment for fragment, row in rest.items() if ids[fragment] != row.person_id]
    if moved:
        session.execute(SQL["move_fragments"], ids=moved, persons=[ids[fragment] for fragment in moved])


def _forget_waiting(session: Session, gone: set[bytes]) -> None:
    """Take them out of the evidence that other workers have left for the linker."""
    kept: list[bytes] = []
    for (payload,) in session.fetch(SQL["take_waiting"]):
        evidence = _EVIDENCE.decode(payload)
        rest = Evidence(
            sightings=tuple(each for each in evidence.sightings if each.fragment_id not in gone),
            links=tuple(each for each in evidence.links if each.a not in gone and each.b not in gone),
        )
        if rest.sightings or rest.links:
            kept.append(msgspec.msgpack.encode(rest))
    if kept:
        session.execute(SQL["put_back"], payloads=kept)
