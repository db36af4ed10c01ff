"""Many questions answered in one transaction: who is there, what was shown before, what to show, and keep it.

Whoever decides for the same person waits for the other, so a cap is never exceeded, however many ask at once;
of the last piece in stock the second one is told nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from segue.app.around.trending import Trending
from segue.app.deciding import fresh
from segue.app.deciding.asking import Basket, DecisionRequest, basket_of
from segue.app.deciding.facing import Asker, Named, Persons, Seen, look, named, persons_of
from segue.app.deciding.fresh import Fresh
from segue.app.deciding.minds import Minds
from segue.app.deciding.moment import context_of, features_of, moment_of, supposed
from segue.app.deciding.offering import Offering
from segue.app.deciding.prepared import Prepared, prepared
from segue.app.installation import Installation
from segue.app.learning.views import RecommendedItem
from segue.decide import store
from segue.decide.asked import Ask, Contact, Known, Moment
from segue.decide.choose import decide
from segue.decide.decided import Decision
from segue.decide.kept import Given, Kept, Noting
from segue.decide.menu import PERSONALISATION, Menu
from segue.domain.events import Event
from segue.domain.rules import Rules
from segue.enrich import facing
from segue.enrich.facing import NOBODY, Face, Look
from segue.enrich.golden import PersonParts
from segue.enrich.segments.parts import Prediction, newest, predictions
from segue.errors import InvalidInputError, NotPermittedError
from segue.ports.database import Session

RandomBytes = Callable[[int], bytes]

RECOMMENDED = 6
"""Products that a slot shows that recommends."""

COMPLAINT = "open_complaint"
"""The segment of those to whom nothing is sold until their complaint is settled."""


class Wanted(NamedTuple):
    """One question, checked."""

    request: DecisionRequest
    asker: Asker
    basket: Basket
    #: microseconds; None: now
    at: int | None

    @property
    def live(self) -> bool:
        """Whether the answer is kept and counts."""
        return self.at is None


class Answered(NamedTuple):
    """The answer to one question, before it is written out."""

    kept: Kept
    menu: Menu
    face: Face
    seen: Seen
    #: of slots that recommend: what
    products: Sequence[RecommendedItem] = ()


class _Case(NamedTuple):
    """One question with everything that it is decided from."""

    wanted: Wanted
    menu: Menu
    moment: Moment
    seen: Seen
    face: Face
    ask: Ask
    known: Known


class Decider:
    """Answers for one installation. Used by one thread at a time."""

    def __init__(self, installation: Installation, random_bytes: RandomBytes) -> None:
        self._installation = installation
        self._random = random_bytes
        self._minds = Minds()
        self._offering = Offering(installation, Trending(installation.database))

    def decide(self, wanted: Sequence[Wanted]) -> list[Answered]:
        """The answers, in the order of the questions. SegueError when the database is away."""
        rules, now = self._installation.rules(), self._installation.clock.now()
        ready = prepared(rules)
        said = [
            fresh.events_of(each.request, each.asker, rules, self._installation.secret, now)
            for each in wanted
        ]
        asked = [
            named(each.request.identifiers, each.asker, rules, self._installation.secret) for each in wanted
        ]
        with self._installation.database.transaction(durable=False) as session:
            # by whatever name she is asked about she is waited for; afterwards she may have been merged
            persons = persons_of(session, asked)
            self._lock(session, wanted, [_names(each, persons) for each in asked], ready)
            self._minds.refresh(session, {each.request.placement for each in wanted}, now)
            seen = look(session, asked, persons_of(session, asked))
            cases = self._cases(session, _Round(rules, now, wanted, seen, fresh.fresh_of(session, said)))
            answers = self._answer(session, cases, rules)
            live = [each.kept for each, case in zip(answers, cases, strict=True) if case.wanted.live]
            store.keep(session, live, ready.menus)
        return answers

    # ── what is known ─────────────────────────────────────────────────────────

    def _lock(
        self, session: Session, wanted: Sequence[Wanted], asked: Sequence[set[bytes]], ready: Prepared
    ) -> None:
        names: set[bytes | str] = set()
        for each, known in zip(wanted, asked, strict=True):
            if each.live:
                names.update(known)
                names.update(f"cap {key}" for key in ready.everybody)
        store.lock(session, names)

    def _cases(self, session: Session, round_: _Round) -> list[_Case]:
        rules, now, wanted = round_.rules, round_.now, round_.wanted
        ready = prepared(rules)
        seen = round_.seen
        present = moment_of(now, rules.time_zone)
        hers: dict[bytes, Sequence[bytes]] = {
            each.fragment: each.hers for each in seen if each.fragment is not None
        }
        shared = _Shared(
            rules,
            now,
            store.histories(session, hers, present),
            {
                key: store.uses(session, actions, cap, present, cap.channel)
                for key, (cap, actions) in ready.everybody.items()
            },
            self._shelves(session, wanted, ready, now),
            _predictions(session, seen) if "predictions" in ready.needs.roots else {},
        )
        return [
            self._case(each, who, self._news(session, who, said), shared)
            for each, who, said in zip(wanted, seen, round_.fresh, strict=True)
        ]

    def _news(self, session: Session, seen: Seen, said: Sequence[Event]) -> _News:
        """What was said of her just now; of somebody of whom nothing is recorded it is all there is."""
        hers = fresh.of_hers(said, seen)
        parts = seen.parts
        if hers and parts is None and seen.fragment is not None:
            parts = fresh.nobody_yet(session, seen.fragment)
        return _News(parts, hers)

    def _shelves(
        self, session: Session, wanted: Sequence[Wanted], ready: Prepared, now: int
    ) -> dict[tuple[str, str | None], store.Shelf]:
        found: dict[tuple[str, str | None], store.Shelf] = {}
        for each in wanted:
            key = each.request.placement, _store_of(each.request)
            if key not in found:
                choices = ready.menus[key[0]].choices
                skus = sorted({one.action.sku for one in choices if one.action.sku is not None})
                found[key] = store.shelf(session, skus, key[1], now)
        return found

    def _case(self, wanted: Wanted, seen: Seen, news: _News, shared: _Shared) -> _Case:
        request, rules = wanted.request, shared.rules
        moment = moment_of(shared.now if wanted.at is None else wanted.at, rules.time_zone)
        ready = prepared(rules)
        menu = ready.menus[request.placement]
        face = NOBODY
        if news.parts is not None:
            face = facing.face(news.parts, Look(rules, moment.at, ready.needs, news.fresh, seen.only))
        known = seen.identity == "certain"
        context = context_of(request.context, menu.placement, moment, known=known)
        predicted = newest(shared.predictions, seen.hers) if seen.only is None else {}
        basket = wanted.basket.facts()
        facts = msgspec.structs.replace(face.facts, context=context, basket=basket, predictions=predicted)
        facts = supposed(facts, request, rules)
        granted = facing.purposes_granted(facts, rules, menu.placement.touchpoint)
        history = shared.told.get(seen.fragment) if seen.fragment is not None else None
        shelf = shared.shelves[request.placement, _store_of(request)]
        personal = PERSONALISATION in granted
        ask = Ask(
            placement=request.placement,
            moment=moment,
            locale=_text(request.context.get("locale")),
            store=_store_of(request),
            limit=request.limit,
            seed=self._seed(request),
        )
        return _Case(
            wanted, menu, moment, seen, face, ask,
            Known(
                identity=seen.identity,
                facts=facts,
                granted=granted,
                told=known and personal,
                recommends=menu.recommends and self._offering.ready(_store_of(request)),
                complaint=COMPLAINT in facts.inside,
                contacts=() if history is None else history.contacts,
                everybody=shared.everybody,
                stock=shelf.stock,
                prices=shelf.prices,
                held={} if history is None else history.held,
                features=features_of(
                    moment, known=known and personal, orders=face.orders if personal else 0,
                    days_since=face.days_since_order if personal else None,
                ),
            ),
        )  # fmt: skip

    def _seed(self, request: DecisionRequest) -> int:
        wished = None if request.suppose is None else request.suppose.seed
        return int.from_bytes(self._random(8), "big") >> 1 if wished is None else wished

    # ── the answers ───────────────────────────────────────────────────────────

    def _answer(self, session: Session, cases: Sequence[_Case], rules: Rules) -> list[Answered]:
        """One after the other: what the first is shown counts for the second."""
        ledger = _Ledger()
        answers = []
        for case in cases:
            began = time.perf_counter_ns()
            known = ledger.counted(case)
            mind = Noting(self._minds.of(case.ask.placement))
            decision = decide(case.ask, known, case.menu, mind)
            if case.wanted.live:
                decision = self._secured(session, case, known, decision, mind)
                ledger.add(case, decision)
            kept = Kept(
                decision_id=self._random(16),
                at=case.moment.at,
                placement=case.ask.placement,
                fragment_id=case.seen.owner,
                definitions=rules.version,
                policy=f"{rules.version}.{self._minds.changes}",
                took=(time.perf_counter_ns() - began) // 1_000,
                given=Given(ask=case.ask, known=known, noted=mind.noted),
                decision=decision,
            )
            answers.append(Answered(kept, case.menu, case.face, case.seen, self._products(case, decision)))
        return answers

    def _products(self, case: _Case, decision: Decision) -> Sequence[RecommendedItem]:
        """What slots that recommend show: hers where she agrees to it, else what is bought here and now."""
        kinds = {choice.action.name: choice.action.kind for choice in case.menu.choices}
        if not any(kinds.get(slot.action) == "recommendation" for slot in decision.slots):
            return ()
        hers = [each.hex() for each in case.seen.hers] if case.known.told else []
        skus = [line.sku for line in case.wanted.basket.lines]
        return self._offering.offered(hers, k=RECOMMENDED, store_id=case.ask.store, basket=skus)

    def _secured(
        self, session: Session, case: _Case, known: Known, decision: Decision, mind: Noting
    ) -> Decision:
        """The decision with every counted piece that it shows held for it."""
        actions = {choice.action.name: choice.action for choice in case.menu.choices}
        while True:
            skus = sorted(
                {
                    sku
                    for slot in decision.slots
                    if slot.action in actions and (sku := actions[slot.action].sku) in known.stock and sku
                }
            )
            if not skus:
                return decision
            store.lock_pieces(session, skus, case.ask.store)
            left = store.shelf(session, skus, case.ask.store, case.moment.at).stock
            gone = {sku: 0 for sku in skus if min(left.get(sku, 1), known.stock[sku]) < 1}
            if not gone:
                return decision
            known = msgspec.structs.replace(known, stock={**known.stock, **gone})
            decision = decide(case.ask, known, case.menu, mind)


class _Round(NamedTuple):
    """Questions that are answered together."""

    rules: Rules
    now: int
    wanted: Sequence[Wanted]
    seen: Sequence[Seen]
    #: events that came with each and are not in the log yet
    fresh: Sequence[Sequence[Event]]


class _News(NamedTuple):
    """What her record is made of, and what came with the question."""

    parts: PersonParts | None
    fresh: Fresh


class _Shared(NamedTuple):
    """What all questions of a round share."""

    rules: Rules
    now: int
    told: Mapping[bytes, store.History]
    everybody: Mapping[str, int]
    shelves: Mapping[tuple[str, str | None], store.Shelf]
    #: fragment → name → what models predicted, where conditions ask for it
    predictions: Mapping[bytes, Mapping[str, Prediction]]


class _Ledger:
    """What this round has shown so far, which the database does not know yet."""

    def __init__(self) -> None:
        self._contacts: dict[bytes, list[Contact]] = {}
        self._taken: dict[tuple[str, str | None], int] = {}
        self._everybody: dict[str, int] = {}

    def counted(self, case: _Case) -> Known:
        """What is known with what was shown in this round."""
        known = case.known
        owner, store_ = case.seen.owner, case.ask.store
        mine = () if owner is None else tuple(self._contacts.get(owner, ()))
        stock = {
            sku: left - self._taken.get((sku, store_), 0) for sku, left in known.stock.items()
        }  # fmt: skip
        everybody = {key: used + self._everybody.get(key, 0) for key, used in known.everybody.items()}
        return msgspec.structs.replace(
            known, contacts=known.contacts + mine, stock=stock, everybody=everybody
        )

    def add(self, case: _Case, decision: Decision) -> None:
        """What a decision shows counts from now on."""
        if decision.fallback:
            return
        choices = {choice.action.name: choice for choice in case.menu.choices}
        for slot in decision.slots:
            choice = choices[slot.action]
            action, moment = choice.action, case.moment
            if action.sku is not None:
                key = action.sku, case.ask.store
                self._taken[key] = self._taken.get(key, 0) + 1
            for counted, _, _ in choice.limits.everybody:
                self._everybody[counted] = self._everybody.get(counted, 0) + 1
            if case.seen.fragment is not None:
                told = Contact(
                    action.name,
                    action.group,
                    case.menu.placement.touchpoint,
                    "returned",
                    moment.day,
                    moment.hour,
                )
                owners = {case.seen.owner, case.seen.person}
                for owner in (each for each in owners if each is not None):
                    self._contacts.setdefault(owner, []).append(told)


def _names(asked: Named, persons: Persons) -> set[bytes]:
    """Fragments that are asked about, and whose they are."""
    return {*asked.fragments, *(persons[each] for each in asked.fragments if each in persons)}


def _predictions(session: Session, seen: Sequence[Seen]) -> dict[bytes, dict[str, Prediction]]:
    """What models predict of those whose whole record may be used; of nothing sensitive."""
    ids = {each for who in seen if who.only is None for each in who.hers}
    return predictions(session, sorted(ids)) if ids else {}


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


def _store_of(request: DecisionRequest) -> str | None:
    return _text(request.context.get("store"))


def _text(value: Any) -> str | None:
    return value[:500] if isinstance(value, str) and value else None
