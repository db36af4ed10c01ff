"""``/ofrep/v1``: decisions as feature flags, by the OpenFeature Remote Evaluation Protocol (0.3.0).

Errors are told in the protocol's own form, and a key may come as ``X-API-Key`` too (see the guard).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, post
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ExceptionHandlersMap

from segue.app.deciding.desk import Desk
from segue.app.deciding.facing import Asker
from segue.app.ofrep import Caller, Evaluations, Flag, FlagError, Flags, Question, read_context
from segue.edge.api.errors import answer_segue_error, answer_unforeseen, unreadable
from segue.edge.api.services import ApiRequest, caller_of, client_address, services_of
from segue.edge.collecting.limits import RateLimiter
from segue.errors import SegueError, TooManyRequestsError

_FLAGS: Final = "/ofrep/v1/evaluate/flags"
LARGEST: Final = 1024 * 1024
"""Bytes of an evaluation context."""
ASKED_A_SECOND: Final = 50
"""Evaluations by one public key from one address."""
_TAG = re.compile(r'(?:W/)?("[^"]*")')


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The body of an evaluation."""

    #: ``targetingKey`` and whatever else is known of the moment
    context: Any = None


class FlagProblem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why nothing was evaluated."""

    errorDetails: str
    key: str | None = None
    errorCode: str | None = None


def _problem(request: ApiRequest, status: int, code: str | None, details: str, answer: Any) -> Response[Any]:
    key = request.path_params.get("key") if code is not None else None
    body = FlagProblem(errorDetails=details, key=key, errorCode=code)
    headers = {} if answer is None else dict(answer.headers)
    return Response(body, status_code=status, headers=headers, media_type="application/json")


def _answer_error(request: ApiRequest, error: SegueError) -> Response[Any]:
    """In the protocol's form; where it knows a code, with the code."""
    details = error.message if error.cure is None else f"{error.message}: {error.cure}"
    code = error.error if isinstance(error, FlagError) else "GENERAL" if error.status == 400 else None
    return _problem(request, error.status, code, details, answer_segue_error(request, error))


def _answer_body(request: ApiRequest, error: HTTPException) -> Response[Any]:
    """What cannot be read."""
    status = 400 if error.status_code < 500 and error.status_code != 413 else error.status_code
    code = "PARSE_ERROR" if status == 400 else None
    return _problem(request, status, code, error.detail or "the body cannot be read", None)


def _answer_unreadable(request: ApiRequest, error: Exception) -> Response[Any]:
    wrong = unreadable(error)
    if wrong is None:
        return _answer_fault(request, error)
    return _problem(request, 400, "PARSE_ERROR", wrong, None)


def _answer_fault(request: ApiRequest, error: Exception) -> Response[Any]:
    answer_unforeseen(request, error)  # for its line in the log
    return _problem(request, 500, None, "this is a fault of Segue, and it has been logged", None)


_EXCEPTIONS: ExceptionHandlersMap = {
    SegueError: _answer_error,
    HTTPException: _answer_body,
    RecursionError: _answer_unreadable,
    UnicodeDecodeError: _answer_unreadable,
    Exception: _answer_fault,
}


def _described(*more: int) -> dict[int, ResponseSpec]:
    says = {
        304: "nothing has changed since the answer with that ETag",
        400: "PARSE_ERROR, TARGETING_KEY_MISSING, INVALID_CONTEXT or GENERAL",
        401: "no live key was sent",
        403: "the key's role may not do this",
        404: "FLAG_NOT_FOUND",
        413: "the body is too large",
        429: "too many at once: try again after Retry-After seconds",
        500: "a fault of Segue",
        503: "the database is away for the moment: try again after Retry-After seconds",
    }
    statuses = sorted({400, 401, 403, 413, 429, 500, 503, *more})
    return {
        status: ResponseSpec(
            None if status == 304 else FlagProblem, generate_examples=False, description=says[status]
        )
        for status in statuses
    }


@post(
    f"{_FLAGS}/{{key:str}}",
    opt={"act": "decide"},
    status_code=200,
    request_max_body_size=LARGEST,
    responses=_described(404),
    exception_handlers=_EXCEPTIONS,
    operation_id="EvaluateFlag",
    summary="EvaluateFlag",
    description="Evaluate one flag: what a placement shows, or one text of it.",
)
async def evaluate_flag(request: ApiRequest, key: FromPath[str], data: JSONBody[Evaluation]) -> Flag:
    """Evaluate one flag."""
    question, asker, caller = _asked(request, data)
    flags: Evaluations = request.app.state.flags
    return await flags.one(key, question, asker, caller)


@post(
    _FLAGS,
    opt={"act": "decide"},
    status_code=200,
    request_max_body_size=LARGEST,
    responses=_described(304),
    exception_handlers=_EXCEPTIONS,
    operation_id="EvaluateFlags",
    summary="EvaluateFlags",
    description="Evaluate every flag that the key sees; 304 where nothing changed since If-None-Match.",
)
async def evaluate_flags(
    request: ApiRequest,
    data: JSONBody[Evaluation],
    *,
    config_etag: Annotated[
        str | None,
        QueryParameter(name="flagConfigEtag", max_length=200, description="of an event; not needed"),
    ] = None,
    config_last_modified: Annotated[
        str | None,
        QueryParameter(name="flagConfigLastModified", max_length=80, description="of an event; not needed"),
    ] = None,
) -> Response[Flags | None]:
    """Evaluate every flag that the key sees."""
    del config_etag, config_last_modified
    question, asker, caller = _asked(request, data)
    flags: Evaluations = request.app.state.flags
    found, etag = await flags.all(question, asker, caller)
    if _knows(request.headers.get("if-none-match"), etag):
        return Response(None, status_code=304, headers={"ETag": etag})
    return Response(found, status_code=200, headers={"ETag": etag}, media_type="application/json")


def _asked(request: ApiRequest, data: Evaluation) -> tuple[Question, Asker, Caller]:
    """The context, and who asks. TooManyRequestsError for a public key that asks without pause."""
    services, caller = services_of(request), caller_of(request)
    limiter: RateLimiter = request.app.state.flags_asked
    if not caller.trusted and not limiter.allows(
        caller.actor, client_address(request), services.installation.clock.now()
    ):
        raise TooManyRequestsError("too many at once with this key", cure="try again in a second")
    question = read_context(data.context, services.installation.rules(), trusted=caller.trusted)
    desk: Desk = request.app.state.desk
    source = None if caller.source is None else services.keyring.source(caller.source)
    secret = None if source is None else source.identity_secret
    proven = desk.proven(question.token, secret, caller.actor)
    asker = Asker(caller.trusted, proven, caller.source)
    return question, asker, Caller(caller.actor, caller.trusted, caller.placement)


def _knows(header: str | None, etag: str) -> bool:
    if header is None:
        return False
    return header.strip() == "*" or etag in _TAG.findall(header)


HANDLERS: tuple[HTTPRouteHandler, ...] = (evaluate_flag, evaluate_flags)
