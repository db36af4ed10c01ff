"""``/api/v1/persons``: finding, reading, joining, exporting and erasing persons."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from segue.app.persons import DeletedIdentifier, ErasureState, Export, Found, MergedPerson, UnmergedPersons
from segue.archive.timeline import Filters, Timeline
from segue.domain.events import EventType
from segue.domain.order import micros
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, caller_of, persons_of
from segue.enrich.record import GoldenRecord, View
from segue.resolve.reading import IdentityView, WhyView

_PERSON = "/api/v1/persons/{person_id:str}"

Identified = Annotated[
    str,
    QueryParameter(description="KIND:VALUE, as in email:ann@example.com", max_length=1000),
]
Wanted = Annotated[
    list[Annotated[str, msgspec.Meta(max_length=500)]] | None,
    QueryParameter(description="only these; repeatable"),
]
Seen = Annotated[View, QueryParameter(description="certain: may be addressed; likely: may only rank")]


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to find."""

    #: KIND:VALUE
    identifier: Annotated[str, msgspec.Meta(max_length=1000)]


class Merging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to join with."""

    person_id: Annotated[str, msgspec.Meta(max_length=100)]


class Unmerging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which link to take back."""

    link_id: Annotated[str, msgspec.Meta(max_length=100)]
    #: also separate the two sides when other links still join them
    all: bool = False


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two identifiers, KIND:VALUE each."""

    a: Annotated[str, msgspec.Meta(max_length=1000)]
    b: Annotated[str, msgspec.Meta(max_length=1000)]


class ErasureAsked(msgspec.Struct, frozen=True):
    """That an erasure has begun."""

    erasure_id: str


@get("/api/v1/persons", opt={"act": "find"}, sync_to_thread=True, responses=described())
def find_person(request: ApiRequest, identifier: Identified, view: Seen = "certain") -> Found:
    """Find a person by an identifier; nobody is an empty list."""
    return persons_of(request).find(identifier, view)


@post(
    "/api/v1/persons/find",
    opt={"act": "find"},
    sync_to_thread=True,
    status_code=200,
    responses=described(413),
)
def find_person_unseen(request: ApiRequest, data: JSONBody[Finding], view: Seen = "certain") -> Found:
    """Find a person without the identifier standing in a URL."""
    return persons_of(request).find(data.identifier, view)


@post(
    "/api/v1/persons/why",
    opt={"act": "identity"},
    sync_to_thread=True,
    status_code=200,
    responses=described(404, 413),
)
def why_one(request: ApiRequest, data: JSONBody[Asking]) -> WhyView:
    """Why two identifiers are one person, or why not, with the proof."""
    return persons_of(request).why(data.a, data.b)


# summary and description are given because Litestar forgets the function's own where a path has two methods
@get(
    _PERSON,
    opt={"act": "show"},
    sync_to_thread=True,
    responses=described(404),
    summary="ShowPerson",
    description="Read a golden record by any id the person ever had.",
)
def show_person(request: ApiRequest, person_id: FromPath[str], view: Seen = "certain") -> GoldenRecord:
    """Read a golden record by any id the person ever had."""
    return persons_of(request).show(person_id, view)


@get(f"{_PERSON}/timeline", opt={"act": "timeline"}, sync_to_thread=True, responses=described(404))
def timeline(
    request: ApiRequest,
    person_id: FromPath[str],
    *,
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
    after: Annotated[
        str | None, QueryParameter(max_length=200, description="`next` of the page before")
    ] = None,
    until: Annotated[
        datetime | None, QueryParameter(description="RFC 3339: nothing that happened later; UTC without zone")
    ] = None,
    source: Wanted = None,
    type: Annotated[list[EventType] | None, QueryParameter(description="only these; repeatable")] = None,
    event: Wanted = None,
    channel: Wanted = None,
) -> Timeline:
    """Read a person's events across all channels, newest first; where filtered, a page may be short."""
    only = Filters(*(frozenset(each or ()) for each in (source, type, event, channel)))
    return persons_of(request).timeline(person_id, limit=limit, after=after, until=_micros(until), only=only)


def _micros(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    return micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


@get(f"{_PERSON}/identity", opt={"act": "identity"}, sync_to_thread=True, responses=described(404))
def identity(request: ApiRequest, person_id: FromPath[str]) -> IdentityView:
    """Read a person's identifiers, the links between them with their proofs, and aparts."""
    return persons_of(request).identity(person_id)


@get(f"{_PERSON}/export", opt={"act": "export"}, sync_to_thread=True, responses=described(404))
def export_person(request: ApiRequest, person_id: FromPath[str]) -> Export:
    """Read everything that is kept about one person."""
    return persons_of(request).export(person_id, actor=caller_of(request).actor)


@post(
    f"{_PERSON}/merge",
    opt={"act": "merge"},
    sync_to_thread=True,
    status_code=200,
    responses=described(404, 409, 413),
)
def merge(request: ApiRequest, person_id: FromPath[str], data: JSONBody[Merging]) -> MergedPerson:
    """Join two persons by hand."""
    actor = caller_of(request).actor
    return persons_of(request).merge(person_id, data.person_id, actor=actor)


@post(
    f"{_PERSON}/unmerge",
    opt={"act": "merge"},
    sync_to_thread=True,
    status_code=200,
    responses=described(404, 409, 413),
)
def unmerge(request: ApiRequest, person_id: FromPath[str], data: JSONBody[Unmerging]) -> UnmergedPersons:
    """Take a link back, for good."""
    actor = caller_of(request).actor
    return persons_of(request).unmerge(person_id, data.link_id, every=data.all, actor=actor)


@post(
    f"{_PERSON}/delete-identifier",
    opt={"act": "delete_identifier"},
    sync_to_thread=True,
    status_code=200,
    responses=described(404, 409, 413),
)
def delete_identifier(
    request: ApiRequest, person_id: FromPath[str], data: JSONBody[Finding]
) -> DeletedIdentifier:
    """Take an identifier away from a person."""
    actor = caller_of(request).actor
    return persons_of(request).delete_identifier(person_id, data.identifier, actor=actor)


@delete(_PERSON, opt={"act": "erase"}, sync_to_thread=True, status_code=202, responses=described(404))
def erase_person(request: ApiRequest, person_id: FromPath[str]) -> ErasureAsked:
    """Erase a person: from what is answered at once, from every file soon, and then with a proof."""
    return ErasureAsked(persons_of(request).erase(person_id, actor=caller_of(request).actor))


@get("/api/v1/erasures/{erasure_id:str}", opt={"act": "erase"}, sync_to_thread=True, responses=described(404))
def erasure(request: ApiRequest, erasure_id: FromPath[str]) -> ErasureState:
    """Read how far an erasure has come, and its proof."""
    return persons_of(request).erasure(erasure_id)


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    find_person,
    find_person_unseen,
    why_one,
    show_person,
    timeline,
    identity,
    export_person,
    merge,
    unmerge,
    delete_identifier,
    erase_person,
    erasure,
)
