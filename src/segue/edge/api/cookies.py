"""The cookie of a session, and whether a request that brings one was made by our own pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from litestar.datastructures import Cookie

from segue.domain.people import ABSOLUTE, OWNERS, SignedIn
from segue.edge.api.services import Connection, services_of
from segue.errors import NotPermittedError
from segue.settings import Settings, public_address

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS = frozenset({"same-origin", "none"})


def is_encrypted(settings: Settings) -> bool:
    """Whether people reach the console by https, as far as the settings say."""
    return public_address(settings).startswith("https:")


def cookie_name(settings: Settings, base: str = "segue") -> str:
    """``segue``, or ``__Host-segue``, which a browser takes from this very host and over TLS only."""
    return f"__Host-{base}" if is_encrypted(settings) else base


def session_token(connection: Connection) -> str | None:
    """The token that the request's cookie holds."""
    return connection.cookies.get(cookie_name(services_of(connection).installation.settings))


def session_cookie(settings: Settings, token: str, session: SignedIn) -> Cookie:
    """The cookie that brings the token back; the server decides how long that helps."""
    life = OWNERS if session.user_id is None else ABSOLUTE
    return _cookie(settings, token, life // 1_000_000)


def cleared_cookie(settings: Settings) -> Cookie:
    """The cookie that takes it away."""
    return _cookie(settings, "", 0)


def _cookie(settings: Settings, value: str, max_age: int) -> Cookie:
    return Cookie(
        key=cookie_name(settings),
        value=value,
        max_age=max_age,
        path="/",
        secure=is_encrypted(settings),
        httponly=True,
        samesite="strict",
    )


def refuse_other_sites(connection: Connection, *, cookie: bool = True) -> None:
    """NotPermittedError (``cross_site``) for a request that changes something and another site caused.

    With a ``cookie`` it must show that it comes from our pages; without one, as when signing in, it must
    only not show the opposite: a program sends neither header.
    """
    if connection.scope.get("method") in _SAFE:
        return
    if not _is_ours(connection, unsaid=not cookie):
        raise NotPermittedError(
            "this request does not come from Segue's own pages",
            cure="open the console at its own address (setting public_url), or use a key",
            code="cross_site",
        )


def _is_ours(connection: Connection, *, unsaid: bool) -> bool:
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site in _OURS
    origin = connection.headers.get("origin")
    if origin is None:
        return unsaid
    settings = services_of(connection).installation.settings
    host = connection.headers.get("host", "")
    own = {_origin(public_address(settings)), _origin(f"{connection.scope.get('scheme', 'http')}://{host}")}
    asked = _origin(origin)
    return asked is not None and asked in own


def _origin(url: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port, with the port that goes without saying; None for what is no origin."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None
