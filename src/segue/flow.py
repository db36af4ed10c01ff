"""The loop, on one page. Read this first.

::

    sources ─▶ accept ─▶ LOG ─▶ step: dedupe ─▶ fold ─▶ link ─▶ judge ─▶ learn     golden record
              (admit)     │           │          │       │       │        │              │
                          │           └ seen ids └ states└ persons└ segments└ arms ◀──┐  ▼
                          └─▶ lake (archive)                            └───────────▶ decide ◀─▶ touchpoints

``accept`` turns what a source's dialect understood into log entries and dead letters. ``step`` takes
one micro-batch of the log through the loop inside one transaction: state and position commit
together, so a crash anywhere means that the batch is simply done again. Everything that decides
something is a pure function of a verb; what is here only hands records from one to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, compress
from operator import and_, gt, not_
from typing import NamedTuple

import msgspec

from segue.collect.admit import admission
from segue.collect.dedupe import ask
from segue.collect.letters import letter_of
from segue.decide import controls, outcomes
from segue.domain.drafts import Draft, Sender
from segue.domain.events import DeadLetter, Event, decode_event, encode_event
from segue.domain.identity import Evidence
from segue.domain.rules import Rules
from segue.enrich import counting, shelves, store, tally
from segue.enrich.calendar import day_and_hour
from segue.enrich.counting import Counted, Counter, StaleRulesError
from segue.enrich.fold import Folded, fold
from segue.enrich.segments import stage
from segue.enrich.segments.affected import affected_of
from segue.enrich.segments.judging import EVERYTHING, Suspicion, widened
from segue.enrich.state import FragmentState
from segue.ports.database import Session
from segue.ports.log import Entry, Log, NewEntry
from segue.ports.statements import statements
from segue.resolve.linker import Linked, link

_SQL = statements("segue", "flow.sql")
LANES = _SQL["lane_numbers"]
SECRET = _SQL["secret"]
ANY_KEY = _SQL["any_key"]
OLDEST_WAITING = _SQL["oldest_waiting"]
STOP = _SQL["lanes"]
"""Locks every worker's position: none is inside a step from here to the commit."""
_EVIDENCE = msgspec.msgpack.Decoder(Evidence)


class Accepted(NamedTuple):
    """What one request becomes: entries for the log, and what could not be admitted."""

    entries: list[NewEntry]
    dead: list[DeadLetter]

    def take(self, admitted: Event | DeadLetter | None, now: int) -> None:
        """Add one event's fate; None is a visitor who must not be recorded."""
        if isinstance(admitted, Event):
            self.entries.append(entry_of(admitted, now))
        elif admitted is not None:
            self.dead.append(admitted)


def entry_of(event: Event, now: int) -> NewEntry:
    """An admitted event as the log takes it."""
    return NewEntry(event.fragment_id, now, encode_event(event))


def accept(drafts: Iterable[Draft], sender: Sender, rules: Rules, secret: bytes, now: int) -> Accepted:
    """Collect: check, correct and identify each draft by itself; one bad event harms no other."""
    accepted, collect = Accepted([], []), admission(rules, secret)
    for draft in drafts:
        accepted.take(collect.admit(draft, sender, now), now)
    return accepted


class Turn(NamedTuple):
    """Whose turn it is, when, and for how many entries at most."""

    worker: int
    now: int
    limit: int
    #: message ids whose events are set aside as dead letters instead of being applied
    poison: frozenset[tuple[str, str]] = frozenset()


class PoisonError(Exception):
    """Events on which our own rules fail: a fault of Segue, which must not stop everybody else.

    The step that met them is rolled back; done again with their ids in ``Turn.poison`` it passes over
    them and keeps them as dead letters, to be replayed when the fault is mended.
    """

    def __init__(self, ids: frozenset[tuple[str, str]]) -> None:
        super().__init__(f"{len(ids)} events")
        self.ids = ids


class Step(NamedTuple):
    """What one micro-batch did."""

    read: int
    applied: int
    position: int
    #: persons are left to be judged anew, because of time or other definitions
    pending: bool = False


def step(session: Session, log: Log, rules: Rules, turn: Turn) -> Step:
    """Enrich, resolve and judge: the next entries of this worker's slots, exactly once.

    Locking the worker's row first means that a second process with the same number waits here and
    then sees what the first has done. StaleRulesError when that one had newer rules.
    """
    lane = _lane(session, turn.worker)
    counter = _counter(session, lane, rules, turn)
    entries = log.read(session, slots=lane.slots, after=lane.position, limit=turn.limit)
    decode = decode_event if turn.poison else counter.plan.decode  # dead letters are kept whole
    events = [(entry.offset, decode(entry.payload)) for entry in entries if lane.owns(entry)]
    if turn.poison:
        events = _set_aside(session, log, events, turn)
    work = _Work(rules, counter, turn)
    done = _enrich(session, lane, events, work) if events else _Enriched(0, {}, {}, {}, shelves.nothing())
    position = entries[-1].offset if entries else lane.position
    pending = _resolve(session, done, work, position)
    shelves.apply(session, done.shelves)
    _learn(session, done.told, work)
    tally.add(session, turn.worker, chain.from_iterable(result.seen for result in done.folded.values()))
    if not entries:
        return Step(0, 0, position, pending)
    session.execute(_SQL["advance"], worker=turn.worker, position=position)
    return Step(len(entries), done.applied, position, pending)


class _Work(NamedTuple):
    """By what a step works."""

    rules: Rules
    counter: Counter
    turn: Turn


class _Enriched(NamedTuple):
    """What the events of a step have come to."""

    applied: int
    folded: Mapping[bytes, Folded]
    counted: Mapping[bytes, Counted]
    #: fragments whose persons may enter or leave segments by it
    suspected: Mapping[bytes, Suspicion]
    #: what is said of products, prices and stock
    shelves: shelves.Shelves
    #: what became of decisions
    told: Sequence[outcomes.Told] = ()


class Lane(NamedTuple):
    """A worker's share of the log."""

    position: int
    slots: list[int]
    ahead: Mapping[int, int]
    #: with which it stepped last, and the numbers of their measures
    definitions: int = 0
    measures: bytes = b""

    def owns(self, entry: Entry) -> bool:
        """Whether it has not been folded under an older layout of the lanes."""
        return not self.ahead or entry.offset > self.ahead.get(entry.slot, 0)


def _lane(session: Session, worker: int) -> Lane:
    [(position, slots, ahead, definitions, measures)] = session.fetch(_SQL["lane"], worker=worker)
    beyond = {slot: to for slot, to in zip(slots, ahead, strict=True) if to > position}
    return Lane(position, slots, beyond, definitions, measures)


def _counter(session: Session, lane: Lane, rules: Rules, turn: Turn) -> Counter:
    """What counts in this step; definitions that this worker has not had yet begin to be counted here."""
    if lane.definitions > rules.version:
        raise StaleRulesError
    measures = lane.measures
    if lane.definitions < rules.version:
        reached = {slot: lane.ahead.get(slot, lane.position) for slot in lane.slots}
        measures = counting.register(session, counting.Place(turn.worker, reached), rules, turn.now)
    return counting.counter_of(rules, measures)


Numbered = Sequence[tuple[int, Event]]
"""Events with their offsets."""


def _set_aside(session: Session, log: Log, events: Numbered, turn: Turn) -> list[tuple[int, Event]]:
    """Without the poisonous ones, which are kept as dead letters."""
    bad = [(offset, event) for offset, event in events if (event.source, event.message_id) in turn.poison]
    log.append_within(session, [], [letter_of(event, turn.now) for _, event in bad])
    session.execute(_SQL["skip"], offsets=[offset for offset, _ in bad])
    return [
        (offset, event) for offset, event in events if (event.source, event.message_id) not in turn.poison
    ]


def _enrich(session: Session, lane: Lane, events: Numbered, work: _Work) -> _Enriched:
    """Fold what is fresh into the states of its fragments, and count it for traits."""
    rules, counter = work.rules, work.counter
    states = store.load(session, list({event.fragment_id for _, event in events}))
    heeded = {event.fragment_id for _, event in events if counter.heeds(event)}
    held = counting.load(session, list(heeded)) if heeded else {}
    folded, fresh = _fold_fresh(session, lane, events, states, rules)
    new = _by_fragment(event for _, event in compress(events, fresh))
    counted = {
        fragment: _counted(counter, held.get(fragment), mine)
        for fragment, mine in new.items()
        if fragment in heeded
    }
    told = outcomes.told_by(chain.from_iterable(new.values()), orders=bool(rules.actions))
    suspected = _suspected(work, new) if counter.judges else {}
    said = shelves.told_by(chain.from_iterable(new.values()))
    return _Enriched(sum(fresh), folded, counted, suspected, said, told)


def _fold_fresh(
    session: Session,
    lane: Lane,
    events: Numbered,
    states: Mapping[bytes, FragmentState | None],
    rules: Rules,
) -> tuple[dict[bytes, Folded], list[bool]]:
    """What is fresh folded into the states, and which events that is: neither seen before nor erased since.

    PostgreSQL looks for the message ids meanwhile. Nearly all are new, so all are folded as if they were,
    and the fragments for which that turns out wrong are folded once more.
    """
    erased = dict(session.fetch(_SQL["erased_after"], offset=lane.position))
    asked = ask(session, [event for _, event in events])
    kept = [not erased or erased.get(event.fragment_id, 0) <= offset for offset, event in events]
    hoped = [*map(and_, asked.first, kept)]
    folded = _fold(states, compress(events, hoped), rules)
    fresh = [*map(and_, asked.told(), kept)]
    if fresh != hoped:
        wrong = {event.fragment_id for _, event in compress(events, map(gt, hoped, fresh))}
        again = (each for each in compress(events, fresh) if each[1].fragment_id in wrong)
        right = {fragment: result for fragment, result in folded.items() if fragment not in wrong}
        folded = right | _fold(states, again, rules)
    if not all(fresh):  # the lake is to leave the others out too
        session.execute(_SQL["skip"], offsets=[offset for offset, _ in compress(events, map(not_, fresh))])
    return folded, fresh


def _by_fragment(events: Iterable[Event]) -> dict[bytes, list[Event]]:
    by_fragment: dict[bytes, list[Event]] = {}
    for event in events:
        by_fragment.setdefault(event.fragment_id, []).append(event)
    return by_fragment


def _counted(counter: Counter, held: Counted | None, events: Sequence[Event]) -> Counted:
    """``Counter.add``, naming the events it fails on; PoisonError."""
    try:
        return counter.add(held, events)
    except Exception as error:
        raise _poison(events, lambda event: counter.add(None, [event])) from error


def _suspected(work: _Work, events: Mapping[bytes, Sequence[Event]]) -> dict[bytes, Suspicion]:
    """Of these fragments, those whose events may make their persons enter or leave segments."""
    affected = affected_of(work.rules, work.counter.plan)
    names = {fragment: affected.by(mine) for fragment, mine in events.items()}
    return {fragment: Suspicion("events", those) for fragment, those in names.items() if those}


def _fold(
    states: Mapping[bytes, FragmentState | None], events: Iterable[tuple[int, Event]], rules: Rules
) -> dict[bytes, Folded]:
    """Each fragment's events folded into its state."""
    by_fragment = _by_fragment(event for _, event in events)
    return {fragment: _folded(states.get(fragment), mine, rules) for fragment, mine in by_fragment.items()}


def _folded(state: FragmentState | None, events: Sequence[Event], rules: Rules) -> Folded:
    """``fold``, naming the events it fails on; PoisonError."""
    try:
        return fold(state, events, rules)
    except Exception as error:
        raise _poison(events, lambda event: fold(state, [event], rules)) from error


def _poison(events: Sequence[Event], apply: Callable[[Event], object]) -> PoisonError:
    """Names the events of these that ``apply`` fails on, or all."""
    found = [event for event in events if _fails(apply, event)] or events
    return PoisonError(frozenset((event.source, event.message_id) for event in found))


def _fails(apply: Callable[[Event], object], event: Event) -> bool:
    try:
        apply(event)
    except Exception:  # noqa: BLE001 - whatever it is, it is the event's
        return True
    return False


def _resolve(session: Session, done: _Enriched, work: _Work, position: int) -> bool:
    """Save the states, have what they say about identity linked, and judge whom that touches.

    One linker at a time; whoever is not it leaves the evidence, and whom to judge, in the queue for the one
    who is. Evidence is a set of minima, so it does not matter who brings it, when, or in which order. Answers
    whether more is to be judged.
    """
    [(linker, waiting, judged_by)] = session.fetch(_SQL["try_to_link"])
    folded = done.folded
    store.note_terms(session, {one: result.state for one, result in folded.items() if result.told})
    store.save(session, {fragment: result.state for fragment, result in folded.items()})
    counting.save(session, work.counter.plan, done.counted)
    evidence = Evidence(
        sightings=tuple(seen for result in folded.values() for seen in result.unseen.sightings),
        links=tuple(found for result in folded.values() for found in result.unseen.links),
    )
    found = [evidence] if evidence.sightings or evidence.links else []
    if not linker:
        for each in found:
            session.execute(_SQL["leave_evidence"], payload=msgspec.msgpack.encode(each))
        stage.leave(session, done.suspected)
        return False
    if waiting:
        found += [_EVIDENCE.decode(payload) for (payload,) in session.fetch(_SQL["take_evidence"])]
    linked = link(session, found, work.rules.identity, work.turn.now) if found else Linked()
    if not work.counter.judges and judged_by == work.rules.version:
        return False
    return _judge(session, done, linked, work, position)


def _judge(session: Session, done: _Enriched, linked: Linked, work: _Work, position: int) -> bool:
    """Whom the events or the links have touched, and a portion of whom time has."""
    rules, counter, turn = work
    changed = {person: Suspicion("identity", EVERYTHING) for person in linked.persons_changed}
    by = stage.Stage(
        rules, counter.plan, turn.now, b"%d %d" % (turn.worker, position), busy=bool(done.applied)
    )
    return stage.run(session, by, {**changed, **widened(done.suspected, changed)}, done.counted)


def _learn(session: Session, told: Sequence[outcomes.Told], work: _Work) -> None:
    """Decide learns: what was shown, clicked, dismissed and bought, and bought without being shown."""
    if told:
        day, _ = day_and_hour(work.rules.time_zone, work.turn.now)
        by = outcomes.Learner(work.rules.actions, day, work.rules.version)
        try:
            outcomes.apply(session, told, by)
        except outcomes.OutdatedError:
            raise StaleRulesError from None
        controls.bought(session, told, work.rules.actions, work.turn.now)


def relane(session: Session, workers: int) -> None:
    """Share the slots out among ``workers``; nothing is folded twice and nothing is left out.

    Call it while no worker runs. Each slot keeps the position it had under the old layout; a worker
    starts at the lowest position of its slots and passes over what the others have had.
    """
    rows = session.fetch(_SQL["lanes"])
    reached = {
        slot: max(position, to)
        for _worker, position, slots, ahead in rows
        for slot, to in zip(slots, ahead, strict=True)
    }
    layout = [[slot for slot in sorted(reached) if slot % workers == worker] for worker in range(workers)]
    if layout == [sorted(slots) for _worker, _position, slots, _ahead in rows]:
        return
    session.execute(_SQL["forget_lanes"])
    for worker, slots in enumerate(layout):
        session.execute(
            _SQL["lay_lane"],
            worker=worker,
            position=min(reached[slot] for slot in slots),
            slots=slots,
            ahead=[reached[slot] for slot in slots],
        )


__all__ = [
    "Accepted",
    "Lane",
    "PoisonError",
    "StaleRulesError",
    "Step",
    "Turn",
    "accept",
    "entry_of",
    "relane",
    "step",
]
