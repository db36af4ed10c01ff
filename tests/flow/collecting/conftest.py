"""The collector as its clients meet it: the real application on the real log, spoken to over ASGI."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from segue.adapters.postgres.appender import GroupCommit
from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.log import PostgresLog
from segue.app.keys import KeyRing, create_key
from segue.domain.events import Event, decode_event
from segue.domain.rules import Rules, default_rules
from segue.edge.collecting import CollectServices, collect_app
from segue.edge.collecting.application import ASGI
from segue.ports.clock import ManualClock
from segue.ports.statements import Statement

SECRET = b"0" * 32
Answer = TypeVar("Answer")

LETTERS = Statement(
    "letters",
    "all dead letters",
    "select dead_letter_id, reason, detail, raw, fragment_ids from dead_letter order by dead_letter_id",
)
_KEYS = Statement("keys", "identity secret", "select identity_secret from source where name = %(name)s")


@dataclass
class Response:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Letter:
    letter_id: str
    reason: str
    detail: str
    raw: str
    fragments: list[bytes]


@dataclass
class Shop:
    """A running collector, its keys and its log."""

    app: ASGI
    database: PostgresDatabase
    log: PostgresLog
    appender: GroupCommit
    clock: ManualClock
    key: str
    trusted_key: str
    rules: Rules = field(default_factory=default_rules)
    seen: int = 0
    known: set[str] = field(default_factory=set)

    def send(
        self,
        path: str,
        body: bytes | str | object = b"",
        *,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        auth: str | None = "",
        chunks: int = 1,
        address: str = "203.0.113.7",
    ) -> Response:
        """One request; ``auth`` is the write key (the public one by default), None for none."""
        if not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        raw = body.encode() if isinstance(body, str) else body
        sent = {"host": "collect.example", **(headers or {})}
        if auth is not None:
            sent["authorization"] = basic(auth or self.key)
        return asyncio.run(call(self.app, method, path, raw, sent, chunks, address))

    def get(self, path: str, **kwargs: Any) -> Response:
        return self.send(path, method="GET", **kwargs)

    def events(self) -> list[Event]:
        """All events of the log, in order."""
        return self._read(0)

    def news(self) -> tuple[list[Event], list[Letter]]:
        """Events and dead letters since the last call."""
        events = self._read(self.seen)
        letters = {letter.letter_id: letter for letter in self.letters()}
        fresh = [letter for name, letter in letters.items() if name not in self.known]
        self.seen += len(events)
        self.known = set(letters)
        return events, fresh

    def _read(self, after: int) -> list[Event]:
        with self.database.transaction() as session:
            entries = self.log.read(session, slots=range(64), after=after, limit=100_000)
        return [decode_event(entry.payload) for entry in entries]

    def letters(self) -> list[Letter]:
        with self.database.transaction() as session:
            rows = session.fetch(LETTERS)
        return [Letter(name, why, says, bytes(raw).decode(), list(ids)) for name, why, says, raw, ids in rows]

    def identity_secret(self) -> str:
        with self.database.transaction() as session:
            return bytes(session.fetch(_KEYS, name="web")[0][0]).decode()


def basic(key: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


async def call(
    app: ASGI, method: str, path: str, body: bytes, headers: Mapping[str, str], chunks: int, address: str
) -> Response:
    path, _, query = path.partition("?")
    scope: MutableMapping[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        "client": (address, 1234),
    }
    size = max(1, -(-len(body) // chunks))
    parts = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    incoming = iter(
        {"type": "http.request", "body": part, "more_body": at < len(parts) - 1}
        for at, part in enumerate(parts)
    )
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return next(incoming, {"type": "http.disconnect"})

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *rest = sent
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    return Response(start["status"], answered, b"".join(part["body"] for part in rest))


OpenShop = Callable[..., Shop]


@pytest.fixture
def open_shop(database: PostgresDatabase, clock: ManualClock) -> Iterator[OpenShop]:
    """Makes shops with settings of their own; closed at the end of the test."""
    with shops(database, clock) as make:
        yield make


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    """A shop with the rules of a new installation."""
    return open_shop()


@pytest.fixture(scope="module")
def shared_shop(shared_database: PostgresDatabase) -> Iterator[Shop]:
    """One shop for a whole module; look at ``news`` only."""
    with shops(shared_database, ManualClock(1_772_366_400_000_000)) as make:
        yield make()


@contextmanager
def shops(database: PostgresDatabase, clock: ManualClock) -> Iterator[OpenShop]:
    log = PostgresLog(database)
    key = create_key(database, clock, role="ingest", source="web", actor="test")
    trusted = create_key(database, clock, role="ingest", source="till", trusted=True, actor="test")
    appenders: list[GroupCommit] = []
    with KeyRing(database, clock) as ring:

        def make(rules: Rules | None = None, **settings: Any) -> Shop:
            rules = rules or default_rules()
            appender = GroupCommit(log)
            appenders.append(appender)
            services = CollectServices(
                keyring=ring,
                appender=settings.pop("appender", appender),
                rules=lambda: rules,
                clock=clock,
                secret=SECRET,
                **settings,
            )
            return Shop(collect_app(services), database, log, appender, clock, key, trusted, rules)

        yield make
        for appender in appenders:
            appender.close()


def gather(*calls: Coroutine[Any, Any, Answer]) -> list[Answer]:
    async def together() -> list[Answer]:
        return list(await asyncio.gather(*calls))

    return asyncio.run(together())


__all__ = ["AsyncIterator", "Letter", "OpenShop", "Response", "Shop", "basic", "call", "gather"]
