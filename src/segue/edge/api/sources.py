"""``/api/v1/sources``: who sends events, with which keys, and whether they are alive."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from segue.app import keys, sources
from segue.app.keys import NewKey
from segue.app.sources import AddedSource, Source
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, caller_of, services_of

_SOURCES = "/api/v1/sources"
_SOURCE = f"{_SOURCES}/{{name:str}}"


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """Every source, oldest first."""

    sources: list[Source]


class AddingSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A source to be made."""

    #: small letters, digits, - and _, a letter first
    name: Annotated[str, msgspec.Meta(max_length=100)]
    #: for a server, a till or an import; never for a browser or an app
    trusted: bool = False


class SwitchingSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a source's events are taken."""

    enabled: bool


class NewSecret(msgspec.Struct, frozen=True, kw_only=True):
    """What a source's backend signs identity tokens with; shown this once."""

    secret: str


# summary and description are given because Litestar forgets the function's own where a path has two methods
@get(
    _SOURCES,
    opt={"act": "sources"},
    sync_to_thread=True,
    responses=described(),
    summary="ListSources",
    description="Read every source with its keys, what it brought lately and what of it waits to be mended.",
)
def list_sources(request: ApiRequest) -> Sources:
    """Read every source with its keys, what it brought lately and what of it waits to be mended."""
    return Sources(sources=sources.list_sources(services_of(request).installation))


@post(
    _SOURCES,
    opt={"act": "manage_sources"},
    sync_to_thread=True,
    status_code=201,
    responses=described(409, 413),
    summary="AddSource",
    description="Make a source with its first ingest key, which is shown this once.",
)
def add_source(request: ApiRequest, data: JSONBody[AddingSource]) -> AddedSource:
    """Make a source with its first ingest key, which is shown this once."""
    installation, actor = services_of(request).installation, caller_of(request).actor
    return sources.add_source(installation, data.name, trusted=data.trusted, actor=actor)


@patch(_SOURCE, opt={"act": "manage_sources"}, sync_to_thread=True, responses=described(404, 413))
def switch_source(request: ApiRequest, name: FromPath[str], data: JSONBody[SwitchingSource]) -> Source:
    """Switch a source on or off; events of one that is off are refused."""
    installation, actor = services_of(request).installation, caller_of(request).actor
    return sources.switch_source(installation, name, enabled=data.enabled, actor=actor)


@post(
    f"{_SOURCE}/keys",
    opt={"act": "manage_sources"},
    sync_to_thread=True,
    status_code=201,
    responses=described(404),
)
def add_source_key(request: ApiRequest, name: FromPath[str]) -> NewKey:
    """Make another ingest key for a source, which is shown this once."""
    return sources.add_source_key(services_of(request).installation, name, actor=caller_of(request).actor)


@post(
    f"{_SOURCE}/identity-secret",
    opt={"act": "manage_sources"},
    sync_to_thread=True,
    status_code=201,
    responses=described(404),
)
def new_identity_secret(request: ApiRequest, name: FromPath[str]) -> NewSecret:
    """Give a source a new secret for identity tokens; tokens signed with the one before are refused."""
    house, actor = services_of(request).installation, caller_of(request).actor
    return NewSecret(secret=keys.new_identity_secret(house.database, house.clock, name, actor=actor))


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_sources,
    add_source,
    switch_source,
    add_source_key,
    new_identity_secret,
)
