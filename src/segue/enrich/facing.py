"""Who is in front of a touchpoint, as conditions and texts ask for her: facts of her record, nothing else.

Only what is asked for is worked out. Events that came with the question are folded in first, so they count at
once; which of them the record has already is for the caller to know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from segue.domain.events import Event
from segue.domain.identifiers import FragmentId
from segue.domain.identity import FragmentRow
from segue.domain.order import DAY
from segue.domain.rules import Rules, Survivorship
from segue.enrich import claims, complaints, consent
from segue.enrich.behaviour import sessions_part
from segue.enrich.fold import fold
from segue.enrich.golden import PersonParts, counted_of, in_view, together
from segue.enrich.purchases import counts, orders_part, orders_read
from segue.enrich.said import said_in
from segue.enrich.segments.compile import Needs, segments_of
from segue.enrich.segments.facts import Facts, granted
from segue.enrich.segments.typed import orders_asked, sessions_asked
from segue.enrich.state import FragmentState
from segue.enrich.summary import Summary
from segue.enrich.traits.plan import TraitPlan
from segue.enrich.traits.plan import plan as planned
from segue.enrich.traits.state import TraitState


class Face(NamedTuple):
    """What is known of her."""

    facts: Facts
    #: surviving attributes, for texts
    attributes: Mapping[str, Any]
    #: days since her last order; None: she has none
    days_since_order: int | None
    orders: int
    #: the time zone that a device of hers said last
    zone: str | None = None


NOBODY = Face(Facts(), {}, None, 0)


class Look(NamedTuple):
    """How somebody is looked at."""

    rules: Rules
    #: microseconds
    now: int
    needs: Needs
    #: events that are not in her record yet
    fresh: Mapping[FragmentId, Sequence[Event]] = {}
    #: the fragments to keep to, as for a device that proves nothing; None: all of hers
    only: frozenset[bytes] | None = None
    #: attributes that are looked at; None: all
    attributes: frozenset[str] | None = None
    #: what traits are told by, where it is at hand
    plan: TraitPlan | None = None
    #: segments that are judged anew by these facts; the others are as they were judged last
    judged: frozenset[str] = frozenset()


def face(parts: PersonParts, by: Look) -> Face:
    """Her face."""
    rules, now, needs, only = by.rules, by.now, by.needs, by.only
    rows = [row for row in in_view(parts, "certain") if only is None or row.fragment_id in only]
    states = {
        row.fragment_id: parts.states[row.fragment_id] for row in rows if row.fragment_id in parts.states
    }
    for fragment, events in by.fresh.items():
        states[fragment] = _refreshed(states.get(fragment), events, rules)
    whole = "sessions" in needs.roots
    summary = together(states.values(), rules) if whole else said_in(states.values())
    orders = orders_read(summary)
    placed = [order.placed for order in orders if counts(order)]
    attributes = _attributes(summary, rules.survivorship, by.attributes)
    statements = consent.effective(summary.consent, rules.purposes)
    facts = Facts(
        traits=_traits(parts, rows, by),
        attributes=attributes,
        orders=orders_asked(orders_part(orders, now)) if "orders" in needs.roots else {},
        sessions=sessions_asked(sessions_part(summary, now)) if whole else {},
        consent={
            purpose: {channel: said.granted for channel, said in channels.items()}
            for purpose, channels in statements.items()
        },
        inside=frozenset(parts.segments) if only is None else frozenset(),
    )
    if by.judged and only is None:
        facts.inside = segments_of(rules).judge(facts, by.judged, parts.segments)
    if complaints.is_open(summary.complaint) and complaints.COMPLAINT not in segments_of(rules).by_name:
        facts.inside = {*facts.inside, complaints.COMPLAINT}
    days_since = max(0, now - placed[-1]) // DAY if placed else None
    return Face(facts, attributes, days_since, len(placed), summary.zone[2] if summary.zone else None)


def _attributes(summary: Summary, rules: Survivorship, asked: frozenset[str] | None) -> Mapping[str, Any]:
    """Those that are asked for, with the values that survive."""
    said: dict[str, list[claims.Claim]] = {}
    for standing, table in summary.attributes.items():
        if asked is None or standing[1:] in asked:
            said.setdefault(standing[1:], []).extend(claims.read(table, standing[0] == "1"))
    return {name: claims.survive(name, said[name], rules).claim.value for name in sorted(said)}


def _refreshed(state: FragmentState | None, events: Sequence[Event], rules: Rules) -> FragmentState:
    return fold(state, events, rules).state


def _traits(parts: PersonParts, rows: Sequence[FragmentRow], by: Look) -> Mapping[str, Any]:
    if not by.needs.traits:
        return {}
    plan = by.plan or planned(by.rules, parts.standing.numbers)
    states = counted_of(parts, rows)
    states += [plan.contribute(TraitState(), events) for events in by.fresh.values()]
    return plan.values(plan.merge(states), by.now, by.needs.traits)


def purposes_granted(facts: Facts, rules: Rules, channel: str) -> frozenset[str]:
    """The purposes that hold for her in a channel."""
    purposes = rules.purposes
    return frozenset(name for name in purposes.purposes if granted(facts, purposes, name, channel))
