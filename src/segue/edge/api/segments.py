"""``/api/v1/segments``: who is in them and was, whom a condition would find, and what groups there are."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.concurrency import sync_to_thread
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from segue.app.segments.answers import Discovery, Preview
from segue.app.segments.discover import discover
from segue.app.segments.members import (
    LONGEST_HISTORY,
    MemberPage,
    SegmentChanges,
    SegmentHistory,
    SegmentList,
    Segments,
    SegmentView,
)
from segue.domain.rules.segments import read_when
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, persons_of, services_of
from segue.edge.api.traits import previews_of

_SEGMENT = "/api/v1/segments/{name:str}"


class TryingSegment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A condition to be tried."""

    #: as in segments.yaml
    when: dict[str, Any]
    #: the segment that it is, or is to be: left out of the overlap
    name: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    #: persons shown
    sample: Annotated[int, msgspec.Meta(ge=0, le=20)] = 10


class Discovering(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to look for groups."""

    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31)] = 1
    #: how many; null: the machine decides
    groups: Annotated[int, msgspec.Meta(ge=2, le=12)] | None = None


@get("/api/v1/segments", opt={"act": "segments"}, sync_to_thread=True, responses=described())
def list_segments(request: ApiRequest) -> SegmentList:
    """List all segments with how many are in each."""
    return segments_of(request).all()


# summary and description are given because Litestar forgets the function's own where a path has two methods;
# and of a path with three it wraps a plain function twice, and answers what nobody awaited
@get(
    _SEGMENT,
    opt={"act": "segments"},
    responses=described(404),
    operation_id="ShowSegment",
    summary="ShowSegment",
    description="Read a segment.",
)
async def show_segment(request: ApiRequest, name: FromPath[str]) -> SegmentView:
    """Read a segment."""
    return await sync_to_thread(segments_of(request).one, name)


@get(f"{_SEGMENT}/members", opt={"act": "members"}, sync_to_thread=True, responses=described(404))
def segment_members(
    request: ApiRequest,
    name: FromPath[str],
    limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    after: Annotated[
        str | None, QueryParameter(max_length=200, description="`next` of the page before")
    ] = None,
) -> MemberPage:
    """List who is in a segment."""
    return segments_of(request).members(name, limit=limit, after=after)


@get(f"{_SEGMENT}/history", opt={"act": "segments"}, sync_to_thread=True, responses=described(404))
def segment_history(
    request: ApiRequest,
    name: FromPath[str],
    days: Annotated[int, QueryParameter(ge=1, le=LONGEST_HISTORY)] = 30,
) -> SegmentHistory:
    """Read how many were in a segment, entered it and left it, day by day."""
    return segments_of(request).history(name, days=days)


@get(
    "/api/v1/persons/{person_id:str}/segments/history",
    opt={"act": "timeline"},
    sync_to_thread=True,
    responses=described(404),
)
def person_segments(
    request: ApiRequest,
    person_id: FromPath[str],
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 200,
) -> SegmentChanges:
    """Read which segments a person has entered and left, newest first."""
    fragments = [bytes.fromhex(each) for each in persons_of(request).show(person_id).fragments]
    return segments_of(request).changes_of(fragments, limit=limit)


@post(
    "/api/v1/segments/preview",
    opt={"act": "segments"},
    sync_to_thread=True,
    status_code=200,
    responses=described(413),
)
def preview_segment(request: ApiRequest, data: JSONBody[TryingSegment]) -> Preview:
    """Find out whom a condition would find, and which other segments they are in."""
    rules = services_of(request).installation.rules()
    when = read_when(
        data.when, "when", rules.traits, rules.purposes.purposes, {each.name for each in rules.segments}
    )
    return previews_of(request).preview(when, name=data.name, sample=data.sample)


@post(
    "/api/v1/segments/discover",
    opt={"act": "segments"},
    sync_to_thread=True,
    status_code=200,
    responses=described(409, 413),
)
def discover_segments(request: ApiRequest, data: JSONBody[Discovering]) -> Discovery:
    """Find groups among those who buy, and conditions that find them again; nothing is changed."""
    return discover(previews_of(request), seed=data.seed, groups=data.groups)


def segments_of(request: ApiRequest) -> Segments:
    """The segments of this application's installation."""
    segments: Segments = request.app.state.segments
    return segments


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_segments,
    show_segment,
    segment_members,
    segment_history,
    person_segments,
    preview_segment,
    discover_segments,
)
