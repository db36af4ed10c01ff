"""The plan of traits: every definition in force, compiled once, for the loop's hottest path.

A trait is told from the accumulators of its measure. One :class:`TraitState` a fragment holds them all;
the state of a person is :meth:`TraitPlan.merge` of her certain fragments' states, of live ones and of
backfilled ones alike. So the shell may keep what happened lately apart from a large older part, and join
the two only when it reads: any cut of the events gives the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from struct import Struct
from typing import Any

from msgspec import Raw

from segue.domain.conditions import Did
from segue.domain.events import Event
from segue.domain.order import HOUR
from segue.domain.rules import Rules
from segue.domain.rules.actions import conditions_of
from segue.domain.rules.conditions import leaves
from segue.domain.rules.yamls import nearest
from segue.domain.traits import Trait
from segue.enrich.calendar import begins, local_hour
from segue.enrich.heeded import heeding, is_heeded
from segue.enrich.traits import orders
from segue.enrich.traits.adding import Add, Into, adder, bucket_size
from segue.enrich.traits.exact import kept
from segue.enrich.traits.joining import CUT, cut, is_apart, joiner, tidied
from segue.enrich.traits.look import Look, digest
from segue.enrich.traits.measure import CANCELLED, ORDER, TYPES, UPDATED, Measure, measure_of, trait_of
from segue.enrich.traits.state import MARK, Held, TraitState, encode, opened
from segue.enrich.traits.telling import Exact, Value, plain, ratio, told
from segue.errors import NotFoundError

_KEY = Struct(">BQI8s").pack
_QUARTER = HOUR // 4
_OWN_NUMBERS = 0x8000_0000
_REMEMBERED = 4_096
"""Sets of traits of which it is remembered what time alone can move."""


class TraitPlan:
    """All traits of some rules, and the hidden counts that segments' ``did`` need."""

    def __init__(self, rules: Rules, numbers: Mapping[str, int]) -> None:
        self.zone = rules.time_zone
        #: those that people see
        self.traits: tuple[Trait, ...] = rules.traits
        #: what segments count, by :func:`did_name`
        self.hidden: tuple[Trait, ...] = _hidden(rules)
        everything = {trait.name: trait for trait in (*self.hidden, *self.traits)}
        self._traits = everything
        self._measure_of = {name: measure_of(trait, self.zone) for name, trait in everything.items()}
        found = {measure.key: measure for measure in self._measure_of.values() if measure is not None}
        self.measures: tuple[Measure, ...] = tuple(found.values())
        #: key of a measure → its number in states
        self.numbers: Mapping[str, int] = {
            key: numbers.get(key, _OWN_NUMBERS | int(key[:8], 16)) for key in found
        }
        #: name of a trait → keys of the measures that have to be backfilled before its value is complete
        self.needs: Mapping[str, frozenset[str]] = {name: self._needed(name) for name in everything}
        self._by_number = {self.numbers[measure.key]: measure for measure in self.measures}
        self._joins = {number: joiner(measure) for number, measure in self._by_number.items()}
        self._moved: dict[frozenset[str] | None, list[tuple[Measure, bool]]] = {}
        self._compile()
        more = {path[1] for m in self.measures for path in m.paths if _is_unheeded(path)}
        #: an event of the log with as much of its context as folding and these traits read, in place of
        #: :func:`segue.enrich.heeded.decode_heeded`; ``msgspec.DecodeError``
        self.decode: Callable[[bytes], Event] = heeding(*sorted(more))

    def trait(self, name: str) -> Trait:
        """A visible or hidden trait; NotFoundError names the nearest one."""
        found = self._traits.get(name)
        if found is None:
            raise NotFoundError(
                f"there is no trait {name!r}", cure=nearest(name, [trait.name for trait in self.traits])
            )
        return found

    def measure(self, name: str) -> Measure | None:
        """What a trait is told from; None for a ratio."""
        return self._measure_of[name]

    def measures_of(self, names: Iterable[str]) -> list[Measure]:
        """The measures that these traits need."""
        keys = frozenset().union(*(self.needs[name] for name in names))
        return [measure for measure in self.measures if measure.key in keys]

    def _needed(self, name: str) -> frozenset[str]:
        measure = self._measure_of[name]
        if measure is not None:
            return frozenset((measure.key,))
        return frozenset().union(*(self._needed(part) for part in self._traits[name].parts or ()))

    def _compile(self) -> None:
        self._tracks: dict[str, list[Add]] = {}
        self._types: dict[str, list[Add]] = {}
        self._orders: list[Add] = []
        #: name of an event → numbers of the measures that it adds to
        self._touched: dict[str, list[int]] = {}
        for number, measure in self._by_number.items():
            add = adder(measure, number)
            for name in measure.names:
                (self._types if name in TYPES else self._tracks).setdefault(name, []).append(add)
                self._touched.setdefault(name, []).append(number)
            if measure.ordered:
                self._touched.setdefault(ORDER, []).append(number)
                self._orders.append(add)
        if self._orders:
            for name in (ORDER, UPDATED, CANCELLED):
                self._tracks.setdefault(name, [])

    # ── folding ──────────────────────────────────────────────────────────────

    def contribute(self, state: TraitState | None, events: Iterable[Event]) -> TraitState:
        """The state with the events (of one fragment, none of them in it yet) added; ``state`` is used up."""
        if state is None:
            state = TraitState()
        into, zone, tracks, types = state.measures, self.zone, self._tracks, self._types
        met: set[str] = set()
        for event in events:
            is_track = event.type == "track"
            name = event.event if is_track else event.type
            adds = (tracks if is_track else types).get(name)
            if adds is None:
                continue
            if name not in met:
                met.add(name)
                for number in self._touched.get(name, ()):
                    opened(into, number)
            look = Look(event, local_hour(zone, event.timestamp))
            for add in adds:
                add(into, look)  # type: ignore[arg-type]  # what it adds to is open
            if is_track and name in _ORDERS and self._orders:
                self._add_order(state, look)
        return state

    def _add_order(self, state: TraitState, look: Look) -> None:
        event = look.event
        name, get = event.event, look.properties.get
        order_id = kept(get("order_id")) or kept(get("checkout_id"))
        if order_id is None:
            if name == ORDER:  # an order of its own: nothing can ever correct it
                for add in self._orders:
                    add(state.measures, look)  # type: ignore[arg-type]  # open
            return
        key = _KEY(event.proven, event.timestamp, event.position, digest(event.message_id))
        adds: Into = {}
        if name != CANCELLED:
            for add in self._orders:
                add(adds, look)
        entry: orders.Entry = [digest(order_id), key, adds, b""]
        if name == CANCELLED:
            entry[1:] = [b"", {}, key]
        self._enter(state, entry)

    def _enter(self, state: TraitState, entry: orders.Entry) -> None:
        """Nearly every order is heard of for the first time: then no other has to be looked at."""
        mark = entry[0][:MARK]
        if not orders.knows(state, mark):
            state.marks += mark
            state.orders += orders.encoded(entry)
            self._join_all(state.ordered, entry[2])
            return
        entries = orders.entries_in(state)
        orders.enter(entries, entry)
        self.rewrite(state, entries)

    def rewrite(self, state: TraitState, entries: dict[bytes, orders.Entry]) -> None:
        """Make these the orders of ``state``, and what it tells of orders anew."""
        orders.write(state, entries)
        state.ordered = {}
        for entry in entries.values():
            if orders.stands(entry):
                self._join_all(state.ordered, entry[2])

    # ── joining ──────────────────────────────────────────────────────────────

    def merge(self, states: Sequence[TraitState]) -> TraitState:
        """One state of all: associative, commutative; of none the empty one, of one itself.

        The parts stay as they are, and the merged state is one's own.
        """
        if len(states) == 1:
            return states[0]
        merged = TraitState(trimmed=any(state.trimmed for state in states))
        for state in states:
            self._join_all(merged.measures, state.measures)
        known = [state for state in states if state.marks]
        if orders.apart(known):
            merged.marks = b"".join(state.marks for state in known)
            merged.orders = b"".join(state.orders for state in known)
            for state in known:
                self._join_all(merged.ordered, state.ordered)
        else:
            self.rewrite(merged, orders.united(known))
        return merged

    def _join_all(self, into: Held, more: Held) -> None:
        """Join accumulators into others, which become one's own."""
        for number, join in self._joins.items():
            if number not in more:
                continue  # and what nothing asks for any more is left out
            if number not in into and type(more[number]) is Raw:
                into[number] = more[number]
                continue
            buckets, held = opened(more, number) or {}, opened(into, number)
            if held is None:
                held = into[number] = {}
            for bucket, value in buckets.items():
                there = held.get(bucket)
                if there is not None:
                    held[bucket] = join(there, value)
                else:
                    held[bucket] = value.copy() if type(value) is dict else value

    def encode(self, state: TraitState) -> bytes:
        """As it is stored, without what lies before the windows and what no measure asks for any more."""
        if state.size > orders.KEPT:
            state.trimmed = True
            self.rewrite(state, orders.smallest(orders.entries_in(state)))
        measures, ordered = self._tidied(state.measures), self._tidied(state.ordered)
        return encode(TraitState(measures, ordered, state.marks, state.orders, state.trimmed))

    def _tidied(self, held: Held) -> Held:
        """What was not touched is as tidy as it was when it was written."""
        return {
            number: buckets if type(buckets) is Raw else tidied(self._by_number[number], buckets)
            for number, buckets in held.items()
            if buckets and number in self._by_number
        }

    # ── telling ──────────────────────────────────────────────────────────────

    def values(self, state: TraitState, now: int, names: Collection[str] | None = None) -> dict[str, Value]:
        """Every trait (or those named), the hidden counts too, as of ``now``, microseconds."""
        hour = local_hour(self.zone, now)
        exact: dict[str, Exact] = {}
        held: dict[str, Any] = {}
        for name in self._traits if names is None else names:
            self._tell(name, state, hour, exact, held)
        chosen = exact if names is None else names
        return {name: plain(self._traits[name], exact[name]) for name in chosen}

    def _tell(
        self, name: str, state: TraitState, hour: int, exact: dict[str, Exact], held: dict[str, Any]
    ) -> Exact:
        if name in exact:
            return exact[name]
        trait, measure = self._traits[name], self._measure_of[name]
        if measure is None:
            assert trait.parts is not None
            above, below = (self._tell(part, state, hour, exact, held) for part in trait.parts)
            exact[name] = ratio(above, below)
        else:
            key = measure.key
            if key not in held:
                held[key] = self._held(measure, state, hour)
            exact[name] = told(trait, measure, held[key], hour // 24)
        return exact[name]

    def _held(self, measure: Measure, state: TraitState, hour: int) -> Any:
        """What the buckets in the window hold together; None: nothing."""
        buckets = self._buckets(measure, state)
        if not buckets:
            return None
        if measure.window is None:
            return cut(measure, buckets[0]) if is_apart(measure) else buckets[0]
        floor = hour // bucket_size(measure) - measure.window.length
        inside = [value for bucket, value in buckets.items() if bucket > floor]
        if not inside:
            return None
        if measure.kind in ("count", "sum") and measure.by is None:
            return sum(inside)
        join, whole = self._joins[self.numbers[measure.key]], None
        for value in inside:
            part = cut(measure, value) if type(value) is dict else value
            whole = part if whole is None else join(whole, part)
        return whole

    def _buckets(self, measure: Measure, state: TraitState) -> Mapping[int, Any]:
        number = self.numbers[measure.key]
        one, other = opened(state.measures, number), opened(state.ordered, number)
        if one is None or other is None:
            return one or other or {}
        both: Held = {}
        self._join_all(both, {number: one})
        self._join_all(both, {number: other})
        return opened(both, number) or {}

    def approximate(self, state: TraitState, now: int) -> list[str]:
        """Names of the visible traits that kept too few values apart to be exact."""
        hour = local_hour(self.zone, now)
        inexact = {
            measure.key
            for measure in self.measures
            if (state.trimmed and measure.ordered)
            or (is_apart(measure) and CUT in (self._held(measure, state, hour) or ()))
        }
        return sorted(trait.name for trait in self.traits if not inexact.isdisjoint(self.needs[trait.name]))

    def next_change(self, state: TraitState, now: int, names: Collection[str] | None = None) -> int | None:
        """The earliest moment after ``now`` at which time alone may change any of these traits' values."""
        hour = local_hour(self.zone, now)
        hours = [
            change
            for measure, daily in self._moved_by_time(names)
            if (change := self._changes(measure, state, hour, daily=daily)) is not None
        ]
        return begins(self.zone, min(hours)) if hours else None

    def _moved_by_time(self, names: Collection[str] | None) -> list[tuple[Measure, bool]]:
        """Measures that time alone can move, and whether daily; remembered, for thousands ask the same."""
        key = None if names is None else frozenset(names)
        found = self._moved.get(key)
        if found is None:
            if len(self._moved) >= _REMEMBERED:
                self._moved.clear()
            chosen = self._traits if names is None else names
            asked = frozenset().union(*(self.needs[name] for name in chosen))
            daily = self._daily(names)
            found = self._moved[key] = [
                (measure, measure.key in daily)
                for measure in self.measures
                if measure.key in asked and (measure.window is not None or measure.key in daily)
            ]
        return found

    def _daily(self, names: Collection[str] | None) -> frozenset[str]:
        """Keys of measures from which days since something are told."""
        chosen = self._traits if names is None else _with_parts(names, self._traits)
        since = [name for name in chosen if self._traits[name].how in ("days_since_first", "days_since_last")]
        return frozenset().union(*(self.needs[name] for name in since))

    def _changes(self, measure: Measure, state: TraitState, hour: int, *, daily: bool) -> int | None:
        """The local hour at which what the measure tells changes next."""
        buckets: Iterable[int] = self._buckets(measure, state)
        size, changes = bucket_size(measure), []
        if measure.window is not None:
            length = measure.window.length
            buckets = [bucket for bucket in buckets if bucket > hour // size - length]
            changes = [(bucket + length) * size for bucket in buckets]
        if daily and any(True for _ in buckets):
            changes.append((hour // 24 + 1) * 24)
        return min(changes, default=None)


_ORDERS = frozenset((ORDER, UPDATED, CANCELLED))


def _hidden(rules: Rules) -> tuple[Trait, ...]:
    asked = [*(segment.when for segment in rules.segments), *conditions_of(rules.actions)]
    dids = [leaf for condition in asked for leaf in leaves(condition) if isinstance(leaf, Did)]
    traits = {trait.name: trait for trait in map(trait_of, dids)}
    return tuple(traits.values())


def _with_parts(names: Collection[str], traits: Mapping[str, Trait]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += traits[name].parts or ()
    return found


def _is_unheeded(path: tuple[str, ...]) -> bool:
    return path[0] == "context" and not is_heeded(path[1:])


_PLANS: dict[tuple[int, tuple[tuple[str, int], ...]], tuple[Rules, TraitPlan]] = {}


def plan(rules: Rules, numbers: Mapping[str, int] | None = None) -> TraitPlan:
    """The plan of these rules, compiled at most once while they are in force.

    ``numbers`` gives each measure (by key) the small number under which states hold it. A measure that
    was dropped and comes back must get another one, so that what is left of the old is not counted again.
    What has no number there gets one that follows from its key.
    """
    chosen = tuple(sorted((numbers or {}).items()))
    key = (id(rules), chosen)
    found = _PLANS.get(key)
    if found is None:
        if len(_PLANS) >= 8:
            _PLANS.clear()
        found = _PLANS[key] = (rules, TraitPlan(rules, dict(chosen)))  # holds the rules: the id stays theirs
    return found[1]


def did_name(did: Did) -> str:
    """Under which name :meth:`TraitPlan.values` counts what a segment's ``did`` asks for."""
    return trait_of(did).name


__all__ = ["Measure", "TraitPlan", "TraitState", "Value", "did_name", "plan"]
