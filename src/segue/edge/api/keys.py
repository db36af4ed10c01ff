"""``/api/v1/keys``: the keys of the whole installation, of every role."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from segue.app import keys
from segue.app.keys import ListedKey, NewKey, key_id_of
from segue.domain.access import Role
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, caller_of, services_of

_KEYS = "/api/v1/keys"


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """Every key there ever was, oldest first, without the keys themselves."""

    keys: list[ListedKey]


class MakingKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to be made."""

    role: Role
    #: role ingest: the source whose events it brings; role decide: the one whose events its screen brings, so
    #: that a proof is good for both, and the source's identity tokens are believed. Made when it is new
    source: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    #: for a server, a staffed till or an import; never for a browser, an app, or a screen that visitors touch
    trusted: bool = False
    #: role decide: the only placement that it may ask for; left out: any
    placement: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    #: how long it lasts, as ``12h``, ``90d`` or ``26w``; left out: until it is revoked
    expires: Annotated[str, msgspec.Meta(max_length=40)] | None = None


# summary and description are given because Litestar forgets the function's own where a path has two methods
@get(
    _KEYS,
    opt={"act": "keys"},
    sync_to_thread=True,
    responses=described(),
    summary="ListKeys",
    description="Read every key there ever was, without the keys themselves.",
)
def list_keys(request: ApiRequest) -> Keys:
    """Read every key there ever was, without the keys themselves."""
    return Keys(keys=keys.list_keys(services_of(request).installation.database))


@post(
    _KEYS,
    opt={"act": "keys"},
    sync_to_thread=True,
    status_code=201,
    responses=described(413),
    summary="MakeKey",
    description="Make a key of a role, which is shown this once.",
)
def make_key(request: ApiRequest, data: JSONBody[MakingKey]) -> NewKey:
    """Make a key of a role, which is shown this once."""
    house, actor = services_of(request).installation, caller_of(request).actor
    text = keys.create_key(
        house.database,
        house.clock,
        role=data.role,
        source=data.source,
        trusted=data.trusted,
        placement=data.placement,
        expires=data.expires,
        actor=actor,
    )
    return NewKey(key_id=key_id_of(text), key=text)


@delete(
    f"{_KEYS}/{{key_id:str}}",
    opt={"act": "keys"},
    sync_to_thread=True,
    status_code=204,
    responses=described(404),
)
def revoke_key(request: ApiRequest, key_id: FromPath[str]) -> None:
    """End a key; it is refused within a second."""
    house, actor = services_of(request).installation, caller_of(request).actor
    keys.revoke_key(house.database, house.clock, key_id, actor=actor)


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_keys, make_key, revoke_key)
