"""``/api/v1/session/oidc``: to the OpenID provider and back.

Whatever goes wrong ends at the console's page to sign in, with ``?error=oidc_…``: a browser is here.
"""

from __future__ import annotations

import asyncio
from typing import Annotated

from litestar import Response, get
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.response import Redirect

from segue.app.logs import Log
from segue.app.oidc import TRIP, OidcError, Provider, new_trip, seal, unseal
from segue.edge.api.cookies import cookie_name, is_encrypted, session_cookie
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, client_address, people_of, services_of
from segue.errors import TooManyRequestsError
from segue.settings import Settings, public_address

_LOG = Log("segue.oidc")
_PATH = "/api/v1/session/oidc"
_CONSOLE = "/console/"
_TEXT = QueryParameter(max_length=5000)


@get(_PATH, opt={"act": "session"}, status_code=302, responses=described())
async def begin_oidc(request: ApiRequest) -> Response[None]:
    """Send the browser to the OpenID provider."""
    house = services_of(request).installation
    provider = _provider_of(request)
    try:
        if provider is None:
            raise OidcError("off")
        trip = new_trip(house.clock.now())
        there = await asyncio.to_thread(provider.authorize_url, trip, _redirect_uri(house.settings))
    except OidcError as error:
        return _refused(house.settings, error)
    return Redirect(
        there,
        status_code=302,
        cookies=[_trip_cookie(house.settings, seal(trip, house.secret), TRIP // 10**6)],
    )


@get(f"{_PATH}/callback", opt={"act": "session"}, status_code=302, responses=described(429))
async def end_oidc(
    request: ApiRequest,
    code: Annotated[str | None, _TEXT] = None,
    given: Annotated[str | None, QueryParameter(name="state", max_length=5000)] = None,
    error: Annotated[str | None, _TEXT] = None,
) -> Response[None]:
    """Take the browser back from the OpenID provider, and sign the user in."""
    settings = services_of(request).installation.settings
    try:
        token = await _token(request, code, given, error)
    except OidcError as refusal:
        return _refused(settings, refusal)
    except TooManyRequestsError:
        return _refused(settings, OidcError("too_many"))
    session = await people_of(request).holder(token)
    if session is None:
        return _refused(settings, OidcError("unknown"))
    cookies = [session_cookie(settings, token, session), _trip_cookie(settings, "", 0)]
    return Redirect(_CONSOLE, status_code=302, cookies=cookies)


async def _token(request: ApiRequest, code: str | None, given: str | None, error: str | None) -> str:
    """The token of a new session; OidcError, TooManyRequestsError."""
    house, people, provider = services_of(request).installation, people_of(request), _provider_of(request)
    if provider is None:
        raise OidcError("off")
    now, settings = house.clock.now(), house.settings
    trip = unseal(request.cookies.get(_trip_name(settings)), house.secret, now)
    if trip is None or given != trip.state:
        raise OidcError("state")
    if error is not None or code is None:
        raise OidcError("refused")
    attempt = await asyncio.to_thread(people.attempt, None, client_address(request))
    try:
        email = await asyncio.to_thread(provider.email_of, code, trip, _redirect_uri(settings), now)
    except OidcError as failure:
        if failure.reason == "away":  # that is nobody's guess
            await asyncio.to_thread(people.succeeded, attempt, None)
        raise
    token = await asyncio.to_thread(people.by_address, email)
    if token is None:
        raise OidcError("unknown")
    await asyncio.to_thread(people.succeeded, attempt, None)
    return token


def _provider_of(request: ApiRequest) -> Provider | None:
    provider: Provider | None = request.app.state.provider
    return provider


def _redirect_uri(settings: Settings) -> str:
    return f"{public_address(settings)}{_PATH}/callback"


def _refused(settings: Settings, error: OidcError) -> Response[None]:
    if error.reason in {"away", "token"}:
        _LOG.warning("oidc_failed", reason=error.reason)
    return Redirect(
        f"{_CONSOLE}sign-in?error=oidc_{error.reason}",
        status_code=302,
        cookies=[_trip_cookie(settings, "", 0)],
    )


def _trip_name(settings: Settings) -> str:
    return cookie_name(settings, "segue-oidc")


def _trip_cookie(settings: Settings, value: str, max_age: int) -> Cookie:
    """Lax, as it must come back with the redirect from another site."""
    return Cookie(
        key=_trip_name(settings),
        value=value,
        max_age=max_age,
        path="/",
        secure=is_encrypted(settings),
        httponly=True,
        samesite="lax",
    )


HANDLERS: tuple[HTTPRouteHandler, ...] = (begin_oidc, end_oidc)
