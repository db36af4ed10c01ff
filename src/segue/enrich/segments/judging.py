"""Who is in which segment: judging persons, and writing what has changed, within the caller's transaction.

Only who holds the right to link judges, one at a time: so what is judged is what is committed, whichever
worker counted it, and whoever counts without that right leaves the fragments to be judged by who has it. A
membership stands under the person's present id; rows under ids that became hers are taken over.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from typing import Any, Final, Literal, NamedTuple

import msgspec

from segue.domain.rules import Rules
from segue.domain.scores import NAMES, scores_of
from segue.enrich.counting import Counted
from segue.enrich.segments import hidden, parts
from segue.enrich.segments.compile import Needs, Segments, segments_of, sum_of
from segue.enrich.segments.facts import Facts
from segue.enrich.traits.plan import TraitPlan
from segue.enrich.traits.state import TraitState, decode
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.enrich.segments", "judging.sql")

Cause = Literal["events", "time", "identity", "definition", "prediction"]

NEVER: Final = 2**63 - 1
"""When a person is judged again whom time alone does not change."""

EVERYTHING: Final[None] = None
"""All segments are to be judged."""


class Judge(msgspec.Struct, frozen=True, kw_only=True):
    """By what persons are judged."""

    rules: Rules
    plan: TraitPlan
    #: segments of which everything that they ask for is counted
    ready: frozenset[str]
    #: microseconds
    now: int
    #: what tells the changes of this judging from those of any other
    mark: bytes

    @property
    def segments(self) -> Segments:
        """All segments, compiled."""
        return segments_of(self.rules)


class Suspicion(NamedTuple):
    """Why a fragment's person is to be judged, and which segments; None: all."""

    cause: Cause
    names: frozenset[str] | None


def widened(suspected: Mapping[bytes, Suspicion], besides: Container[bytes]) -> dict[bytes, Suspicion]:
    """Those that are to be judged for another reason besides, for all segments."""
    return {
        fragment: Suspicion(each.cause, EVERYTHING) if fragment in besides else each
        for fragment, each in suspected.items()
    }


class _Row(NamedTuple):
    """A membership as it is stored."""

    person_id: bytes
    segment: str
    since: int


class _Person(NamedTuple):
    person_id: bytes
    fragments: list[bytes]
    shared: bool
    counted: list[Counted]
    #: rows of the table of due persons that are hers: id → moment
    due: dict[bytes, int]


class _Writing(msgspec.Struct):
    """What has changed, of all persons."""

    gone: list[tuple[bytes, str]] = []
    new: list[_Row] = []
    changes: list[tuple[bytes, int, str, bytes, bool, Cause]] = []
    due: dict[bytes, int] = {}
    not_due: list[bytes] = []


def judge(
    session: Session,
    by: Judge,
    suspected: Mapping[bytes, Suspicion],
    fresh: Mapping[bytes, Counted] | None = None,
) -> int:
    """Judge the persons who have these fragments; answers how many memberships have changed.

    ``fresh`` are states that the caller has just written, so that they are not decoded again.
    """
    if not suspected:
        return 0
    persons = _load(session, list(suspected), fresh or {})
    held = _memberships(session, [each for person in persons for each in person.fragments])
    asked = _Asked(session, by, persons)
    writing = _Writing()
    for person in persons:
        rows = [row for fragment in person.fragments for row in held.get(fragment, ())]
        _judge_one(writing, by, person, rows, asked, suspected)
    _write(session, writing)
    return len(writing.changes)


def _load(session: Session, ids: Sequence[bytes], fresh: Mapping[bytes, Counted]) -> list[_Person]:
    rows = session.fetch(_SQL["persons"], ids=sorted(ids), known=list(fresh))
    found = []
    for person_id, group in groupby(rows, key=lambda row: row[0]):
        hers = list(group)
        counted = [
            fresh[fragment] if fragment in fresh else Counted(decode(state), claims)
            for _person, fragment, _shared, state, claims, _due in hers
            if fragment in fresh or state is not None
        ]
        found.append(
            _Person(
                person_id=person_id,
                fragments=[row[1] for row in hers],
                shared=any(row[2] for row in hers),
                counted=counted,
                due={row[1]: row[5] for row in hers if row[5] is not None},
            )
        )
    return found


def _memberships(session: Session, ids: Sequence[bytes]) -> dict[bytes, list[_Row]]:
    held: dict[bytes, list[_Row]] = {}
    for row in session.fetch(_SQL["memberships"], ids=list(ids)) if ids else ():
        held.setdefault(row[0], []).append(_Row(*row))
    return held


class _Asked:
    """What segments ask of persons besides what is counted: loaded for all of them at once."""

    def __init__(self, session: Session, by: Judge, persons: Sequence[_Person]) -> None:
        roots = by.segments.needs.roots
        self.predictions: Mapping[bytes, Mapping[str, Any]] = {}
        self.whole: Mapping[bytes, parts.Whole] = {}
        if "predictions" in roots:
            self.predictions = parts.predictions(session, [one for each in persons for one in each.fragments])
        if roots & {"orders", "sessions"}:
            self.whole = parts.whole(session, [each.person_id for each in persons], by.rules, by.now)


def _judge_one(  # noqa: PLR0917 - what is stored, what is asked, and why
    writing: _Writing,
    by: Judge,
    person: _Person,
    rows: Sequence[_Row],
    asked: _Asked,
    suspected: Mapping[bytes, Suspicion],
) -> None:
    own = person.due.get(person.person_id)
    cause, names = _why([suspected[each] for each in person.fragments if each in suspected])
    if own is None or own <= by.now or len(person.due) > 1:
        names = None
    judged = by.ready if names is None else names & by.ready
    inside = {row.segment for row in rows}
    present = set() if person.shared else inside
    when: int | None = None
    if not person.shared and judged:
        facts, when = _facts(by, person, asked, judged)
        present = by.segments.judge(facts, judged, inside)
    _note_due(writing, person, when, own, whole=names is None)
    known = by.segments.by_name
    if names is None:  # what was taken away
        present = {each for each in present if each in known}
    _compare(writing, by, person, rows, present, cause)


def _why(suspicions: Sequence[Suspicion]) -> Suspicion:
    """All reasons as one; the most telling cause."""
    names: set[str] = set()
    for each in suspicions:
        if each.names is None:
            return Suspicion(_first_cause(suspicions), None)
        names |= each.names
    return Suspicion(_first_cause(suspicions), frozenset(names))


_RANK: Final[dict[Cause, int]] = {"events": 0, "identity": 1, "prediction": 2, "definition": 3, "time": 4}


def _first_cause(suspicions: Iterable[Suspicion]) -> Cause:
    return min((each.cause for each in suspicions), key=_RANK.__getitem__, default="identity")


# ── facts ────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=4096)
def _needs(segments: _Same, judged: frozenset[str]) -> Needs:
    return sum_of(segments.of.by_name[name].needs for name in judged)


class _Same(NamedTuple):
    """Segments, equal to themselves only."""

    of: Segments

    def __hash__(self) -> int:
        return hash(id(self.of))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.of is self.of


def _facts(by: Judge, person: _Person, asked: _Asked, judged: frozenset[str]) -> tuple[Facts, int | None]:
    """What these segments ask of her, and when time alone may change it."""
    needs = _needs(_Same(by.segments), judged)
    facts, due = Facts(), None
    if needs.traits:
        state = state_of(by.plan, person.counted)
        names = _counted(by, needs)
        facts.traits = by.plan.values(state, by.now, names)
        due = by.plan.next_change(state, by.now, names)
        if needs.scores:
            facts.traits = {**scores_of(facts.traits, by.rules.edges), **facts.traits}
    if needs.attributes or "consent" in needs.roots:
        said = hidden.together(each.hidden for each in person.counted)
        facts.attributes = hidden.attributes(said, needs.attributes, by.rules)
        facts.consent = hidden.consents(said, by.rules) if "consent" in needs.roots else {}
    if "predictions" in needs.roots:
        facts.predictions = parts.newest(asked.predictions, person.fragments)
    whole = asked.whole.get(person.person_id)
    if whole is not None and needs.roots & {"orders", "sessions"}:
        facts.orders, facts.sessions = whole.orders, whole.sessions
        due = min((each for each in (due, whole.due) if each is not None), default=None)
    return facts, due


def _counted(by: Judge, needs: Needs) -> frozenset[str]:
    """What is counted of what is needed; scores are not, unless traits of their names are defined."""
    if not needs.scores:
        return needs.traits
    defined = {trait.name for trait in by.rules.traits}
    return frozenset(name for name in needs.traits if name not in NAMES or name in defined)


def state_of(plan: TraitPlan, counted: Sequence[Counted]) -> TraitState:
    """What is counted of all of a person's fragments."""
    return counted[0].state if len(counted) == 1 else plan.merge([each.state for each in counted])


def _note_due(writing: _Writing, person: _Person, when: int | None, own: int | None, *, whole: bool) -> None:
    moment = NEVER if when is None else when
    if not whole and own is not None:
        moment = min(moment, own)
    if moment != own:
        writing.due[person.person_id] = moment
    writing.not_due += [each for each in person.due if each != person.person_id]


# ── changes ──────────────────────────────────────────────────────────────────


def _compare(  # noqa: PLR0917 - what is stored, what is to be, and why
    writing: _Writing,
    by: Judge,
    person: _Person,
    rows: Sequence[_Row],
    present: Collection[str],
    cause: Cause,
) -> None:
    """Note how the stored memberships of her ids differ from what they are to be.

    Who was in a segment under several ids that are one now leaves it under all but one: so entries less exits
    are always how many are in it.
    """
    hers = person.person_id
    if not rows and not present:
        return
    held: dict[str, list[_Row]] = {}
    for row in rows:
        held.setdefault(row.segment, []).append(row)
    for segment in sorted(held.keys() | set(present)):
        mine = sorted(held.get(segment, ()), key=lambda row: (row.since, row.person_id))
        if segment in present and not mine:
            writing.new.append(_Row(hers, segment, by.now))
            _change(writing, by, _Row(hers, segment, by.now), True, cause)
            continue
        kept = mine.pop(0) if segment in present else None
        why: Cause = cause if kept is None else "identity"
        for row in mine:
            writing.gone.append((row.person_id, segment))
            _change(writing, by, row, False, why)
        if kept is not None and kept.person_id != hers:
            writing.gone.append((kept.person_id, segment))
        if kept is not None and (kept.person_id != hers or any(row.person_id == hers for row in mine)):
            writing.new.append(_Row(hers, segment, kept.since))


def _change(writing: _Writing, by: Judge, row: _Row, entered: bool, cause: Cause) -> None:
    text = b"\0".join(
        (b"entered" if entered else b"exited", row.person_id, row.segment.encode(), cause.encode(), by.mark)
    )
    change_id = blake2b(text, digest_size=16).digest()
    writing.changes.append((change_id, by.now, row.segment, row.person_id, entered, cause))


def _write(session: Session, writing: _Writing) -> None:
    """Deletions, rows, changes and due moments: a statement each, for whatever there is."""
    if writing.gone:
        persons, segments = (list(each) for each in zip(*writing.gone, strict=True))
        session.execute(_SQL["leave"], persons=persons, segments=segments)
    if writing.new:
        persons, segments, since = (list(each) for each in zip(*writing.new, strict=True))
        session.execute(_SQL["enter"], persons=persons, segments=segments, since=since)
    if writing.changes:
        ids, moments, names, whose, entered, causes = (
            list(each) for each in zip(*writing.changes, strict=True)
        )
        session.execute(
            _SQL["tell"], ids=ids, at=moments, segments=names, persons=whose,
            entered=[int(each) for each in entered], causes=causes,
        )  # fmt: skip
    if writing.not_due:
        session.execute(_SQL["forget_due"], ids=writing.not_due)
    if writing.due:
        ids = sorted(writing.due)
        session.execute(_SQL["note_due"], ids=ids, moments=[writing.due[one] for one in ids])


# ── leaving it to who may link ───────────────────────────────────────────────


def enqueue(session: Session, fragment_ids: Iterable[bytes], cause: Cause = "prediction") -> None:
    """Have the persons who have these fragments judged in a moment, as when predictions have changed."""
    ids = list(dict.fromkeys(fragment_ids))
    if ids:
        session.execute(_SQL["wait"], ids=ids, cause=cause)


def forget(session: Session, ids: Iterable[bytes]) -> None:
    """Remove everything that is known of segments about persons of these ids."""
    session.execute(_SQL["forget"], ids=list(ids))


def take_waiting(session: Session, limit: int) -> dict[bytes, Suspicion]:
    """Some of the fragments that others have left to be judged."""
    rows = session.fetch(_SQL["take_waiting"], limit=limit)
    return {fragment: Suspicion(cause, EVERYTHING) for fragment, cause in rows}
