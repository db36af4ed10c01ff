"""What a tablet beside a customer asks and tells: her brief, notes about her, what became of a suggestion.

Notes and outcomes are ordinary events of the trusted source ``associate``, admitted as the collector admits
them: they stand on her timeline, are exported and erased with her, and nothing else keeps them. A note's text
is personal data: it is in no log, no audit entry and no error.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import msgspec

from segue import flow
from segue.adapters.postgres.space import SpaceGuard
from segue.app.associate import behaviour
from segue.app.associate.behaviour import WANTED
from segue.app.associate.brief import Beside, Product, brief_of, consent_of, looked_at
from segue.app.associate.views import (
    About,
    Brief,
    BriefNote,
    Desk,
    NoteAdded,
    Outcome,
    OutcomeRecorded,
)
from segue.app.audit import record_act
from segue.app.catalogue import Catalogue
from segue.app.deciding import desk as deciding
from segue.app.deciding.answers import DecisionAnswer
from segue.app.deciding.asking import DecisionRequest
from segue.app.deciding.facing import Asker
from segue.app.installation import Installation
from segue.app.intake import ensure_source
from segue.app.lake import lake_of
from segue.archive.timeline import Filters
from segue.collect.admit import admit
from segue.collect.consent import IDENTIFIERS_STRIPPED
from segue.domain.access import Caller
from segue.domain.actions import Placement
from segue.domain.drafts import Draft, Sender
from segue.domain.events import Event
from segue.domain.identifiers import parse_id
from segue.domain.order import rfc3339
from segue.enrich import store
from segue.enrich.money import decimal_text
from segue.enrich.record import GoldenRecord
from segue.errors import ConflictError, InvalidInputError, NotFoundError
from segue.ports.database import Session
from segue.ports.statements import statements
from segue.resolve import reading

SOURCE: Final = "associate"
NOTE: Final = "Note Added"
OUTCOMES: Final[Mapping[Outcome, str]] = {"accepted": "Action Accepted", "dismissed": "Action Dismissed"}
SUGGESTED: Final = 3
MOST_EVENTS: Final = 400
MOST_NOTES: Final = 20
SHOWN_NOTES: Final = 8

_SQL = statements("segue.app.associate", "associate.sql")


class NewNote(msgspec.Struct, frozen=True, kw_only=True):
    """A note to be kept."""

    person_id: str
    text: str
    about: About = "service"
    store: str | None = None
    #: given by the tablet, so that sending it again keeps it once
    note_id: str | None = None


class NewOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a suggestion."""

    decision_id: str
    slot: int
    outcome: Outcome
    store: str | None = None


class _Hers(NamedTuple):
    """Somebody, as far as events about her need it."""

    record: GoldenRecord
    #: kind and value of her best identifier; None: she has none any more
    best: tuple[str, str] | None


class Assisting:
    """One process's share. Safe to share between threads and event loops."""

    def __init__(
        self, installation: Installation, desk: deciding.Desk, new_id: Callable[[], str] | None = None
    ) -> None:
        self._installation = installation
        self._desk = desk
        self._lake = lake_of(installation)
        self._space = SpaceGuard(installation.data, installation.settings.disk_floor_mb)
        self._new_id = new_id or (lambda: secrets.token_hex(12))

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

    async def brief(self, any_id: str, place: str | None, locale: str | None) -> Brief:
        """Her brief with the next best; NotFoundError when nobody has the id."""
        brief, best = await asyncio.to_thread(self._read, any_id, place)
        suggestions = await self._suggest(best, place, locale)
        return msgspec.structs.replace(brief, suggestions=suggestions)

    async def _suggest(
        self, best: tuple[str, str] | None, place: str | None, locale: str | None
    ) -> DecisionAnswer | None:
        placement = self._placement()
        if placement is None:
            return None
        context = {name: value for name, value in (("store", place), ("locale", locale)) if value}
        request = DecisionRequest(
            placement=placement.name,
            identifiers={} if best is None else {best[0]: best[1]},
            context=context,
            limit=min(SUGGESTED, placement.slots),
        )
        return await self._desk.ask(request, Asker(trusted=True))

    def _placement(self) -> Placement | None:
        """The first placement of the touchpoint; the one of its own name before others."""
        found = [each for each in self._installation.rules().placements if each.touchpoint == "associate"]
        return min(found, key=lambda each: (each.name != "associate", each.name), default=None)

    def _read(self, any_id: str, place: str | None) -> tuple[Brief, tuple[str, str] | None]:
        house = self._installation
        rules, now = house.rules(), house.clock.now()
        with house.database.transaction(read_only=True) as session:
            hers = self._hers(session, any_id)
            fragments = [
                row.fragment_id for row in reading.fragments_of(session, bytes.fromhex(hers.record.person_id))
            ]
        events = self._lake.timeline(fragments, limit=MOST_EVENTS, only=Filters(events=WANTED)).events
        noted = Filters(sources=frozenset((SOURCE,)), events=frozenset((NOTE,)))
        notes = self._lake.timeline(fragments, limit=MOST_NOTES, only=noted).events
        with house.database.transaction(read_only=True) as session:
            beside = _beside(session, hers.record, _Timed(events, notes), place=place, now=now)
        return brief_of(hers.record, rules.purposes, beside), hers.best

    def _hers(self, session: Session, any_id: str) -> _Hers:
        rules, now = self._installation.rules(), self._installation.clock.now()
        try:
            wanted = parse_id(any_id)
        except InvalidInputError:
            raise _nobody() from None
        record = store.read_record(session, wanted, rules=rules, now=now)
        if record is None:
            raise _nobody()
        kinds = rules.identity.kinds
        named = [each for each in record.identifiers if each.kind in kinds]
        best = min(named, key=lambda each: (kinds[each.kind].priority, each.first_seen), default=None)
        return _Hers(record, None if best is None else (best.kind, best.value))

    # ── telling ───────────────────────────────────────────────────────────────

    def add_note(self, new: NewNote, caller: Caller) -> NoteAdded:
        """Keep a note about her.

        NotFoundError; InvalidInputError for an empty one; ConflictError for a preference of somebody who does
        not agree to its use, and where the rules keep no such events.
        """
        house, text = self._installation, new.text.strip()
        if not text:
            raise InvalidInputError("the note is empty", cure="write what a colleague should know")
        with house.database.transaction(read_only=True) as session:
            hers = self._hers(session, new.person_id)
        if new.about == "preference" and not consent_of(hers.record, house.rules().purposes).personal:
            raise ConflictError(
                "she has not agreed that the staff use what she likes",
                cure="ask her and record her consent, or keep it as a note about service",
            )
        note_id = new.note_id or self._new_id()
        properties = {"text": text, "about": new.about, "author": caller.actor}
        event = self._tell(NOTE, f"note-{note_id}", hers.best, properties, new.store)
        with house.database.transaction() as session:
            record_act(
                session, at=event.received_at, actor=caller.actor, act="note added",
                subject=hers.record.person_id, detail={"about": new.about},
            )  # fmt: skip
        note = BriefNote(
            note_id=note_id, at=rfc3339(event.timestamp), text=text, about=new.about, by=caller.name,
            store=new.store,
        )  # fmt: skip
        return NoteAdded(note=note)

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
        self._tell(OUTCOMES[new.outcome], message, named, properties, new.store)
        return OutcomeRecorded(decision_id=decision.hex(), slot=new.slot, action=action, outcome=new.outcome)

    def _best_of(self, session: Session, fragment: bytes) -> tuple[str, str] | None:
        try:
            return self._hers(session, fragment.hex()).best
        except NotFoundError:  # erased since, or a device that nobody owns
            return None

    def _tell(
        self,
        name: str,
        message_id: str,
        named: tuple[str, str] | None,
        properties: Mapping[str, Any],
        place: str | None,
    ) -> Event:
        """One event through the collector's own admission, durable when this returns."""
        house = self._installation
        if named is None:
            raise ConflictError("she has no identifier left", cure="find her by one, and try again")
        self._space.check()
        now = house.clock.now()
        draft = Draft(
            type="track",
            event=name,
            message_id=message_id,
            identifiers=(named,),
            properties=dict(properties),
            # it is the staff who act: she has not been seen because of it
            context={
                "channel": SOURCE, "active": False, **({"location": {"store_id": place}} if place else {})
            },
        )  # fmt: skip
        event = admit(draft, Sender(source=SOURCE, trusted=True), house.rules(), house.secret, now)
        if not isinstance(event, Event) or IDENTIFIERS_STRIPPED in event.marks:
            raise ConflictError(
                f"the rules of this shop keep no {name!r} of the source {SOURCE!r}",
                cure="allow it in plan.yaml, and do not strip or drop it in purposes.yaml",
            )
        ensure_source(house, SOURCE, trusted=True, dialect="segment")
        house.log.append([flow.entry_of(event, now)], [])
        return event


class _Timed(NamedTuple):
    """What the timeline told, newest first."""

    events: Sequence[Mapping[str, Any]]
    notes: Sequence[Mapping[str, Any]]


def _beside(session: Session, record: GoldenRecord, told: _Timed, *, place: str | None, now: int) -> Beside:
    """What else a brief is made of, looked up."""
    moment = datetime.fromtimestamp(now / 1_000_000, UTC)
    skus = behaviour.skus_of(looked_at(told.events, moment))
    categories = [each.value for each in record.favourites.get("category", [])]
    categories += [category for category, _ in behaviour.sizes_bought(told.events)]
    places = [each.value for each in record.favourites.get("store", [])]
    places += [order.store for order in record.orders.recent if order.store]
    rows = session.fetch(_SQL["products"], skus=skus, store=place) if skus else []
    return Beside(
        events=told.events,
        notes=_notes(session, told.notes),
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


def _notes(session: Session, events: Sequence[Mapping[str, Any]]) -> list[BriefNote]:
    """Newest first; whoever wrote one is named as users are called now."""
    actors = sorted({str(event["properties"].get("author")) for event in events})
    names = dict(session.fetch(_SQL["authors"], actors=actors)) if actors else {}
    found = []
    for event in events:
        said = event["properties"]
        text, author = said.get("text"), said.get("author")
        if not isinstance(text, str):
            continue
        location = event["context"].get("location")
        found.append(
            BriefNote(
                note_id=str(event["message_id"]).removeprefix("note-"),
                at=event["timestamp"],
                text=text,
                about="preference" if said.get("about") == "preference" else "service",
                by=names.get(author),
                store=location.get("store_id") if isinstance(location, dict) else None,
            )
        )
    return found[:SHOWN_NOTES]


def _nobody() -> NotFoundError:
    return NotFoundError("there is no such customer", cure="find her by a name, a card or an address")
