"""``PUT`` and ``DELETE`` of one segment, trait, action or placement: what the console does to the files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from litestar import delete, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, PathParameter

from segue.app import entries
from segue.app.entries import Section, Shaped
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, caller_of, services_of

Name = Annotated[str, PathParameter(max_length=80)]
LONGEST_ACTION = 512 * 1024
"""Bytes of an action: it may say a lot in many languages."""


class SegmentDefinition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A segment as segments.yaml has it."""

    #: a condition, see docs/conditions
    when: dict[str, Any]
    title: Annotated[str, msgspec.Meta(max_length=200)] = ""
    description: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class TraitDefinition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trait as traits.yaml has it."""

    definition: dict[str, Any]


class EntryDefinition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An action as actions.yaml has it, or a placement as placements.yaml has it."""

    definition: dict[str, Any]
    #: of what it was made from, empty for a new one: 409 when it says something else by now
    revision: Annotated[str, msgspec.Meta(max_length=64)] | None = None


@put(
    "/api/v1/segments/{name:str}",
    opt={"act": "shape"},
    sync_to_thread=True,
    responses=described(404),
    operation_id="PutSegment",
    summary="PutSegment",
    description="Define a segment, new or not; the rest of segments.yaml stays as it was written.",
)
def put_segment(request: ApiRequest, name: Name, data: JSONBody[SegmentDefinition]) -> Shaped:
    """Define a segment, new or not; the rest of segments.yaml stays as it was written."""
    said = {"title": data.title, "description": data.description}
    value = {**{key: text for key, text in said.items() if text}, "when": data.when}
    return _put(request, "segments", name, value)


@put(
    "/api/v1/traits/{name:str}",
    opt={"act": "shape"},
    sync_to_thread=True,
    responses=described(404),
    operation_id="PutTrait",
    summary="PutTrait",
    description="Define a trait, new or not; the rest of traits.yaml stays as it was written.",
)
def put_trait(request: ApiRequest, name: Name, data: JSONBody[TraitDefinition]) -> Shaped:
    """Define a trait, new or not; the rest of traits.yaml stays as it was written."""
    return _put(request, "traits", name, data.definition)


@put(
    "/api/v1/actions/{name:str}",
    opt={"act": "shape"},
    sync_to_thread=True,
    request_max_body_size=LONGEST_ACTION,
    responses=described(404, 409, 413),
    operation_id="PutAction",
    summary="PutAction",
    description="Define an action, new or not; the rest of actions.yaml stays as it was written.",
)
def put_action(request: ApiRequest, name: Name, data: JSONBody[EntryDefinition]) -> Shaped:
    """Define an action, new or not; the rest of actions.yaml stays as it was written."""
    return _put(request, "actions", name, data.definition, data.revision)


@put(
    "/api/v1/placements/{name:str}",
    opt={"act": "shape"},
    sync_to_thread=True,
    responses=described(404, 409),
    operation_id="PutPlacement",
    summary="PutPlacement",
    description="Define a placement, new or not; the rest of placements.yaml stays as it was written.",
)
def put_placement(request: ApiRequest, name: Name, data: JSONBody[EntryDefinition]) -> Shaped:
    """Define a placement, new or not; the rest of placements.yaml stays as it was written."""
    return _put(request, "placements", name, data.definition, data.revision)


def _put(
    request: ApiRequest, section: Section, name: str, value: Mapping[str, Any], revision: str | None = None
) -> Shaped:
    house, actor = services_of(request).installation, caller_of(request).actor
    return entries.put(house, section, name, value, actor=actor, revision=revision)


def _dropping(section: Section, operation: str, says: str) -> HTTPRouteHandler:
    """The handler that takes one entry out of a section's file."""

    @delete(
        f"/api/v1/{section}/{{name:str}}",
        opt={"act": "shape"},
        sync_to_thread=True,
        status_code=200,
        responses=described(404),
        operation_id=operation,
        summary=operation,
        description=says,
    )
    def drop(request: ApiRequest, name: Name) -> Shaped:
        return entries.drop(services_of(request).installation, section, name, actor=caller_of(request).actor)

    return drop


HANDLERS: list[HTTPRouteHandler] = [
    put_segment,
    _dropping(
        "segments",
        "DeleteSegment",
        "Take a segment out of segments.yaml; refused while another rests on it.",
    ),
    put_trait,
    _dropping(
        "traits",
        "DeleteTrait",
        "Take a trait out of traits.yaml; refused while a segment or another trait rests on it.",
    ),
    put_action,
    _dropping(
        "actions",
        "DeleteAction",
        "Take an action out of actions.yaml; refused while a placement falls back to it.",
    ),
    put_placement,
    _dropping(
        "placements",
        "DeletePlacement",
        "Take a placement out of placements.yaml; whoever asks for it is answered 404 from then on.",
    ),
]
