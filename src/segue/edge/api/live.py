"""``/api/v1/live``: events and dead letters as they come (server-sent events), and the newest of them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.params import QueryParameter
from litestar.response import Stream

from segue.app.live import Listener, Live
from segue.app.watching import Recent
from segue.domain.access import Caller
from segue.edge.api.errors import described
from segue.edge.api.guard import may_still
from segue.edge.api.roles import ACTS
from segue.edge.api.services import ApiRequest, caller_of

ASK_AGAIN = 10.0
"""Seconds after which it is asked again whether whoever listens still may."""

KEEP_ALIVE = 15.0
"""Seconds of silence after which a comment shows that the connection lives."""

LONGEST = 900.0
"""Seconds a stream lasts; browsers then connect again, and whoever may no longer see it is refused."""

LETTERS = "letters"
"""The event that tells of dead letters: only to who may read those."""

FARTHEST = 2**53 - 1
"""A log offset that is never reached, and that a browser can count to."""

Named = Annotated[str, QueryParameter(max_length=200, description="only this source's; empty: of all")]
Whole = Annotated[bool, QueryParameter(description="tell events whole")]
Before = Annotated[int, QueryParameter(ge=0, le=FARTHEST, description="only events of a lesser log offset")]


@get(
    "/api/v1/live",
    opt={"act": "live"},
    responses={
        200: ResponseSpec(
            str,
            media_type="text/event-stream",
            description="ticks, events and letters as they come",
            generate_examples=False,
        ),
        **described(),
    },
)
async def watch_live(request: ApiRequest, source: Named = "", detail: Whole = False) -> Stream:
    """Watch events and dead letters as they come, as server-sent events."""
    live = _live(request)
    listener = live.join(source, detail=detail)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    told = _told(request, live, listener, letters=_may(caller_of(request), "dead_letters"))
    return Stream(told, media_type="text/event-stream", headers=headers)


async def _told(
    request: ApiRequest, live: Live, listener: Listener, *, letters: bool
) -> AsyncIterator[bytes]:
    until = time.monotonic() + LONGEST
    asked = time.monotonic()
    try:
        yield b"retry: 2000\n\n"
        while time.monotonic() < until:
            messages = await listener.next(KEEP_ALIVE)
            if messages is None:
                return
            if time.monotonic() - asked >= ASK_AGAIN:
                if not await may_still(request, "live"):
                    return
                asked = time.monotonic()
            if not messages:
                yield b": alive\n\n"
            for message in messages:
                if message.name == LETTERS and not letters:
                    continue
                yield b"event: %s\ndata: %s\n\n" % (message.name.encode(), message.data)
    finally:
        live.leave(listener)


def _may(caller: Caller, act: str) -> bool:
    return caller.role in (ACTS[act].roles or ())


@get("/api/v1/live/recent", opt={"act": "live"}, sync_to_thread=True, responses=described())
def recent_events(
    request: ApiRequest,
    source: Named = "",
    limit: Annotated[int, QueryParameter(ge=1, le=200)] = 50,
    before: Before = FARTHEST,
) -> Recent:
    """Read the newest events whole, with whose they are; dead letters too, if the caller may read those."""
    recent = _live(request).watcher.recent(source, limit, before)
    return recent if _may(caller_of(request), "dead_letters") else msgspec.structs.replace(recent, letters=[])


def _live(request: ApiRequest) -> Live:
    live: Live = request.app.state.live
    return live


HANDLERS: tuple[HTTPRouteHandler, ...] = (watch_live, recent_events)
