"""Requests built beforehand: per request only fixed-width numbers are replaced."""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass, field

import msgspec

from bench import shop
from segue.domain.order import rfc3339
from segue.ports.clock import SystemClock

TEMPLATES = 1_000
_SERIAL, _CUSTOMER = b"########", b"8888888"


@dataclass
class Singles:
    """One event a request, as a browser client sends them."""

    key: str
    customers: int
    #: part of every message id, so that two runs on one server do not meet
    name: str
    _made: list[bytes] = field(default_factory=list)

    def __call__(self, n: int) -> bytes:
        if not self._made:
            self._made = [post("/v1/track", self.key, wire) for wire in _wires(self.name, TEMPLATES)]
        customer = n * 7_919 % self.customers
        body = self._made[n % TEMPLATES]
        return body.replace(_SERIAL, b"%08d" % n).replace(_CUSTOMER, b"%07d" % customer)


@dataclass
class Batches:
    """``size`` events a request, as a server's client sends them; each batch has its own customers."""

    key: str
    size: int
    name: str
    #: different bodies; more than these repeat with new message ids
    templates: int = 200
    _made: list[bytes] = field(default_factory=list)

    def __call__(self, n: int) -> bytes:
        if not self._made:
            wires = list(_wires(self.name, self.templates * self.size))
            for number, wire in enumerate(wires):
                wire["messageId"] += f"-{number}"
                _set_customer(wire, f"{number % (self.templates * 20):07d}")
            self._made = [
                post("/v1/batch", self.key, {"batch": wires[at : at + self.size], "sentAt": _now()})
                for at in range(0, len(wires), self.size)
            ]
        return self._made[n % self.templates].replace(_SERIAL, b"%08d" % n)


@dataclass
class Records:
    """Golden records by identifier, drawn evenly."""

    key: str
    customers: int

    def __call__(self, n: int) -> bytes:
        return get(f"/api/v1/persons?identifier=user_id:{shop.user(n * 7_919 % self.customers)}", self.key)


@dataclass
class Plain:
    """The same few bytes again and again, for the bare server."""

    body: bytes

    def __call__(self, n: int) -> bytes:
        return self.body


def _wires(name: str, count: int) -> list[shop.Wire]:
    """``count`` events with placeholders for serial number and customer."""
    rng = random.Random(name)
    made: list[shop.Wire] = []
    while len(made) < count:
        made += shop.visit(rng, int(_CUSTOMER), SystemClock().now(), name)
    for wire in made:
        wire["messageId"] = f"{name}-{_SERIAL.decode()}"
        wire["sentAt"] = _now()
    return made[:count]


def _set_customer(wire: shop.Wire, customer: str) -> None:
    wire["anonymousId"] = f"a-{customer}"
    if "userId" in wire:
        wire["userId"] = f"u-{customer}"
    if "email" in wire.get("traits", {}):
        wire["traits"]["email"] = f"u-{customer}@example.com"


def _now() -> str:
    return rfc3339(SystemClock().now())


def get(path: str, key: str) -> bytes:
    """A whole GET request."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n\r\n".encode()


def post(path: str, key: str, content: object) -> bytes:
    """A whole POST of JSON with a write key."""
    body = msgspec.json.encode(content)
    basic = base64.b64encode(f"{key}:".encode()).decode()
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {basic}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
