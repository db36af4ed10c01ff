"""The shop's web server, and what stands in for the decisions: it answers exactly as the contract says."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from tests.patience import PATIENCE

Question = dict[str, Any]
Answers = Callable[[Question], dict[str, Any]]

DECISION = "0123456789abcdef0123456789abcdef"
REST = "<!-- the rest -->"
"""What stands behind it in a page waits for ``Mall.whole``."""
PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


def decided(*contents: dict[str, Any], decision_id: str = DECISION) -> dict[str, Any]:
    """An answer of POST /api/v1/decisions whose slots show these."""
    slots = [
        {
            "action": content.get("action", f"action_{number}"),
            "kind": "offer",
            "variant": 0,
            "discount": 10,
            "personalised_price": True,
            "content": {"format": "banner", **{k: v for k, v in content.items() if k != "action"}},
            "score": 1.5,
            "propensity": 0.95,
            "because": "It is one of today's offers here.",
        }
        for number, content in enumerate(contents)
    ]
    return {"decision_id": decision_id, "slots": slots, "fallback": False, "policy": "p1", "took_ms": 2.5}


class Mall:
    """Pages of a shop, the stand-ins below ``/s/api/v1/``, and behind the rest of ``/s/`` Segue."""

    def __init__(self, segue_port: int) -> None:
        self.pages: dict[str, str] = {}
        self.scripts: dict[str, bytes] = {}
        self.answer: Answers = lambda _: decided({"headline": "Free coffee"})
        self.status = 200
        #: set: answers are given; clear: they wait
        self.open = threading.Event()
        self.open.set()
        #: set: pages come whole; clear: the rest of them waits
        self.whole = threading.Event()
        self.whole.set()
        #: a link's token → the identity token that it is exchanged for; any other is refused
        self.vouches: dict[str, str] = {}
        #: the same for exchanges
        self.vouching = threading.Event()
        self.vouching.set()
        self.asked: list[list[Question]] = []
        self.keys: list[str] = []
        #: what came for Segue: method, path, body
        self.sent: list[tuple[str, str, str]] = []
        self.really = False
        handler = type("Handler", (_Handler,), {"mall": self, "segue_port": segue_port})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.origin = f"http://localhost:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def put(self, path: str, html: str) -> str:
        """Serve ``html`` at ``path``; answers its address."""
        self.pages[path] = html
        return f"{self.origin}{path}"

    def questions(self) -> list[Question]:
        """Everything that was asked."""
        return [question for batch in self.asked for question in batch]

    def close(self) -> None:
        self.open.set()
        self.whole.set()
        self.vouching.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    mall: ClassVar[Any] = None
    segue_port: ClassVar[int] = 0

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _note(self, body: bytes = b"") -> None:
        if self.path.startswith("/s/"):
            self.mall.sent.append((self.command, self.path, body.decode("utf-8", "replace")))

    def do_GET(self) -> None:
        self._note()
        path = self.path.partition("?")[0]
        if path in self.mall.pages:
            first, _, rest = self.mall.pages[path].partition(REST)
            self._say(200, "text/html; charset=utf-8", first.encode(), rest=rest.encode())
        elif path in self.mall.scripts:
            self._say(200, "text/javascript", self.mall.scripts[path])
        elif path.endswith(".gif"):
            self._say(200, "image/gif", PIXEL)
        elif path.startswith("/s/"):
            self._forward(b"")
        else:
            self._say(404, "text/plain", b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._note(body)
        if self.path == "/s/api/v1/decisions/batch" and not self.mall.really:
            self._decide(json.loads(body))
        elif self.path == "/s/api/v1/proofs/exchange" and not self.mall.really:
            self._vouch(json.loads(body))
        elif self.path.startswith("/s/"):
            self._forward(body)
        else:
            self._say(200, "text/html", b"<!doctype html><title>Thanks</title>")

    def do_OPTIONS(self) -> None:
        self._forward(b"")

    def _decide(self, body: dict[str, Any]) -> None:
        self.mall.keys.append(self.headers.get("Authorization", ""))
        self.mall.asked.append(body["requests"])
        self.mall.open.wait(20)
        answers = [self.mall.answer(question) for question in body["requests"]]
        if self.mall.status == 200:
            self._say(200, "application/json", json.dumps({"decisions": answers}).encode())
        else:
            self._say(self.mall.status, "application/json", b'{"code": "unavailable", "message": "no"}')

    def _vouch(self, body: dict[str, Any]) -> None:
        self.mall.vouching.wait(20)
        token = self.mall.vouches.pop(body["proof"], None)
        if token is None:
            self._say(400, "application/json", b'{"code": "proof_refused", "message": "no"}')
        else:
            said = {"identity_token": token, "expires_at": "2100-01-01T00:00:00Z"}
            self._say(200, "application/json", json.dumps(said).encode())

    def _say(
        self,
        status: int,
        kind: str,
        body: bytes,
        headers: list[tuple[str, str]] | None = None,
        rest: bytes = b"",
    ) -> None:
        with contextlib.suppress(OSError):
            self.send_response(status)
            for name, value in headers or []:
                self.send_header(name, value)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body) + len(rest)))
            self.end_headers()
            self.wfile.write(body)
            if rest:
                self.mall.whole.wait(PATIENCE)
                self.wfile.write(rest)

    def _forward(self, body: bytes) -> None:
        behind = HTTPConnection("127.0.0.1", self.segue_port, timeout=PATIENCE)
        try:
            sent = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
            behind.request(self.command, self.path, body or None, {**sent, "X-Forwarded-Proto": "http"})
            answer = behind.getresponse()
            content = answer.read()
        finally:
            behind.close()
        dropped = {"content-type", "content-length", "connection", "date", "server"}
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in dropped]
        self._say(answer.status, answer.getheader("Content-Type", "text/plain"), content, kept)
