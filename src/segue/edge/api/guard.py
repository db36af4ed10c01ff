"""Who may call what: the key of the request against the table of roles, before anything is parsed."""

from __future__ import annotations

from litestar.handlers import BaseRouteHandler

from segue.domain.access import Caller
from segue.edge.api.roles import ACTS
from segue.edge.api.services import Connection, services_of
from segue.errors import NotAuthenticatedError, NotPermittedError


async def permit(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let the request through when its key's role may do what the handler does.

    NotAuthenticatedError without a live key, NotPermittedError with one of another role, UnavailableError
    while an unknown key cannot be looked up.
    """
    if connection.scope.get("method") == "OPTIONS":
        return  # Litestar's own answer, which only lists a path's methods
    act = ACTS[handler.opt["act"]]
    if act.roles is None:
        return
    caller = await authenticate(connection)
    if caller.role not in act.roles:
        raise NotPermittedError(
            f"a key with role {caller.role!r} may not do this",
            cure=f"use one of {', '.join(sorted(act.roles))}",
        )
    connection.scope["state"]["caller"] = caller


async def authenticate(connection: Connection) -> Caller:
    """Whose live key stands in ``Authorization: Bearer KEY``; nothing else in the request is looked at."""
    scheme, _, text = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise NotAuthenticatedError("no key was sent", cure="send it as Authorization: Bearer KEY")
    key = await services_of(connection).keyring.lookup(text.strip())
    if key is None:
        raise NotAuthenticatedError(
            "this key is not known", cure="see `segue keys list`, or make one with `segue keys create`"
        )
    return Caller(actor=key.key_id, role=key.role, name=key.key_id)
