"""Dead letters: looked at, mended, and replayed once.

A letter is replayed as what it would have been: received when it was received, from the source it came
from. Its log entry and the note that it was replayed commit together; its message id is remembered for
ever besides, so that no second replay, here or from a restored backup, applies it twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from segue import flow
from segue.adapters.postgres.log import PostgresLog
from segue.app.audit import record_act
from segue.collect.admit import Admission, admission
from segue.domain.drafts import Draft, Sender, Unreadable
from segue.domain.events import DeadLetter, Event
from segue.domain.order import rfc3339
from segue.domain.repair import repair_text
from segue.domain.rules import Rules
from segue.errors import ConflictError, InvalidInputError, NotFoundError
from segue.ports.clock import Clock
from segue.ports.database import Database, Session
from segue.ports.log import NewEntry
from segue.ports.statements import statements
from segue.sources.segment.wire import read_body

_SQL = statements("segue.app", "deadletters.sql")
_AT_ONCE = 500


class Letter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A dead letter, as the API and the command line show it."""

    dead_letter_id: str
    source: str
    #: RFC 3339
    received_at: str
    reason: str
    detail: str
    #: the event alone, as text
    raw: str
    #: RFC 3339; left out until it was
    replayed_at: str | None = None


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """What replaying did."""

    #: ids of the letters that are events now
    replayed: list[str]
    #: id → why it still cannot be admitted
    refused: dict[str, str]


def list_letters(session: Session, *, limit: int = 100, after: str | None = None) -> list[Letter]:
    """Those not replayed yet, newest first; ``after`` is the id of the last one already seen."""
    rows = session.fetch(_SQL["listed"], limit=limit, after=after or "")
    return [_letter(row) for row in rows]


def read_letter(session: Session, letter_id: str) -> Letter:
    """One letter. NotFoundError."""
    rows = session.fetch(_SQL["one"], id=letter_id)
    if not rows:
        raise NotFoundError(f"no dead letter {letter_id[:80]!r}", cure="`segue deadletters list` shows them")
    return _letter(rows[0])


def _letter(row: tuple[Any, ...]) -> Letter:
    letter_id, source, received_at, reason, detail, raw, replayed = row
    return Letter(
        dead_letter_id=letter_id,
        source=source,
        received_at=rfc3339(received_at),
        reason=reason,
        detail=detail,
        raw=bytes(raw).decode("utf-8", "replace"),
        replayed_at=None if replayed is None else rfc3339(replayed),
    )


class DeadLetters:
    """Mending and replaying, for an installation's database, log, rules and secret."""

    def __init__(
        self, database: Database, log: PostgresLog, clock: Clock, *, rules: Rules, secret: bytes
    ) -> None:
        self._database = database
        self._log = log
        self._clock = clock
        self._admission: Admission = admission(rules, secret)

    def mend(self, letter_id: str, raw: str, *, actor: str) -> Letter:
        """Replace a letter's text, before it is replayed.

        NotFoundError; InvalidInputError when the text is no JSON object; ConflictError when it was
        replayed already.
        """
        text = repair_text(raw)
        draft = _draft(text.encode(), letter_id)
        named: tuple[bytes, ...] = ()
        with self._database.transaction() as session:
            before = read_letter(session, letter_id)
            if isinstance(draft, Draft):
                named = self._admission.recognised(draft, Sender(source=before.source, trusted=False))
            touched = session.execute(_SQL["mend"], id=letter_id, raw=text.encode(), fragment_ids=list(named))
            if not touched:
                raise ConflictError("that letter was replayed already", cure="send a new event instead")
            now = self._clock.now()
            record_act(session, at=now, actor=actor, act="dead letter mended", subject=letter_id)
            return read_letter(session, letter_id)

    def replay(self, ids: Sequence[str] | None = None, *, actor: str) -> Replay:
        """Replay these letters, or all that wait; those that still cannot be admitted stay.

        NotFoundError when one of ``ids`` does not exist, ConflictError when it was replayed already.
        """
        if ids is not None:
            self._check(ids)
        done = Replay(replayed=[], refused={})
        after: str | None = ""
        while after is not None:
            with self._database.transaction() as session:
                after = self._replay_some(session, ids, after, done, actor)
        return done

    def _check(self, ids: Sequence[str]) -> None:
        with self._database.transaction(read_only=True) as session:
            for letter_id in ids:
                if read_letter(session, letter_id).replayed_at is not None:
                    raise ConflictError(f"{letter_id} was replayed already", cure="send a new event instead")

    def _replay_some(
        self, session: Session, ids: Sequence[str] | None, after: str, done: Replay, actor: str
    ) -> str | None:
        """The next few letters in one transaction; answers where to go on, None at the end."""
        wanted = None if ids is None else list(ids)
        rows = session.fetch(_SQL["waiting"], ids=wanted, after=after, limit=_AT_ONCE)
        now = self._clock.now()
        entries: list[NewEntry] = []
        settled: list[str] = []
        for letter_id, source, received_at, raw, trusted in rows:
            sender = Sender(source=source, trusted=trusted)
            admitted = self._admission.admit(_draft_or_not(bytes(raw), letter_id), sender, received_at)
            if isinstance(admitted, DeadLetter):
                done.refused[letter_id] = admitted.detail
                continue
            settled.append(letter_id)
            if isinstance(admitted, Event):
                entries.append(flow.entry_of(admitted, now))
        if settled:
            self._log.append_within(session, entries)
            session.execute(_SQL["replayed"], ids=settled, at=now)
            for letter_id in settled:
                record_act(session, at=now, actor=actor, act="dead letter replayed", subject=letter_id)
            done.replayed.extend(settled)
        return str(rows[-1][0]) if len(rows) == _AT_ONCE else None


def _draft(raw: bytes, letter_id: str) -> Draft | Unreadable:
    """The letter's event; InvalidInputError when it is no JSON object."""
    [item] = read_body(raw, "event").items
    if isinstance(item, Unreadable):
        return item
    message_id = item.message_id if item.message_id not in (None, "") else letter_id
    return msgspec.structs.replace(item, message_id=message_id, remember="ever")


def _draft_or_not(raw: bytes, letter_id: str) -> Draft | Unreadable:
    try:
        return _draft(raw, letter_id)
    except InvalidInputError as error:
        return Unreadable(reason="malformed_json", detail=error.message, raw=raw)
