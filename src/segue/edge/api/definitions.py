"""``/api/v1/definitions``: the retailer's own files: what is in force, and what would be wrong."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter

from segue.app import definitions, rulesview
from segue.app.definitions import Applied, Definition, DefinitionProblem, Version
from segue.app.hints import DefinitionHint, hints_of
from segue.app.rulesview import RulesView
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, caller_of, services_of

_DEFINITIONS = "/api/v1/definitions"

LONGEST_BODY = 2 * 1024 * 1024
"""Bytes of a request that brings definitions: a tracking plan may have hundreds of schemas."""

Name = Annotated[str, msgspec.Meta(max_length=200)]
Bodies = Annotated[dict[Name, str], msgspec.Meta(max_length=1000)]


class Definitions(msgspec.Struct, frozen=True, kw_only=True):
    """Every definition in force, and the rules that they come to."""

    definitions: list[Definition]
    rules: RulesView


class History(msgspec.Struct, frozen=True, kw_only=True):
    """Every version of a definition, newest first."""

    versions: list[Version]


class Checking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Texts to be checked as if they were put in force together."""

    #: file name → text
    bodies: Bodies


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong or worth a second look, and the rules as they would be."""

    problems: list[DefinitionProblem]
    #: what would hold, and probably not as it was meant; none while something is wrong
    hints: list[DefinitionHint]
    #: null while something is wrong
    rules: RulesView | None


class Applying(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Texts to be put in force."""

    #: file name → text
    bodies: Bodies
    #: file name → the version that it was made from, 0 for a default
    expected: dict[Name, Annotated[int, msgspec.Meta(ge=0, le=2**31)]] = {}


# summary and description are given because Litestar forgets the function's own where a path has two methods
@get(
    _DEFINITIONS,
    opt={"act": "definitions"},
    sync_to_thread=True,
    responses=described(),
    summary="ListDefinitions",
    description="Read the definitions in force as texts, and the rules that they come to.",
)
def list_definitions(request: ApiRequest) -> Definitions:
    """Read the definitions in force as texts, and the rules that they come to."""
    with services_of(request).installation.database.transaction(read_only=True) as session:
        found = definitions.in_force(session)
    bodies = {each.name: each.body for each in found}
    return Definitions(definitions=found, rules=rulesview.view(definitions.read_rules(bodies), bodies))


@get(f"{_DEFINITIONS}/history", opt={"act": "definitions"}, sync_to_thread=True, responses=described())
def definition_history(request: ApiRequest, name: Annotated[str, QueryParameter(max_length=200)]) -> History:
    """Read every version of a definition, newest first."""
    with services_of(request).installation.database.transaction(read_only=True) as session:
        return History(versions=definitions.history(session, name))


@post(
    f"{_DEFINITIONS}/check",
    opt={"act": "define"},
    sync_to_thread=True,
    status_code=200,
    responses=described(413),
    request_max_body_size=LONGEST_BODY,
)
def check_definitions(request: ApiRequest, data: JSONBody[Checking]) -> Checked:
    """Read everything that would be wrong with some texts, or worth a second look; nothing is changed."""
    with services_of(request).installation.database.transaction(read_only=True) as session:
        before = {each.name: each.body for each in definitions.in_force(session)}
    problems = definitions.check(before, data.bodies)
    bodies = {**before, **data.bodies}
    if problems:
        return Checked(problems=problems, hints=[], rules=None)
    rules = definitions.read_rules(bodies)
    hints = hints_of(rules, bodies, data.bodies)
    return Checked(problems=problems, hints=hints, rules=rulesview.view(rules, bodies))


@put(
    _DEFINITIONS,
    opt={"act": "define"},
    sync_to_thread=True,
    responses=described(409, 413),
    request_max_body_size=LONGEST_BODY,
    summary="ApplyDefinitions",
    description="Put texts in force, all or none; running processes follow at once, or within a second.",
)
def apply_definitions(request: ApiRequest, data: JSONBody[Applying]) -> Applied:
    """Put texts in force, all or none; running processes follow at once, or within a second."""
    house, actor = services_of(request).installation, caller_of(request).actor
    applied = definitions.apply(house.database, house.clock, data.bodies, actor=actor, expected=data.expected)
    house.look_again()
    return applied


HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_definitions,
    definition_history,
    check_definitions,
    apply_definitions,
)
