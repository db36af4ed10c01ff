"""What the handlers work with, given to ``create_api`` by whoever composes the process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from litestar.connection import ASGIConnection, Request

from segue.app.installation import Installation
from segue.app.keys import KeyRing
from segue.app.people import People
from segue.app.persons import Persons
from segue.domain.access import Caller
from segue.edge.metrics import Metrics

ApiRequest = Request[Any, Any, Any]
Connection = ASGIConnection[Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Services:
    """One web process's share of an installation."""

    installation: Installation
    keyring: KeyRing
    metrics: Metrics
    #: what is to end before this process can: whoever answers for long adds to it
    endings: list[Callable[[], None]] = field(default_factory=list)
    #: touchpoints may ask at once: what their first question needs is made ready beforehand
    awaited: bool = False


def services_of(connection: Connection) -> Services:
    """The services this application was made with."""
    services: Services = connection.app.state.services
    return services


def persons_of(connection: Connection) -> Persons:
    """The persons of this application's installation."""
    persons: Persons = connection.app.state.persons
    return persons


def people_of(connection: Connection) -> People:
    """Those who sign in to this application's installation."""
    people: People = connection.app.state.people
    return people


def caller_of(request: ApiRequest) -> Caller:
    """Who the guard has let through."""
    caller: Caller = request.scope["state"]["caller"]
    return caller


def client_address(request: ApiRequest) -> str:
    """Whose attempts are counted together; an IPv6 household has 2⁶⁴ addresses, and they count as one."""
    client = request.scope.get("client")
    address = client[0] if client else ""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
