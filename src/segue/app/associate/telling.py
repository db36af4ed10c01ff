"""What the staff tell of a customer: ordinary events of the trusted source ``associate``.

They are admitted as the collector admits them: they stand on her timeline, are exported and erased with her,
and nothing else keeps them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from segue import flow
from segue.adapters.postgres.space import SpaceGuard
from segue.app.installation import Installation
from segue.app.intake import ensure_source
from segue.app.lake import lake_of
from segue.archive.rows import lake_rows
from segue.archive.timeline import Filters
from segue.collect.admit import admit
from segue.collect.consent import IDENTIFIERS_STRIPPED
from segue.domain.drafts import Draft, Sender
from segue.domain.events import Event
from segue.domain.identifiers import parse_id
from segue.enrich import store
from segue.enrich.record import GoldenRecord
from segue.errors import ConflictError, InvalidInputError, NotFoundError
from segue.ports.database import Session
from segue.ports.log import Entry
from segue.ports.statements import statements
from segue.resolve import reading

SOURCE: Final = "associate"

_SQL = statements("segue.app.associate", "associate.sql")

Told = Mapping[str, Any]
"""One event in the shape of :func:`segue.archive.timeline.event_json`."""


class Hers(NamedTuple):
    """Somebody, as far as events about her need it."""

    record: GoldenRecord
    #: kind and value of her best identifier; None: she has none any more
    best: tuple[str, str] | None
    fragments: list[bytes]


class Saying(NamedTuple):
    """Something to be told of her."""

    name: str
    message_id: str
    #: her identifier
    named: tuple[str, str] | None
    properties: Mapping[str, Any]
    #: store
    place: str | None


class Telling:
    """One process's share. Safe to share between threads."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._lake = lake_of(installation)
        self._space = SpaceGuard(installation.data, installation.settings.disk_floor_mb)

    def whose(self, session: Session, any_id: str) -> Hers:
        """Whoever has, or ever had, this id; NotFoundError."""
        rules, now = self._installation.rules(), self._installation.clock.now()
        try:
            wanted = parse_id(any_id)
        except InvalidInputError:
            raise nobody() from None
        record = store.read_record(session, wanted, rules=rules, now=now)
        if record is None:
            raise nobody()
        kinds = rules.identity.kinds
        named = [each for each in record.identifiers if each.kind in kinds]
        best = min(named, key=lambda each: (kinds[each.kind].priority, each.first_seen), default=None)
        rows = reading.fragments_of(session, bytes.fromhex(record.person_id))
        return Hers(
            record, None if best is None else (best.kind, best.value), [row.fragment_id for row in rows]
        )

    def find(self, any_id: str) -> Hers:
        """:meth:`whose`, in a transaction of its own."""
        with self._installation.database.transaction(read_only=True) as session:
            return self.whose(session, any_id)

    def told(self, hers: Hers, names: Collection[str], limit: int) -> Sequence[Told]:
        """What the staff told of her under these names, newest first; also what the loop has not reached."""
        # what waits is read first: applied in between, an event is found twice, and never not at all
        with self._installation.database.transaction(read_only=True) as session:
            rows = session.fetch(_SQL["waiting"], fragment_ids=hers.fragments)
        waiting = lake_rows([Entry(*row) for row in rows], set(), {})
        only = Filters(sources=frozenset((SOURCE,)), events=frozenset(names))
        found = self._lake.timeline(hers.fragments, limit=limit, only=only, beside=lambda *_: waiting)
        return found.events

    def tell(self, saying: Saying) -> Event:
        """One event through the collector's own admission, durable when this returns.

        ConflictError where she has no identifier left, and where the rules keep no such events.
        """
        house = self._installation
        if saying.named is None:
            raise ConflictError("she has no identifier left", cure="find her by one, and try again")
        self._space.check()
        now = house.clock.now()
        event = admit(_draft(saying), Sender(source=SOURCE, trusted=True), house.rules(), house.secret, now)
        if not isinstance(event, Event) or IDENTIFIERS_STRIPPED in event.marks:
            raise ConflictError(
                f"the rules of this shop keep no {saying.name!r} of the source {SOURCE!r}",
                cure="allow it in plan.yaml, and do not strip or drop it in purposes.yaml",
            )
        ensure_source(house, SOURCE, trusted=True, dialect="segment")
        house.log.append([flow.entry_of(event, now)], [])
        return event


def _draft(saying: Saying) -> Draft:
    location = {"location": {"store_id": saying.place}} if saying.place else {}
    return Draft(
        type="track",
        event=saying.name,
        message_id=saying.message_id,
        identifiers=(saying.named,) if saying.named else (),
        properties=dict(saying.properties),
        # it is the staff who act: she has not been seen because of it
        context={"channel": SOURCE, "active": False, **location},
    )


def place_of(event: Told) -> str | None:
    """The store at which something was told."""
    location = event["context"].get("location")
    store_id = location.get("store_id") if isinstance(location, dict) else None
    return store_id if isinstance(store_id, str) else None


def nobody() -> NotFoundError:
    """Nobody has the id."""
    return NotFoundError("there is no such customer", cure="find her by a name, a card or an address")
