"""``/api/v1/overview``: the installation on one page."""

from __future__ import annotations

from litestar import get
from litestar.handlers import HTTPRouteHandler

from segue.app.overview import Figures, Overview
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest


@get("/api/v1/overview", opt={"act": "overview"}, sync_to_thread=True, responses=described())
def overview(request: ApiRequest) -> Overview:
    """Read how many persons there are, what came lately, how fresh it is, and what needs attention."""
    figures: Figures = request.app.state.figures
    return figures.read()


HANDLERS: tuple[HTTPRouteHandler, ...] = (overview,)
