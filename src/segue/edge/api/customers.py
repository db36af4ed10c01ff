"""``/api/v1/persons/search``, ``recent`` and ``list``: many persons at a glance."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter

from segue.app.customers import Customers, FoundPersons, PersonPage, PersonsShown
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest


class Searching(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to look for."""

    #: KIND:VALUE, an identifier, an id, or the beginnings of words
    text: Annotated[str, msgspec.Meta(max_length=200)]
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20


@post(
    "/api/v1/persons/search",
    opt={"act": "customers"},
    sync_to_thread=True,
    status_code=200,
    responses=described(413),
)
def search_persons(request: ApiRequest, data: JSONBody[Searching]) -> FoundPersons:
    """Search persons by an identifier, by any id they ever had, or by words of their attributes."""
    return _customers(request).search(data.text, data.limit)


@get("/api/v1/persons/recent", opt={"act": "customers"}, sync_to_thread=True, responses=described())
def recent_persons(
    request: ApiRequest, limit: Annotated[int, QueryParameter(ge=1, le=100)] = 20
) -> PersonsShown:
    """Read who was active lately, newest first."""
    return _customers(request).recent(limit)


@get("/api/v1/persons/list", opt={"act": "customers"}, sync_to_thread=True, responses=described())
def list_persons(
    request: ApiRequest,
    limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    after: Annotated[
        str | None, QueryParameter(max_length=200, description="`next` of the page before")
    ] = None,
    known: Annotated[
        bool | None, QueryParameter(description="only those known by more than devices, or only the others")
    ] = None,
) -> PersonPage:
    """List all persons, the newest known first."""
    return _customers(request).page(limit=limit, after=after, known=known)


def _customers(request: ApiRequest) -> Customers:
    customers: Customers = request.app.state.customers
    return customers


HANDLERS: tuple[HTTPRouteHandler, ...] = (search_persons, recent_persons, list_persons)
