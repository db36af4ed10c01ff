"""What a tablet beside a customer asks and tells: her brief, her consent, notes, what became of a suggestion.

What is told are ordinary events of hers (:mod:`segue.app.associate.telling`), so that a brief is made of her
record and her events alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import msgspec

from segue.app.associate import behaviour
from segue.app.associate.behaviour import WANTED
from segue.app.associate.brief import Beside, Product, brief_of, looked_at
from segue.app.associate.consenting import (
    STATEMENTS,
    Consenting,
    Heard,
    agreements,
    as_sent,
    heard,
    unheard,
)
from segue.app.associate.notes import NOTES, Notes, folded, names_of, shown
from segue.app.associate.telling import SOURCE, Hers, Saying, Telling, Told, place_of
from segue.app.associate.views import Brief, Desk, Outcome, OutcomeRecorded
from segue.app.catalogue import Catalogue
from segue.app.deciding import desk as deciding
from segue.app.deciding.answers import DecisionAnswer
from segue.app.deciding.asking import DecisionRequest
from segue.app.deciding.facing import Asker
from segue.app.installation import Installation
from segue.app.lake import lake_of
from segue.archive.timeline import Filters
from segue.domain.access import Caller
from segue.domain.actions import Placement
from segue.enrich.money import decimal_text
from segue.enrich.record import GoldenRecord
from segue.errors import NotFoundError
from segue.ports.database import Session
from segue.ports.statements import statements

OUTCOMES: Final[Mapping[Outcome, str]] = {"accepted": "Action Accepted", "dismissed": "Action Dismissed"}
SUGGESTED: Final = 3
MOST_EVENTS: Final = 400
MOST_TOLD: Final = 100
"""Notes with their corrections, and statements about consent, that a brief looks at: the newest."""
SHOWN_NOTES: Final = 8
MOST_FRESH: Final = 16
"""Statements that come with a question."""

_SQL = statements("segue.app.associate", "associate.sql")


class NewOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a suggestion."""

    decision_id: str
    slot: int
    outcome: Outcome
    store: str | None = None


class _Read(NamedTuple):
    """A brief without suggestions, and what the question for them needs."""

    brief: Brief
    hers: Hers
    #: statements about consent that the loop has not reached yet, as they come with a question
    fresh: list[dict[str, Any]]


class Assisting:
    """One process's share. Safe to share between threads and event loops."""

    def __init__(self, installation: Installation, desk: deciding.Desk) -> None:
        self._installation = installation
        self._desk = desk
        self._lake = lake_of(installation)
        self._telling = Telling(installation)
        self.notes = Notes(installation, self._telling)
        self.consenting = Consenting(installation, self._telling)

    # ── reading ───────────────────────────────────────────────────────────────

    def desk(self, caller: Caller) -> Desk:
        """What the tablet needs before anybody is in front of it."""
        placement = self._placement()
        catalogue = Catalogue(self._installation.database, self._installation.clock)
        return Desk(
            name=caller.name,
            placement=None if placement is None else placement.name,
            stores=catalogue.stores(),
        )

    async def brief(self, any_id: str, place: str | None, locale: str | None, caller: Caller) -> Brief:
        """Her brief with the next best, as the caller sees it; NotFoundError when nobody has the id."""
        read = await asyncio.to_thread(self._read, any_id, place, caller)
        suggestions = await self._suggest(read, place, locale)
        return msgspec.structs.replace(read.brief, suggestions=suggestions)

    async def _suggest(self, read: _Read, place: str | None, locale: str | None) -> DecisionAnswer | None:
        placement, best = self._placement(), read.hers.best
        if placement is None:
            return None
        context = {name: value for name, value in (("store", place), ("locale", locale)) if value}
        request = DecisionRequest(
            placement=placement.name,
            identifiers={} if best is None else {best[0]: best[1]},
            context=context,
            events=read.fresh,
            limit=min(SUGGESTED, placement.slots),
        )
        return await self._desk.ask(request, Asker(trusted=True, source=SOURCE))

    def _placement(self) -> Placement | None:
        """The first placement of the touchpoint; the one of its own name before others."""
        found = [each for each in self._installation.rules().placements if each.touchpoint == "associate"]
        return min(found, key=lambda each: (each.name != "associate", each.name), default=None)

    def _read(self, any_id: str, place: str | None, caller: Caller) -> _Read:
        house = self._installation
        purposes, now = house.rules().purposes, house.clock.now()
        hers = self._telling.find(any_id)
        only = Filters(events=WANTED)
        events = self._lake.timeline(hers.fragments, limit=MOST_EVENTS, only=only).events
        notes = folded(self._telling.told(hers, NOTES, MOST_TOLD))[:SHOWN_NOTES]
        said = self._telling.told(hers, STATEMENTS, MOST_TOLD)
        record = heard(hers.record, said)
        with house.database.transaction(read_only=True) as session:
            beside = _beside(session, record, events, place=place, now=now)._replace(
                notes=shown(session, notes, caller),
                agreements=agreements(record, purposes, said, _known(session, said)),
            )
        fresh = [as_sent(each, hers.best) for each in unheard(hers.record, said)] if hers.best else []
        return _Read(brief_of(record, purposes, beside), hers, fresh[:MOST_FRESH])

    # ── telling ───────────────────────────────────────────────────────────────

    def record(self, new: NewOutcome, caller: Caller) -> OutcomeRecorded:
        """Tell what became of a suggestion; a second time counts once.

        NotFoundError where nothing was decided so.
        """
        try:
            decision = bytes.fromhex(new.decision_id)
        except ValueError:
            decision = b""
        with self._installation.database.transaction(read_only=True) as session:
            rows = session.fetch(_SQL["slot"], decision=decision, slot=new.slot)
            if not rows:
                raise NotFoundError("this was not suggested here", cure="look at the customer again")
            fragment, action = rows[0]
            best = None if fragment is None else self._best_of(session, bytes(fragment))
        # somebody unknown is called by what was decided for her, and by nothing else
        named = best or ("anonymous_id", f"visit-{decision.hex()}")
        properties = {
            "decision_id": decision.hex(), "slot": new.slot, "action": action, "author": caller.actor,
        }  # fmt: skip
        message = f"outcome-{decision.hex()}-{new.slot}-{new.outcome}"
        self._telling.tell(Saying(OUTCOMES[new.outcome], message, named, properties, new.store))
        return OutcomeRecorded(decision_id=decision.hex(), slot=new.slot, action=action, outcome=new.outcome)

    def _best_of(self, session: Session, fragment: bytes) -> tuple[str, str] | None:
        try:
            return self._telling.whose(session, fragment.hex()).best
        except NotFoundError:  # erased since, or a device that nobody owns
            return None


def _known(session: Session, said: Sequence[Told]) -> Heard:
    """Names of those to whom she said something, and of where."""
    places = sorted({place for each in said if (place := place_of(each))})
    authors = [each["properties"].get("author") for each in said]
    return Heard(
        names=names_of(session, [each for each in authors if isinstance(each, str)]),
        stores=dict(session.fetch(_SQL["stores"], stores=places)) if places else {},
    )


def _beside(
    session: Session, record: GoldenRecord, events: Sequence[Told], *, place: str | None, now: int
) -> Beside:
    """What else a brief is made of, looked up."""
    moment = datetime.fromtimestamp(now / 1_000_000, UTC)
    skus = behaviour.skus_of(looked_at(events, moment))
    categories = [each.value for each in record.favourites.get("category", [])]
    categories += [category for category, _ in behaviour.sizes_bought(events)]
    places = [each.value for each in record.favourites.get("store", [])]
    places += [order.store for order in record.orders.recent if order.store]
    rows = session.fetch(_SQL["products"], skus=skus, store=place) if skus else []
    return Beside(
        events=events,
        notes=(),
        agreements=(),
        products={row[0]: _product(row[1:]) for row in rows},
        sensitive={name for (name,) in session.fetch(_SQL["sensitive"], categories=categories)},
        stores=dict(session.fetch(_SQL["stores"], stores=places)),
        now=moment,
    )


def _product(row: Sequence[Any]) -> Product:
    name, category, brand, price, image, sensitivity, active, on_hand = row
    return Product(
        name=name,
        category=category,
        brand=brand,
        price=None if price is None else decimal_text(price),
        image=image,
        sensitive=sensitivity != "none",
        active=active,
        on_hand=on_hand,
    )
