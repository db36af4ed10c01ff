"""The API in this process over a real database, with persons whose events went through the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import unquote

import msgspec

from segue import flow
from segue.app.definitions import apply
from segue.app.installation import Installation
from segue.app.keys import KeyRing, create_key
from segue.app.sessions import begin
from segue.app.users import add_user
from segue.domain.access import ROLES
from segue.domain.drafts import Draft, Sender
from segue.edge.api.application import create_api
from segue.edge.api.services import Services
from segue.edge.metrics import Metrics
from segue.ports.clock import Clock
from segue.settings import Settings

SECRET = b"0" * 32


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    #: every Set-Cookie
    cookies: tuple[str, ...] = ()

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


@dataclass
class Api:
    """The application, its installation and a key of each role."""

    app: Any
    installation: Installation
    runner: asyncio.Runner
    keys: Mapping[str, str] = field(default_factory=dict)
    #: what a server calls before it ends
    endings: Sequence[Callable[[], None]] = ()

    def request(
        self,
        method: str,
        target: str,
        *,
        role: str | None = "admin",
        body: Any = None,
        headers: Mapping[str, str] = {},
    ) -> Answer:
        """One request; ``role`` picks the key, None sends none. ``body`` is JSON, or bytes as they are."""
        sent = dict(headers)
        if role is not None:
            sent.setdefault("authorization", f"Bearer {self.keys[role]}")
        raw = body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)
        if body is not None:
            sent.setdefault("content-type", "application/json")
        return self.runner.run(ask_app(self.app, method, target, sent, raw))

    def get(self, target: str, status: int = 200) -> Any:
        answer = self.request("GET", target)
        assert answer.status == status, answer.body
        return answer.json()

    def post(self, target: str, body: Any, status: int = 200) -> Any:
        answer = self.request("POST", target, body=body)
        assert answer.status == status, answer.body
        return answer.json()

    def signed_in(self, role: str | None = "admin") -> dict[str, str]:
        """Headers of a page of ours in which a new user of this role is signed in; None: the owner."""
        house, user_id = self.installation, None
        if role is not None:
            name = f"{role}-{token_hex(4)}@shop.example"
            user_id = add_user(house.database, house.clock, name=name, role=role, actor="test").user_id
        with house.database.transaction() as session:
            token = begin(session, house.clock.now(), user_id, "password")
        return {"cookie": f"segue={token}", "sec-fetch-site": "same-origin"}

    def happen(self, *drafts: Draft, source: str = "shop", trusted: bool = True) -> None:
        """Events that are admitted, appended and processed."""
        house = self.installation
        now = house.clock.now()
        sender = Sender(source=source, trusted=trusted)
        accepted = flow.accept(drafts, sender, house.rules(), house.secret, now)
        house.log.append(accepted.entries, accepted.dead)
        house.drain()

    def define(self, bodies: Mapping[str, str]) -> None:
        """Definitions by file name, put in force as the command line does."""
        house = self.installation
        apply(house.database, house.clock, bodies, actor="test")
        house.look_again()

    def person(self, identifier: str) -> Any:
        """The golden record of whoever has it."""
        [record] = self.post("/api/v1/persons/find", {"identifier": identifier})["persons"]
        return record


@contextmanager
def opened(url: str, clock: Clock, folder: Path, settings: Settings | None = None) -> Iterator[Api]:
    """An API over the database at ``url``, as one web process has it, and keys of its own."""
    installation = Installation(folder, settings or Settings(), url, SECRET, clock)
    try:
        keys: dict[str, str] = {
            role: create_key(installation.database, clock, role=role, actor="test") for role in ROLES
        }
        with KeyRing(installation.database, installation.clock) as ring, asyncio.Runner() as runner:
            services = Services(installation, ring, Metrics())
            yield Api(create_api(services), installation, runner, keys, services.endings)
    finally:
        installation.close()


async def ask_app(
    app: Any, method: str, target: str, headers: Mapping[str, str], body: bytes, *more: bytes
) -> Answer:
    """One request to an ASGI application, whose body may come in parts."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path, errors="replace"),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8765),
    }
    messages: list[dict[str, Any]] = []
    waiting = [{"type": "http.request", "body": part, "more_body": True} for part in (body, *more)]
    waiting[-1]["more_body"] = False

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    await app(scope, receive, send)
    start = messages[0]
    told = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    whole = b"".join(message.get("body", b"") for message in messages[1:])
    cookies = tuple(
        value.decode("latin-1") for name, value in start["headers"] if name.lower() == b"set-cookie"
    )
    return Answer(start["status"], told, whole, cookies)


def identify(message_id: str, at: str, **fields: Any) -> Draft:
    """An identify call."""
    return Draft(type="identify", message_id=message_id, timestamp=at, **fields)


def track(event: str, message_id: str, at: str, **fields: Any) -> Draft:
    """A track call."""
    return Draft(type="track", event=event, message_id=message_id, timestamp=at, **fields)
