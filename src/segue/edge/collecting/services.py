"""What the collector asks of the process that runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from segue.domain.access import Key
from segue.domain.events import DeadLetter
from segue.domain.rules import Rules
from segue.edge.collecting.hosted import HostedClient
from segue.ports.clock import Clock
from segue.ports.log import NewEntry


class SourceInfo(Protocol):
    """What must be known of a source."""

    @property
    def enabled(self) -> bool:
        """Whether its events are taken."""
        ...

    @property
    def identity_secret(self) -> bytes | None:
        """Verifies its identity tokens."""
        ...


class Keys(Protocol):
    """The live keys; see :class:`segue.app.keys.KeyRing`."""

    def find(self, text: str) -> Key | None:
        """The key of that text, from memory."""
        ...

    async def lookup(self, text: str) -> Key | None:
        """The same, but asks the database before it says no. UnavailableError."""
        ...

    def source(self, name: str) -> SourceInfo | None:
        """What is known of a source."""
        ...


class Appender(Protocol):
    """See :class:`segue.adapters.postgres.appender.GroupCommit`."""

    async def append(self, entries: Sequence[NewEntry], dead: Sequence[DeadLetter] = ()) -> None:
        """Return once these are durable. UnavailableError."""
        ...


def _enough() -> None:
    """Space is checked elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectServices:
    """Everything that comes in from outside."""

    keyring: Keys
    appender: Appender
    #: the rules in force
    rules: Callable[[], Rules]
    clock: Clock
    #: keys every fragment id of the installation
    secret: bytes
    #: raises UnavailableError when the disk is too full to take anything
    check_space: Callable[[], None] = _enough
    #: requests a second of one key and client address
    rate_limit: int = 5000
    #: every path of the collector answers below this too; empty: nowhere else
    first_party_prefix: str = "/s"
    #: the browser's client
    hosted: HostedClient = field(default_factory=HostedClient)
    #: method, route (never a path with an id or a query), status, seconds
    observe: Callable[[str, str, int, float], None] | None = None
    #: source, events and dead letters of a request that are durable now
    count: Callable[[str, int, int], None] | None = None
