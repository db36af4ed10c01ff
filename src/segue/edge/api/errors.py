"""Every error in the one shape of the API: ``{"code", "message", "cure"?}``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.openapi import ResponseSpec
from litestar.serialization import decode_json

from segue.app.deciding.asking import DecisionRequest
from segue.app.logs import Log
from segue.domain.rules.yamls import nearest
from segue.edge.api.services import ApiRequest
from segue.errors import NotAuthenticatedError, SegueError

_LOG = Log("segue.api")
_QUESTIONS = frozenset(("/api/v1/decisions", "/api/v1/decisions/batch"))
_STRANGE = re.compile(r"unknown field `(?P<name>[^`]*)`(?! - at `[^`]*\.suppose`)")
"""How msgspec says that no field of a question is called so, and not one of what it supposes."""


HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
"""Of every answer, errors too."""


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


def problem_of(error: Exception) -> tuple[int, Problem, dict[str, str]]:
    """What is answered to an error: its status, its words, and headers. A fault of ours is logged."""
    if not isinstance(error, SegueError):
        return 500, _fault(error), {}
    headers = {}
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    if isinstance(error, NotAuthenticatedError):
        headers["WWW-Authenticate"] = "Bearer"
    return error.status, Problem(code=error.code, message=error.message, cure=error.cure), headers


def answer_segue_error(_: ApiRequest, error: SegueError) -> Response[Problem]:
    """An error with a message meant for people."""
    return _answer(error)


def answer_http_error(request: ApiRequest, error: HTTPException) -> Response[Problem]:
    """What Litestar found wrong with a request: no such path, a wrong parameter, a broken body."""
    if error.status_code >= 500:
        return _answer(error)
    if error.status_code == 404:
        nothing = Problem(
            code="not_found",
            message=f"there is nothing at {request.url.path[:200]}",
            cure="GET /api/docs shows what there is",
        )
        return _response(404, nothing)
    message = error.detail or "the request cannot be used as it is"
    extra: Any = error.extra
    if isinstance(extra, list):
        message += "".join(f"; {each.get('key', 'body')}: {each.get('message')}" for each in extra)
    code = _CODES.get(error.status_code, "invalid_input")
    headers = {"Allow": error.headers["Allow"]} if error.headers and "Allow" in error.headers else {}
    cure = _meant(message) if request.url.path in _QUESTIONS else None
    return _response(error.status_code, Problem(code=code, message=message, cure=cure), headers)


def _meant(message: str) -> str | None:
    """What to write for a key of a question that there is not; None where something else is wrong with it."""
    strange = _STRANGE.search(message)
    return None if strange is None else nearest(strange["name"], DecisionRequest.__struct_fields__)


def unreadable(error: Exception) -> str | None:
    """What is wrong with the body that ``error`` is of; None where it is of something else, and so ours."""
    place = _place(error)
    if place is None or place.tb_frame.f_code is not decode_json.__code__:
        return None
    if isinstance(error, UnicodeDecodeError):
        return "a text of the body is not UTF-8"
    return "the body is nested too deeply" if isinstance(error, RecursionError) else None


def answer_unreadable(_: ApiRequest, error: Exception) -> Response[Problem]:
    """What breaks the reading of a body is the sender's fault; the same from anywhere else is ours."""
    wrong = unreadable(error)
    if wrong is None:
        return _answer(error)
    return _response(400, Problem(code="invalid_input", message=wrong))


def answer_unforeseen(_: ApiRequest, error: Exception) -> Response[Problem]:
    """A fault of ours. The log gets its kind and place; never its text, which may hold personal data."""
    return _answer(error)


def _answer(error: Exception) -> Response[Problem]:
    return _response(*problem_of(error))


def _response(status: int, problem: Problem, headers: Mapping[str, str] = {}) -> Response[Problem]:
    return Response(
        problem, status_code=status, headers={**HEADERS, **headers}, media_type="application/json"
    )


def _fault(error: Exception) -> Problem:
    place = _place(error)
    where = "" if place is None else f"{place.tb_frame.f_code.co_qualname}:{place.tb_lineno}"
    _LOG.error("request_failed", kind=type(error).__name__, where=where)
    return Problem(code="internal", message="this is a fault of Segue, and it has been logged")


def _place(error: Exception) -> TracebackType | None:
    """Where it was raised."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return place
