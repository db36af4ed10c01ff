"""The golden record: a person's fragments, their links and states become one record, on reading.

Pure. Nothing of it is stored, so a merge or its undoing changes no more than which fragments stand
together, and the record is at once that of all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from segue.domain.identifiers import FragmentId
from segue.domain.identity import FragmentRow, Tier
from segue.domain.order import rfc3339, time_of
from segue.domain.rules import Rules, Survivorship
from segue.enrich import claims, consent, counting, merge
from segue.enrich.behaviour import (
    Judge,
    activity_part,
    campaign_parts,
    favourites_part,
    group_parts,
    sessions_part,
)
from segue.enrich.purchases import orders_part, orders_read
from segue.enrich.record import (
    AttributePart,
    ClaimPart,
    ConsentPart,
    ConsentWord,
    GoldenRecord,
    IdentifierPart,
    TraitMarks,
    View,
)
from segue.enrich.state import FragmentState
from segue.enrich.summary import Summary, join, trim
from segue.enrich.traits.state import TraitState


class Joint(NamedTuple):
    """An active link within a person, as far as the record needs it."""

    a: bytes
    b: bytes
    tier: int


class PersonParts(msgspec.Struct, frozen=True, kw_only=True):
    """What a record is assembled from."""

    person_id: FragmentId
    fragments: Sequence[FragmentRow]
    #: active links between them
    links: Sequence[Joint] = ()
    #: fragment id → state with its summary; fragments that own no event have none
    states: Mapping[bytes, FragmentState] = {}
    #: fragment id → what is counted of it for traits
    counted: Mapping[bytes, TraitState] = {}
    #: under which numbers, and what of it is not complete
    standing: counting.Standing = counting.NOTHING
    #: names of the segments that she is in
    segments: Sequence[str] = ()


def golden_record(
    parts: PersonParts, rules: Rules, now: int, view: View = "certain", judge: Judge | None = None
) -> GoldenRecord:
    """Assemble the record as of ``now`` (microseconds).

    *certain* leaves out the fragments that only probabilistic or behavioural links join to the one
    the person is named after; *likely* takes them all, except for consent, which guesses never give
    or take. ValueError for a state without its summary.
    """
    rows = in_view(parts, view)
    states = states_of(parts, rows)
    summary = together(states, rules)
    certain = in_view(parts, "certain") if view == "likely" else rows
    agreed = summary if len(certain) == len(rows) else together(states_of(parts, certain), rules)
    orders = orders_read(summary)
    told = counting.told(rules, parts.standing, counted_of(parts, rows), now)
    return GoldenRecord(
        person_id=parts.person_id.hex(),
        identifiers=identifier_parts(rows, parts),
        attributes=attribute_parts(summary, rules.survivorship),
        traits=told.values,
        traits_marks=TraitMarks(
            incomplete=told.incomplete,
            approximate=told.approximate,
            scored_as_of=None if told.scored_as_of is None else rfc3339(told.scored_as_of),
        ),
        segments=list(parts.segments),
        orders=orders_part(orders, now, approximate="orders" in summary.trimmed),
        sessions=sessions_part(summary, now, judge),
        consent=_consent(agreed, rules),
        consent_history=[_word(said) for said in consent.history(agreed.consent)],
        favourites=favourites_part(summary, orders, rules.time_zone),
        campaigns=campaign_parts(summary),
        groups=group_parts(summary),
        activity=activity_part(summary, states),
        fragments=sorted(row.fragment_id.hex() for row in rows),
        view=view,
    )


def states_of(parts: PersonParts, rows: Sequence[FragmentRow]) -> list[FragmentState]:
    """The states of those of these fragments that have one."""
    return [parts.states[row.fragment_id] for row in rows if row.fragment_id in parts.states]


def counted_of(parts: PersonParts, rows: Sequence[FragmentRow]) -> list[TraitState]:
    """What is counted of those of these fragments of which anything is."""
    return [parts.counted[row.fragment_id] for row in rows if row.fragment_id in parts.counted]


def together(states: Iterable[FragmentState], rules: Rules) -> Summary:
    """The summary of all these states; ValueError for one that was not loaded whole."""
    summary = Summary()
    for state in states:
        summary = join(summary, merge.unfolded(state, rules.time_zone))
    trim(summary)
    return summary


# ── identity ─────────────────────────────────────────────────────────────────


def in_view(parts: PersonParts, view: View) -> Sequence[FragmentRow]:
    """Her fragments as far as the view goes."""
    if view == "likely" or all(link.tier <= Tier.CLAIMED for link in parts.links):
        return parts.fragments
    near: dict[bytes, list[bytes]] = {}
    for link in parts.links:
        if link.tier <= Tier.CLAIMED:
            near.setdefault(link.a, []).append(link.b)
            near.setdefault(link.b, []).append(link.a)
    reached: set[bytes] = set()
    waiting: list[bytes] = [parts.person_id]
    while waiting:
        fragment = waiting.pop()
        if fragment not in reached:
            reached.add(fragment)
            waiting += near.get(fragment, ())
    return [row for row in parts.fragments if row.fragment_id in reached]


def identifier_parts(rows: Sequence[FragmentRow], parts: PersonParts) -> list[IdentifierPart]:
    """Her identifiers, by kind and value."""
    tiers: dict[bytes, int] = {}
    for link in parts.links:
        for end in (link.a, link.b):
            tiers[end] = min(link.tier, tiers.get(end, link.tier))
    last = _last_seen(rows, parts.states)
    found = [
        IdentifierPart(
            kind=row.kind,
            value=row.value,
            tier=Tier(tiers.get(row.fragment_id, Tier.PROVEN if row.proven else Tier.CLAIMED)).label,
            first_seen=rfc3339(time_of(row.first_key)),
            last_seen=rfc3339(max(last.get(row.fragment_id, 0), time_of(row.first_key))),
            source=row.source,
        )
        for row in rows
        if row.value  # deleted identifiers keep their fragment, not their value
    ]
    return sorted(found, key=lambda part: (part.kind, part.value))


def _last_seen(rows: Sequence[FragmentRow], states: Mapping[bytes, FragmentState]) -> dict[bytes, int]:
    """When each fragment was last mentioned: by its own events, or by those of the person's others."""
    mentioned: dict[bytes, int] = {}
    for row in rows:
        state = states.get(row.fragment_id)
        if state is None:
            continue
        start = row.fragment_id[:8]
        mentioned[start] = max(state.head.last, mentioned.get(start, 0))
        for other, held in state.head.others.items():
            mentioned[other] = max(held[3], mentioned.get(other, 0))
    return {row.fragment_id: mentioned.get(row.fragment_id[:8], 0) for row in rows}


# ── attributes ───────────────────────────────────────────────────────────────


def attribute_parts(summary: Summary, rules: Survivorship) -> dict[str, AttributePart]:
    """Her attributes with the claims that survive."""
    by_name: dict[str, list[claims.Claim]] = {}
    for standing, table in summary.attributes.items():
        by_name.setdefault(standing[1:], []).extend(claims.read(table, standing[0] == "1"))
    return {name: _attribute(name, by_name[name], rules) for name in sorted(by_name)}


def _attribute(name: str, said: list[claims.Claim], rules: Survivorship) -> AttributePart:
    surviving = claims.survive(name, said, rules)
    best, *others = (_claim(claim, rules.third_party) for claim in (surviving.claim, *surviving.others))
    return AttributePart(**msgspec.structs.asdict(best), others=others)


def _claim(claim: claims.Claim, third_party: Collection[str]) -> ClaimPart:
    return ClaimPart(
        value=claim.value,
        source=claim.source,
        observed_at=rfc3339(claim.time),
        count=claim.times,
        claimed=not claim.proven,
        third_party=claim.source in third_party,
    )


# ── consent ──────────────────────────────────────────────────────────────────


def _consent(summary: Summary, rules: Rules) -> dict[str, dict[str, ConsentPart]]:
    return {
        purpose: {
            channel: ConsentPart(
                state="granted" if said.granted else "denied", at=rfc3339(said.time), source=said.source
            )
            for channel, said in channels.items()
        }
        for purpose, channels in consent.effective(summary.consent, rules.purposes).items()
    }


def _word(said: consent.Statement) -> ConsentWord:
    return ConsentWord(
        state="granted" if said.granted else "denied",
        at=rfc3339(said.time),
        source=said.source,
        purpose=said.purpose,
        channel=said.channel,
        address=said.address,
        claimed=not said.proven,
    )


def joints(rows: Iterable[tuple[bytes, bytes, int]]) -> list[Joint]:
    """Rows ``(a, b, tier)`` as links."""
    return [Joint(*row) for row in rows]
