"""Who may call what: the key or the session against the table of roles, before anything is parsed."""

from __future__ import annotations

from litestar.handlers import BaseRouteHandler

from segue.app.keys import unstaffed
from segue.domain.access import Caller, Key
from segue.domain.people import SignedIn
from segue.domain.rules import Rules
from segue.edge.api.cookies import refuse_other_sites, session_token
from segue.edge.api.roles import ACTS
from segue.edge.api.services import Connection, Services, people_of, services_of
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
    if not may(caller, handler.opt["act"]):
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
        return await _by_key(connection, connection.headers["authorization"])
    if "x-api-key" in connection.headers and connection.url.path.startswith("/ofrep/"):
        return await _by_key(connection, f"Bearer {connection.headers['x-api-key']}")
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
    return may(caller, act)


def may(caller: Caller, act: str) -> bool:
    """Whether her role may do this."""
    roles = ACTS[act].roles
    return roles is None or caller.role in roles


def known_caller(services: Services, sent: str) -> Caller | None:
    """Whose live key an ``Authorization`` holds, as far as memory knows; None: it has to be looked up."""
    key = services.keyring.find(_bearer(sent))
    return None if key is None else _caller(key, services.installation.rules())


async def _by_key(connection: Connection, sent: str) -> Caller:
    text = _bearer(sent)
    if not text:
        raise NotAuthenticatedError("no key was sent", cure="send it as Authorization: Bearer KEY")
    services = services_of(connection)
    key = await services.keyring.lookup(text)
    if key is None:
        raise NotAuthenticatedError(
            "this key is not known", cure="see `segue keys list`, or make one with `segue keys create`"
        )
    return _caller(key, services.installation.rules())


def _bearer(sent: str) -> str:
    """The key that an ``Authorization`` holds; empty for none."""
    scheme, _, text = sent.partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


def _caller(key: Key, rules: Rules) -> Caller:
    """The holder of a key. One that was made for the staff's placement, which became a visitor's since, is
    trusted no longer.
    """
    given = key.trusted and unstaffed(rules, key.placement) is None
    return Caller(
        actor=key.key_id,
        role=key.role,
        name=key.key_id,
        source=key.source,
        trusted=given or key.role not in {"decide", "ingest"},
        placement=key.placement,
    )
