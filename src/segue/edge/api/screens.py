"""``/api/v1/screens/loop``: what a display shows, told again whenever something is different there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Final

import msgspec
from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.params import QueryParameter
from litestar.response import Stream

from segue.app.deciding.answers import DecisionAnswer
from segue.app.deciding.asking import DecisionRequest
from segue.app.deciding.desk import Desk
from segue.app.screens.scene import Scene, Scenes, differs
from segue.edge.api.decisions import asker_of
from segue.edge.api.errors import described
from segue.edge.api.guard import may_still
from segue.edge.api.services import ApiRequest
from segue.errors import UnavailableError

LOOK: Final = 2.0
"""Seconds from one look at the moment to the next."""
ANEW: Final = 600.0
"""Seconds after which it is decided anew though nothing is different: what was shown tires."""
AGAIN: Final = (2.0, 60.0)
"""Seconds after which it is decided anew when the fallback was answered: at first, and at most."""
KEEP_ALIVE: Final = 15.0
LONGEST: Final = 900.0
"""Seconds a stream lasts; displays then connect again, and one whose key was revoked is refused."""


def holds(fallbacks: int) -> float:
    """Seconds that an answer holds while nothing is different, after so many fallbacks in a row.

    Nobody looks at a fallback for long only because the database was slow once.
    """
    soonest, longest = AGAIN
    return min(soonest * 2 ** min(fallbacks - 1, 16), longest) if fallbacks else ANEW


class Loop(msgspec.Struct, frozen=True, kw_only=True):
    """What the display plays from now on."""

    decision: DecisionAnswer
    #: what was different: ``weather``, ``daypart``, ``sold_out``, ``trending``, ``definitions``; or ``time``
    because: list[str]
    scene: Scene


Named = Annotated[str, QueryParameter(max_length=200, description="the placement; its key is bound to it")]
Where = Annotated[str, QueryParameter(max_length=200, description="the store it stands in; empty: in none")]
Tongue = Annotated[str, QueryParameter(max_length=35, description="the language it speaks, as de or de-AT")]


@get(
    "/api/v1/screens/loop",
    opt={"act": "screens"},
    responses={
        200: ResponseSpec(
            str,
            media_type="text/event-stream",
            description="events `loop`, each with a decision",
            generate_examples=False,
        ),
        **described(404),
    },
)
async def watch_loop(request: ApiRequest, placement: Named, store: Where = "", locale: Tongue = "") -> Stream:
    """Watch what a display should play, as server-sent events."""
    context = {name: value for name, value in (("store", store), ("locale", locale)) if value}
    question = DecisionRequest(placement=placement, context=context)
    asker_of(request, question)  # refused before anything is streamed
    await asyncio.to_thread(_scenes(request).at, placement, store or None)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Stream(_told(request, question), media_type="text/event-stream", headers=headers)


async def _told(request: ApiRequest, question: DecisionRequest) -> AsyncIterator[bytes]:
    began = asked = spoke = time.monotonic()
    seen: Scene | None = None
    fallbacks = 0
    ended: asyncio.Event = request.app.state.screens_end
    yield b"retry: 2000\n\n"
    while time.monotonic() - began < LONGEST and not ended.is_set():
        now = time.monotonic()
        scene: Scene | None
        try:
            scene = await asyncio.to_thread(
                _scenes(request).at, question.placement, question.context.get("store")
            )
        except UnavailableError:
            scene = seen  # the display plays on; it is looked at again
        because = [] if scene is None else differs(seen, scene)
        if scene is not None and (because or now - asked >= holds(fallbacks)):
            if not await may_still(request, "screens"):
                return
            seen, asked, spoke = scene, now, now
            loop = await _loop(request, question, because or ["time"], scene)
            fallbacks = fallbacks + 1 if loop.decision.fallback else 0
            yield b"event: loop\ndata: %s\n\n" % msgspec.json.encode(loop)
        elif now - spoke >= KEEP_ALIVE:
            spoke = now
            yield b": alive\n\n"
        await _wait(ended)


async def _loop(request: ApiRequest, question: DecisionRequest, because: list[str], scene: Scene) -> Loop:
    """Decided by the very weather that was noticed: the desk's own look may be a moment older."""
    desk: Desk = request.app.state.desk
    weather = _scenes(request).weather(question.context.get("store"))
    if weather is not None:
        question = msgspec.structs.replace(question, context={**question.context, "weather": weather})
    decision = await desk.ask(question, asker_of(request, question))
    return Loop(decision=decision, because=because, scene=scene)


async def _wait(ended: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(LOOK):
            await ended.wait()
    except TimeoutError:
        return


def _scenes(request: ApiRequest) -> Scenes:
    scenes: Scenes = request.app.state.scenes
    return scenes


HANDLERS: tuple[HTTPRouteHandler, ...] = (watch_loop,)
