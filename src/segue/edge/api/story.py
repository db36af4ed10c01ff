"""``/api/v1/story``: the demo's story, where a demo was run."""

from __future__ import annotations

from litestar import get
from litestar.handlers import HTTPRouteHandler

from segue.app.demo.story import Story, read_story
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, services_of
from segue.errors import NotFoundError


@get("/api/v1/story", opt={"act": "story"}, sync_to_thread=True, responses=described(404))
def story(request: ApiRequest) -> Story:
    """Read the story of the demo: seven things in this installation, and what of them is made up."""
    found = read_story(services_of(request).installation.data)
    if found is None:
        raise NotFoundError("no demo was run in this installation", cure="`segue demo` makes one")
    return found


HANDLERS: tuple[HTTPRouteHandler, ...] = (story,)
