"""``/api/v1/traits``: what is counted of everybody, how far, and what a definition would give."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from segue.app.segments.answers import Distribution
from segue.app.segments.preview import Previews
from segue.app.traits import TraitList, TraitPreview, Traits, TraitView
from segue.domain.rules.yamls import dump
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest
from segue.errors import UnavailableError

_TRAIT = "/api/v1/traits/{name:str}"

Identified = Annotated[str, msgspec.Meta(max_length=1000)]


class TraitDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A trait, and how its values are spread over everybody."""

    trait: TraitView
    #: from the snapshot; null before the first one, or while the trait is newer than it
    distribution: Distribution | None


class TryingTraits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Definitions to be tried."""

    #: the text of a traits.yaml, or the object that it would be
    definition: Annotated[str, msgspec.Meta(max_length=200_000)] | dict[str, Any]
    #: KIND:VALUE each; none: twenty who were seen lately
    persons: Annotated[list[Identified], msgspec.Meta(max_length=50)] = []


@get("/api/v1/traits", opt={"act": "traits"}, sync_to_thread=True, responses=described())
def list_traits(request: ApiRequest) -> TraitList:
    """List all traits, with how far what happened before their definition is counted."""
    return traits_of(request).all()


# summary and description are given because Litestar forgets the function's own where a path has two methods;
# and of a path with three it wraps a plain function twice, and answers what nobody awaited
@get(
    _TRAIT,
    opt={"act": "traits"},
    responses=described(404),
    operation_id="ShowTrait",
    summary="ShowTrait",
    description="Read a trait, and how its values are spread over everybody.",
)
async def show_trait(request: ApiRequest, name: FromPath[str]) -> TraitDetail:
    """Read a trait, and how its values are spread over everybody."""
    return await sync_to_thread(_detail, request, name)


def _detail(request: ApiRequest, name: str) -> TraitDetail:
    trait = traits_of(request).one(name)
    try:
        distribution = previews_of(request).distribution(name)
    except UnavailableError:
        distribution = None
    return TraitDetail(trait=trait, distribution=distribution)


@post(
    "/api/v1/traits/preview",
    opt={"act": "traits"},
    sync_to_thread=True,
    status_code=200,
    responses=described(404, 413),
)
def preview_traits(request: ApiRequest, data: JSONBody[TryingTraits]) -> TraitPreview:
    """Try definitions over the whole history, for some persons; nothing is changed."""
    text = data.definition
    return traits_of(request).preview(text if isinstance(text, str) else dump(text), data.persons)


@post(
    f"{_TRAIT}/backfill",
    opt={"act": "define"},
    sync_to_thread=True,
    status_code=202,
    responses=described(404),
)
def backfill_trait(request: ApiRequest, name: FromPath[str]) -> TraitView:
    """Have a trait counted anew from the whole history, by the running worker; asked again, go on."""
    return traits_of(request).begin_anew(name)


def traits_of(request: ApiRequest) -> Traits:
    """The traits of this application's installation."""
    traits: Traits = request.app.state.traits
    return traits


def previews_of(request: ApiRequest) -> Previews:
    """What answers questions about everybody."""
    previews: Previews = request.app.state.previews
    return previews


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_traits, show_trait, preview_traits, backfill_trait)
