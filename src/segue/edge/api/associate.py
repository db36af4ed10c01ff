"""``/api/v1/associate``: what the staff see of a customer on a tablet, and what they tell of her."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from segue.app.associate.assisting import SOURCE, Assisting, NewNote, NewOutcome
from segue.app.associate.views import About, Brief, Desk, NoteAdded, Outcome, OutcomeRecorded
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, caller_of, services_of
from segue.errors import ConflictError

_ASSOCIATE = "/api/v1/associate"

_Place = Annotated[str, msgspec.Meta(max_length=500)] | None


class Noting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A note about a customer."""

    person_id: Annotated[str, msgspec.Meta(max_length=100)]
    text: Annotated[str, msgspec.Meta(max_length=2000)]
    #: service: anybody may act on it; preference: it needs her consent to personalisation
    about: About = "service"
    #: where it was written
    store: _Place = None
    #: yours, so that sending it again keeps it once
    note_id: Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z-]{8,64}$")] | None = None


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


def _check_source(request: ApiRequest) -> None:
    source = services_of(request).keyring.source(SOURCE)
    if source is not None and not source.enabled:
        raise ConflictError(
            f"the source {SOURCE!r} is switched off", cure=f"`segue sources enable {SOURCE}` takes its events"
        )


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
    return await _assisting(request).brief(person_id, store, locale)


@post(
    f"{_ASSOCIATE}/notes",
    opt={"act": "assist"},
    sync_to_thread=True,
    status_code=201,
    responses=described(404, 409, 413),
)
def add_note(request: ApiRequest, data: JSONBody[Noting]) -> NoteAdded:
    """Keep a note about a customer; it becomes an event of hers."""
    _check_source(request)
    new = NewNote(
        person_id=data.person_id, text=data.text, about=data.about, store=data.store, note_id=data.note_id
    )
    note = _assisting(request).add_note(new, caller_of(request))
    services_of(request).metrics.count(SOURCE, 1, 0)
    return note


@post(
    f"{_ASSOCIATE}/outcomes",
    opt={"act": "assist"},
    sync_to_thread=True,
    status_code=200,
    responses=described(404, 409, 413),
)
def record_outcome(request: ApiRequest, data: JSONBody[Recording]) -> OutcomeRecorded:
    """Tell what became of a suggestion; it is learnt from, and a second time counts once."""
    _check_source(request)
    new = NewOutcome(decision_id=data.decision_id, slot=data.slot, outcome=data.outcome, store=data.store)
    recorded = _assisting(request).record(new, caller_of(request))
    services_of(request).metrics.count(SOURCE, 1, 0)
    return recorded


HANDLERS: tuple[HTTPRouteHandler, ...] = (associate_desk, brief, add_note, record_outcome)
