"""``console_app``: ``/console/*`` and ``/screens/*`` from the built files, all else from what stands behind.

Every address under ``/console/`` that is no file is the one page; the console itself knows its ways. Every
address under ``/screens/`` is the page of the touchpoints, whose files lie under ``/console/`` too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import resources
from secrets import token_urlsafe

from segue.edge.collecting.application import ASGI
from segue.edge.collecting.request import Receive, Scope, Send
from segue.edge.console.files import NONCE, BuiltFile, BuiltFiles
from segue.edge.console.policy import ALWAYS, Header, Headers, page_headers

ROOT = "/console/"
SCREENS = "/screens/"
_BARE = frozenset({"/", "/console", "/screens"})

WORKER = "display-worker.js"
"""Keeps the display's page for when the network is gone; may do so for that page only."""

_WORKS = ((b"service-worker-allowed", b"/screens/display"),)
_HTML = (b"content-type", b"text/html; charset=utf-8")
_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_FOR_EVER = (b"cache-control", b"public, max-age=31536000, immutable")
_ASK_AGAIN = (b"cache-control", b"no-cache")
_NEVER = (b"cache-control", b"no-store")


def console_app(
    behind: ASGI, files: BuiltFiles | None = None, nonce: Callable[[], str] | None = None
) -> ASGI:
    """The application. ``nonce`` gives an unguessable word for each page."""
    return Console(behind, files or BuiltFiles(), nonce or partial(token_urlsafe, 18))


class Console:
    """See :func:`console_app`."""

    def __init__(self, behind: ASGI, files: BuiltFiles, nonce: Callable[[], str]) -> None:
        self._behind = behind
        self._files = files
        self._nonce = nonce
        self._unbuilt = resources.files("segue.edge.console").joinpath("unbuilt.html").read_bytes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        path: str = scope.get("path", "")
        if scope["type"] != "http" or not (path in _BARE or path.startswith((ROOT, SCREENS))):
            await self._behind(scope, receive, send)
            return
        if scope["method"] not in {"GET", "HEAD"}:
            headers: Headers = [*ALWAYS, _TEXT, (b"allow", b"GET, HEAD")]
            await _answer(scope, send, 405, headers, b"this path is for reading\n")
        elif path in _BARE:
            to = SCREENS if path == "/screens" else ROOT
            await _answer(scope, send, 307, [*ALWAYS, _NEVER, (b"location", to.encode())], b"")
        elif path.startswith(SCREENS):
            await self._page(scope, send, "screens.html")
        else:
            await self._show(scope, send, path.removeprefix(ROOT))

    async def _show(self, scope: Scope, send: Send, name: str) -> None:
        file = self._files.file(name)
        if file is not None:
            await _answer_file(scope, send, file, _WORKS if name == WORKER else ())
        elif name.startswith("assets/"):
            await _answer(scope, send, 404, [*ALWAYS, _TEXT, _NEVER], b"there is no such file\n")
        else:
            await self._page(scope, send, "index.html")

    async def _page(self, scope: Scope, send: Send, name: str) -> None:
        page = self._files.page(name)
        nonce = self._nonce()
        body = (page or self._unbuilt).replace(NONCE, nonce.encode())
        # a shop's pictures lie where the shop keeps them
        images = "https:" if name == "screens.html" else ""
        headers = [*page_headers(nonce, images), _HTML, _NEVER]
        await _answer(scope, send, 200 if page else 503, headers, body)


async def _answer_file(scope: Scope, send: Send, file: BuiltFile, more: Sequence[Header]) -> None:
    asked: dict[bytes, bytes] = dict(scope["headers"])
    headers: Headers = [
        *ALWAYS,
        *more,
        (b"etag", file.tag),
        (b"vary", b"Accept-Encoding"),
        _FOR_EVER if file.lasting else _ASK_AGAIN,
    ]
    if _holds(asked.get(b"if-none-match", b""), file.tag):
        await _answer(scope, send, 304, headers, b"")
        return
    headers.append((b"content-type", file.kind))
    body = file.body
    if file.gzipped is not None and _accepts_gzip(asked.get(b"accept-encoding", b"")):
        headers.append((b"content-encoding", b"gzip"))
        body = file.gzipped
    await _answer(scope, send, 200, headers, body)


def _holds(tags: bytes, tag: bytes) -> bool:
    """Whether the browser's If-None-Match names ``tag``; a proxy may have made it a weak one."""
    return any(each.strip().removeprefix(b"W/") in {tag, b"*"} for each in tags.split(b","))


def _accepts_gzip(accepted: bytes) -> bool:
    for each in accepted.split(b","):
        coding, _, weight = each.strip().lower().partition(b";")
        if coding.strip() in {b"gzip", b"*"}:
            return weight.replace(b" ", b"") not in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"}
    return False


async def _answer(scope: Scope, send: Send, status: int, headers: Headers, body: bytes) -> None:
    if status != 304:
        headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
