"""What the API tells of the installation itself: health, metrics, status, audit and its own description."""

from __future__ import annotations

from importlib import resources
from typing import Annotated

import msgspec
from litestar import Response, get, head
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from segue.app import audit, status
from segue.app.audit import AuditEntry
from segue.app.status import Status
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, services_of


class Health(msgspec.Struct, frozen=True):
    """That it is well."""

    status: str = "ok"


class AuditPage(msgspec.Struct, frozen=True, kw_only=True):
    """Administrative acts, newest first."""

    acts: list[AuditEntry]
    #: ``before`` for the next page; null on the last one
    next: int | None


@get("/health/live", opt={"act": "open"}, sync_to_thread=False)
def live() -> Health:
    """Tell that this process answers."""
    return Health()


# summary and description are given because Litestar forgets the function's own where a path has two methods
@get(
    "/health/ready",
    opt={"act": "open"},
    sync_to_thread=True,
    responses={503: described()[503]},
    summary="Ready",
    description="Tell that this process can reach its database; 503 while it cannot.",
)
def ready(request: ApiRequest) -> Health:
    """Tell that this process can reach its database; 503 while it cannot."""
    status.check_alive(services_of(request).installation.database)
    return Health()


@head("/health/live", opt={"act": "open"}, sync_to_thread=False, include_in_schema=False)
def live_without_body() -> Response[None]:
    """Tell that this process answers, to who asks for no body."""
    return Response(None, media_type="text/plain")


@head("/health/ready", opt={"act": "open"}, sync_to_thread=True, include_in_schema=False)
def ready_without_body(request: ApiRequest) -> Response[None]:
    """Tell that this process can reach its database, to who asks for no body."""
    status.check_alive(services_of(request).installation.database)
    return Response(None, media_type="text/plain")


@get("/metrics", opt={"act": "open"}, sync_to_thread=True, media_type="text/plain")
def metrics(request: ApiRequest) -> Response[bytes]:
    """Read the metrics of this process and of the loop, in the Prometheus text format."""
    text = services_of(request).metrics.render()
    return Response(text, media_type="text/plain; version=0.0.4")


@get("/api/v1/status", opt={"act": "status"}, sync_to_thread=True, responses=described())
def read_status(request: ApiRequest) -> Status:
    """Read how far the loop has come."""
    installation = services_of(request).installation
    return status.read_status(installation.database, installation.clock)


@get("/api/v1/audit", opt={"act": "audit"}, sync_to_thread=True, responses=described())
def read_audit(
    request: ApiRequest,
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
    before: Annotated[int | None, QueryParameter(ge=1, le=2**62)] = None,
) -> AuditPage:
    """Read who did which administrative act, newest first."""
    with services_of(request).installation.database.transaction(read_only=True) as session:
        acts = audit.read_audit(session, limit=limit, before=before)
    return AuditPage(acts=acts, next=acts[-1].audit_id if len(acts) == limit else None)


@get("/api/openapi.json", opt={"act": "open"}, sync_to_thread=True, include_in_schema=False)
def description(request: ApiRequest) -> Response[bytes]:
    """The description of this API (OpenAPI 3.1)."""
    return Response(request.app.state.description(), media_type="application/json")


@get("/api/docs", opt={"act": "open"}, sync_to_thread=False, include_in_schema=False)
def page() -> Response[bytes]:
    """The description as a page that needs nothing from anywhere else."""
    html = resources.files("segue.edge.api").joinpath("docs.html").read_bytes()
    policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"
    return Response(html, media_type="text/html", headers={"Content-Security-Policy": policy})


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    live,
    ready,
    live_without_body,
    ready_without_body,
    metrics,
    read_status,
    read_audit,
    description,
    page,
)
