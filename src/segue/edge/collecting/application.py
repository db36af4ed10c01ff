"""The collector's routes: events in, a 200 once they are durable.

Written against ASGI itself: a request is a handful of dictionary look-ups, one parse of its body, the
pure admission of each event, and one wait for the group commit that holds them. Nothing here logs a
path, a query or a body.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from segue.app.logs import Log
from segue.domain.access import Key
from segue.edge.collecting.answers import (
    answer,
    answer_error,
    answer_json,
    answer_preflight,
    answer_success,
    retry_headers,
)
from segue.edge.collecting.hosted import hosted_answer, hosted_name
from segue.edge.collecting.limits import RateLimiter
from segue.edge.collecting.reached import below, reached
from segue.edge.collecting.request import (
    ClientGoneError,
    Receive,
    Scope,
    Send,
    body_of,
    presented,
    query_key,
)
from segue.edge.collecting.services import CollectServices
from segue.edge.collecting.taking import Taking
from segue.errors import (
    InvalidInputError,
    NotAuthenticatedError,
    NotFoundError,
    NotPermittedError,
    SegueError,
    TooManyRequestsError,
    UnavailableError,
)
from segue.sources import rudder
from segue.sources.segment.pixel import GIF, pixel_body
from segue.sources.segment.settings import settings
from segue.sources.segment.wire import METHODS, Reading, read_body

ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]

IDENTITY_HEADER = b"x-segue-identity"
"""Carries an identity token, for every event of the request."""

_EVENTS: dict[str, str] = {f"/v1/{name}": method for name, method in METHODS.items()}
_IGNORED = frozenset({"/v1/m", "/rsaMetrics", "/v1/rsaMetrics"})
_PIXEL = re.compile(r"(?:/v1/pixel|/pixel/v1)/([a-z]+)")
_SETTINGS = re.compile(r"(?:/v1)*/projects/([^/]{1,200})/settings")
_LOG = Log("segue.collecting")


def collect_app(services: CollectServices, behind: ASGI | None = None) -> ASGI:
    """The application. What is none of its paths goes to ``behind`` (404 without one)."""
    return Collector(services, behind)


class Collector:
    """See :func:`collect_app`."""

    def __init__(self, services: CollectServices, behind: ASGI | None) -> None:
        self.services = services
        self.behind = behind
        self.limiter = RateLimiter(services.rate_limit)
        self.taking = Taking(services)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        asked = scope
        if scope["type"] == "http":
            scope = below(scope, self.services.first_party_prefix)
        route = self._route(scope)
        if route is None:
            if self.behind is not None:
                await self.behind(asked, receive, send)
            elif scope["type"] == "http":
                await self._refuse(send, NotFoundError("there is nothing here"))
            return
        observe = self.services.observe
        if observe is None:
            await route(scope, receive, send)
            return
        started, statuses = time.perf_counter(), [0]

        async def noting(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses[0] = message["status"]
            await send(message)

        await route(scope, receive, noting)
        observe(scope["method"], "collect", statuses[0], time.perf_counter() - started)

    def _route(self, scope: Scope) -> ASGI | None:
        """Who answers; None for what is not the collector's."""
        if scope["type"] != "http":
            return None
        path: str = scope["path"]
        if path not in _EVENTS:
            path = path.rstrip("/")
        method: str = scope["method"]
        if path in _EVENTS or path in rudder.PATHS:
            return self._choose(method, POST=self._events)
        if path in _IGNORED:
            return self._choose(method, POST=self._ignore, GET=self._ignore)
        found = self._document(path)
        return None if found is None else self._choose(method, GET=found, HEAD=found)

    def _document(self, path: str) -> ASGI | None:
        """Who answers a GET of ``path``."""
        if path == "/sourceConfig":
            return self._source_config
        if _PIXEL.fullmatch(path):
            return self._pixel
        if hosted_name(path) is not None:
            return self._hosted
        return self._settings if _SETTINGS.fullmatch(path) else None

    def _choose(self, method: str, **handlers: ASGI) -> ASGI:
        if method == "OPTIONS":
            return self._preflight
        return handlers.get(method, self._wrong_method)

    # ── events ────────────────────────────────────────────────────────────────────

    async def _events(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._take(scope, receive)
        except ClientGoneError:
            return
        except SegueError as error:
            await self._refuse(send, error)
        except Exception as error:  # noqa: BLE001 - the client shall try again; the body must not be logged
            _LOG.error("collecting_failed", kind=type(error).__name__)
            await self._refuse(send, UnavailableError("the collector failed"))
        else:
            if scope["path"].startswith("/beacon/"):
                await answer(send, 200, rudder.SUCCESS, b"text/plain")
            else:
                await answer_success(send)

    async def _take(self, scope: Scope, receive: Receive) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        path: str = scope["path"].rstrip("/")
        body = await body_of(receive)
        method = _EVENTS.get(path) or rudder.PATHS[path]
        reading = self._read(scope, headers, body, method)
        key = await self._key(scope, headers, reading.envelope.write_key)
        self._limit(scope, key)
        token = headers.get(IDENTITY_HEADER)
        given = token.decode("latin-1") if token is not None else reading.envelope.identity_token
        await self.taking.take(reading.items, key, _address(scope), given)

    def _read(self, scope: Scope, headers: dict[bytes, bytes], body: bytes, method: str) -> Reading:
        """The body read; one that is no JSON object still counts against its address."""
        try:
            return read_body(body, method)
        except InvalidInputError:
            self._limit(scope, None)
            raise

    # ── who asks ──────────────────────────────────────────────────────────────────

    async def _key(self, scope: Scope, headers: dict[bytes, bytes], in_body: str | None = None) -> Key:
        """The ingest key that the request presents in any of the ways; the first that is one counts."""
        candidates = [*presented(headers), in_body, query_key(scope["query_string"])]
        keyring = self.services.keyring
        found: Key | None = None
        for text in candidates:
            found = keyring.find(text) if text else None
            if found is not None:
                break
        if found is None:
            self._limit(scope, None)
            for text in dict.fromkeys(candidates):
                found = await keyring.lookup(text) if text and found is None else found
        if found is None:
            raise NotAuthenticatedError(
                "the write key is missing or not known",
                cure="send the one that was shown when the source was made, or make the source a new one",
            )
        if found.role != "ingest":
            raise NotPermittedError("this key may not send events", cure="use one with the role ingest")
        source = keyring.source(found.source or "default")
        if source is not None and not source.enabled:
            raise NotFoundError(
                "this source is switched off",
                cure="`segue sources enable` takes its events again",
                code="source_disabled",
            )
        return found

    def _limit(self, scope: Scope, key: Key | None) -> None:
        allowed = self.limiter.allows(
            key.key_id if key else "", _address(scope) or "", self.services.clock.now()
        )
        if not allowed:
            raise TooManyRequestsError("too many requests: slow down")

    # ── the rest ──────────────────────────────────────────────────────────────────

    async def _pixel(self, scope: Scope, _: Receive, send: Send) -> None:
        """Always the image and 200, but when the log is away: then whoever can try again shall."""
        status, headers = 200, [(b"cache-control", b"no-store")]
        try:
            await self._take_pixel(scope)
        except (UnavailableError, TooManyRequestsError) as error:
            status = error.status
            headers += retry_headers(error, self.services.clock.now())
        except SegueError:
            pass  # an image has nowhere to show an error
        await answer(send, status, GIF, b"image/gif", headers)

    async def _take_pixel(self, scope: Scope) -> None:
        name = scope["path"].rstrip("/").rpartition("/")[2]
        method = METHODS.get(name, "")
        if method in {"", "batch"}:
            raise InvalidInputError("no such call")
        body = pixel_body(scope["query_string"].decode("utf-8", "replace"))
        reading = read_body(body, method)
        key = await self._key(scope, dict(scope["headers"]), reading.envelope.write_key)
        self._limit(scope, key)
        await self.taking.take(reading.items, key, _address(scope), reading.envelope.identity_token)

    async def _settings(self, scope: Scope, _: Receive, send: Send) -> None:
        match = _SETTINGS.fullmatch(scope["path"].rstrip("/"))
        text = match[1] if match else ""
        try:
            key = self.services.keyring.find(text) or await self.services.keyring.lookup(text)
            if key is None or key.role != "ingest":
                raise NotFoundError("there is no such write key")
        except SegueError as error:
            await self._refuse(send, error)
            return
        way = reached(scope)
        document = settings(text, way.api_host, way.protocol)
        await answer_json(send, 200, document, [(b"cache-control", b"no-cache")])

    async def _hosted(self, scope: Scope, _: Receive, send: Send) -> None:
        """The browser's client or a part of it, for any key: a page shall have it, and keep what happens
        until it can be sent, even while the database is away.
        """
        try:
            file = self.services.hosted.file(hosted_name(scope["path"].rstrip("/")) or "")
        except NotFoundError as error:
            await self._refuse(send, error)
            return
        status, body, headers = hosted_answer(file, dict(scope["headers"]))
        await answer(send, status, body, file.kind, headers)

    async def _source_config(self, scope: Scope, _: Receive, send: Send) -> None:
        try:
            key = await self._key(scope, dict(scope["headers"]))
        except SegueError as error:
            await self._refuse(send, error)
            return
        document = rudder.source_config(key.source or "default")
        await answer_json(send, 200, document, [(b"cache-control", b"no-cache")])

    async def _ignore(self, _: Scope, __: Receive, send: Send) -> None:
        """Clients' figures about themselves: taken, and not kept."""
        await answer_success(send)

    async def _preflight(self, scope: Scope, _: Receive, send: Send) -> None:
        await answer_preflight(send, dict(scope["headers"]))

    async def _wrong_method(self, _: Scope, __: Receive, send: Send) -> None:
        content = {"code": "wrong_method", "message": "this path does not know that method"}
        await answer_json(send, 405, content, [(b"allow", b"GET, POST, OPTIONS")])

    async def _refuse(self, send: Send, error: SegueError) -> None:
        await answer_error(send, error, self.services.clock.now())


def _address(scope: Scope) -> str | None:
    client = scope.get("client")
    return client[0] if client else None
