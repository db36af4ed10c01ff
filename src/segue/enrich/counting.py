"""What the loop counts for traits: which measures from which offset on, and the states that hold them.

A worker that comes with other definitions than it had last registers what they count: each new measure
gets a number, and for each share of the log it is kept above which offset the loop counts it. What lies at
or below is *missing* until it has been counted from the lake. All this happens in the step's
transaction, so no event is ever left out or counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from segue.domain.events import Event
from segue.domain.rules import Rules
from segue.domain.scores import BASES, NAMES, scores_of
from segue.enrich.segments import hidden
from segue.enrich.segments.compile import segments_of
from segue.enrich.segments.hidden import Held
from segue.enrich.traits.plan import TraitPlan, plan
from segue.enrich.traits.state import TraitState, decode
from segue.ports.database import Session
from segue.ports.statements import statements

SQL = statements("segue.enrich", "counting.sql")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(dict[str, int]).decode


class StaleRulesError(Exception):
    """The loop has gone on under newer definitions: read the rules anew and do it again."""


class Place(NamedTuple):
    """Where a worker is: up to which offset the events of each of its slots are folded."""

    worker: int
    #: slot → offset
    reached: Mapping[int, int]


class Counted(msgspec.Struct):
    """What traits and segments know of one fragment."""

    state: TraitState
    #: None where segments ask for neither attributes nor consent, or nothing was said
    hidden: Held = None


# ── which measures ───────────────────────────────────────────────────────────


def wanted(rules: Rules) -> list[str]:
    """Keys of everything that these rules have counted."""
    keys = [measure.key for measure in plan(rules).measures]
    claims = hidden.key_of(segments_of(rules).needs)
    return keys if claims is None else [*keys, claims]


def register(session: Session, place: Place, rules: Rules, now: int) -> bytes:
    """Begin to count what these rules want, in this worker's slots; the numbers, for :func:`counter_of`.

    StaleRulesError when some worker has stepped under newer rules.
    """
    session.fetch(SQL["lock_measures"])
    [(newest,)] = session.fetch(SQL["newest_definitions"])
    if newest > rules.version:
        raise StaleRulesError
    keys = wanted(rules)
    known = dict(session.fetch(SQL["measures"]))
    gone = [number for key, number in known.items() if key not in set(keys)]
    new = [key for key in keys if key not in known]
    if gone:
        session.execute(SQL["forget_measures"], numbers=gone)
        session.execute(SQL["forget_lanes"], numbers=gone)
    if new:
        session.execute(SQL["add_measures"], keys=new, at=now)
    session.execute(SQL["add_lanes"], slots=list(place.reached), reached=list(place.reached.values()))
    session.execute(SQL["mark_whole"])
    session.execute(SQL["look_again"])
    numbers = _encode(dict(session.fetch(SQL["measures"])))
    session.execute(SQL["note_definitions"], worker=place.worker, definitions=rules.version, measures=numbers)
    return numbers


def begin_anew(session: Session, keys: Iterable[str], reached: Mapping[int, int], now: int) -> frozenset[str]:
    """Count those of these measures that are whole from the beginning again; answers which.

    Each gets another number, so what states hold under the old one counts no more from the commit on and is
    dropped when they are written next. ``reached`` is how far every slot is folded, whose workers the caller
    keeps out of their steps.
    """
    session.fetch(SQL["lock_measures"])
    told = standing(session)
    anew = sorted(frozenset(keys) & told.numbers.keys() - told.incomplete)
    if anew:
        numbers = [told.numbers[key] for key in anew]
        session.execute(SQL["forget_measures"], numbers=numbers)
        session.execute(SQL["forget_lanes"], numbers=numbers)
        session.execute(SQL["add_measures"], keys=anew, at=now)
        session.execute(SQL["add_lanes"], slots=list(reached), reached=list(reached.values()))
        session.execute(SQL["mark_whole"])
        session.execute(SQL["look_again"])
        session.execute(SQL["note_measures"], measures=_encode(dict(session.fetch(SQL["measures"]))))
    return frozenset(anew)


class Standing(msgspec.Struct, frozen=True):
    """What is counted at present."""

    #: key of a measure → its number
    numbers: Mapping[str, int]
    #: keys of which not everything is counted yet
    incomplete: frozenset[str]


def standing(session: Session) -> Standing:
    """What is counted at present, and what of it not from the beginning."""
    return standing_of(session.fetch(SQL["standing"]))


def standing_of(rows: Sequence[tuple[Any, ...]]) -> Standing:
    """Of rows of the statement ``standing``."""
    return Standing(
        {key: number for key, number, _whole in rows},
        frozenset(key for key, _number, whole in rows if not whole),
    )


NOTHING: Final = Standing({}, frozenset())
"""Nothing is counted."""


def incomplete(told: Standing, keys: Iterable[str]) -> frozenset[str]:
    """Those of these keys of which not everything is counted, or nothing yet."""
    return frozenset(key for key in keys if key in told.incomplete or key not in told.numbers)


# ── states ───────────────────────────────────────────────────────────────────


def load(session: Session, ids: Sequence[bytes]) -> dict[bytes, Counted]:
    """What was counted of these fragments; those of which nothing was are left out."""
    return {
        fragment: Counted(decode(state), claims)
        for fragment, state, claims in session.fetch(SQL["load"], ids=list(ids))
    }


def save(session: Session, plan: TraitPlan, counted: Mapping[bytes, Counted]) -> None:
    """Write them, new or not, in the order of their ids; they may be on their way when this returns."""
    if not counted:
        return
    ids = sorted(counted)
    session.send(
        SQL["save"],
        ids=ids,
        states=[plan.encode(counted[one].state) for one in ids],
        claims=[hidden.encode(counted[one].hidden) for one in ids],
    )


def forget(session: Session, ids: Sequence[bytes]) -> None:
    """Remove what was counted of these fragments."""
    session.execute(SQL["forget"], ids=list(ids))


class Counter:
    """Counts events of fragments by one plan, and what segments ask of attributes and consent."""

    def __init__(self, rules: Rules, plan: TraitPlan) -> None:
        self.plan = plan
        #: whether there are segments to judge
        self.judges = bool(rules.segments)
        self._wish = hidden.wish_of(segments_of(rules).needs)
        self._names = names_heeded(plan)

    @property
    def idle(self) -> bool:
        """Whether nothing is counted at all."""
        return not self._names and self._wish is None

    def heeds(self, event: Event) -> bool:
        """Whether the event can change anything that is counted."""
        return name_of(event) in self._names or (self._wish is not None and self._wish.heeds(event))

    def add(self, held: Counted | None, events: Sequence[Event]) -> Counted:
        """``held`` with the events of one fragment; it is used up."""
        state = self.plan.contribute(None if held is None else held.state, events)
        said = None if held is None else held.hidden
        if self._wish is not None:
            said = self._wish.add(said, events)
        return Counted(state, said)


class _Noted(NamedTuple):
    """Rules, equal to themselves only, and the numbers that a worker has noted."""

    rules: Rules
    numbers: bytes

    def __hash__(self) -> int:
        return hash((id(self.rules), self.numbers))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Noted) and other.rules is self.rules and other.numbers == self.numbers


def counter_of(rules: Rules, numbers: bytes) -> Counter:
    """What counts by these rules, made at most once while they are in force."""
    return _counter_of(_Noted(rules, numbers))


@lru_cache(maxsize=4)
def _counter_of(noted: _Noted) -> Counter:
    numbers = _decode(noted.numbers) if noted.numbers else {}
    return Counter(noted.rules, plan(noted.rules, numbers))


ORDERS: Final = frozenset(("Order Completed", "Order Updated", "Order Cancelled", "Order Refunded"))
"""What speaks of orders: each of them may change what is told of the others."""


def name_of(event: Event) -> str:
    """What definitions call it: a track call by its name, every other by its type."""
    return event.event if event.type == "track" else event.type


def names_of(of: Iterable[str]) -> frozenset[str]:
    """Names of the events that can change a measure of these."""
    names = frozenset(of)
    return names | ORDERS if names & ORDERS else names


def names_heeded(plan: TraitPlan) -> frozenset[str]:
    """Names of events that can change anything of the plan."""
    heeded: set[str] = set()
    for measure in plan.measures:
        heeded |= names_of(measure.of)
    return frozenset(heeded)


# ── traits of a person, for her record ───────────────────────────────────────


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Traits as a record shows them."""

    values: dict[str, Any] = {}
    #: of which events before a definition are not counted yet
    incomplete: list[str] = []
    #: which kept too few values apart to be exact
    approximate: list[str] = []
    #: when the edges that scores go by were taken, microseconds; None: nobody is scored yet
    scored_as_of: int | None = None


def told(rules: Rules, now: Standing, states: Sequence[TraitState], moment: int) -> Told:
    """The traits of a person whose fragments have these states, as of ``moment``."""
    ours = plan(rules, now.numbers)
    names = [trait.name for trait in rules.traits]
    state = ours.merge(states)
    missing = incomplete(now, {key for name in names for key in ours.needs.get(name, ())})
    values = ours.values(state, moment, names)
    inexact = set(ours.approximate(state, moment))
    left = [name for name in names if ours.needs.get(name, frozenset()) & missing]
    if not set(BASES).isdisjoint(left):
        left += [name for name in NAMES if name not in values]
    edges = rules.edges
    return Told(
        values={**scores_of(values, edges), **{name: values.get(name) for name in names}},
        incomplete=left,
        approximate=[name for name in names if name in inexact],
        scored_as_of=edges.as_of if edges is not None and edges.known else None,
    )
