"""``/api/v1/session``: signing in and out, and who is signed in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from litestar import Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

import segue
from segue.app.sessions import not_signed_in
from segue.app.users import anybody_has_a_password
from segue.domain.access import Role
from segue.domain.order import rfc3339
from segue.domain.people import SignedIn
from segue.edge.api.cookies import cleared_cookie, refuse_other_sites, session_cookie
from segue.edge.api.errors import described
from segue.edge.api.guard import signed_in
from segue.edge.api.roles import ACTS
from segue.edge.api.services import ApiRequest, client_address, people_of, services_of
from segue.errors import InvalidInputError
from segue.settings import Settings, public_address

_SESSION = "/api/v1/session"
_DEMO = "demo.json"


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """How one can sign in here, besides by a link."""

    #: some user has one
    password: bool
    #: an OpenID provider is set up
    oidc: bool
    #: what its button says
    oidc_name: str | None


class SigningIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A name and a password, or the token of a one-time link."""

    name: Annotated[str, msgspec.Meta(max_length=1000)] | None = None
    password: Annotated[str, msgspec.Meta(max_length=1000)] | None = None
    link: Annotated[str, msgspec.Meta(max_length=1000)] | None = None


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A password to be, and the present one where there is one and the session did not begin by a link."""

    password: Annotated[str, msgspec.Meta(max_length=1000)]
    current: Annotated[str, msgspec.Meta(max_length=1000)] | None = None


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in."""

    #: null: the owner at the machine
    user_id: str | None
    name: str
    role: Role
    has_password: bool


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in, what she may do, and what a page has to know of the installation."""

    user: Me
    #: names of the acts that her role may do
    acts: list[str]
    version: str
    #: IANA name of the retailer's zone
    time_zone: str
    currency: str | None
    public_url: str
    #: whether the demo made this installation
    demo: bool
    #: sources whose events are composed
    composed_sources: list[str]
    #: RFC 3339
    expires_at: str


class _Demo(msgspec.Struct, frozen=True):
    composed_sources: list[str] = []


@get(f"{_SESSION}/ways", opt={"act": "session"}, sync_to_thread=True, responses=described())
def ways(request: ApiRequest) -> Ways:
    """How one can sign in, besides by a one-time link."""
    installation = services_of(request).installation
    settings = installation.settings
    name = settings.oidc_name or urlsplit(settings.oidc_issuer).hostname
    return Ways(
        password=anybody_has_a_password(installation.database),
        oidc=bool(settings.oidc_issuer),
        oidc_name=name if settings.oidc_issuer else None,
    )


# summary and description are given because Litestar forgets the function's own where a path has two methods
@post(
    _SESSION,
    opt={"act": "session"},
    status_code=200,
    responses=described(413, 429),
    summary="SignIn",
    description="Sign in by name and password, or by a one-time link; the answer sets the cookie.",
)
async def sign_in(request: ApiRequest, data: JSONBody[SigningIn]) -> Response[Session]:
    """Sign in by name and password, or by a one-time link; the answer sets the cookie."""
    refuse_other_sites(request, cookie=False)
    people = people_of(request)
    if data.link is not None and data.name is None and data.password is None:
        token = await people.by_link(data.link, client_address(request))
    elif data.name is not None and data.password is not None and data.link is None:
        token = await people.by_password(data.name, data.password, client_address(request))
    else:
        raise InvalidInputError("nothing to sign in with", cure="send name and password, or link")
    session = await people.holder(token)
    if session is None:
        raise not_signed_in()
    settings = services_of(request).installation.settings
    return Response(_shown(request, session), cookies=[session_cookie(settings, token, session)])


@get(
    _SESSION,
    opt={"act": "session"},
    responses=described(),
    summary="ReadSession",
    description="Read who is signed in, and what she may do.",
)
async def read_session(request: ApiRequest) -> Session:
    """Read who is signed in, and what she may do."""
    return _shown(request, await _present(request))


@delete(
    _SESSION,
    opt={"act": "session"},
    status_code=204,
    responses=described(),
    summary="SignOut",
    description="Sign out; the session ends and the cookie is taken away.",
)
async def sign_out(request: ApiRequest) -> Response[None]:
    """Sign out; the session ends and the cookie is taken away."""
    session = await signed_in(request)
    if session is not None:
        await people_of(request).sign_out(session)
    settings = services_of(request).installation.settings
    return Response(None, status_code=204, cookies=[cleared_cookie(settings)])


@post(
    f"{_SESSION}/password",
    opt={"act": "session"},
    status_code=204,
    responses=described(409, 413, 429),
)
async def set_password(request: ApiRequest, data: JSONBody[NewPassword]) -> None:
    """Set one's own password; one's other sessions end."""
    session = await _present(request)
    people = people_of(request)
    await people.set_password(session, data.password, data.current, client_address(request))


async def _present(request: ApiRequest) -> SignedIn:
    session = await signed_in(request)
    if session is None:
        raise not_signed_in()
    return session


def _shown(request: ApiRequest, session: SignedIn) -> Session:
    installation = services_of(request).installation
    settings: Settings = installation.settings
    demo = _read_demo(installation.data)
    return Session(
        user=Me(
            user_id=session.user_id,
            name=session.name,
            role=session.role,
            has_password=session.has_password,
        ),
        acts=[name for name, act in ACTS.items() if act.roles is None or session.role in act.roles],
        version=segue.__version__,
        time_zone=settings.time_zone,
        currency=None,
        public_url=public_address(settings),
        demo=demo is not None,
        composed_sources=[] if demo is None else demo.composed_sources,
        expires_at=rfc3339(session.expires_at),
    )


def _read_demo(data: Path) -> _Demo | None:
    """What the demo wrote of itself, if it made this installation."""
    try:
        return msgspec.json.decode((data / _DEMO).read_bytes(), type=_Demo)
    except (OSError, msgspec.MsgspecError):
        return None


HANDLERS: tuple[HTTPRouteHandler, ...] = (ways, sign_in, read_session, sign_out, set_password)
