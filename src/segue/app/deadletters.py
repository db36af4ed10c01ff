"""Dead letters: looked at, mended, and replayed once.

A letter is replayed as what it would have been: received when it was received, from the source it came
from. Its log entry and the note that it was replayed commit together; its message id is remembered for
ever besides, so that no second replay, here or from a restored backup, applies it twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

import msgspec

from segue import flow
from segue.adapters.postgres.log import PostgresLog
from segue.app.audit import record_act, record_acts
from segue.app.installation import Installation
from segue.collect.admit import Admission, admission
from segue.domain.drafts import Draft, Sender, Unreadable
from segue.domain.events import DeadLetter, Event, shown
from segue.domain.order import rfc3339
from segue.domain.repair import repair_text
from segue.domain.rules import Rules
from segue.errors import ConflictError, InvalidInputError, NotFoundError
from segue.ports.clock import Clock
from segue.ports.database import Database, Session
from segue.ports.log import NewEntry
from segue.ports.statements import statements
from segue.sources.files import line_in
from segue.sources.segment.wire import read_body

_SQL = statements("segue.app", "deadletters.sql")
_AT_ONCE = 500
"""Letters replayed in one transaction."""

A_REQUEST = 5_000
"""Letters that one request may go through: a few seconds of work."""

REFUSED_SHOWN = 100
"""Refusals that one answer names; the rest is counted."""

_STILL_A_LINE = (
    "line {1} of {0} is no event yet: mend it into one (type, event, userId, …), or correct the file and "
    "import it again"
)
_END = (1 << 62, "")


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


class Letters(msgspec.Struct, frozen=True, kw_only=True):
    """A page of dead letters that wait, newest first; ``next`` asks for the page after it."""

    letters: list[Letter]
    next: str | None


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Letters that wait for one reason from one source."""

    reason: str
    source: str
    letters: int
    #: RFC 3339
    newest_at: str
    #: what the newest of them was told
    example: str


class Reasons(msgspec.Struct, frozen=True, kw_only=True):
    """What waits to be mended, most of it first."""

    waiting: int
    reasons: list[Waiting]


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of a letter if it were replayed now."""

    admitted: bool
    #: why not, with the cure; null when it would be admitted
    detail: str | None
    #: the event it would be; null when it would not be admitted
    event: dict[str, Any] | None


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """What replaying did."""

    #: ids of the letters that are events now
    replayed: list[str]
    #: id → why it still cannot be admitted
    refused: dict[str, str]


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """What one request to replay did."""

    #: letters that are events now
    replayed: int
    #: id → why it still cannot be admitted, of the first hundred
    refused: dict[str, str]
    #: letters that still cannot be admitted
    left: int
    #: there are more than one request goes through: ask again with ``after`` set to ``next``
    more: bool
    next: str | None


class Which(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the waiting letters: None leaves open."""

    ids: Sequence[str] | None = None
    reason: str | None = None
    source: str | None = None


def read_letters(
    session: Session,
    *,
    reason: str | None = None,
    source: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Letters:
    """Those not replayed yet, newest first; ``after`` is ``next`` of the page before.

    InvalidInputError for an ``after`` that is none of ours.
    """
    moment, letter_id = _cursor(after) if after else _END
    rows = session.fetch(
        _SQL["listed"], reason=reason, source=source, moment=moment, id=letter_id, limit=limit + 1
    )
    page = rows[:limit]
    more = f"{page[-1][2]:x}-{page[-1][0]}" if len(rows) > limit else None
    return Letters(letters=[_letter(row) for row in page], next=more)


def read_reasons(session: Session) -> Reasons:
    """How many letters wait for what, from whom."""
    reasons = [
        Waiting(reason=reason, source=source, letters=letters, newest_at=rfc3339(newest), example=example)
        for reason, source, letters, newest, example in session.fetch(_SQL["reasons"])
    ]
    return Reasons(waiting=sum(each.letters for each in reasons), reasons=reasons)


def read_letter(session: Session, letter_id: str) -> Letter:
    """One letter. NotFoundError."""
    return _letter(_row(session, letter_id))


def _row(session: Session, letter_id: str) -> tuple[Any, ...]:
    rows = session.fetch(_SQL["one"], id=letter_id)
    if not rows:
        raise NotFoundError(f"no dead letter {letter_id[:80]!r}", cure="`segue deadletters list` shows them")
    return rows[0]


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


def _cursor(text: str) -> tuple[int, str]:
    moment, dash, letter_id = text.partition("-")
    try:
        if not dash or len(moment) > 15:
            raise ValueError
        return int(moment, 16), letter_id
    except ValueError:
        raise InvalidInputError(
            f"after={text[:60]!r} is no place in a list of dead letters",
            cure="send the `next` of the page before",
        ) from None


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

    def try_out(self, letter_id: str, raw: str | None = None) -> Try:
        """What would become of a letter, as it is or with another text; nothing is changed.

        NotFoundError; InvalidInputError when ``raw`` is no JSON object.
        """
        with self._database.transaction(read_only=True) as session:
            _, source, received_at, _, _, kept, _ = _row(session, letter_id)
            [(trusted,)] = session.fetch(_SQL["trusted"], source=source)
        draft = (
            _draft_or_not(bytes(kept), letter_id)
            if raw is None
            else _draft(repair_text(raw).encode(), letter_id)
        )
        admitted = self._admission.admit(draft, Sender(source=source, trusted=trusted), received_at)
        if isinstance(admitted, Event):
            return Try(admitted=True, detail=None, event=shown(admitted))
        why = "its source records nobody without consent" if admitted is None else admitted.detail
        return Try(admitted=False, detail=why, event=None)

    def replay(self, ids: Sequence[str] | None = None, *, actor: str) -> Replay:
        """Replay these letters, or all that wait; those that still cannot be admitted stay.

        NotFoundError when one of ``ids`` does not exist, ConflictError when it was replayed already.
        """
        if ids is not None:
            self._check(ids)
        done = Replay(replayed=[], refused={})
        after: str | None = ""
        while after is not None:
            after = self._replay_some(Which(ids=ids), after, _AT_ONCE, done, actor)
        return done

    def replay_portion(
        self, which: Which, *, after: str | None = None, most: int = A_REQUEST, actor: str
    ) -> Replayed:
        """Replay ``most`` of these letters, as one request may; ``after`` is ``next`` of the one before.

        NotFoundError when one of ``which.ids`` does not exist, ConflictError when it was replayed already.
        """
        if which.ids is not None:
            self._check(which.ids)
        done = Replay(replayed=[], refused={})
        place: str | None = after or ""
        for begun in range(0, most, _AT_ONCE):
            if place is not None:
                place = self._replay_some(which, place, min(_AT_ONCE, most - begun), done, actor)
        return Replayed(
            replayed=len(done.replayed),
            refused=dict(islice(done.refused.items(), REFUSED_SHOWN)),
            left=len(done.refused),
            more=place is not None,
            next=place,
        )

    def _check(self, ids: Sequence[str]) -> None:
        with self._database.transaction(read_only=True) as session:
            for letter_id in ids:
                if read_letter(session, letter_id).replayed_at is not None:
                    raise ConflictError(
                        f"{letter_id[:80]} was replayed already", cure="send a new event instead"
                    )

    def _replay_some(self, which: Which, after: str, limit: int, done: Replay, actor: str) -> str | None:
        """The next few letters in one transaction; answers where to go on, None at the end."""
        with self._database.transaction() as session:
            ids = None if which.ids is None else list(which.ids)
            rows = session.fetch(
                _SQL["waiting"], ids=ids, reason=which.reason, source=which.source, after=after, limit=limit
            )
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
                # the log last: who appends has every other appender wait until this commits
                session.execute(_SQL["replayed"], ids=settled, at=now)
                record_acts(session, at=now, actor=actor, act="dead letter replayed", subjects=settled)
                self._log.append_within(session, entries)
                done.replayed.extend(settled)
        return str(rows[-1][0]) if len(rows) == limit else None


def dead_letters(installation: Installation) -> DeadLetters:
    """Mending and replaying under the rules in force."""
    return DeadLetters(
        installation.database,
        installation.log,
        installation.clock,
        rules=installation.rules(),
        secret=installation.secret,
    )


def _draft(raw: bytes, letter_id: str) -> Draft | Unreadable:
    """The letter's event; InvalidInputError when it is no JSON object."""
    [item] = read_body(raw, "event").items
    if isinstance(item, Unreadable):
        return item
    message_id = item.message_id if item.message_id not in (None, "") else letter_id
    return msgspec.structs.replace(item, message_id=message_id, remember="ever")


def _draft_or_not(raw: bytes, letter_id: str) -> Draft | Unreadable:
    line = line_in(raw)
    if line is not None:
        return Unreadable(reason="broken_line", detail=_STILL_A_LINE.format(*line), raw=raw)
    try:
        return _draft(raw, letter_id)
    except InvalidInputError as error:
        return Unreadable(reason="malformed_json", detail=error.message, raw=raw)
