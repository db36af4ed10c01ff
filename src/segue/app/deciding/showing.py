"""The log of decisions: what was shown to whom and why, what became of it; and any of them made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from segue.app.deciding.answers import ExplanationAnswer, SlotAnswer, explained, slot_answer
from segue.app.deciding.earlier import rules_at
from segue.app.deciding.goods import Good, good_at, read
from segue.app.deciding.prepared import prepared
from segue.app.installation import Installation
from segue.decide import store
from segue.decide.choose import decide
from segue.decide.decided import STAGES, Decision
from segue.decide.kept import Kept, Recalling, told_as
from segue.decide.menu import Menu
from segue.domain.actions import Outcome
from segue.domain.identifiers import parse_id
from segue.domain.order import SECOND, rfc3339
from segue.enrich.segments.facts import Facts
from segue.errors import InvalidInputError, NotFoundError
from segue.ports.database import Session
from segue.resolve import reading

Replay = Literal["same", "different", "not possible"]
_LAST = 2**63 - 1
_SILENCE = 1_800
"""Seconds, of a placement that is no more."""


_Shown = list[SlotAnswer]


class OutcomeView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a slot."""

    slot: int
    action: str
    discount: int
    score: float
    propensity: float
    #: returned, shown, clicked, dismissed or accepted; ``silent``: nothing was told of it in time
    outcome: str
    #: RFC 3339; null while nothing is known
    at: str | None


class DecisionView(msgspec.Struct, frozen=True, kw_only=True):
    """A decision in the log."""

    decision_id: str
    at: str
    placement: str
    identity: str
    person_id: str | None
    fallback: bool
    considered: int
    policy: str
    took_ms: float
    slots: list[OutcomeView]


class StageView(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of the funnel: how many came in, and how many fell out."""

    stage: str
    entered: int
    dropped: int


class DecisionWhole(msgspec.Struct, frozen=True, kw_only=True):
    """A decision with everything that it was made from."""

    decision: DecisionView
    explanation: ExplanationAnswer
    funnel: list[StageView]
    #: what the conditions saw of the moment and the basket
    context: dict[str, Any]
    basket: dict[str, Any]
    #: purposes that held for her
    granted: list[str]
    seed: int
    features: list[float]
    #: made again from what is kept: whether it comes out the same
    replay: Replay
    #: what was shown, written out again; null where its definitions cannot be read any more
    slots: list[SlotAnswer] | None
    #: share of decisions that was spread evenly; null likewise
    exploration: float | None


class DecisionPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the log, newest first."""

    decisions: list[DecisionView]
    next: str | None


class Decisions:
    """Reads the log of decisions of one installation. Safe to share between threads."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def list(
        self,
        *,
        placement: str | None = None,
        person: str | None = None,
        fallback: bool | None = None,
        outcome: Outcome | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> DecisionPage:
        """Decisions, newest first; ``after`` is ``next`` of the page before. NotFoundError for nobody.

        ``outcome``: of at least one slot.
        """
        at, last = _cursor(after)
        with self._installation.database.transaction(read_only=True) as session:
            fragments = None if person is None else _fragments(session, person)
            rows = session.fetch(
                store.SQL["decisions"],
                placement=placement,
                fragments=fragments,
                fallback=fallback,
                outcome=outcome,
                at=at,
                after=last,
                limit=limit + 1,
            )
            kept = [store.kept_of(row) for row in rows[:limit]]
            heard = self._heard(session, [each.decision_id for each in kept])
        following = None
        if len(rows) > limit:
            following = f"{kept[-1].at}-{kept[-1].decision_id.hex()}"
        return DecisionPage(decisions=[_view(each, heard) for each in kept], next=following)

    def show(self, decision_id: str) -> DecisionWhole:
        """One decision with why; NotFoundError."""
        with self._installation.database.transaction(read_only=True) as session:
            try:
                rows = session.fetch(store.SQL["decision"], id=parse_id(decision_id))
            except InvalidInputError:
                rows = []
            if not rows:
                raise NotFoundError(
                    f"there is no decision {decision_id[:80]!r}", cure="it may be older than what is kept"
                )
            kept = store.kept_of(rows[0])
            heard = self._heard(session, [kept.decision_id])
        facts = kept.given.known.facts or {}
        menu = self._menu(kept)
        return DecisionWhole(
            decision=_view(kept, heard),
            explanation=explained(kept),
            funnel=funnel(kept.decision),
            context=dict(facts.get("context", {})),
            basket=dict(facts.get("basket", {})),
            granted=sorted(kept.given.known.granted),
            seed=kept.given.ask.seed,
            features=list(kept.given.known.features),
            replay=self.replay(kept),
            slots=None if menu is None else self._again(kept, menu, facts),
            exploration=None if menu is None else menu.placement.exploration,
        )

    def _heard(self, session: Session, ids: Sequence[bytes]) -> _Heard:
        rows = session.fetch(store.SQL["outcomes"], ids=list(ids)) if ids else []
        return _Heard(
            self._installation.clock.now(),
            {(decision, slot): _Became(*became) for decision, slot, *became in rows},
            {each.name: each.silence for each in self._installation.rules().placements},
        )

    def replay(self, kept: Kept) -> Replay:
        """Make a kept decision again from what is kept with it (law 7), by the definitions of its day."""
        menu = self._menu(kept)
        if menu is None:
            return "not possible"
        given = kept.given
        known = msgspec.structs.replace(given.known, facts=msgspec.convert(given.known.facts, Facts))
        try:
            again = decide(given.ask, known, menu, Recalling(given.foretold, given.bought))
        except KeyError:
            return "different"
        return "same" if told_as(again, kept.decision) == kept.decision else "different"

    def _again(self, kept: Kept, menu: Menu, facts: Mapping[str, Any]) -> _Shown:
        """Slots as they were shown."""
        chosen = [menu.choice(slot.action) for slot in kept.decision.slots]
        skus = [each.action.sku for each in chosen if each is not None and each.action.sku is not None]
        known: Mapping[str, Good] = {}
        if skus:
            with self._installation.database.transaction(read_only=True) as session:
                known = read(session, skus)
        prices = kept.given.known.prices
        scope = {
            "context": facts.get("context", {}),
            "basket": facts.get("basket", {}),
            "goods": {sku: good_at(good, prices.get(sku)) for sku, good in known.items()},
        }
        person = facts.get("attributes", {})
        return [slot_answer(slot, menu, scope, person, kept.products) for slot in kept.decision.slots]

    def _menu(self, kept: Kept) -> Menu | None:
        """What there was to choose from, by the definitions that were in force then."""
        rules = rules_at(self._installation, kept.definitions)
        return None if rules is None else prepared(rules).menus.get(kept.placement)


def funnel(decision: Decision) -> list[StageView]:
    """How many actions came into each stage, and how many fell out there."""
    left = decision.considered
    found = []
    for stage in STAGES:
        dropped = sum(len(each.actions) for each in decision.fallen if each.stage == stage)
        found.append(StageView(stage=stage, entered=left, dropped=dropped))
        left -= dropped
    return found


class _Became(NamedTuple):
    """What became of a slot, when, and until when it was waited for."""

    outcome: str
    at: int | None
    silent_at: int


class _Heard(NamedTuple):
    """What is known of slots."""

    now: int
    slots: Mapping[tuple[bytes, int], _Became]
    #: by placement, seconds
    silences: Mapping[str, int]

    def of(self, kept: Kept, slot: int) -> tuple[str, int | None]:
        """What became of a slot, and when; of a fallback nobody tells, and after its silence it is over."""
        became = self.slots.get((kept.decision_id, slot))
        if became is None:
            silence = self.silences.get(kept.placement, _SILENCE)
            became = _Became("returned", None, kept.at + silence * SECOND)
        if became.outcome == "returned" and became.silent_at <= self.now:
            return "silent", None
        return became.outcome, became.at


def _view(kept: Kept, heard: _Heard) -> DecisionView:
    slots = []
    for number, slot in enumerate(kept.decision.slots):
        outcome, at = heard.of(kept, number)
        slots.append(
            OutcomeView(
                slot=number,
                action=slot.action,
                discount=slot.discount,
                score=slot.score,
                propensity=slot.propensity,
                outcome=outcome,
                at=None if at is None else rfc3339(at),
            )
        )
    return DecisionView(
        decision_id=kept.decision_id.hex(),
        at=rfc3339(kept.at),
        placement=kept.placement,
        identity=kept.given.known.identity,
        person_id=None if kept.fragment_id is None else kept.fragment_id.hex(),
        fallback=kept.decision.fallback,
        considered=kept.decision.considered,
        policy=kept.policy,
        took_ms=kept.took / 1_000,
        slots=slots,
    )


def _fragments(session: Session, person: str) -> list[bytes]:
    try:
        found = reading.locate(session, parse_id(person))
    except InvalidInputError:
        found = None
    if found is None:
        raise NotFoundError(f"there is no person {person[:80]!r}", cure="find the person by an identifier")
    return [row.fragment_id for row in reading.fragments_of(session, found)]


def _cursor(after: str | None) -> tuple[int, bytes]:
    if after is None:
        return _LAST, b"\xff" * 16
    at, _, last = after.partition("-")
    try:
        return int(at), bytes.fromhex(last)
    except ValueError:
        raise InvalidInputError("after is not of a page before", cure="take next of that page") from None
