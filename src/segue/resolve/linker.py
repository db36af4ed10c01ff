"""From evidence to persons: one batch in one transaction, by one linker at a time.

Evidence is a set of minima (earliest mention, best and earliest proof), so batches may be cut and
ordered in any way. The caller holds the right to link (``become_linker`` in ``queries.sql``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from segue.domain.identifiers import FragmentId
from segue.domain.identity import Evidence, FragmentRow, Link, Sighting, Tier
from segue.domain.order import OrderKey
from segue.domain.rules import IdentityRules
from segue.ports.database import Session
from segue.resolve.graph import Known, known_fragments, known_links, load_owners, load_part
from segue.resolve.part import Part, Restrictions, is_device, restrictions
from segue.resolve.persons import position, resolve
from segue.resolve.sharing import NEVER
from segue.resolve.writing import Change, Linked, save


class _News(msgspec.Struct):
    """What a batch says, each fact once and at its best."""

    sightings: dict[bytes, Sighting]
    links: dict[tuple[bytes, bytes], Link]


def link(session: Session, evidence: Sequence[Evidence], identity: IdentityRules, at: int) -> Linked:
    """Record the evidence and settle who is whom; ``at`` is the present moment in microseconds.

    The number of statements does not depend on how much evidence there is. Links to a fragment that
    nobody has seen (it was erased) are left out.
    """
    news = _gather(evidence)
    if not news.sightings and not news.links:
        return Linked()
    known = known_fragments(session, _mentioned(news))
    rows = _rows(news.sightings, known)
    links, stored_links = _links(session, news, known, rows)
    if not rows and not links:
        return Linked()
    change = _change(session, identity, known, _Better(rows, links, stored_links))
    return save(session, change, resolve(change.part, identity), at)


class _Better(msgspec.Struct):
    """What of the news is new indeed."""

    #: rows that are new or differ from what is stored
    rows: dict[bytes, FragmentRow]
    links: dict[bytes, Link]
    #: what is stored in place of those links
    stored: dict[bytes, Link]


def _gather(evidence: Iterable[Evidence]) -> _News:
    news = _News({}, {})
    seen, links = news.sightings, news.links
    for each in evidence:
        for sighting in each.sightings:
            other = seen.get(sighting.fragment_id)
            if other is not None:
                sighting = _both(other, sighting)  # noqa: PLW2901 -- as far as it is known
            seen[sighting.fragment_id] = sighting
        for found in each.links:
            pair = (found.a, found.b)
            known = links.get(pair)
            if (known is None or position(found) < position(known)) and found.a != found.b:
                links[pair] = found
    return news


def _both(one: Sighting, other: Sighting) -> Sighting:
    """The earlier of two, proven if either is."""
    first, second = (one, other) if one.key <= other.key else (other, one)
    if second.proven and not first.proven:
        return msgspec.structs.replace(first, proven=True)
    return first


def _mentioned(news: _News) -> set[bytes]:
    ids = set(news.sightings)
    for pair in news.links:
        ids.update(pair)
    return ids


def _rows(sightings: dict[bytes, Sighting], known: Known) -> dict[bytes, FragmentRow]:
    rows: dict[bytes, FragmentRow] = {}
    for fragment, sighting in sightings.items():
        stored = known.rows.get(fragment)
        row = _new_row(sighting) if stored is None else _better_row(stored, sighting)
        if row is not stored:
            rows[fragment] = row
    return rows


def _new_row(sighting: Sighting) -> FragmentRow:
    fragment = FragmentId(sighting.fragment_id)
    return FragmentRow(
        fragment_id=fragment,
        kind=sighting.kind,
        value=sighting.value,
        person_id=fragment,
        component_id=fragment,
        first_key=OrderKey(sighting.key),
        source=sighting.source,
        proven=sighting.proven,
        device=sighting.device,
    )


def _better_row(stored: FragmentRow, sighting: Sighting) -> FragmentRow:
    earlier = sighting.key < stored.first_key
    if not earlier and (stored.proven or not sighting.proven):
        return stored
    return msgspec.structs.replace(
        stored,
        first_key=OrderKey(sighting.key) if earlier else stored.first_key,
        source=sighting.source if earlier else stored.source,
        proven=stored.proven or sighting.proven,
    )


def _links(
    session: Session, news: _News, known: Known, rows: dict[bytes, FragmentRow]
) -> tuple[dict[bytes, Link], dict[bytes, Link]]:
    """Links that are new or better than what is stored, and what is stored in their place."""
    old = known.rows
    found = {
        each.link_id: each
        for (a, b), each in news.links.items()
        if (a in old or a in rows) and (b in old or b in rows) and each.tier != Tier.MANUAL
    }
    stored = known_links(session, [i for i, each in found.items() if each.a in old and each.b in old])
    for link_id, before in stored.items():
        if position(before) <= position(found[link_id]):
            del found[link_id]
    return found, stored


def _change(session: Session, identity: IdentityRules, known: Known, better: _Better) -> Change:
    """The part to judge: what must be loaded around the news, with the news put in."""
    restricted = restrictions(identity)
    stored = load_part(session, known, _around(restricted, known, better))
    devices = _newly_owned(restricted, stored, better) if stored.pinned else set()
    if devices:
        stored.owners = load_owners(session, devices, restricted)
    scenery: set[bytes] = set()
    for fragment in _touched(better):
        row = known.rows.get(fragment)
        if row is not None and fragment not in stored.fragments:
            stored.fragments[fragment] = row
            scenery.add(fragment)
    for link_id in better.links:
        if link_id in better.stored:
            stored.links[link_id] = better.stored[link_id]
    part = msgspec.structs.replace(
        stored,
        fragments=stored.fragments | better.rows,
        links=stored.links | better.links,
    )
    return Change(stored=stored, part=part, scenery=frozenset(scenery))


def _touched(better: _Better) -> set[bytes]:
    touched = set(better.rows)
    for each in better.links.values():
        touched.add(each.a)
        touched.add(each.b)
    return touched


def _around(restricted: Restrictions, known: Known, better: _Better) -> set[bytes]:
    """Known fragments whose person may change.

    Not those that only a link of a shared device touches: it is out whatever else there is, so a kiosk
    with ten thousand owners costs no more than one with two. But a device that has met a shared one may
    be shared for that.
    """
    old = known.rows
    around = {
        fragment
        for fragment, row in better.rows.items()
        if fragment in old and row.first_key != old[fragment].first_key
    }
    for each in better.links.values():
        ends = (each.a, each.b)
        out = [end for end in ends if end in old and (old[end].cut_tier or NEVER) <= each.tier]
        for end in ends:
            if end in old and (not out or (end not in out and is_device(old[end], restricted))):
                around.add(end)
    return around


def _newly_owned(restricted: Restrictions, stored: Part, better: _Better) -> set[bytes]:
    """Pinned devices that now meet an owner: of such, not all links are loaded.

    It happens at most twice to a device, since a second owner makes it shared.
    """
    found: set[bytes] = set()
    for each in better.links.values():
        for device, other in ((each.a, each.b), (each.b, each.a)):
            row = better.rows.get(other) or stored.fragments.get(other)
            if device not in stored.pinned or row is None or row.kind not in restricted.unique:
                continue
            if is_device(stored.fragments[device], restricted):
                found.add(device)
    return found


__all__ = ["Linked", "Part", "link"]
