"""``PUT`` and ``DELETE`` of one segment or one trait: what the console's builder does to the files."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import delete, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, PathParameter

from segue.app import entries
from segue.app.entries import Shaped
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, caller_of, services_of

Name = Annotated[str, PathParameter(max_length=80)]


class SegmentDefinition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A segment as segments.yaml has it."""

    #: a condition, see docs/conditions
    when: dict[str, Any]
    title: Annotated[str, msgspec.Meta(max_length=200)] = ""
    description: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class TraitDefinition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trait as traits.yaml has it."""

    definition: dict[str, Any]


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
    house, actor = services_of(request).installation, caller_of(request).actor
    return entries.put(house, "segments", name, value, actor=actor)


@delete(
    "/api/v1/segments/{name:str}",
    opt={"act": "shape"},
    sync_to_thread=True,
    status_code=200,
    responses=described(404),
    operation_id="DeleteSegment",
    summary="DeleteSegment",
    description="Take a segment out of segments.yaml; refused while another rests on it.",
)
def delete_segment(request: ApiRequest, name: Name) -> Shaped:
    """Take a segment out of segments.yaml; refused while another rests on it."""
    return entries.drop(services_of(request).installation, "segments", name, actor=caller_of(request).actor)


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
    house, actor = services_of(request).installation, caller_of(request).actor
    return entries.put(house, "traits", name, data.definition, actor=actor)


@delete(
    "/api/v1/traits/{name:str}",
    opt={"act": "shape"},
    sync_to_thread=True,
    status_code=200,
    responses=described(404),
    operation_id="DeleteTrait",
    summary="DeleteTrait",
    description="Take a trait out of traits.yaml; refused while a segment or another trait rests on it.",
)
def delete_trait(request: ApiRequest, name: Name) -> Shaped:
    """Take a trait out of traits.yaml; refused while a segment or another trait rests on it."""
    return entries.drop(services_of(request).installation, "traits", name, actor=caller_of(request).actor)


HANDLERS: list[HTTPRouteHandler] = [put_segment, delete_segment, put_trait, delete_trait]
