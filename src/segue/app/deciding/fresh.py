"""Events that came with a question: they count at once, and once more nowhere.

They are read, checked and identified like any others, but they merge nobody: only what was said of whoever is
asked about counts. What the loop has applied already is known by its message id and counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from segue.app.deciding.asking import DecisionRequest
from segue.app.deciding.facing import Asker, Seen
from segue.collect import dedupe
from segue.collect.admit import admission
from segue.domain.drafts import Sender
from segue.domain.events import Event
from segue.domain.identifiers import FragmentId
from segue.domain.identity import FragmentRow
from segue.domain.rules import Rules
from segue.enrich.counting import Standing
from segue.enrich.golden import PersonParts
from segue.ports.database import Bound, Session
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


def looking(session: Session, asked: Sequence[Sequence[Event]]) -> list[Bound]:
    """Asks which events of several questions the loop has applied already, for :func:`fresh_of`."""
    flat = [event for events in asked for event in events]
    return [dedupe.looking(session, flat)] if flat else []


def fresh_of(asked: Sequence[Sequence[Event]], applied: Iterable[tuple[Any, ...]]) -> list[list[Event]]:
    """Of the events of several questions those that the loop has not applied yet."""
    flat = [event for events in asked for event in events]
    verdicts = iter(dedupe.unseen(flat, applied))
    return [[event for event in events if next(verdicts)] for events in asked]


def of_hers(events: Sequence[Event], seen: Seen) -> Fresh:
    """Those that were said of whoever is asked about, by fragment."""
    hers = {*seen.hers} if seen.only is None else seen.only
    found: dict[FragmentId, list[Event]] = {}
    for event in events:
        if event.fragment_id in hers:
            found.setdefault(event.fragment_id, []).append(event)
    return found


def nobody_yet(fragment: FragmentId, standing: Standing) -> PersonParts:
    """What is known of somebody of whom nothing was recorded before."""
    rows: list[FragmentRow] = []
    return PersonParts(person_id=fragment, fragments=rows, standing=standing)
