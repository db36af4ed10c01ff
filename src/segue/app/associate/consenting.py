"""What she says yes or no to at the counter: recorded as said, with who heard it and what she was asked.

A statement is an ordinary ``Consent Granted`` or ``Consent Withdrawn``. It holds for the tablet as soon as it
is durable: what the loop has not reached yet is read from the log (:func:`heard`), and comes with the
question for the next best.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from segue.app.associate.brief import CHANNEL, PURPOSE
from segue.app.associate.telling import SOURCE, Saying, Telling, Told, place_of
from segue.app.associate.views import BriefAgreement, ConsentRecorded
from segue.app.audit import record_act
from segue.app.installation import Installation
from segue.domain.access import Caller
from segue.domain.order import rfc3339
from segue.domain.rules import Purposes
from segue.enrich.consent import ANY
from segue.enrich.record import ConsentPart, GoldenRecord
from segue.errors import InvalidInputError
from segue.ports.statements import statements

GRANTED: Final = "Consent Granted"
WITHDRAWN: Final = "Consent Withdrawn"
STATEMENTS: Final = frozenset((GRANTED, WITHDRAWN))

HERS_TO_SAY: Final = frozenset(("consent", "legitimate_interest"))
"""Bases of purposes that she may agree or object to; what a contract or the law needs is not asked."""

_SQL = statements("segue.app.associate", "associate.sql")


class NewStatement(msgspec.Struct, frozen=True, kw_only=True):
    """What she said."""

    person_id: str
    granted: bool
    purpose: str = PURPOSE
    channel: str | None = CHANNEL
    #: what she was asked, as she heard or read it
    wording: str = ""
    #: language of the wording
    locale: str | None = None
    store: str | None = None
    #: given by the tablet, so that sending it again records it once
    statement_id: str | None = None


def askable(purposes: Purposes) -> list[tuple[str, str | None]]:
    """Purposes and channels that she can be asked about; what the tablet itself needs comes first."""
    found: dict[tuple[str, str | None], None] = {(PURPOSE, CHANNEL): None}
    for name, purpose in purposes.purposes.items():
        if purpose.basis in HERS_TO_SAY:
            found.update(dict.fromkeys((name, channel) for channel in purpose.channels or (None,)))
    return list(found)


def heard(record: GoldenRecord, told: Iterable[Told]) -> GoldenRecord:
    """The record with statements of the staff (newest first) that the loop has not reached yet."""
    consent = {purpose: dict(channels) for purpose, channels in record.consent.items()}
    for event in unheard(record, told):
        purpose, channel = about(event)
        said = ConsentPart(
            state="granted" if event["event"] == GRANTED else "denied", at=event["timestamp"], source=SOURCE
        )
        consent.setdefault(purpose, {})[channel or ANY] = said
    return msgspec.structs.replace(record, consent=consent)


def unheard(record: GoldenRecord, told: Iterable[Told]) -> list[Told]:
    """The last word of the staff on each purpose and channel, where the record does not know it yet."""
    known = record.consent
    return [
        event
        for (purpose, channel), event in _last_words(told).items()
        if (word := known.get(purpose, {}).get(channel or ANY)) is None or _newer(event, word)
    ]


def _last_words(told: Iterable[Told]) -> dict[tuple[str, str | None], Told]:
    last: dict[tuple[str, str | None], Told] = {}
    for event in told:
        if event["event"] in STATEMENTS:
            last.setdefault(about(event), event)
    return last


def _newer(event: Told, word: ConsentPart) -> bool:
    """Of two words of one moment the later one of the staff holds, and otherwise a no."""
    when, known = datetime.fromisoformat(event["timestamp"]), datetime.fromisoformat(word.at)
    return when > known or (when == known and (word.source == SOURCE or event["event"] == WITHDRAWN))


def about(event: Told) -> tuple[str, str | None]:
    """Purpose and channel of a statement."""
    said = event["properties"]
    channel = said.get("channel")
    return str(said.get("purpose")), channel if isinstance(channel, str) else None


def as_sent(event: Told, named: tuple[str, str]) -> dict[str, Any]:
    """A statement as it comes with a question: by its message id it counts once."""
    kind, value = named
    keys = {"user_id": "userId", "anonymous_id": "anonymousId"}
    context: dict[str, Any] = {"channel": SOURCE, "active": False}
    sent = {
        "type": "track",
        "event": event["event"],
        "messageId": event["message_id"],
        "timestamp": event["timestamp"],
        "properties": event["properties"],
        "context": context,
    }
    if kind in keys:
        return {**sent, keys[kind]: value}
    context["externalIds"] = [{"id": value, "type": kind, "collection": "users", "encoding": "none"}]
    return sent


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """Names that the statements of the staff are shown with."""

    #: actor → how a user is called now
    names: Mapping[str | None, str]
    #: store → name
    stores: Mapping[str, str | None]


def agreements(
    record: GoldenRecord, purposes: Purposes, told: Sequence[Told], known: Heard
) -> list[BriefAgreement]:
    """What she can be asked about and what she said, with who heard it where that was one of the staff."""
    last = _last_words(told)
    return [_agreement(record, each, last.get(each), known) for each in askable(purposes)]


def _agreement(
    record: GoldenRecord, asked: tuple[str, str | None], event: Told | None, known: Heard
) -> BriefAgreement:
    purpose, channel = asked
    channels = record.consent.get(purpose, {})
    word = channels.get(channel or ANY) or channels.get(ANY)
    ours = event if word is not None and word.source == SOURCE else None
    place = None if ours is None else place_of(ours)
    return BriefAgreement(
        purpose=purpose,
        channel=channel,
        state="unstated" if word is None else word.state,
        at=None if word is None else word.at,
        by=None if ours is None else known.names.get(ours["properties"].get("author")),
        store=None if place is None else known.stores.get(place) or place,
    )


class Consenting:
    """One process's share. Safe to share between threads."""

    def __init__(
        self, installation: Installation, telling: Telling, new_id: Callable[[], str] | None = None
    ) -> None:
        self._installation = installation
        self._telling = telling
        self._new_id = new_id or (lambda: secrets.token_hex(12))

    def record(self, new: NewStatement, caller: Caller) -> ConsentRecorded:
        """Record what she said; durable when this returns.

        NotFoundError; InvalidInputError for what she cannot be asked about, and for a yes without the words
        that she said yes to; ConflictError where the rules keep no such events.
        """
        self._check(new)
        hers = self._telling.find(new.person_id)
        named = self._name_of(new.store) or new.store
        said: dict[str, Any] = {
            "purpose": new.purpose,
            "channel": new.channel,
            "wording": new.wording.strip(),
            "locale": new.locale,
            "author": caller.actor,
            "proof": f"said to {caller.name}" + (f" at {named}" if named else ""),
        }
        event = self._telling.tell(
            Saying(
                GRANTED if new.granted else WITHDRAWN,
                f"consent-{new.statement_id or self._new_id()}",
                hers.best,
                {name: value for name, value in said.items() if value},
                new.store,
            )
        )
        state: Literal["granted", "denied"] = "granted" if new.granted else "denied"
        detail = {"purpose": new.purpose, "channel": new.channel or ANY, "state": state}
        with self._installation.database.transaction() as session:
            record_act(
                session, at=event.received_at, actor=caller.actor, act="consent recorded",
                subject=hers.record.person_id, detail=detail,
            )  # fmt: skip
        agreement = BriefAgreement(
            purpose=new.purpose,
            channel=new.channel,
            state=state,
            at=rfc3339(event.timestamp),
            by=caller.name,
            store=named,
        )
        return ConsentRecorded(agreement=agreement)

    def _check(self, new: NewStatement) -> None:
        known = askable(self._installation.rules().purposes)
        if (new.purpose, new.channel) not in known:
            listed = ", ".join(f"{purpose}/{channel or ANY}" for purpose, channel in known)
            raise InvalidInputError(
                f"nobody is asked about {new.purpose[:80]!r} in the channel {(new.channel or ANY)[:80]!r}",
                cure=f"purposes.yaml has {listed}",
            )
        if new.granted and not new.wording.strip():
            raise InvalidInputError(
                "a yes needs the words that she said yes to", cure="send what she was asked as wording"
            )

    def _name_of(self, place: str | None) -> str | None:
        if place is None:
            return None
        with self._installation.database.transaction(read_only=True) as session:
            rows = session.fetch(_SQL["stores"], stores=[place])
        return rows[0][1] if rows else None
