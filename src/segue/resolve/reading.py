"""Reading who is whom, and why: the records behind ``identity``, and the answer to "why these two?"."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from segue.domain.identifiers import FragmentId
from segue.domain.identity import Apart, FragmentRow, Link, Tier
from segue.domain.order import OrderKey, rfc3339, time_of
from segue.ports.database import Session
from segue.resolve.graph import SQL, full_link

LINKS_SHOWN = 2_000
"""A person's links are shown up to here, active and strong ones first."""


class IdentifierView(msgspec.Struct, frozen=True, kw_only=True):
    """An identifier of a person, as JSON shows it."""

    fragment_id: str
    kind: str
    value: str
    #: of the best link that joins it to her; of its own mentions where she has no other
    tier: str
    first_seen: str
    #: what she did tells it, so that whoever knows that fills it in
    last_seen: str | UnsetType = UNSET
    source: str


class LinkView(msgspec.Struct, frozen=True, kw_only=True):
    """A link, as JSON shows it."""

    link_id: str
    between: tuple[str, str]
    tier: str
    confidence: float
    proof: dict[str, Any]
    first_proof_at: str
    active: bool
    #: why it is inactive
    reason: str | UnsetType = UNSET


class ApartView(msgspec.Struct, frozen=True, kw_only=True):
    """Two fragments that somebody decided are not one person, as JSON shows it."""

    between: tuple[str, str]
    at: str
    by: str


class IdentityView(msgspec.Struct, frozen=True, kw_only=True):
    """What a person's identity rests on."""

    person_id: str
    identifiers: list[IdentifierView]
    #: active ones, and those that stayed out, with their reasons
    links: list[LinkView]
    aparts: list[ApartView]
    #: devices she was seen with that are nobody's, because several people use them
    shared_devices: list[IdentifierView]


class WhyView(msgspec.Struct, frozen=True, kw_only=True):
    """Why two identifiers are one person, or are not."""

    one_person: bool
    #: one sentence
    because: str
    #: one person: the links that lead from the first to the second, best ones
    path: list[LinkView] = []
    #: two persons: links between them, or to what both were seen with, that stayed out, with their reasons
    inactive: list[LinkView] = []
    #: two persons: what somebody decided
    aparts: list[ApartView] = []
    #: two persons: fragments that both were seen with
    met: list[str] = []


def locate(session: Session, any_id: bytes) -> FragmentId | None:
    """The present id of the person with this id (any she ever had, or a fragment's), or None."""
    rows = session.fetch(SQL["located"], id=any_id)
    return FragmentId(rows[0][0]) if rows else None


def fragments_of(session: Session, person_id: bytes) -> list[FragmentRow]:
    """Her fragments by present id, the longest known first; empty for an unknown or former id."""
    return [FragmentRow.of_columns(row) for row in session.fetch(SQL["fragments_of"], person=person_id)]


def links_of(session: Session, fragment_ids: Sequence[bytes]) -> list[Link]:
    """Links with an end among these fragments, active and strong ones first, at most 2,000."""
    rows = session.fetch(SQL["links_of"], ids=list(fragment_ids), limit=LINKS_SHOWN)
    return [full_link(row) for row in rows]


def links_called(session: Session, link_ids: Sequence[bytes]) -> list[LinkView]:
    """These links as JSON shows them."""
    rows = session.fetch(SQL["links_called"], ids=list(link_ids))
    return [link_view(full_link(row)) for row in rows]


def aparts_of(session: Session, fragment_ids: Sequence[bytes]) -> list[Apart]:
    """What was set apart from these fragments."""
    rows = session.fetch(SQL["aparts_around"], ids=list(fragment_ids))
    return [Apart(a=a, b=b, at=at, by=by) for a, b, at, by in rows]


def identity(session: Session, person_id: bytes) -> IdentityView | None:
    """What her identity rests on, by any id; None when nobody has it."""
    present = locate(session, person_id)
    if present is None:
        return None
    rows = fragments_of(session, present)
    mine = {row.fragment_id for row in rows}
    links = links_of(session, list(mine))
    others = {end for link in links for end in (link.a, link.b)} - mine
    met = [FragmentRow.of_columns(row) for row in session.fetch(SQL["known_fragments"], ids=list(others))]
    best = _best_tiers(links)
    return IdentityView(
        person_id=present.hex(),
        identifiers=[_identifier_view(row, best) for row in rows],
        links=[link_view(link) for link in links],
        aparts=[apart_view(apart) for apart in aparts_of(session, list(mine))],
        shared_devices=[_identifier_view(row, best) for row in met if row.shared],
    )


def why(session: Session, a: bytes, b: bytes) -> WhyView | None:
    """Why these two fragments are one person, or are not; None when one of them is unknown."""
    one, other = locate(session, a), locate(session, b)
    if one is None or other is None:
        return None
    if one == other:
        path = _path(session, one, a, b)
        return WhyView(one_person=True, because=_says_path(path), path=[link_view(link) for link in path])
    mine = [row.fragment_id for row in fragments_of(session, one)]
    theirs = [row.fragment_id for row in fragments_of(session, other)]
    between = [full_link(row) for row in session.fetch(SQL["links_between"], one=mine, other=theirs)]
    aparts = [each for each in aparts_of(session, mine) if not {each.a, each.b}.isdisjoint(theirs)]
    met = [row[0] for row in session.fetch(SQL["met_by_both"], one=mine, other=theirs)]
    around = _links_out(session, [*mine, *theirs], met)
    return WhyView(
        one_person=False,
        because=_says_not(between, aparts, around),
        inactive=[link_view(link) for link in {each.link_id: each for each in (*between, *around)}.values()],
        aparts=[apart_view(apart) for apart in aparts],
        met=[each.hex() for each in met],
    )


def _links_out(session: Session, one: list[bytes], other: list[bytes]) -> list[Link]:
    """Inactive links between the one and the other, strong ones first."""
    found = [full_link(row) for row in session.fetch(SQL["links_between"], one=one, other=other)]
    return [link for link in found if not link.active]


def link_view(link: Link) -> LinkView:
    """A link as JSON shows it."""
    return LinkView(
        link_id=link.link_id.hex(),
        between=(link.a.hex(), link.b.hex()),
        tier=link.tier.label,
        confidence=link.confidence,
        proof=_proof(link),
        first_proof_at=rfc3339(time_of(OrderKey(link.first_proof))),
        active=link.active,
        reason=UNSET if link.reason is None else link.reason,
    )


def _proof(link: Link) -> dict[str, Any]:
    """The proof, with the time of what was done by hand as text."""
    at = link.proof.get("at")
    return {**link.proof, "at": rfc3339(at)} if type(at) is int else link.proof


def apart_view(apart: Apart) -> ApartView:
    """An apart as JSON shows it."""
    return ApartView(between=(apart.a.hex(), apart.b.hex()), at=rfc3339(apart.at), by=apart.by)


def _best_tiers(links: Iterable[Link]) -> dict[bytes, Tier]:
    best: dict[bytes, Tier] = {}
    for link in links:
        if link.active:
            for end in (link.a, link.b):
                best[end] = min(link.tier, best.get(end, link.tier))
    return best


def _identifier_view(row: FragmentRow, best: dict[bytes, Tier]) -> IdentifierView:
    alone = Tier.PROVEN if row.proven else Tier.CLAIMED
    return IdentifierView(
        fragment_id=row.fragment_id.hex(),
        kind=row.kind,
        value=row.value,
        tier=best.get(row.fragment_id, alone).label,
        first_seen=rfc3339(time_of(row.first_key)),
        source=row.source,
    )


def _path(session: Session, person: bytes, start: bytes, goal: bytes) -> list[Link]:
    """The shortest way of active links from one fragment to another; of equally short ones, the best."""
    mine = [row.fragment_id for row in fragments_of(session, person)]
    ways: dict[bytes, list[Link]] = {}
    for link in sorted(links_of(session, mine), key=lambda each: each.position):
        if link.active:
            ways.setdefault(link.a, []).append(link)
            ways.setdefault(link.b, []).append(link)
    came: dict[bytes, Link | None] = {start: None}
    waiting = deque([start])
    while waiting and goal not in came:
        here = waiting.popleft()
        for link in ways.get(here, ()):
            there = link.b if link.a == here else link.a
            if there not in came:
                came[there] = link
                waiting.append(there)
    path: list[Link] = []
    here = goal
    while (step := came.get(here)) is not None:
        path.append(step)
        here = step.a if step.b == here else step.b
    return path[::-1]


def _says_path(path: list[Link]) -> str:
    if not path:
        return "they are the same identifier"
    weakest = max(link.tier for link in path)
    if len(path) == 1:
        return f"one link leads from one to the other, {weakest.label}"
    return f"{len(path)} links lead from one to the other, the weakest of them {weakest.label}"


def _says_not(between: list[Link], aparts: list[Apart], around: list[Link]) -> str:
    if aparts:
        return f"{aparts[-1].by} set them apart at {rfc3339(aparts[-1].at)}"
    if between:
        return f"they were seen together, but the link stays out: {_reasons(between)}"
    if around:
        return f"both were seen with the same identifier, but links to it stay out: {_reasons(around)}"
    return "nothing was ever seen that names both"


def _reasons(links: list[Link]) -> str:
    return ", ".join(sorted({link.reason or "inactive" for link in links}))
