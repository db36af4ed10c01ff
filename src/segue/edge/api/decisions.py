"""``/api/v1/decisions``: touchpoints ask what to show; people read what was decided and why."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter

from segue.app.deciding.answers import DecisionAnswer
from segue.app.deciding.asking import MOST_REQUESTS, DecisionRequest
from segue.app.deciding.desk import Desk
from segue.app.deciding.facing import Asker
from segue.app.deciding.policy import AT_ONCE, PolicyOverview, PolicyReport, overview, report
from segue.app.deciding.showing import DecisionPage, Decisions, DecisionWhole
from segue.app.keys import KeyRing
from segue.domain.access import Caller
from segue.domain.actions import Outcome
from segue.edge.api.errors import Problem, described
from segue.edge.api.services import ApiRequest, caller_of, services_of
from segue.errors import NotPermittedError, SegueError

DECISIONS = "/api/v1/decisions"
LARGEST = 1024 * 1024
"""Bytes of a question with its basket, and of a batch."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Many questions at once."""

    requests: Annotated[list[DecisionRequest], msgspec.Meta(max_length=MOST_REQUESTS)]


class Refused(Problem, frozen=True, kw_only=True):
    """A question of a batch that could not be answered."""

    #: its number in the batch, from 0
    number: int


class BatchAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Their answers, in the order of the questions; null where there is an error."""

    decisions: list[DecisionAnswer | None]
    errors: list[Refused]


def asker_of(request: ApiRequest, question: DecisionRequest) -> Asker:
    """Who asks; NotPermittedError when the key is bound to another placement."""
    return asker(caller_of(request), question, services_of(request).keyring, request.app.state.desk)


def asker(caller: Caller, question: DecisionRequest, keyring: KeyRing, desk: Desk) -> Asker:
    """Who a caller is to a decision; NotPermittedError when the key is bound to another placement."""
    if caller.placement is not None and caller.placement != question.placement:
        raise NotPermittedError(
            f"this key asks for the placement {caller.placement!r} only", cure="make a key for this one"
        )
    source = None if caller.source is None else keyring.source(caller.source)
    secret = None if source is None else source.identity_secret
    proven = desk.proven(question.identity_token, secret, caller.actor)
    return Asker(caller.trusted, proven, caller.source)


@post(
    DECISIONS,
    opt={"act": "decide"},
    status_code=200,
    request_max_body_size=LARGEST,
    responses=described(404, 413),
    operation_id="Decide",
    summary="Decide",
    description="Ask what a placement should show, to whoever is in front of it.",
)
async def decide(request: ApiRequest, data: JSONBody[DecisionRequest]) -> DecisionAnswer:
    """Ask what a placement should show, to whoever is in front of it."""
    desk: Desk = request.app.state.desk
    return await desk.ask(data, asker_of(request, data))


@post(
    f"{DECISIONS}/batch",
    opt={"act": "decide"},
    status_code=200,
    sync_to_thread=True,
    request_max_body_size=LARGEST,
    responses=described(404, 413),
)
def decide_batch(request: ApiRequest, data: JSONBody[Batch]) -> BatchAnswer:
    """Ask many questions at once; each is answered, or refused, by itself."""
    desk: Desk = request.app.state.desk
    asked = [(each, asker_of(request, each)) for each in data.requests]
    found = desk.ask_all(asked)
    return BatchAnswer(
        decisions=[None if isinstance(each, SegueError) else each for each in found],
        errors=[
            Refused(number=number, code=each.code, message=each.message, cure=each.cure)
            for number, each in enumerate(found)
            if isinstance(each, SegueError)
        ],
    )


@get(
    DECISIONS,
    opt={"act": "decisions"},
    responses=described(404),
    operation_id="ListDecisions",
    summary="ListDecisions",
    description="Read what was decided, newest first.",
    sync_to_thread=True,
)
def list_decisions(
    request: ApiRequest,
    *,
    placement: Annotated[str | None, QueryParameter(max_length=80, description="of one placement")] = None,
    person: Annotated[str | None, QueryParameter(max_length=80, description="to one person")] = None,
    fallback: Annotated[bool | None, QueryParameter(description="the placement's fallback, or not")] = None,
    outcome: Annotated[Outcome | None, QueryParameter(description="what became of one of its slots")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=500, description="how many")] = 50,
    after: Annotated[str | None, QueryParameter(max_length=80, description="next of the page before")] = None,
) -> DecisionPage:
    """Read what was decided, newest first."""
    decisions: Decisions = request.app.state.decisions
    return decisions.list(
        placement=placement, person=person, fallback=fallback, outcome=outcome, limit=limit, after=after
    )


@get(
    f"{DECISIONS}/{{decision_id:str}}",
    opt={"act": "decisions"},
    sync_to_thread=True,
    responses=described(404),
)
def show_decision(request: ApiRequest, decision_id: FromPath[str]) -> DecisionWhole:
    """Read one decision: why these, why nothing else, and whether it comes out the same again."""
    decisions: Decisions = request.app.state.decisions
    return decisions.show(decision_id)


@get("/api/v1/policies", opt={"act": "decisions"}, sync_to_thread=True, responses=described())
def list_policies(
    request: ApiRequest,
    *,
    days: Annotated[int, QueryParameter(ge=1, le=400, description="how far back")] = 30,
) -> PolicyOverview:
    """Read how every placement did, day by day."""
    return overview(services_of(request).installation, days=days)


@get(
    "/api/v1/policies/{placement:str}",
    opt={"act": "decisions"},
    sync_to_thread=True,
    responses=described(404),
)
def policy_report(
    request: ApiRequest,
    placement: FromPath[str],
    *,
    days: Annotated[int, QueryParameter(ge=1, le=400, description="how far back")] = 30,
) -> PolicyReport:
    """Read what a placement's decisions were worth, and what other policies would have been."""
    return report(services_of(request).installation, placement, days=days, most=AT_ONCE)


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    decide, decide_batch, list_decisions, show_decision, list_policies, policy_report,
)  # fmt: skip
