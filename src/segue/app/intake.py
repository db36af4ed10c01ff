"""Many drafts into the log: admitted one by one, appended in large groups while the next are made.

What was imported before is left out here already, so that running an import again is quick; the loop
would pass it over in any case. A database that goes away for a while is waited for: an append whose
fate is unknown is simply done again, because message ids of imports are remembered for ever.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from segue import flow
from segue.app.installation import Installation
from segue.collect.admit import admit
from segue.domain.drafts import Draft, Sender, Unreadable
from segue.domain.events import DeadLetter, Event
from segue.domain.rules import Rules
from segue.errors import UnavailableError
from segue.ports.log import NewEntry
from segue.ports.statements import statements

GROUP = 5_000
"""Events appended in one transaction; fewer when they are large."""

GROUP_BYTES = 8 << 20

PATIENCE = 60.0
"""Seconds to wait for a database that is away."""

_SQL = statements("segue.app", "importing.sql")


class Intake:
    """Takes drafts until its ``with`` block ends; all are durable then. Not to be shared between threads."""

    def __init__(self, installation: Installation, *, wait: Callable[[float], None] = time.sleep) -> None:
        self._installation = installation
        self._wait = wait
        self._appender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="append")
        self._appending: Future[None] | None = None
        self._held: list[tuple[bytes, NewEntry]] = []
        self._dead: list[DeadLetter] = []
        self._bytes = 0
        with installation.database.transaction(read_only=True) as session:
            self._look_up: bool = session.fetch(_SQL["imported_before"])[0][0]
        #: events appended
        self.events = 0
        #: events that were imported before
        self.known = 0
        #: reason → events that became dead letters
        self.rejected: Counter[str] = Counter()
        #: reason → the first detail, as an example
        self.examples: dict[str, str] = {}
        #: visitors who must not be recorded (collection mode ``drop``)
        self.dropped = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._pass_on()
                self._await()
        finally:
            self._appender.shutdown(cancel_futures=True)

    def add(self, drafts: Iterable[Draft | Unreadable], sender: Sender, rules: Rules, now: int) -> None:
        """Admit these; UnavailableError when the database stays away."""
        secret = self._installation.secret
        for draft in drafts:
            admitted = admit(draft, sender, rules, secret, now)
            if isinstance(admitted, Event):
                entry = flow.entry_of(admitted, now)
                self._held.append((admitted.dedupe_key if self._look_up else b"", entry))
                self._bytes += len(entry.payload)
            elif admitted is None:
                self.dropped += 1
            else:
                self._dead.append(admitted)
                self.rejected[admitted.reason] += 1
                self.examples.setdefault(admitted.reason, admitted.detail)
        if len(self._held) + len(self._dead) >= GROUP or self._bytes >= GROUP_BYTES:
            self._pass_on()

    def _pass_on(self) -> None:
        """Give what is held to the appending thread, once it is done with what it had."""
        self._await()
        held, dead = self._held, self._dead
        self._held, self._dead, self._bytes = [], [], 0
        if held or dead:
            self._appending = self._appender.submit(self._append, held, dead)

    def _await(self) -> None:
        if self._appending is not None:
            self._appending.result()
            self._appending = None

    def _append(self, held: list[tuple[bytes, NewEntry]], dead: list[DeadLetter]) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                entries = self._fresh(held)
                if entries or dead:
                    self._installation.log.append(entries, dead)
            except UnavailableError as error:
                if time.monotonic() > deadline:
                    raise UnavailableError(
                        error.message, cure="run the import again; nothing will be doubled"
                    ) from error
                self._wait(0.5)
                continue
            self.events += len(entries)
            self.known += len(held) - len(entries)
            return

    def _fresh(self, held: list[tuple[bytes, NewEntry]]) -> list[NewEntry]:
        if not self._look_up or not held:
            return [entry for _, entry in held]
        keys = sorted(key for key, _ in held)
        with self._installation.database.transaction(read_only=True) as session:
            known = {bytes(key) for (key,) in session.fetch(_SQL["known"], keys=keys)}
        return [entry for key, entry in held if key not in known]


def ensure_source(installation: Installation, name: str, *, trusted: bool, dialect: str) -> None:
    """Make a source known unless it is."""
    with installation.database.transaction() as session:
        session.execute(
            _SQL["add_source"], name=name, trusted=trusted, dialect=dialect, at=installation.clock.now()
        )
