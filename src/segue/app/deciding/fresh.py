"""Events that came with a question: they count at once, and once more nowhere.

They are read, checked and identified like any others, but they merge nobody: only what was said of whoever is
asked about counts. Her record remembers the last 64 message ids that were applied, so none counts twice.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from itertools import chain

import msgspec

from segue.app.deciding.asking import DecisionRequest
from segue.app.deciding.facing import Asker, Seen
from segue.collect.admit import admission
from segue.decide import outcomes
from segue.decide.asked import Contact
from segue.domain.drafts import Sender
from segue.domain.events import Event
from segue.domain.identifiers import FragmentId
from segue.domain.identity import FragmentRow
from segue.domain.rules import Rules
from segue.enrich.counting import Standing
from segue.enrich.facing import Look
from segue.enrich.golden import PersonParts
from segue.enrich.segments.compile import segments_of, sum_of
from segue.enrich.segments.stage import ready_of
from segue.enrich.state import mark_of, recent_in
from segue.enrich.traits.plan import plan
from segue.sources.segment.wire import read_body

DEFAULT_SOURCE = "default"

Fresh = Mapping[FragmentId, Sequence[Event]]


def events_of(request: DecisionRequest, asker: Asker, rules: Rules, secret: bytes, now: int) -> list[Event]:
    """The events that can be used; one that cannot is left out, for it is told of where it is collected."""
    if not request.events:
        return []
    body = msgspec.json.encode({"batch": request.events})
    sender = Sender(source=asker.source or DEFAULT_SOURCE, trusted=asker.trusted, proven=asker.proven)
    collect = admission(rules, secret)
    admitted = (collect.admit(draft, sender, now) for draft in read_body(body, "batch").items)
    return [each for each in admitted if isinstance(each, Event)]


def of_hers(events: Sequence[Event], seen: Seen) -> Fresh:
    """Those that were said of whoever is asked about and that her record has not counted yet, by fragment.

    The record itself tells, so whatever the loop does meanwhile, each counts once; and whoever told the loop
    of an event, the shop's server or her browser, a message id that was counted is not counted again.
    """
    hers = {*seen.hers} if seen.only is None else seen.only
    known = _counted(seen, hers)
    found: dict[FragmentId, list[Event]] = {}
    for event in events:
        mark = mark_of(event.message_id)
        if event.fragment_id in hers and mark not in known:
            known.add(mark)
            found.setdefault(event.fragment_id, []).append(event)
    return found


def _counted(seen: Seen, hers: Container[bytes]) -> set[bytes]:
    """The marks of the last events that her record has."""
    states = {} if seen.parts is None else seen.parts.states
    return {mark for one, state in states.items() if one in hers for mark in recent_in(state.head)}


def nobody_yet(fragment: FragmentId, standing: Standing) -> PersonParts:
    """What is known of somebody of whom nothing was recorded before."""
    rows: list[FragmentRow] = []
    return PersonParts(person_id=fragment, fragments=rows, standing=standing)


def heard(contacts: Sequence[Contact], said: Fresh) -> Sequence[Contact]:
    """Her contacts, the last one of each action with what is said of it just now."""
    told = {
        one.action: one.outcome for one in outcomes.told_by(chain.from_iterable(said.values())) if one.action
    }
    if not told:
        return contacts
    found = list(contacts)
    for at, contact in sorted(enumerate(found), key=lambda each: (each[1].day, each[1].hour), reverse=True):
        outcome = told.pop(contact.action, None)
        if outcome is not None:
            found[at] = msgspec.structs.replace(contact, outcome=outcomes.grown(contact.outcome, outcome))
    return tuple(found)


def judging(look: Look, standing: Standing, besides: str) -> Look:
    """Has the segments that the look asks for, and one besides, judged anew: events may have moved her.

    Not those that ask for predictions or scores, which no single event changes, nor those for which something
    is still being counted.
    """
    rules = look.rules
    segments, traits = segments_of(rules), look.plan or plan(rules, standing.numbers)
    asked = {*look.needs.segments, besides} & segments.by_name.keys()
    asked |= {inner for name in asked for inner in segments.by_name[name].needs.segments}
    able = ready_of(segments, traits, standing) & asked
    needs = {name: segments.by_name[name].needs for name in able}
    names = {name for name, each in needs.items() if not each.scores and "predictions" not in each.roots}
    if not names:
        return look
    more = sum_of([look.needs, *(needs[name] for name in names)])
    attributes = None if look.attributes is None else look.attributes | more.attributes
    return look._replace(needs=more, attributes=attributes, plan=traits, judged=frozenset(names))
