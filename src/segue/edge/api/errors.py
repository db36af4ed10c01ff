"""Every error in the one shape of the API: ``{"code", "message", "cure"?}``."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.openapi import ResponseSpec
from litestar.serialization import decode_json

from segue.app.logs import Log
from segue.edge.api.services import ApiRequest
from segue.errors import NotAuthenticatedError, SegueError

_LOG = Log("segue.api")


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is answered when a request cannot be."""

    #: for programs; stable
    code: str
    #: for people
    message: str
    #: what to do about it, where something can be done
    cure: str | None = None


def described(*more: int) -> dict[int, ResponseSpec]:
    """The errors of an operation for the API's description: what every one has, and these besides."""
    says = {
        400: "the request cannot be used as it is",
        401: "no live key was sent, and nobody is signed in",
        403: "the caller's role may not do this",
        404: "nobody has this id",
        409: "it cannot be done as things are",
        413: "the body is too large",
        429: "too many attempts: try again after Retry-After seconds",
        503: "the database is away for the moment: try again after Retry-After seconds",
    }
    statuses = (400, 401, 403, 503, *more)
    return {
        status: ResponseSpec(Problem, generate_examples=False, description=says[status])
        for status in sorted(statuses)
    }


_CODES = {
    400: "invalid_input",
    401: "not_authenticated",
    403: "not_permitted",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "invalid_input",
}


def answer_segue_error(_: ApiRequest, error: SegueError) -> Response[Problem]:
    """An error with a message meant for people."""
    headers = {}
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    if isinstance(error, NotAuthenticatedError):
        headers["WWW-Authenticate"] = "Bearer"
    problem = Problem(code=error.code, message=error.message, cure=error.cure)
    return Response(problem, status_code=error.status, headers=headers, media_type="application/json")


def answer_http_error(request: ApiRequest, error: HTTPException) -> Response[Problem]:
    """What Litestar found wrong with a request: no such path, a wrong parameter, a broken body."""
    if error.status_code >= 500:
        return _internal(error)
    if error.status_code == 404:
        nothing = Problem(
            code="not_found",
            message=f"there is nothing at {request.url.path[:200]}",
            cure="GET /api/docs shows what there is",
        )
        return Response(nothing, status_code=404, media_type="application/json")
    message = error.detail or "the request cannot be used as it is"
    extra: Any = error.extra
    if isinstance(extra, list):
        message += "".join(f"; {each.get('key', 'body')}: {each.get('message')}" for each in extra)
    code = _CODES.get(error.status_code, "invalid_input")
    headers = {"Allow": error.headers["Allow"]} if error.headers and "Allow" in error.headers else None
    return Response(
        Problem(code=code, message=message),
        status_code=error.status_code,
        headers=headers,
        media_type="application/json",
    )


def answer_nested(_: ApiRequest, error: RecursionError) -> Response[Problem]:
    """A body that is nested too deeply to be read is the sender's fault; any other recursion is ours."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None or place.tb_frame.f_code is not decode_json.__code__:
        return _internal(error)
    problem = Problem(code="invalid_input", message="the body is nested too deeply")
    return Response(problem, status_code=400, media_type="application/json")


def answer_unforeseen(_: ApiRequest, error: Exception) -> Response[Problem]:
    """A fault of ours. The log gets its kind and place; never its text, which may hold personal data."""
    return _internal(error)


def _internal(error: Exception) -> Response[Problem]:
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = "" if place is None else f"{place.tb_frame.f_code.co_qualname}:{place.tb_lineno}"
    _LOG.error("request_failed", kind=type(error).__name__, where=where)
    problem = Problem(code="internal", message="this is a fault of Segue, and it has been logged")
    return Response(problem, status_code=500, media_type="application/json")
