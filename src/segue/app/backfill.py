"""Counting from the lake what the loop has not counted: a new trait over the whole history, exactly once.

The loop counts a new measure from some offset on; what lies at or below it is asked of the lake, by the same
definition as SQL, and joined to the fragments' states share by share of the log. The transaction that
joins a share also notes that nothing of it is missing any more, while the worker of that share waits: so no
event is counted twice or left out, wherever this is killed. What segments ask of attributes and consent
is taken from the fragments' own states instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from segue.app.directory import LAKE
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.archive import manifest
from segue.archive.lake import Lake
from segue.domain.rules import Rules
from segue.enrich import counting, store
from segue.enrich.calendar import local_hour
from segue.enrich.counting import SQL, Counted
from segue.enrich.merge import unfolded
from segue.enrich.segments import hidden
from segue.enrich.segments.compile import segments_of
from segue.enrich.traits.measure import Measure
from segue.enrich.traits.plan import TraitPlan, plan
from segue.enrich.traits.state import TraitState, decode
from segue.errors import UnavailableError
from segue.flow import STOP
from segue.ports.database import Session
from segue.ports.lake import Erased, MissingFileError
from segue.ports.log import SLOTS
from segue.ports.statements import statements

_JUDGING = statements("segue.enrich.segments", "judging.sql")

LOCK: Final = "traits"
"""One at a time counts from the lake; two would only do the same."""

AT_ONCE: Final = 20_000_000
"""Events times measures that are asked of the lake in one portion: what is found stays in memory."""

PAGE: Final = 500
"""Fragments whose claims are taken over while their worker waits."""

ATTEMPTS: Final = 5


class Progress(msgspec.Struct, frozen=True):
    """How far counting has come."""

    #: of everything that was missing when it began
    fraction: float
    what: str


Watch = Callable[[Progress], None]


class _Missing(NamedTuple):
    key: str
    number: int
    slot: int
    upto: int


class _Lake(NamedTuple):
    """What is asked: the files, whose events in them are gone, and which erasures were known then."""

    files: list[str]
    erased: list[Erased]
    rows: int
    known: list[str]


def backfill(
    installation: Installation, *, keys: Iterable[str] | None = None, watch: Watch | None = None
) -> bool:
    """Count everything (or these measures) from the lake; False when another process is at it.

    UnavailableError when the loop or the lake does not get on.
    """
    lock = installation.database.try_lock(LOCK)
    if lock is None:
        return False
    wanted = None if keys is None else frozenset(keys)
    with lock:
        run = _Run(installation, wanted)
        first = max(1, run.left())
        while run.portion():
            if watch is not None:
                watch(Progress(1 - run.left() / first, "counting from the lake"))
    return True


def begin_anew(installation: Installation, keys: Iterable[str]) -> bool:
    """Have measures that are whole counted from the lake again, whatever was counted of them before.

    False while nothing begins: what is missing of them is counted already, or definitions are just changing.
    Until it is done their values are incomplete, and segments that need them stay as they were.
    """
    rules = installation.rules()
    with installation.database.transaction() as session:
        reached = {
            slot: max(position, to)
            for _worker, position, slots, ahead in session.fetch(STOP)
            for slot, to in zip(slots, ahead, strict=True)
        }
        if session.fetch(SQL["stepped"]) != [(rules.version, rules.version)]:
            return False
        begun = counting.begin_anew(session, keys, reached, installation.clock.now())
        ours = plan(rules)
        judged = [
            segment.name
            for segment in segments_of(rules).all
            if any(not begun.isdisjoint(ours.needs.get(trait, ())) for trait in segment.needs.traits)
        ]
        session.execute(_JUDGING["forget_known"], names=judged)  # everybody is judged by what comes out
    return bool(begun)


def portion(installation: Installation, lake: Lake) -> bool:
    """A portion of what is missing; answers whether something was done. For the keeper, now and then."""
    with installation.database.transaction(read_only=True) as session:
        if not session.fetch(SQL["any_missing"])[0][0]:
            return False
    lock = installation.database.try_lock(LOCK)
    if lock is None:
        return False
    with lock:
        return _Run(installation, None, lake).portion()


class _Run:
    def __init__(
        self, installation: Installation, keys: frozenset[str] | None, lake: Lake | None = None
    ) -> None:
        self._installation = installation
        self._keys = keys
        self._lake = lake or lake_of(installation)

    def left(self) -> int:
        """Shares of measures that are missing."""
        return len(self._missing())

    def _missing(self) -> list[_Missing]:
        with self._installation.database.transaction(read_only=True) as session:
            found = [_Missing(*row) for row in session.fetch(SQL["missing"])]
        return [each for each in found if self._keys is None or each.key in self._keys]

    def portion(self) -> bool:
        """Some shares of what is missing; False when nothing is, or definitions are just changing."""
        missing, rules = self._missing(), self._installation.rules()
        measures = {measure.key: measure for measure in plan(rules).measures}
        claims = hidden.key_of(segments_of(rules).needs)
        told = next((each for each in missing if each.key == claims), None)
        if told is not None:
            return self._claims(rules, told)
        known = [each for each in missing if each.key in measures]
        if not known:
            return False
        self._archive(max(each.upto for each in known))
        return self._count(rules, measures, known)

    def _archive(self, upto: int) -> None:
        """All that is missing lies in the lake afterwards."""
        self._lake.flush()
        with self._installation.database.transaction(read_only=True) as session:
            if manifest.progress(session).archived < upto:
                raise UnavailableError("the loop has not come as far as what is missing", cure="try again")

    # ── measures, from the lake ──────────────────────────────────────────────

    def _count(self, rules: Rules, measures: Mapping[str, Measure], missing: Sequence[_Missing]) -> bool:
        with self._installation.database.transaction() as session:
            numbers = sorted({each.number for each in missing})
            session.execute(SQL["worked"], numbers=numbers, at=self._installation.clock.now())
        for _ in range(ATTEMPTS):
            seen = self._seen()
            group = _group(missing, seen.rows)
            try:
                found = self._ask(rules, measures, group, seen)
            except MissingFileError:
                continue
            done = [
                self._join(rules, slot, _numbers(group, slot), found.get(slot, {}), seen.known)
                for slot in sorted({each.slot for each in group})
            ]
            return all(done)
        raise UnavailableError("the lake changes too fast to be read", cure="try again")

    def _seen(self) -> _Lake:
        with self._installation.database.transaction(read_only=True) as session:
            # the erasures first: one that comes later is seen when its fragments would be joined
            known = [erasure_id for (erasure_id,) in session.fetch(SQL["erasures"])]
            files = manifest.files(session)
            erased = manifest.pending_erasures(session)
        return _Lake([each.file_id for each in files], erased, sum(each.rows for each in files), known)

    def _ask(
        self, rules: Rules, measures: Mapping[str, Measure], group: Sequence[_Missing], seen: _Lake
    ) -> dict[int, dict[bytes, list[tuple[int, bytes]]]]:
        """Slot → fragment → (measure's number, state) of what lies in the lake."""
        from segue.enrich.traits.history import Span, backfill_sql, backfilled  # seldom: a worker stays small

        with self._installation.database.transaction(read_only=True) as session:
            ours = plan(rules, counting.standing(session).numbers)
        found: dict[int, dict[bytes, list[tuple[int, bytes]]]] = {}
        hour = local_hour(rules.time_zone, self._installation.clock.now())
        from segue.adapters.duckdb.questions import LakeQuestions

        questions = LakeQuestions(self._installation.data / LAKE)
        with questions.over(seen.files, seen.erased) as events:
            for key, number in sorted({(each.key, each.number) for each in group}):
                upto = [0] * SLOTS
                for each in group:
                    if each.number == number:
                        upto[each.slot] = each.upto
                question = backfill_sql(ours, measures[key], Span(upto, hour=hour))
                batches = events.ask(question.text, question.values)
                for rows in backfilled(ours, measures[key], batches):
                    for fragment, state in rows:
                        by_fragment = found.setdefault(fragment[0] % SLOTS, {})
                        by_fragment.setdefault(fragment, []).append((number, state))
        return found

    def _join(
        self,
        rules: Rules,
        slot: int,
        numbers: Sequence[int],
        found: Mapping[bytes, Sequence[tuple[int, bytes]]],
        known: Sequence[str],
    ) -> bool:
        """Join one share's states to what the loop has counted; False when its worker has other rules."""
        with self._installation.database.transaction(durable=False) as session:
            if not _hold_lane(session, slot, rules):
                return False
            filled = {number for (number,) in session.fetch(SQL["fill"], slot=slot, numbers=list(numbers))}
            gone = {fragment for (fragment,) in session.fetch(SQL["erased_since"], known=list(known))}
            ours = plan(rules, counting.standing(session).numbers)
            ids = [fragment for fragment in found if fragment not in gone]
            held = counting.load(session, ids) if ids else {}
            joined = {
                fragment: _joined(ours, held.get(fragment), found[fragment], filled) for fragment in ids
            }
            counting.save(session, ours, joined)
            _note_whole(session)
        return True

    # ── claims, from the states ──────────────────────────────────────────────

    def _claims(self, rules: Rules, missing: _Missing) -> bool:
        """One share's claims, in pages, so that its worker never waits for long."""
        for first in range(missing.slot, 256, SLOTS):
            after = bytes((first,))
            end = bytes((first + 1,)) if first < 255 else b"\xff" * 17
            while True:
                with self._installation.database.transaction(durable=False) as session:
                    if not _hold_lane(session, missing.slot, rules):
                        return False
                    rows: list[Any] = session.fetch(SQL["states_in"], after=after, before=end, limit=PAGE)
                    ids = [fragment for (fragment,) in rows]
                    _take_over(session, rules, ids)
                    if len(ids) < PAGE:
                        break
                    after = ids[-1]
        with self._installation.database.transaction(durable=False) as session:
            if not _hold_lane(session, missing.slot, rules):
                return False
            session.fetch(SQL["fill"], slot=missing.slot, numbers=[missing.number])
            _note_whole(session)
        return True


def _group(missing: Sequence[_Missing], rows: int) -> list[_Missing]:
    """As many shares as are asked for at once."""
    measures = len({each.number for each in missing})
    shares = max(1, min(SLOTS, SLOTS * AT_ONCE // max(1, rows * measures)))
    slots = sorted({each.slot for each in missing})[:shares]
    return [each for each in missing if each.slot in set(slots)]


def _numbers(group: Sequence[_Missing], slot: int) -> list[int]:
    return [each.number for each in group if each.slot == slot]


def _hold_lane(session: Session, slot: int, rules: Rules) -> bool:
    """Keep the worker of the slot out of its step; False when it has stepped with other rules than these."""
    [(definitions,)] = session.fetch(SQL["lock_lane"], slot=slot)
    return bool(definitions == rules.version)


def _note_whole(session: Session) -> None:
    if session.execute(SQL["mark_whole"]):
        session.execute(SQL["look_again"])


def _joined(
    ours: TraitPlan, held: Counted | None, found: Sequence[tuple[int, bytes]], filled: set[int]
) -> Counted:
    """What was counted before, with what was missing; measures that were dropped meanwhile stay out."""
    more = [decode(state) for number, state in found if number in filled]
    if held is None:
        return Counted(ours.merge(more))
    return Counted(ours.merge([held.state, *more]), held.hidden)


def _take_over(session: Session, rules: Rules, ids: Sequence[bytes]) -> None:
    wish = hidden.wish_of(segments_of(rules).needs)
    if wish is None or not ids:
        return
    ours = plan(rules, counting.standing(session).numbers)
    held = counting.load(session, ids)
    changed: dict[bytes, Counted] = {}
    for fragment, state in store.load_whole(session, ids).items():
        said = wish.of(unfolded(state, rules.time_zone))
        before = held.get(fragment)
        if said is not None or (before is not None and before.hidden is not None):
            changed[fragment] = Counted(TraitState() if before is None else before.state, said)
    counting.save(session, ours, changed)


def fractions(session: Session) -> Iterator[tuple[str, float, bool, int | None]]:
    """Of every measure: key, how much of it is counted, whether all is, and when somebody was last at it."""
    for key, due, left, whole, worked_at in session.fetch(SQL["progress"]):
        yield key, 1.0 if whole or not due else 1 - left / due, whole, worked_at
