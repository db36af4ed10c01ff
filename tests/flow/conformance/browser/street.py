"""What stands between a browser and Segue: the shop's own web server, and a line that can be cut."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from tests.patience import PATIENCE

_WAY = 0.3
"""Seconds that a site elsewhere takes to answer: so long the page that is left still lives."""


class Site:
    """The shop's web server: pages and scripts, and below ``/s/`` whatever Segue answers there, as the
    proxies of ``docs/how-to/connect-a-web-shop.md`` do it: the path and the host stay as they are.
    """

    def __init__(self, scripts: Path, segue_port: int) -> None:
        self.pages: dict[str, str] = {}
        self.scripts = scripts
        handler = type("Handler", (_Handler,), {"site": self, "scripts": scripts, "segue_port": segue_port})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def origin(self) -> str:
        """Another origin, and another site, than Segue's ``http://127.0.0.1:PORT``."""
        return f"http://localhost:{self.port}"

    def put(self, name: str, html: str) -> str:
        """Serve ``html`` at ``/name``; answers its address."""
        self.pages[f"/{name}"] = html
        return f"{self.origin}/{name}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: ClassVar[Any] = None
    scripts: ClassVar[Path] = Path()
    segue_port: ClassVar[int] = 0

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        script = self.scripts / path.removeprefix("/js/")
        if path in self.site.pages:
            self._answer(200, "text/html; charset=utf-8", self.site.pages[path].encode())
        elif path.startswith("/js/") and script.is_file():
            self._answer(200, "text/javascript", script.read_bytes())
        elif path == "/elsewhere":
            time.sleep(_WAY)
            self._answer(200, "text/html", b"<!doctype html><title>Elsewhere</title>")
        elif path.startswith("/s/"):
            self._forward()
        else:
            self._answer(404, "text/plain", b"")

    def do_POST(self) -> None:
        self._forward()

    def do_OPTIONS(self) -> None:
        self._forward()

    def _answer(
        self, status: int, kind: str, body: bytes, headers: list[tuple[str, str]] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers or []:
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
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
        self._answer(answer.status, answer.getheader("Content-Type", "text/plain"), content, kept)


class Line:
    """A TCP line to Segue on a port of its own. Cut, it refuses connections and drops those there are."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._open: list[socket.socket] = []
        self._listener = self._listen(0)
        self.port = int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """As if the server were away."""
        for end in [self._listener, *self._open]:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.clear()

    def mend(self) -> None:
        """The server is back, on the same port."""
        self._listener = self._listen(self.port)

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._open += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=_pour, args=pair, daemon=True).start()


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def line_to(port: int) -> Iterator[Line]:
    """A line that is cut at the end."""
    line = Line(port)
    try:
        yield line
    finally:
        line.cut()


Reaching = Callable[[str], str]
