"""Stage three of the loop: judging persons whom the step has touched, and some whom time has.

Whether it is this worker's turn is decided by the right to link. Definitions take effect when every worker
has stepped with them: until then nobody is judged, and who would have been waits. From then on everybody is
judged anew, a portion a step, beside what events bring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from segue.domain.rules import Rules
from segue.enrich import counting
from segue.enrich.counting import Counted
from segue.enrich.segments import hidden, judging
from segue.enrich.segments.compile import Segments, segments_of
from segue.enrich.segments.judging import EVERYTHING, Judge, Suspicion
from segue.enrich.traits.plan import TraitPlan
from segue.enrich.traits.plan import plan as planned
from segue.ports.database import Session
from segue.ports.statements import statements

_SQL = statements("segue.enrich.segments", "judging.sql")

IDLE: Final = 500
"""Persons judged anew in a step that has nothing else to do: a fraction of a second."""

BUSY: Final = 50
"""Likewise in a step that has."""

WAITING: Final = 5_000
"""Of those that wait, how many are judged in one step."""


class Stage(NamedTuple):
    """By what, and when, a step judges."""

    rules: Rules
    plan: TraitPlan
    #: microseconds
    now: int
    #: tells this step's changes from those of any other
    mark: bytes
    busy: bool = True


class _Round(NamedTuple):
    definitions: int
    ready: list[str]
    after: bytes | None
    waiting: bool
    due: bool


def run(
    session: Session, stage: Stage, suspected: Mapping[bytes, Suspicion], fresh: Mapping[bytes, Counted]
) -> bool:
    """Judge these, who waits, and a portion of who is due; answers whether more is to be judged.

    Hold the right to link.
    """
    found = _look(session, stage)
    if found is None:
        leave(session, suspected)
        return False
    by = Judge(
        rules=stage.rules, plan=stage.plan, ready=frozenset(found.ready), now=stage.now, mark=stage.mark
    )
    waiting = judging.take_waiting(session, WAITING) if found.waiting else {}
    judging.judge(session, by, {**waiting, **judging.widened(suspected, waiting)}, fresh)
    portion = BUSY if stage.busy else IDLE
    if found.after is not None:
        _go_round(session, by, found.after, portion)
    elif found.due:
        _judge_due(session, by, portion)
    return found.after is not None or found.due or len(waiting) == WAITING


def leave(session: Session, suspected: Mapping[bytes, Suspicion]) -> None:
    """Have these judged by whoever has the right to link next."""
    by_cause: dict[judging.Cause, list[bytes]] = {}
    for fragment, (cause, _names) in suspected.items():
        by_cause.setdefault(cause, []).append(fragment)
    for cause, fragments in by_cause.items():
        judging.enqueue(session, fragments, cause)


def judge_now(session: Session, rules: Rules, fragments: Iterable[bytes], now: int) -> None:
    """Judge whom a decision by hand has touched, in its transaction; hold the right to link."""
    suspected = {fragment: Suspicion("identity", EVERYTHING) for fragment in fragments}
    if not rules.segments or not suspected:
        return
    found = _Round(*session.fetch(_SQL["round"], now=now)[0])
    if found.definitions != rules.version:
        leave(session, suspected)
        return
    told = counting.standing(session)
    plan = planned(rules, told.numbers)
    mark = b"by hand %d" % now
    judging.judge(
        session, Judge(rules=rules, plan=plan, ready=frozenset(found.ready), now=now, mark=mark), suspected
    )


def _look(session: Session, stage: Stage) -> _Round | None:
    """How far judging is; None when it is not to go on with these definitions."""
    found = _Round(*session.fetch(_SQL["round"], now=stage.now)[0])
    if found.definitions == stage.rules.version:
        return found
    if session.fetch(_SQL["laggards"], definitions=stage.rules.version)[0][0]:
        return None
    settle(session, stage.rules, stage.plan, stage.now)
    return _Round(*session.fetch(_SQL["round"], now=stage.now)[0])


def settle(session: Session, rules: Rules, plan: TraitPlan, now: int) -> None:
    """Note which segments are ready; have everybody judged anew when that, or a definition, has changed."""
    segments = segments_of(rules)
    ready = ready_of(segments, plan, counting.standing(session))
    known: dict[str, bytes] = dict(session.fetch(_SQL["known"]))
    gone = sorted(known.keys() - segments.by_name.keys())
    new = [name for name in sorted(ready) if known.get(name) != segments.by_name[name].digest]
    if gone:
        session.execute(_SQL["forget_known"], names=gone)
    if new:
        digests = [segments.by_name[name].digest for name in new]
        session.execute(_SQL["know"], names=new, digests=digests)
    if gone or new:
        session.execute(_SQL["begin_round"], now=now)
    session.execute(_SQL["settle"], definitions=rules.version, ready=sorted(ready))


def ready_of(segments: Segments, plan: TraitPlan, told: counting.Standing) -> frozenset[str]:
    """Segments of which everything that they ask for is counted from the beginning."""
    claims = hidden.key_of(segments.needs)
    whole = claims is None or not counting.incomplete(told, [claims])
    ready = set()
    for segment in segments.all:
        keys = {key for trait in segment.needs.traits for key in plan.needs.get(trait, ())}
        asks = bool(segment.needs.attributes) or "consent" in segment.needs.roots
        if not counting.incomplete(told, keys) and (whole or not asks):
            ready.add(segment.name)
    return frozenset(ready)


def _go_round(session: Session, by: Judge, after: bytes, portion: int) -> None:
    rows: list[Any] = session.fetch(_SQL["next_in_round"], after=after, limit=portion)
    ids = [fragment for (fragment,) in rows]
    by = Judge(
        rules=by.rules, plan=by.plan, ready=by.ready, now=by.now,
        mark=b"round %d %d" % (by.rules.version, by.now),
    )  # fmt: skip
    judging.judge(session, by, {one: Suspicion("definition", EVERYTHING) for one in ids})
    session.execute(_SQL["move_round"], after=ids[-1] if len(ids) == portion else None, count=len(ids))


def _judge_due(session: Session, by: Judge, portion: int) -> None:
    ids = [person for (person,) in session.fetch(_SQL["due"], now=by.now, limit=portion)]
    by = Judge(rules=by.rules, plan=by.plan, ready=by.ready, now=by.now, mark=b"due %d" % by.now)
    judging.judge(session, by, {one: Suspicion("time", EVERYTHING) for one in ids})
    session.execute(_SQL["forget_strangers"], ids=ids)
