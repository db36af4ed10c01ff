"""``create_api``: the HTTP API as an ASGI application.

Serve it behind the collector's application, which takes its own paths first. Handlers that ask the
database run in threads; authentication, routing and encoding stay on the event loop.
"""

from __future__ import annotations

import asyncio
import time
from functools import cache, partial
from typing import Any

from litestar import Litestar
from litestar.datastructures import ResponseHeader, State
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.serialization import encode_json
from litestar.types import ASGIApp, ExceptionHandlersMap, Message, Receive, Send

import segue
from segue.app.associate.assisting import Assisting
from segue.app.catalogue import Catalogue
from segue.app.coupons import Coupons
from segue.app.customers import Customers
from segue.app.deciding.desk import Desk
from segue.app.deciding.repertoire import Repertoire
from segue.app.deciding.showing import Decisions
from segue.app.imports.jobs import ImportDesk
from segue.app.learning.reading import Recommender
from segue.app.live import Live
from segue.app.measures import measure
from segue.app.ofrep import Evaluations
from segue.app.oidc import Provider
from segue.app.overview import Figures
from segue.app.people import People
from segue.app.persons import Persons
from segue.app.proofs.desk import ProofDesk
from segue.app.screens.scene import Scenes
from segue.app.segments.members import Segments
from segue.app.segments.preview import Previews
from segue.app.traits import Traits
from segue.app.vocabulary import Words
from segue.edge.api import (
    associate,
    catalogue,
    coupons,
    customers,
    decisions,
    definitions,
    entries,
    house,
    imports,
    keys,
    letters,
    live,
    models,
    ofrep,
    oidc,
    overview,
    persons,
    predictions,
    proofs,
    repertoire,
    screens,
    segments,
    session,
    shop,
    snippets,
    sources,
    story,
    traits,
    users,
    vocabulary,
)
from segue.edge.api.errors import (
    HEADERS,
    answer_http_error,
    answer_segue_error,
    answer_unforeseen,
    answer_unreadable,
)
from segue.edge.api.guard import permit
from segue.edge.api.plain import PlainQuestions
from segue.edge.api.services import Services
from segue.edge.collecting.limits import RateLimiter
from segue.edge.metrics import Metrics
from segue.errors import SegueError

LONGEST_BODY = 64 * 1024
"""Bytes of the largest request body the API takes."""

_METHODS = frozenset({"GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH"})

HANDLERS = (
    *session.HANDLERS,
    *oidc.HANDLERS,
    *users.HANDLERS,
    *persons.HANDLERS,
    *predictions.HANDLERS,
    *models.HANDLERS,
    *customers.HANDLERS,
    *overview.HANDLERS,
    *traits.HANDLERS,
    *segments.HANDLERS,
    *vocabulary.HANDLERS,
    *live.HANDLERS,
    *screens.HANDLERS,
    *sources.HANDLERS,
    *snippets.HANDLERS,
    *letters.HANDLERS,
    *decisions.HANDLERS,
    *ofrep.HANDLERS,
    *associate.HANDLERS,
    *repertoire.HANDLERS,
    *proofs.HANDLERS,
    *coupons.HANDLERS,
    *catalogue.HANDLERS,
    *definitions.HANDLERS,
    *entries.HANDLERS,
    *keys.HANDLERS,
    *imports.HANDLERS,
    *house.HANDLERS,
    *story.HANDLERS,
    *shop.HANDLERS,
)
"""Every endpoint."""

_EXCEPTIONS: ExceptionHandlersMap = {
    SegueError: answer_segue_error,
    HTTPException: answer_http_error,
    RecursionError: answer_unreadable,
    UnicodeDecodeError: answer_unreadable,
    Exception: answer_unforeseen,
}


def create_api(services: Services) -> ASGIApp:
    """The API over these services. No CORS here: :mod:`segue.edge.across` lets in what others may ask."""
    installation = services.installation
    services.metrics.watch(partial(measure, installation))
    state = _state(services)
    app: Any = Litestar(
        route_handlers=HANDLERS,
        guards=[permit],
        exception_handlers=_EXCEPTIONS,
        response_headers=[ResponseHeader(name=name, value=value) for name, value in HEADERS.items()],
        openapi_config=None,
        state=State(state),
        request_max_body_size=LONGEST_BODY,
        logging_config=None,
    )
    front: Any = PlainQuestions(app, services, state["desk"])
    return _measured(front, services.metrics)


def _state(services: Services) -> dict[str, Any]:
    """What the handlers find in their application."""
    installation = services.installation
    figures, watched, previews = Figures(installation), Live(installation), Previews(installation)
    services.endings.append(watched.close)
    return {
        "services": services,
        "people": People(installation.database, installation.clock, installation.secret),
        "provider": Provider(installation.settings) if installation.settings.oidc_issuer else None,
        "persons": Persons(installation),
        "traits": Traits(installation),
        "segments": Segments(installation),
        "previews": previews,
        "words": Words(installation, previews.snapshots),
        "figures": figures,
        "customers": Customers(installation, figures),
        "live": watched,
        "imports": ImportDesk(installation),
        "catalogue": Catalogue(installation.database, installation.clock),
        "decisions": Decisions(installation),
        "repertoire": Repertoire(installation),
        "recommender": Recommender(installation),
        "description": describe,  # made when it is first asked for: that takes a second
        **_asked_by_touchpoints(services),
    }


def _asked_by_touchpoints(services: Services) -> dict[str, Any]:
    """The part of it that answers what to show, and to whom."""
    installation = services.installation
    desk = Desk(installation, fell=services.metrics.fell)
    if services.awaited:
        desk.begin()
    screens_end = asyncio.Event()
    services.endings.extend((screens_end.set, desk.close))
    return {
        "desk": desk,
        "flags": Evaluations(installation, desk),
        "flags_asked": RateLimiter(ofrep.ASKED_A_SECOND),
        "assisting": Assisting(installation, desk),
        "proofs": ProofDesk(installation),
        "proofs_given": RateLimiter(proofs.GIVEN_A_SECOND),
        "proofs_brought": RateLimiter(proofs.BROUGHT_A_SECOND),
        "coupons": Coupons(installation),
        "scenes": Scenes(installation),
        "screens_end": screens_end,
    }


@cache
def describe() -> bytes:
    """The OpenAPI document, as JSON."""
    config = OpenAPIConfig(
        title="Segue",
        version=segue.__version__,
        description="One customer, every channel, no seams. Roles and what each may do: docs/api-roles.md.",
        security=[{"key": []}, {"session": []}],
        components=Components(
            security_schemes={
                "key": SecurityScheme(type="http", scheme="bearer"),
                "session": SecurityScheme(type="apiKey", name="segue", security_scheme_in="cookie"),
            }
        ),
        use_handler_docstrings=True,
    )
    app = Litestar(route_handlers=HANDLERS, openapi_config=config, logging_config=None)
    return encode_json(app.openapi_schema.to_schema())


def _measured(app: ASGIApp, metrics: Metrics) -> ASGIApp:
    """Count and time every request by its route."""

    async def measure(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        status = 500
        started = time.perf_counter()

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await app(scope, receive, note)
        method = scope["method"] if scope["method"] in _METHODS else "(other)"
        route = scope.get("path_template") or "(none)"
        metrics.observe(method, route, status, time.perf_counter() - started)

    return measure
