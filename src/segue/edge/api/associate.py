"""``/api/v1/associate``: what the staff see of a customer on a tablet, and what they tell of her."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import msgspec
from litestar import delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from segue.app.associate.assisting import Assisting, NewOutcome
from segue.app.associate.brief import CHANNEL, PURPOSE
from segue.app.associate.consenting import NewStatement
from segue.app.associate.notes import Correction, NewNote
from segue.app.associate.telling import SOURCE
from segue.app.associate.views import (
    About,
    Brief,
    ConsentRecorded,
    Desk,
    NoteKept,
    Outcome,
    OutcomeRecorded,
)
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, caller_of, services_of
from segue.errors import ConflictError

_ASSOCIATE = "/api/v1/associate"

_NOTE = f"{_ASSOCIATE}/persons/{{person_id:str}}/notes/{{note_id:str}}"

_Place = Annotated[str, msgspec.Meta(max_length=500)] | None
_Own = Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z-]{8,64}$")] | None
_Text = Annotated[str, msgspec.Meta(max_length=2000)]


class Noting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A note about a customer."""

    person_id: Annotated[str, msgspec.Meta(max_length=100)]
    text: _Text
    #: service: anybody may act on it; preference: it needs her consent to personalisation
    about: About = "service"
    #: where it was written
    store: _Place = None
    #: yours, so that sending it again keeps it once
    note_id: _Own = None


class Correcting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a note is to say from now on."""

    text: _Text
    about: About = "service"
    store: _Place = None


class Stating(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What she said yes or no to."""

    person_id: Annotated[str, msgspec.Meta(max_length=100)]
    #: false: she says no, or withdraws what she said before
    granted: bool
    #: as in purposes.yaml, and one of its channels; null: it has none
    purpose: Annotated[str, msgspec.Meta(max_length=200)] = PURPOSE
    channel: Annotated[str, msgspec.Meta(max_length=200)] | None = CHANNEL
    #: what she was asked, word for word; a yes needs it
    wording: _Text = ""
    #: language of the wording
    locale: Annotated[str, msgspec.Meta(max_length=35)] | None = None
    #: where she said it
    store: _Place = None
    #: yours, so that sending it again records it once
    statement_id: _Own = None


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What became of a suggestion."""

    decision_id: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    #: from 0
    slot: Annotated[int, msgspec.Meta(ge=0, le=19)]
    #: dismissed: she is not interested
    outcome: Outcome
    store: _Place = None


def _assisting(request: ApiRequest) -> Assisting:
    """The tablet's share of this process; refused while its source is switched off."""
    found: Assisting = request.app.state.assisting
    return found


@contextmanager
def _telling(request: ApiRequest) -> Iterator[Assisting]:
    """To make one event of the tablet's source, and count it; ConflictError while that is switched off."""
    source = services_of(request).keyring.source(SOURCE)
    if source is not None and not source.enabled:
        raise ConflictError(
            f"the source {SOURCE!r} is switched off", cure=f"`segue sources enable {SOURCE}` takes its events"
        )
    yield _assisting(request)
    services_of(request).metrics.count(SOURCE, 1, 0)


@get(_ASSOCIATE, opt={"act": "assist"}, sync_to_thread=True, responses=described())
def associate_desk(request: ApiRequest) -> Desk:
    """What a tablet needs to know before anybody is in front of it."""
    return _assisting(request).desk(caller_of(request))


@get(f"{_ASSOCIATE}/persons/{{person_id:str}}", opt={"act": "assist"}, responses=described(404))
async def brief(
    request: ApiRequest,
    person_id: FromPath[str],
    *,
    store: Annotated[str | None, QueryParameter(max_length=500, description="where the tablet is")] = None,
    locale: Annotated[str | None, QueryParameter(max_length=35, description="of the sentences")] = None,
) -> Brief:
    """Read a customer on one page, with the next best; without her consent only what service needs."""
    return await _assisting(request).brief(person_id, store, locale, caller_of(request))


@post(
    f"{_ASSOCIATE}/consents",
    opt={"act": "assist"},
    sync_to_thread=True,
    status_code=201,
    responses=described(404, 409, 413),
)
def record_consent(request: ApiRequest, data: JSONBody[Stating]) -> ConsentRecorded:
    """Record what she said yes or no to at the counter; it becomes an event of hers and holds at once."""
    new = NewStatement(
        person_id=data.person_id, granted=data.granted, purpose=data.purpose, channel=data.channel,
        wording=data.wording, locale=data.locale, store=data.store, statement_id=data.statement_id,
    )  # fmt: skip
    with _telling(request) as assisting:
        return assisting.consenting.record(new, caller_of(request))


@post(
    f"{_ASSOCIATE}/notes",
    opt={"act": "assist"},
    sync_to_thread=True,
    status_code=201,
    responses=described(404, 409, 413),
)
def add_note(request: ApiRequest, data: JSONBody[Noting]) -> NoteKept:
    """Keep a note about a customer; it becomes an event of hers."""
    new = NewNote(
        person_id=data.person_id, text=data.text, about=data.about, store=data.store, note_id=data.note_id
    )
    with _telling(request) as assisting:
        return assisting.notes.add(new, caller_of(request))


@put(
    _NOTE,
    opt={"act": "assist"},
    sync_to_thread=True,
    responses=described(404, 409, 413),
    operation_id="CorrectNote",
    summary="CorrectNote",
    description="Correct a note of your own, or as an admin anybody's; it shows that it was corrected.",
)
def correct_note(
    request: ApiRequest, person_id: FromPath[str], note_id: FromPath[str], data: JSONBody[Correcting]
) -> NoteKept:
    """Correct a note of your own, or as an admin anybody's; it shows that it was corrected."""
    new = Correction(person_id=person_id, note_id=note_id, text=data.text, about=data.about, store=data.store)
    with _telling(request) as assisting:
        return assisting.notes.correct(new, caller_of(request))


@delete(_NOTE, opt={"act": "assist"}, sync_to_thread=True, status_code=204, responses=described(404, 409))
def take_note_back(request: ApiRequest, person_id: FromPath[str], note_id: FromPath[str]) -> None:
    """Take back a note of your own, or as an admin anybody's; it is shown no more."""
    with _telling(request) as assisting:
        assisting.notes.take_back(person_id, note_id, caller_of(request))


@post(
    f"{_ASSOCIATE}/outcomes",
    opt={"act": "assist"},
    sync_to_thread=True,
    status_code=200,
    responses=described(404, 409, 413),
)
def record_outcome(request: ApiRequest, data: JSONBody[Recording]) -> OutcomeRecorded:
    """Tell what became of a suggestion; it is learnt from, and a second time counts once."""
    new = NewOutcome(decision_id=data.decision_id, slot=data.slot, outcome=data.outcome, store=data.store)
    with _telling(request) as assisting:
        return assisting.record(new, caller_of(request))


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    associate_desk,
    brief,
    record_consent,
    add_note,
    correct_note,
    take_note_back,
    record_outcome,
)
