"""What questions are decided from, for several of them in one round trip.

Whoever decides for the same person waits for the other first, so all that is read after that is as the other
left it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from segue.app.deciding import fresh
from segue.app.deciding.asking import Basket, DecisionRequest
from segue.app.deciding.facing import Asker, Named, Seen, named, seen_of
from segue.app.deciding.moment import ZONE, clock_of, context_of, features_of, moment_of, supposed
from segue.app.deciding.prepared import Prepared, prepared
from segue.decide import store
from segue.decide.asked import Ask, Known, Moment
from segue.decide.menu import PERSONALISATION, Menu
from segue.domain.events import Event
from segue.domain.rules import Rules
from segue.enrich import facing
from segue.enrich import store as records
from segue.enrich.complaints import COMPLAINT
from segue.enrich.counting import NOTHING, Standing, standing_of
from segue.enrich.facing import NOBODY, Face, Look
from segue.enrich.segments.facts import Facts
from segue.enrich.segments.parts import Prediction, newest, predictions
from segue.enrich.traits.plan import TraitPlan, plan
from segue.ports.database import Bound, Session

Rows = list[tuple[Any, ...]]


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

    @property
    def store(self) -> str | None:
        """The store it is asked in."""
        return _text(self.request.context.get("store"))


class Case(NamedTuple):
    """One question with everything that it is decided from, but for its seed."""

    wanted: Wanted
    menu: Menu
    moment: Moment
    seen: Seen
    face: Face
    ask: Ask
    known: Known


class Round(NamedTuple):
    """Questions that are answered together, read before anything is looked up."""

    rules: Rules
    #: microseconds
    now: int
    wanted: Sequence[Wanted]
    asked: Sequence[Named]
    #: events that came with each
    said: Sequence[Sequence[Event]]


class _Found(NamedTuple):
    """What all questions of a round share."""

    ready: Prepared
    present: Moment
    seen: Sequence[Seen]
    told: Mapping[bytes, store.History]
    everybody: Mapping[str, int]
    shelves: Mapping[str | None, store.Shelf]
    #: fragment → name → what models predicted, where conditions ask for it
    predictions: Mapping[bytes, Mapping[str, Prediction]]
    standing: Standing
    plan: TraitPlan | None


def opened(rules: Rules, secret: bytes, now: int, wanted: Sequence[Wanted]) -> Round:
    """The questions with their identifiers and events read."""
    return Round(
        rules,
        now,
        wanted,
        [named(each.request.identifiers, each.asker, rules, secret) for each in wanted],
        [fresh.events_of(each.request, each.asker, rules, secret, now) for each in wanted],
    )


def gather(session: Session, round_: Round) -> list[Case]:
    """Everything that these questions are decided from but what was learnt; in their order."""
    found = _look_up(session, round_)
    return [
        _case(wanted, (who, said), round_, found)
        for wanted, who, said in zip(round_.wanted, found.seen, round_.said, strict=True)
    ]


def text_of(value: Any) -> str | None:
    """A text of the context; None for anything else."""
    return _text(value)


# ── looking up ───────────────────────────────────────────────────────────────


def _look_up(session: Session, round_: Round) -> _Found:
    ready, present = prepared(round_.rules), moment_of(round_.now, round_.rules.time_zone)
    read = _read(session, round_, ready)
    seen = seen_of(round_.asked, records.answered(read.persons, read.standing))
    return _Found(
        ready,
        present,
        seen,
        store.histories(read.contacts, _names(seen), present),
        {key: int(read.counted.get(key, 0)) for key in ready.everybody},
        read.shelves,
        _predictions(session, seen) if "predictions" in ready.needs.roots else {},
        read.standing,
        plan(round_.rules, read.standing.numbers) if ready.needs.traits else None,
    )


class _Read(NamedTuple):
    """What came back of a round's one trip."""

    persons: Rows
    standing: Standing
    contacts: Rows
    #: how often everybody was shown what is counted of all
    counted: Mapping[str, int]
    shelves: Mapping[str | None, store.Shelf]


def _read(session: Session, round_: Round, ready: Prepared) -> _Read:
    """Everything in one trip, in the order in which :func:`_statements` asks."""
    fragments = sorted({each for asked in round_.asked for each in asked.fragments})
    places = _places(round_, ready)
    rows = iter(session.together(_statements(round_, ready, fragments, places))[1:])
    persons, standing = (next(rows), standing_of(next(rows))) if fragments else ([], NOTHING)
    contacts = next(rows) if fragments else []
    counted = dict(next(rows)) if ready.everybody else {}
    shelves = store.shelves(next(rows)) if places else {}
    return _Read(persons, standing, contacts, counted, shelves)


def _names(seen: Sequence[Seen]) -> dict[bytes, Sequence[bytes]]:
    """What each is asked about by → all fragments whose contacts are hers."""
    return {each.fragment: each.hers for each in seen if each.fragment is not None}


def _statements(
    round_: Round, ready: Prepared, fragments: Sequence[bytes], places: store.Places
) -> list[Bound]:
    """In the order in which they are run: whom others decide for right now is waited for first."""
    present = moment_of(round_.now, round_.rules.time_zone)
    live = [asked for each, asked in zip(round_.wanted, round_.asked, strict=True) if each.live]
    waited = [each for asked in live for each in asked.fragments]
    asked = [store.locking(waited, ready.everybody if live else ())]
    if fragments:
        asked += [*records.asking(fragments), store.contacts_of(fragments, present)]
    if ready.everybody:
        asked.append(store.uses_of(ready.everybody, present))
    if places:
        asked.append(store.shelves_of(places, round_.now))
    return asked


def _places(round_: Round, ready: Prepared) -> store.Places:
    """Of which products pieces and prices are asked, and where."""
    found: dict[str | None, set[str]] = {}
    for each in round_.wanted:
        skus = ready.menus[each.request.placement].skus
        if skus:
            found.setdefault(each.store, set()).update(skus)
    return {place: sorted(skus) for place, skus in found.items()}


def _predictions(session: Session, seen: Sequence[Seen]) -> dict[bytes, dict[str, Prediction]]:
    """What models predict of those whose whole record may be used; of nothing sensitive."""
    ids = {each for who in seen if who.only is None for each in who.hers}
    return predictions(session, sorted(ids)) if ids else {}


# ── one question ─────────────────────────────────────────────────────────────


def _case(wanted: Wanted, who: tuple[Seen, Sequence[Event]], round_: Round, found: _Found) -> Case:
    (seen, said), request, rules = who, wanted.request, round_.rules
    moment = found.present if wanted.at is None else moment_of(wanted.at, rules.time_zone)
    menu = found.ready.menus[request.placement]
    ready, place = found.ready, request.placement
    look = Look(rules, moment.at, ready.needs_at[place], only=seen.only)
    look = look._replace(attributes=ready.attributes_at[place], plan=found.plan)
    hers = fresh.of_hers(said, seen) if said else {}
    face = _face(seen, hers, look, found.standing)
    ask = Ask(
        placement=request.placement,
        moment=moment,
        locale=_text(request.context.get("locale")),
        store=wanted.store,
        limit=request.limit,
    )
    known = _known(wanted, (seen, face), (menu, moment), (rules, found))
    if hers:
        known = msgspec.structs.replace(known, contacts=fresh.heard(known.contacts, hers))
    return Case(wanted, menu, moment, seen, face, ask, known)


def _face(seen: Seen, hers: fresh.Fresh, look: Look, standing: Standing) -> Face:
    """Of somebody of whom nothing is recorded, what was said just now is all there is."""
    parts = seen.parts
    if hers:
        look = fresh.judging(look._replace(fresh=hers), standing, COMPLAINT)
        if parts is None and seen.fragment is not None:
            parts = fresh.nobody_yet(seen.fragment, standing)
    return NOBODY if parts is None else facing.face(parts, look)


def _known(
    wanted: Wanted, who: tuple[Seen, Face], where: tuple[Menu, Moment], from_: tuple[Rules, _Found]
) -> Known:
    (seen, face), (menu, moment), (rules, found) = who, where, from_
    known, placement = seen.identity == "certain", menu.placement
    facts = _facts(wanted, who, where, from_)
    granted = facing.purposes_granted(facts, rules, placement.touchpoint)
    history = store.UNMET if seen.fragment is None else found.told.get(seen.fragment, store.UNMET)
    shelf = found.shelves.get(wanted.store, store.EMPTY) if menu.skus else store.EMPTY
    personal = PERSONALISATION in granted
    return Known(
        identity=seen.identity,
        facts=facts,
        granted=granted,
        told=known and personal and placement.tells,
        clock=clock_of(moment.at, placement, (face.attributes.get(ZONE), face.zone, rules.time_zone)),
        complaint=COMPLAINT in facts.inside,
        contacts=history.contacts,
        everybody=found.everybody,
        stock=shelf.stock,
        prices=shelf.prices,
        sensitive=shelf.sensitive if placement.seen_by == "many" else frozenset(),
        held=history.held,
        features=_features(moment, face, known=known, personal=personal),
    )


def _facts(
    wanted: Wanted, who: tuple[Seen, Face], where: tuple[Menu, Moment], from_: tuple[Rules, _Found]
) -> Facts:
    """What conditions may ask: her record, the moment and the basket, with what the question supposes."""
    (seen, face), (menu, moment), (rules, found) = who, where, from_
    known, whole = seen.identity == "certain", seen.only is None
    facts = msgspec.structs.replace(
        face.facts,
        context=context_of(
            wanted.request.context, menu.placement, moment, known=known, asked=found.ready.context
        ),
        basket=wanted.basket.facts(),
        predictions=newest(found.predictions, seen.hers) if found.predictions and whole else {},
    )
    return supposed(facts, wanted.request, rules)


def _features(moment: Moment, face: Face, *, known: bool, personal: bool) -> tuple[float, ...]:
    """What acceptance is foretold by; without her consent nothing of it is hers."""
    orders, days = (face.orders, face.days_since_order) if personal else (0, None)
    return features_of(moment, known=known and personal, orders=orders, days_since=days)


def _text(value: Any) -> str | None:
    return value[:500] if isinstance(value, str) and value else None
