"""``/api/v1/actions`` and ``/placements``: what can be shown where, how it did, and what one would be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from segue.app import entries
from segue.app.deciding.repertoire import Repertoire
from segue.app.deciding.standing import ActionList, ActionWhole, PlacementList, PlacementWhole
from segue.app.deciding.trying import Supposed, TriedAction, TriedPlacement, try_action, try_placement
from segue.app.entries import EntryVersion
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, persons_of, services_of

_ACTION = "/api/v1/actions/{name:str}"
_PLACEMENT = "/api/v1/placements/{name:str}"

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Days = Annotated[int, QueryParameter(ge=1, le=400, description="how far back")]
Definition = dict[str, Any] | Annotated[str, msgspec.Meta(max_length=200_000)]


class TryingAction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An action to be tried."""

    name: Name
    #: what would stand under its name in actions.yaml, or that as YAML
    definition: Definition
    #: for whom its texts are written out; null: nobody is known
    person_id: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    #: ``context.*`` of its texts
    context: dict[str, Any] = {}
    #: percent
    discount: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0


class TryingPlacement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A placement to be tried."""

    name: Name
    #: what would stand under its name in placements.yaml, or that as YAML
    definition: Definition


class EntryHistory(msgspec.Struct, frozen=True, kw_only=True):
    """What one entry said, the latest first."""

    versions: list[EntryVersion]


# summary and description are given because Litestar forgets the function's own where a path has two methods
@get("/api/v1/actions", opt={"act": "actions"}, sync_to_thread=True, responses=described())
def list_actions(request: ApiRequest, *, days: Days = 7) -> ActionList:
    """List all actions, with where they can appear and what they earned lately."""
    return _repertoire(request).actions(days=days)


@get(
    _ACTION,
    opt={"act": "actions"},
    responses=described(404),
    operation_id="ShowAction",
    summary="ShowAction",
    description="Read an action: what it earned day by day, and at which stage it fell out lately.",
)
async def show_action(request: ApiRequest, name: FromPath[str], *, days: Days = 30) -> ActionWhole:
    """Read an action: what it earned day by day, and at which stage it fell out lately."""
    return await sync_to_thread(_repertoire(request).action, name, days=days)


@get(f"{_ACTION}/history", opt={"act": "actions"}, sync_to_thread=True, responses=described())
def action_history(request: ApiRequest, name: FromPath[str]) -> EntryHistory:
    """Read what an action said before, the latest first."""
    found = entries.versions(services_of(request).installation, "actions", name)
    return EntryHistory(versions=found)


@post(
    "/api/v1/actions/try",
    opt={"act": "actions"},
    sync_to_thread=True,
    status_code=200,
    request_max_body_size=512 * 1024,
    responses=described(404, 413),
)
def try_one_action(request: ApiRequest, data: JSONBody[TryingAction]) -> TriedAction:
    """Find out what would be wrong with an action, and how its contents would look; nothing is changed."""
    person = None if data.person_id is None else _attributes(request, data.person_id)
    supposed = Supposed(person=person, context=data.context, discount=data.discount)
    return try_action(services_of(request).installation, data.name, data.definition, supposed)


@get("/api/v1/placements", opt={"act": "actions"}, sync_to_thread=True, responses=described())
def list_placements(request: ApiRequest, *, days: Days = 7) -> PlacementList:
    """List all placements, with what they show now."""
    return _repertoire(request).placements(days=days)


@get(
    _PLACEMENT,
    opt={"act": "actions"},
    responses=described(404),
    operation_id="ShowPlacement",
    summary="ShowPlacement",
    description="Read a placement: what it shows now, and what each action earned there.",
)
async def show_placement(request: ApiRequest, name: FromPath[str], *, days: Days = 30) -> PlacementWhole:
    """Read a placement: what it shows now, and what each action earned there."""
    return await sync_to_thread(_repertoire(request).placement, name, days=days)


@get(f"{_PLACEMENT}/history", opt={"act": "actions"}, sync_to_thread=True, responses=described())
def placement_history(request: ApiRequest, name: FromPath[str]) -> EntryHistory:
    """Read what a placement said before, the latest first."""
    found = entries.versions(services_of(request).installation, "placements", name)
    return EntryHistory(versions=found)


@post(
    "/api/v1/placements/try",
    opt={"act": "actions"},
    sync_to_thread=True,
    status_code=200,
    responses=described(413),
)
def try_one_placement(request: ApiRequest, data: JSONBody[TryingPlacement]) -> TriedPlacement:
    """Find out what would be wrong with a placement, and which actions would compete; nothing is changed."""
    return try_placement(services_of(request).installation, data.name, data.definition)


def _attributes(request: ApiRequest, person_id: str) -> Mapping[str, Any]:
    """What texts may say of a person."""
    return {name: told.value for name, told in persons_of(request).show(person_id).attributes.items()}


def _repertoire(request: ApiRequest) -> Repertoire:
    found: Repertoire = request.app.state.repertoire
    return found


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_actions,
    show_action,
    action_history,
    try_one_action,
    list_placements,
    show_placement,
    placement_history,
    try_one_placement,
)
