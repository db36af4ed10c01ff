"""Many questions answered in one transaction: who is there, what was shown before, what to show, and keep it.

Whoever decides for the same person waits for the other, so a cap is never exceeded, however many ask at once;
of the last piece in stock the second one is told nothing; what many see, where nobody is known, holds none.
A round is two round trips to the database, one to read and one to keep, whatever the number of its questions;
counted pieces take more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import NamedTuple

import msgspec

from segue.app.deciding.asking import MOST_LINES, DecisionRequest, basket_of
from segue.app.deciding.facing import Asker, Seen
from segue.app.deciding.gathering import Case, Wanted, gather, opened
from segue.app.deciding.goods import Good, Goods
from segue.app.deciding.ledger import Ledger
from segue.app.deciding.minds import Minds, Present
from segue.app.deciding.offering import Offering
from segue.app.deciding.prepared import prepared
from segue.app.deciding.stores import Stores
from segue.app.installation import Installation
from segue.decide import controls, store
from segue.decide.asked import Known
from segue.decide.bandit import Learnt
from segue.decide.choose import decide
from segue.decide.decided import Decision
from segue.decide.elasticity import Lift, settled
from segue.decide.kept import Given, Kept, Noting, Shown
from segue.decide.menu import Menu
from segue.domain.rules import Rules
from segue.enrich.facing import Face
from segue.errors import InvalidInputError, NotPermittedError
from segue.ports.database import Session

RandomBytes = Callable[[int], bytes]

PORTION = 64
"""Decisions that are written at once."""

RECOMMENDED = 6
"""Products that a slot shows that recommends."""


class Answered(NamedTuple):
    """The answer to one question, before it is written out."""

    kept: Kept
    menu: Menu
    face: Face
    seen: Seen
    #: what chosen actions sell, by number
    goods: Mapping[str, Good] = {}


class Decider:
    """Answers for one installation. Used by one thread at a time."""

    def __init__(self, installation: Installation, random_bytes: RandomBytes) -> None:
        self._installation = installation
        self._random = random_bytes
        self._minds = Minds(installation.database, lambda: prepared(installation.rules()).menus)
        self._offering = Offering(installation)
        self._goods = Goods()
        self._stores = Stores()

    def close(self) -> None:
        """Stop looking for what was learnt."""
        self._minds.close()

    def minds(self, placements: Iterable[str]) -> Present:
        """What is believed at these placements. UnavailableError."""
        return self._minds.of(placements, self._installation.clock.now())

    def decide(self, wanted: Sequence[Wanted]) -> list[Answered]:
        """The answers, in the order of the questions. SegueError when the database is away."""
        rules, now = self._installation.rules(), self._installation.clock.now()
        round_ = opened(rules, self._installation.secret, now, wanted)
        minds = self.minds({each.request.placement for each in wanted})
        with self._installation.database.transaction(durable=False, planned=True) as session:
            strange = self._stores.strange(session, {each.store for each in wanted if each.store is not None})
            cases = [self._completed(each, strange) for each in gather(session, round_)]
            return self._answer_all(session, cases, (rules, minds))

    def _answer_all(
        self, session: Session, cases: Sequence[Case], by: tuple[Rules, Present]
    ) -> list[Answered]:
        """What is decided is written while the next are decided."""
        ledger, menus = Ledger(), prepared(by[0]).menus
        answers: list[Answered] = []
        for at in range(0, len(cases), PORTION):
            part = cases[at : at + PORTION]
            found = self._answer(session, part, (*by, ledger))
            live = [each.kept for each, case in zip(found, part, strict=True) if case.wanted.live]
            keeping = store.keeping(live, menus) + controls.keeping(live, menus)
            if at + PORTION >= len(cases):
                session.last(keeping)
            elif keeping:
                session.later(keeping)
            answers += found
        return answers

    def _completed(self, case: Case, strange: Set[str]) -> Case:
        """With a seed, whether there is something to recommend, and whether there is such a store."""
        ask, known = msgspec.structs.replace(case.ask, seed=self._seed(case.wanted.request)), case.known
        if ask.store in strange:
            known = msgspec.structs.replace(known, nowhere=True)
        elif case.menu.recommends:
            known = msgspec.structs.replace(known, recommends=self._offering.ready(ask.store))
        return case._replace(ask=ask, known=known)

    def _seed(self, request: DecisionRequest) -> int:
        wished = None if request.suppose is None else request.suppose.seed
        return int.from_bytes(self._random(8), "big") >> 1 if wished is None else wished

    # ── the answers ───────────────────────────────────────────────────────────

    def _answer(
        self, session: Session, cases: Sequence[Case], by: tuple[Rules, Present, Ledger]
    ) -> list[Answered]:
        """One after the other: what the first is shown counts for the second."""
        (rules, minds, ledger), answers = by, []
        for case in cases:
            began = time.perf_counter_ns()
            known = ledger.counted(case)
            learnt = minds.minds[case.ask.placement]
            if case.menu.haggles:
                known = msgspec.structs.replace(known, lifts=_lifts(case, learnt))
            mind, decision_id = Noting(learnt), self._random(16)
            decision = decide(case.ask, known, case.menu, mind)
            if case.wanted.live:
                if case.menu.table.stocked:
                    known, decision = self._secured(session, case, (known, decision), mind)
                ledger.add(case, decision, decision_id)
            took = (time.perf_counter_ns() - began) // 1_000
            kept = Kept(
                decision_id=decision_id,
                at=case.moment.at,
                placement=case.ask.placement,
                fragment_id=case.seen.owner,
                definitions=rules.version,
                policy=f"{rules.version}.{minds.changes}",
                took=took,
                given=Given(ask=case.ask, known=known, noted=mind.noted),
                decision=decision,
                products=self._products(session, case, decision),
            )
            chosen = [case.menu.choice(slot.action) for slot in decision.slots]
            skus = {each.action.sku for each in chosen if each is not None and each.action.sku is not None}
            goods = self._goods.of(session, skus, known.prices) if skus else {}
            answers.append(Answered(kept, case.menu, case.face, case.seen, goods))
        return answers

    def _products(self, session: Session, case: Case, decision: Decision) -> Sequence[Shown]:
        """What slots that recommend show: hers where she agrees to it, else what is bought here and now.

        Where many see it, nothing sensitive.
        """
        if not case.menu.recommends:
            return ()
        chosen = [case.menu.choice(slot.action) for slot in decision.slots]
        if not any(each is not None and each.action.kind == "recommendation" for each in chosen):
            return ()
        hers = [each.hex() for each in case.seen.hers] if case.known.told else []
        skus = [line.sku for line in case.wanted.basket.lines[-MOST_LINES:]]
        many = case.menu.placement.seen_by == "many"
        more = RECOMMENDED * 2 if many else RECOMMENDED
        found = self._offering.offered(hers, k=more, store_id=case.ask.store, basket=skus)
        if many and found:
            hidden = store.sensitive(session, [each.sku for each in found])
            found = [each for each in found if each.sku not in hidden]
        return found[:RECOMMENDED]

    def _secured(
        self, session: Session, case: Case, first: tuple[Known, Decision], mind: Noting
    ) -> tuple[Known, Decision]:
        """The decision, and what it was made from; every counted piece that it shows is held for it.

        What many see, where nobody is known, holds none.
        """
        if not store.holds_pieces(case.menu.placement, case.seen.owner):
            return first
        known, decision = first
        while True:
            chosen = [case.menu.choice(slot.action) for slot in decision.slots]
            counted = {each.action.sku for each in chosen if each is not None} & known.stock.keys()
            skus = sorted(sku for sku in counted if sku is not None)
            if not skus:
                return known, decision
            store.lock_pieces(session, skus, case.ask.store)
            asked = store.shelves_of({case.ask.store: skus}, case.moment.at)
            shelves = store.shelves(session.fetch(asked.statement, **asked.values))
            left = shelves.get(case.ask.store, store.EMPTY).stock
            gone = {sku: 0 for sku in skus if min(left.get(sku, 1), known.stock[sku]) < 1}
            if not gone:
                return known, decision
            known = msgspec.structs.replace(known, stock={**known.stock, **gone})
            decision = decide(case.ask, known, case.menu, mind)


def checked(request: DecisionRequest, asker: Asker, at: int | None) -> Wanted:
    """A question whose basket was read; InvalidInputError, NotPermittedError."""
    if request.suppose is not None:
        if not asker.trusted:
            raise NotPermittedError("a public key may not suppose anything", cure="ask with a trusted key")
        if at is None:
            raise InvalidInputError(
                "what is supposed is never kept", cure="give the moment it is asked for: at"
            )
    return Wanted(request, asker, basket_of(request.context), at)


__all__ = ["RECOMMENDED", "Answered", "Decider", "RandomBytes", "Wanted", "checked"]


def _lifts(case: Case, learnt: Learnt) -> Mapping[str, Lift]:
    """How discounts are answered; depths are tried where there is exploring, on who can be known again."""
    if case.menu.placement.exploration > 0 and case.seen.fragment is not None:
        return learnt.lifts
    return settled(learnt.lifts)
