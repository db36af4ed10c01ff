"""Notes about a customer: written, corrected and taken back, each as an event of hers.

Events are never changed: a note is what its events come to, the latest word of each. Its text is personal
data: it is in no log, no audit entry and no error.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec

from segue.app.associate.brief import consent_of
from segue.app.associate.consenting import STATEMENTS, heard
from segue.app.associate.telling import Hers, Saying, Telling, Told, place_of
from segue.app.associate.views import About, BriefCorrection, BriefNote, NoteKept
from segue.app.audit import record_act
from segue.app.installation import Installation
from segue.domain.access import Caller
from segue.domain.events import Event
from segue.domain.order import rfc3339
from segue.domain.people import OWNER
from segue.errors import ConflictError, InvalidInputError, NotFoundError, NotPermittedError
from segue.ports.database import Session
from segue.ports.statements import statements

NOTE: Final = "Note Added"
CORRECTED: Final = "Note Corrected"
TAKEN_BACK: Final = "Note Taken Back"
NOTES: Final = frozenset((NOTE, CORRECTED, TAKEN_BACK))

MOST: Final = 500
"""Of the events about notes so many are looked at, the newest."""

_SQL = statements("segue.app.associate", "associate.sql")


class NewNote(msgspec.Struct, frozen=True, kw_only=True):
    """A note to be kept."""

    person_id: str
    text: str
    about: About = "service"
    store: str | None = None
    #: given by the tablet, so that sending it again keeps it once
    note_id: str | None = None


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What a note is to say from now on."""

    person_id: str
    note_id: str
    text: str
    about: About = "service"
    store: str | None = None


class Note(NamedTuple):
    """One note as its events tell it."""

    note_id: str
    #: RFC 3339
    at: str
    text: str
    about: About
    #: actor
    author: str | None
    store: str | None
    #: RFC 3339 and actor of the latest correction; None: it says what was written first
    corrected_at: str | None = None
    corrected_by: str | None = None


def folded(events: Iterable[Told]) -> list[Note]:
    """The notes of these events (newest first), newest first; what was taken back is not in it."""
    listed = list(events)
    gone = {event["properties"].get("note_id") for event in listed if event["event"] == TAKEN_BACK}
    corrections: dict[Any, Told] = {}
    found: dict[str, Note] = {}
    for event in listed:
        said = event["properties"]
        if event["event"] == CORRECTED and isinstance(said.get("text"), str):
            corrections.setdefault(said.get("note_id"), event)
        elif event["event"] == NOTE:
            note_id = str(event["message_id"]).removeprefix("note-")
            found.pop(note_id, None)  # sent again: the first counts
            if note_id not in gone and (note := _written(note_id, event)) is not None:
                found[note_id] = _corrected(note, corrections.get(note_id))
    return list(found.values())


def _written(note_id: str, event: Told) -> Note | None:
    said = event["properties"]
    text = said.get("text")
    if not isinstance(text, str):
        return None
    return Note(note_id, event["timestamp"], text, _about(said), _actor(said), place_of(event))


def _corrected(note: Note, event: Told | None) -> Note:
    if event is None:
        return note
    said = event["properties"]
    return note._replace(
        text=said["text"], about=_about(said), corrected_at=event["timestamp"], corrected_by=_actor(said)
    )


def _about(said: Told) -> About:
    return "preference" if said.get("about") == "preference" else "service"


def _actor(said: Told) -> str | None:
    author = said.get("author")
    return author if isinstance(author, str) else None


def names_of(session: Session, actors: Iterable[str | None]) -> Mapping[str | None, str]:
    """How users are called now, and the owner, who has no account; whoever is none any more is not in it."""
    asked = {each for each in actors if each}
    names: dict[str | None, str] = {OWNER: OWNER} if OWNER in asked else {}
    if users := sorted(asked - {OWNER}):
        names.update(session.fetch(_SQL["authors"], actors=users))
    return names


def shown(session: Session, notes: Iterable[Note], reader: Caller) -> list[BriefNote]:
    """As the reader sees them."""
    listed = list(notes)
    names = names_of(session, [who for note in listed for who in (note.author, note.corrected_by)])
    return [_shown(note, names, reader) for note in listed]


def _shown(note: Note, names: Mapping[str | None, str], reader: Caller) -> BriefNote:
    correction = None
    if note.corrected_at is not None:
        correction = BriefCorrection(at=note.corrected_at, by=names.get(note.corrected_by))
    return BriefNote(
        note_id=note.note_id,
        at=note.at,
        text=note.text,
        about=note.about,
        by=names.get(note.author),
        store=note.store,
        corrected=correction,
        yours=may_change(note, reader),
    )


def may_change(note: Note, caller: Caller) -> bool:
    """Whether the caller may correct it and take it back: whoever wrote it, and an admin."""
    return caller.role == "admin" or note.author == caller.actor


class Notes:
    """One process's share. Safe to share between threads."""

    def __init__(
        self, installation: Installation, telling: Telling, new_id: Callable[[], str] | None = None
    ) -> None:
        self._installation = installation
        self._telling = telling
        self._new_id = new_id or (lambda: secrets.token_hex(12))

    def add(self, new: NewNote, caller: Caller) -> NoteKept:
        """Keep a note about her.

        NotFoundError; InvalidInputError for an empty one; ConflictError for a preference of somebody who does
        not agree to its use, and where the rules keep no such events.
        """
        text = _sound(new.text)
        hers = self._telling.find(new.person_id)
        self._check(new.about, hers)
        note_id = new.note_id or self._new_id()
        said = {"text": text, "about": new.about, "author": caller.actor}
        event = self._telling.tell(Saying(NOTE, f"note-{note_id}", hers.best, said, new.store))
        self._audit(event, hers, caller, act="note added", about=new.about)
        written = rfc3339(event.timestamp)
        return self._kept(Note(note_id, written, text, new.about, caller.actor, new.store), caller)

    def correct(self, new: Correction, caller: Caller) -> NoteKept:
        """Have a note say something else; what says so already stays as it is.

        As :meth:`add`; NotFoundError for a note that is not there (any more), NotPermittedError for somebody
        else's.
        """
        text = _sound(new.text)
        hers, note = self._own(new.person_id, new.note_id, caller)
        self._check(new.about, hers)
        if (note.text, note.about) == (text, new.about):
            return self._kept(note, caller)
        said = {"note_id": note.note_id, "text": text, "about": new.about, "author": caller.actor}
        # the same correction of the same words is one, however often it is sent
        words = msgspec.json.encode([note.corrected_at, text, new.about])
        message = f"note-{note.note_id}-c{blake2b(words, digest_size=8).hexdigest()}"
        event = self._telling.tell(Saying(CORRECTED, message, hers.best, said, new.store))
        self._audit(event, hers, caller, act="note corrected", about=new.about)
        at = rfc3339(event.timestamp)
        changed = note._replace(text=text, about=new.about, corrected_at=at, corrected_by=caller.actor)
        return self._kept(changed, caller)

    def take_back(self, person_id: str, note_id: str, caller: Caller) -> None:
        """Have a note shown no more; the same errors as :meth:`correct`."""
        hers, note = self._own(person_id, note_id, caller)
        said = {"note_id": note.note_id, "author": caller.actor}
        event = self._telling.tell(Saying(TAKEN_BACK, f"note-{note.note_id}-back", hers.best, said, None))
        self._audit(event, hers, caller, act="note taken back", about=note.about)

    def _own(self, person_id: str, note_id: str, caller: Caller) -> tuple[Hers, Note]:
        hers = self._telling.find(person_id)
        found = folded(self._telling.told(hers, NOTES, MOST))
        note = next((each for each in found if each.note_id == note_id), None)
        if note is None:
            raise NotFoundError("there is no such note of hers", cure="look at the customer again")
        if not may_change(note, caller):
            raise NotPermittedError(
                "somebody else wrote this note", cure="whoever wrote it may change it, or an admin"
            )
        return hers, note

    def _check(self, about: About, hers: Hers) -> None:
        """A preference is personalisation, so it needs her consent, as she said it last."""
        if about != "preference":
            return
        record = heard(hers.record, self._telling.told(hers, STATEMENTS, MOST))
        if not consent_of(record, self._installation.rules().purposes).personal:
            raise ConflictError(
                "she has not agreed that the staff use what she likes",
                cure="ask her and record her consent, or keep it as a note about service",
            )

    def _audit(self, event: Event, hers: Hers, caller: Caller, *, act: str, about: About) -> None:
        with self._installation.database.transaction() as session:
            record_act(
                session, at=event.received_at, actor=caller.actor, act=act, subject=hers.record.person_id,
                detail={"about": about},
            )  # fmt: skip

    def _kept(self, note: Note, caller: Caller) -> NoteKept:
        with self._installation.database.transaction(read_only=True) as session:
            [view] = shown(session, [note], caller)
        return NoteKept(note=view)


def _sound(text: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise InvalidInputError("the note is empty", cure="write what a colleague should know")
    return stripped
