"""Signing in with an OpenID provider: authorization code, PKCE, state and nonce.

What is believed of an ID token is a pure function (:func:`verified_email`); :class:`Provider` fetches what
the provider publishes and exchanges the code. Nobody is made a user here: the verified e-mail address
must be the name of one whom an admin made.
"""

from __future__ import annotations

import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import jwt
import msgspec

from segue.domain.order import MINUTE, SECOND
from segue.settings import Settings

if TYPE_CHECKING:
    import httpx

TRIP = 10 * MINUTE
"""Microseconds in which somebody must come back from the provider."""

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures by a key that the provider alone has."""
_LEEWAY_SECONDS = 60
_TIMEOUT = 5.0
_LARGEST_ANSWER = 1 << 20
_KNOWN_SECONDS = 3600.0
_AWAY_SECONDS = 5.0
_KEYS_AGAIN_SECONDS = 30.0


class OidcError(Exception):
    """Why somebody could not sign in with the provider; ``reason`` is shown by the page to sign in."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Trip(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of somebody while she is at the provider."""

    state: str
    nonce: str
    verifier: str
    #: microseconds
    expires_at: int


class _Discovery(msgspec.Struct, frozen=True, kw_only=True):
    """What of the discovery document is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Tokens(msgspec.Struct, frozen=True, kw_only=True):
    id_token: str


def new_trip(now: int) -> Trip:
    """A trip that begins now."""
    return Trip(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        expires_at=now + TRIP,
    )


def seal(trip: Trip, secret: bytes) -> str:
    """The trip as a cookie holds it, so that nobody can put another in its place."""
    return jwt.encode({"trip": msgspec.to_builtins(trip)}, _sealing(secret), algorithm="HS256")


def unseal(text: str | None, secret: bytes, now: int) -> Trip | None:
    """The trip that :func:`seal` wrote; None when it is another's work or took too long."""
    try:
        said = jwt.decode(text or "", _sealing(secret), algorithms=["HS256"])
        trip = msgspec.convert(said.get("trip"), Trip)
    except (jwt.PyJWTError, msgspec.ValidationError, ValueError):
        return None
    return trip if now < trip.expires_at else None


def _sealing(secret: bytes) -> bytes:
    return sha256(b"segue oidc trip" + secret).digest()


def challenge_of(verifier: str) -> str:
    """What the provider is told first of the verifier (S256)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def verified_email(claims: Mapping[str, Any], settings: Settings, nonce: str, now: int) -> str:
    """The e-mail address that a correctly signed ID token vouches for.

    OidcError: ``token`` when it is not for us, not for this trip or not for this time, ``unverified`` when
    the provider has not verified the address, or names none.
    """
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    seconds = now // SECOND
    believed = (
        claims.get("iss") == settings.oidc_issuer
        and settings.oidc_client_id in audiences
        and claims.get("azp", settings.oidc_client_id) == settings.oidc_client_id
        and (len(audiences) == 1 or "azp" in claims)
        and claims.get("nonce") == nonce
        and _is_time(claims.get("exp"))
        and claims["exp"] + _LEEWAY_SECONDS > seconds
        and _is_time(claims.get("iat"))
        and claims["iat"] - _LEEWAY_SECONDS <= seconds
        and _is_time(claims.get("nbf", 0))
        and claims.get("nbf", 0) - _LEEWAY_SECONDS <= seconds
    )
    if not believed:
        raise OidcError("token")
    email = claims.get("email")
    verified = claims.get("email_verified")
    if not isinstance(email, str) or not email or not (verified is True or verified == "true"):
        raise OidcError("unverified")
    return email


def _is_time(value: Any) -> bool:
    return type(value) in {int, float}


class Provider:
    """The provider of these settings; keeps what it published for an hour. Safe to share between threads."""

    def __init__(self, settings: Settings, *, moment: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._moment = moment
        self._lock = threading.Lock()
        self._discovery: tuple[float, _Discovery] | None = None
        self._keys: tuple[float, jwt.PyJWKSet] | None = None
        self._away_until = 0.0

    def authorize_url(self, trip: Trip, redirect_uri: str) -> str:
        """Where to send the browser; OidcError (``away``)."""
        endpoint = self._discovered().authorization_endpoint
        asked = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid email",
            "state": trip.state,
            "nonce": trip.nonce,
            "code_challenge": challenge_of(trip.verifier),
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def email_of(self, code: str, trip: Trip, redirect_uri: str, now: int) -> str:
        """Exchange the code, verify the ID token, and answer the verified e-mail address; OidcError."""
        return verified_email(
            self._claims(self._exchange(code, trip, redirect_uri)), self._settings, trip.nonce, now
        )

    def _exchange(self, code: str, trip: Trip, redirect_uri: str) -> str:
        known, settings = self._discovered(), self._settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": trip.verifier,
            "client_id": settings.oidc_client_id,
        }
        by_header = None
        if settings.oidc_client_secret:
            if "client_secret_basic" in known.token_endpoint_auth_methods_supported:
                import httpx

                by_header = httpx.BasicAuth(
                    *map(_encoded, (form.pop("client_id"), settings.oidc_client_secret))
                )
            else:
                form["client_secret"] = settings.oidc_client_secret
        answer = self._ask("POST", known.token_endpoint, data=form, auth=by_header, refused="refused")
        try:
            return msgspec.json.decode(answer, type=_Tokens).id_token
        except msgspec.MsgspecError:
            raise OidcError("token") from None

    def _claims(self, token: str) -> dict[str, Any]:
        """What the token says, once its signature is seen to be the provider's."""
        try:
            head = jwt.get_unverified_header(token)
            key = self._key(head.get("kid"))
            # whom it is for and when it ends are looked at by verified_email, with our own clock
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[head["alg"]] if head.get("alg") in _ALGORITHMS else [],
                options={
                    "verify_aud": False,
                    "verify_iss": False,
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError):
            raise OidcError("token") from None
        return claims

    def _key(self, name: str | None) -> jwt.PyJWK:
        """The provider's key of that name; its keys are fetched again for a new name, now and then."""
        for oldest in (_KNOWN_SECONDS, _KEYS_AGAIN_SECONDS):
            usable = [key for key in self._published(oldest).keys if key.public_key_use in {None, "sig"}]
            found = [key for key in usable if name is None or key.key_id == name]
            if len(found) == 1:
                return found[0]
        raise OidcError("token")

    def _published(self, oldest: float) -> jwt.PyJWKSet:
        with self._lock:
            known = self._keys
        if known is not None and self._moment() - known[0] < oldest:
            return known[1]
        answer = self._ask("GET", self._discovered().jwks_uri)
        try:
            found = jwt.PyJWKSet.from_json(answer.decode())
        except (jwt.PyJWTError, ValueError, AttributeError):
            raise OidcError("away") from None
        with self._lock:
            self._keys = self._moment(), found
        return found

    def _discovered(self) -> _Discovery:
        with self._lock:
            known, away = self._discovery, self._moment() < self._away_until
        if known is not None and self._moment() - known[0] < _KNOWN_SECONDS:
            return known[1]
        if away:  # a moment ago it was: nobody else shall wait for it to time out
            raise OidcError("away")
        issuer = self._settings.oidc_issuer
        try:
            answer = self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            found = msgspec.json.decode(answer, type=_Discovery)
            if found.issuer != issuer or not _is_safe(found, issuer):
                raise OidcError("away")
        except (OidcError, msgspec.MsgspecError):
            with self._lock:
                self._away_until = self._moment() + _AWAY_SECONDS
            raise OidcError("away") from None
        with self._lock:
            self._discovery = self._moment(), found
        return found

    def _ask(
        self,
        method: str,
        url: str,
        *,
        data: Mapping[str, str] | None = None,
        auth: httpx.Auth | None = None,
        refused: str = "away",
    ) -> bytes:
        """The body of a 200. OidcError ``refused`` for another answer below 500, ``away`` otherwise."""
        import httpx

        try:
            with (
                httpx.Client(timeout=_TIMEOUT, follow_redirects=False) as client,
                client.stream(method, url, data=data, auth=auth) as answer,
            ):
                if answer.status_code != 200:
                    raise OidcError(refused if answer.status_code < 500 else "away")
                return _bounded(answer)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise OidcError("away") from None


def _bounded(answer: httpx.Response) -> bytes:
    """The whole body, if it is not larger and does not take longer than such a body may."""
    body, deadline = bytearray(), time.monotonic() + 10.0
    for part in answer.iter_bytes():
        body += part
        if len(body) > _LARGEST_ANSWER or time.monotonic() > deadline:
            raise OidcError("away")
    return bytes(body)


def _is_safe(found: _Discovery, issuer: str) -> bool:
    """Whether all its addresses are encrypted, or it is one of this machine's own."""
    addresses = found.authorization_endpoint, found.token_endpoint, found.jwks_uri
    allowed = {"https", urlsplit(issuer).scheme}
    return all(urlsplit(address).scheme in allowed for address in addresses)


def _encoded(text: str) -> str:
    """As RFC 6749 has names and secrets in a Basic header: form-encoded first."""
    return urlencode({"": text})[1:]
