"""Writing what a resolution changed, and telling which persons it joined and split."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b

import msgspec

from segue.domain.identifiers import FragmentId
from segue.domain.identity import FragmentRow, Link
from segue.ports.database import Session
from segue.resolve.graph import SQL
from segue.resolve.part import Part
from segue.resolve.persons import Resolution

COMPONENT_LINKS = 1_000
"""A component with more links than this is no longer replayed when evidence comes."""

_ENCODE = msgspec.json.Encoder(order="deterministic").encode


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """Persons who turned out to be one."""

    person_id: bytes
    #: the ids that were hers or theirs before, sorted; her present one may be among them
    before: tuple[bytes, ...]


class Parted(msgspec.Struct, frozen=True, kw_only=True):
    """A person who turned out to be several."""

    #: the id before
    person_id: bytes
    #: the ids now, sorted
    after: tuple[bytes, ...]


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """What evidence or a decision has changed."""

    #: present ids of persons who are new, or have gained or lost fragments, or have another id
    persons_changed: frozenset[bytes] = frozenset()
    merged: tuple[Joined, ...] = ()
    split: tuple[Parted, ...] = ()
    new_fragments: tuple[bytes, ...] = ()
    #: components that have just become too large to be replayed
    frozen: tuple[bytes, ...] = ()


class Change(msgspec.Struct, kw_only=True):
    """A part as it is stored, and as it is to be judged."""

    stored: Part
    part: Part
    #: fragments of the part whose person and component are not the part's to decide
    scenery: frozenset[bytes] = frozenset()


def save(session: Session, change: Change, found: Resolution, at: int) -> Linked:
    """Write the differences between what is stored and what was found, with the merges and splits."""
    new, changed = _fragments(change, found)
    if new:
        session.copy(SQL["add_fragments"], (_row(row) for row in new))
    if changed:
        _change_fragments(session, changed)
    _save_links(session, change, found)
    frozen = _freeze(session, change, found, at)
    linked = _outcome(change.stored.fragments, new, changed, frozen)
    _conclude(session, linked, found, at)
    return linked


def _fragments(change: Change, found: Resolution) -> tuple[list[FragmentRow], list[FragmentRow]]:
    """Rows to add and rows to change."""
    new: list[FragmentRow] = []
    changed: list[FragmentRow] = []
    stored, scenery, sharing = change.stored.fragments, change.scenery, found.sharing
    for fragment, row in change.part.fragments.items():
        before = stored.get(fragment)
        if fragment in scenery:
            if row is not before:
                changed.append(row)
            continue
        fate = (
            found.persons[fragment],
            found.components[fragment],
            fragment in sharing.out,
            sharing.cut.get(fragment),
            sharing.beside.get(fragment),
            sharing.owned.get(fragment),
        )
        if fate != _fate(row):
            row = _as_found(row, fate)  # noqa: PLW2901 -- the row as it is to be
        if before is None:
            new.append(row)
        elif row is not before and row != before:
            changed.append(row)
    return new, changed


_Fate = tuple[bytes, bytes, bool, int | None, int | None, int | None]


def _fate(row: FragmentRow) -> _Fate:
    return (
        row.person_id,
        row.component_id,
        row.shared,
        row.cut_tier,
        row.beside_tier,
        row.owned_tier,
    )


def _as_found(row: FragmentRow, fate: _Fate) -> FragmentRow:
    person, component, shared, cut, beside, owned = fate
    return msgspec.structs.replace(
        row,
        person_id=FragmentId(person),
        component_id=FragmentId(component),
        shared=shared,
        cut_tier=cut,
        beside_tier=beside,
        owned_tier=owned,
    )


def _row(row: FragmentRow) -> tuple[object, ...]:
    return (
        row.fragment_id,
        row.kind,
        row.value,
        row.person_id,
        row.component_id,
        row.first_key,
        row.source,
        row.proven,
        row.device,
        row.shared,
        row.cut_tier,
        row.beside_tier,
        row.owned_tier,
    )


def _change_fragments(session: Session, rows: list[FragmentRow]) -> None:
    session.execute(
        SQL["change_fragments"],
        ids=[row.fragment_id for row in rows],
        persons=[row.person_id for row in rows],
        components=[row.component_id for row in rows],
        keys=[row.first_key for row in rows],
        sources=[row.source for row in rows],
        proven=[row.proven for row in rows],
        shared=[row.shared for row in rows],
        cut=[row.cut_tier for row in rows],
        beside=[row.beside_tier for row in rows],
        owned=[row.owned_tier for row in rows],
    )


def _save_links(session: Session, change: Change, found: Resolution) -> None:
    """Add new links, improve those with better proofs, and mark those whose fate has changed."""
    stored, reasons = change.stored.links, found.reasons
    new: list[tuple[object, ...]] = []
    better: list[tuple[bytes, Link]] = []
    judged: list[bytes] = []
    for link_id, link in change.part.links.items():
        before = stored.get(link_id)
        reason = reasons.get(link_id)
        if before is None:
            new.append(_link_row(link_id, link, reason))
        elif before is not link:
            better.append((link_id, link))
        elif before.reason != reason or before.active != (reason is None):
            judged.append(link_id)
    if new:
        session.copy(SQL["add_links"], new)
    if better:
        _improve(session, better, reasons)
    if judged:
        fates = [reasons.get(link_id) for link_id in judged]
        active = [fate is None for fate in fates]
        session.execute(SQL["judge_links"], ids=judged, active=active, reasons=fates)


def _link_row(link_id: bytes, link: Link, reason: str | None) -> tuple[object, ...]:
    return (
        link_id,
        link.a,
        link.b,
        int(link.tier),
        link.first_proof,
        _ENCODE(link.proof),
        link.confidence,
        reason is None,
        reason,
    )


def _improve(session: Session, better: list[tuple[bytes, Link]], reasons: Mapping[bytes, str]) -> None:
    fates = [reasons.get(link_id) for link_id, _ in better]
    session.execute(
        SQL["improve_links"],
        ids=[link_id for link_id, _ in better],
        tiers=[int(link.tier) for _, link in better],
        proofs=[link.first_proof for _, link in better],
        texts=[_ENCODE(link.proof) for _, link in better],
        confidence=[link.confidence for _, link in better],
        active=[fate is None for fate in fates],
        reasons=fates,
    )


def _freeze(session: Session, change: Change, found: Resolution, at: int) -> tuple[bytes, ...]:
    part = change.part
    kept = {part.fragments[one].component_id for one in part.pinned}
    large = {
        name: links for name, links in found.links.items() if links > COMPONENT_LINKS and name not in kept
    }
    if large:
        session.execute(SQL["freeze"], ids=list(large), links=list(large.values()), at=at)
    return tuple(large)


def _outcome(
    stored: Mapping[bytes, FragmentRow],
    new: Iterable[FragmentRow],
    changed: Iterable[FragmentRow],
    frozen: tuple[bytes, ...],
) -> Linked:
    """Compare the partition of the known fragments before and after."""
    fresh = [row.fragment_id for row in new]
    persons: set[bytes] = {row.person_id for row in new}
    sources: dict[bytes, set[bytes]] = {}
    targets: dict[bytes, set[bytes]] = {}
    moved: dict[bytes, bytes] = {row.fragment_id: row.person_id for row in changed}
    for fragment, row in stored.items():
        person = moved.get(fragment, row.person_id)
        sources.setdefault(person, set()).add(row.person_id)
        targets.setdefault(row.person_id, set()).add(person)
        if person != row.person_id:
            persons.add(person)
    split = [(before, after) for before, after in targets.items() if len(after) > 1]
    for _, after in split:
        persons |= after
    merged = [(person, before) for person, before in sources.items() if len(before) > 1]
    return Linked(
        persons_changed=frozenset(persons),
        merged=tuple(Joined(person_id=person, before=tuple(sorted(before))) for person, before in merged),
        split=tuple(Parted(person_id=before, after=tuple(sorted(after))) for before, after in split),
        new_fragments=tuple(fresh),
        frozen=frozen,
    )


def _conclude(session: Session, linked: Linked, found: Resolution, at: int) -> None:
    """Merges and splits as derived events; the ids come from their causes, so each is told once."""
    if not (linked.merged or linked.split):
        return
    rows: list[tuple[bytes, str, bytes, bytes]] = []
    for joined in linked.merged:
        rows.append(_derived("Persons Merged", joined.person_id, joined.before, at))
    for parted in linked.split:
        rows.append(_derived("Person Split", parted.person_id, parted.after, at))
    session.execute(
        SQL["conclude"],
        ids=[row[0] for row in rows],
        names=[row[1] for row in rows],
        persons=[row[2] for row in rows],
        payloads=[row[3] for row in rows],
        at=at,
    )


def _derived(name: str, person: bytes, others: tuple[bytes, ...], at: int) -> tuple[bytes, str, bytes, bytes]:
    key = "before" if name == "Persons Merged" else "after"
    payload = _ENCODE({"person_id": person.hex(), key: [other.hex() for other in others]})
    cause = blake2b(b"\0".join((name.encode(), person, *others, b"%d" % at)), digest_size=16).digest()
    return cause, name, person, payload
