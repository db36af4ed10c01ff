"""Who may call what: the key or the session against the table of roles, before anything is parsed."""

from __future__ import annotations

from litestar.handlers import BaseRouteHandler

from segue.app.keys import KeyRing
from segue.domain.access import Caller
from segue.domain.people import SignedIn
from segue.edge.api.cookies import refuse_other_sites, session_token
from segue.edge.api.roles import ACTS
from segue.edge.api.services import Connection, people_of, services_of
from segue.errors import NotAuthenticatedError, NotPermittedError, UnavailableError


async def permit(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let the request through when the caller's role may do what the handler does.

    NotAuthenticatedError without a live key or session, NotPermittedError with one of another role or when
    another site is behind it, UnavailableError while an unknown one cannot be looked up.
    """
    if connection.scope.get("method") == "OPTIONS":
        return  # Litestar's own answer, which only lists a path's methods
    act = ACTS[handler.opt["act"]]
    if act.roles is None:
        return
    caller = await authenticate(connection)
    if caller.role not in act.roles:
        raise NotPermittedError(
            f"the role {caller.role!r} may not do this",
            cure=f"{', '.join(sorted(act.roles))} may",
        )
    connection.scope["state"]["caller"] = caller


async def authenticate(connection: Connection) -> Caller:
    """Whose live key stands in ``Authorization: Bearer KEY``, or else who holds the session of the cookie.

    Where decisions are asked for as flags a key may stand in ``X-API-Key`` too, as the protocol has it.
    """
    if "authorization" in connection.headers:
        return await by_key(services_of(connection).keyring, connection.headers["authorization"])
    if "x-api-key" in connection.headers and connection.url.path.startswith("/ofrep/"):
        return await by_key(services_of(connection).keyring, f"Bearer {connection.headers['x-api-key']}")
    session = await signed_in(connection)
    if session is None:
        raise NotAuthenticatedError(
            "no key was sent, and nobody is signed in",
            cure="send a key as Authorization: Bearer KEY, or sign in at /console/sign-in",
        )
    return Caller(actor=session.actor, role=session.role, name=session.name)


async def signed_in(connection: Connection) -> SignedIn | None:
    """Who holds the live session of the request's cookie.

    NotPermittedError (``cross_site``) when another site made the browser send it with what changes something.
    """
    token = session_token(connection)
    if token is None:
        return None
    refuse_other_sites(connection)
    return await people_of(connection).holder(token)


async def may_still(connection: Connection, act: str) -> bool:
    """Whether the key or session of an answer that lasts is alive, in a role that may do this.

    While that is unknown it goes on.
    """
    try:
        caller = await authenticate(connection)
    except NotAuthenticatedError:
        return False
    except UnavailableError:
        return True
    return caller.role in (ACTS[act].roles or ())


async def by_key(keyring: KeyRing, sent: str) -> Caller:
    """Whose live key an ``Authorization`` holds; NotAuthenticatedError, UnavailableError."""
    scheme, _, text = sent.partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise NotAuthenticatedError("no key was sent", cure="send it as Authorization: Bearer KEY")
    key = await keyring.lookup(text.strip())
    if key is None:
        raise NotAuthenticatedError(
            "this key is not known", cure="see `segue keys list`, or make one with `segue keys create`"
        )
    return Caller(
        actor=key.key_id,
        role=key.role,
        name=key.key_id,
        source=key.source,
        trusted=key.trusted or key.role not in {"decide", "ingest"},
        placement=key.placement,
    )
