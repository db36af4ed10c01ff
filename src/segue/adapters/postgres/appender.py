"""Group commit: many requests that wait, one transaction that makes them all durable.

Requests are coroutines of the web process; one thread appends. While it waits for the disk, the next
group gathers, so the busier it is, the larger the groups.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from segue.domain.events import DeadLetter
from segue.errors import SegueError, UnavailableError
from segue.ports.log import NewEntry

_MIB = 1 << 20
_ROW_COST = 64  # bytes a row costs beside its payload


class Appends(Protocol):
    """All of a log that is needed here."""

    def append(self, entries: Sequence[NewEntry], dead: Sequence[DeadLetter] = ()) -> int:
        """Durable when it returns; UnavailableError."""
        ...


class _Waiter(NamedTuple):
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]
    entries: Sequence[NewEntry]
    dead: Sequence[DeadLetter]
    size: int


class GroupCommit:
    """Appends to ``log`` for coroutines; at most ``waiting_mb`` MiB wait, ``group_mb`` go at once.

    Nobody waits longer than ``patience`` seconds: a database that hangs is one that is away.
    """

    def __init__(
        self, log: Appends, *, waiting_mb: int = 64, group_mb: int = 8, patience: float = 10.0
    ) -> None:
        self._log = log
        self._patience = patience
        self._most_waiting = waiting_mb * _MIB
        self._most_at_once = group_mb * _MIB
        self._waiting: list[_Waiter] = []
        self._size = 0
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    async def append(self, entries: Sequence[NewEntry], dead: Sequence[DeadLetter] = ()) -> None:
        """Return once these are durable; UnavailableError when they are not, or too much waits already."""
        if not entries and not dead:
            return
        size = sum(len(entry.payload) + _ROW_COST for entry in entries)
        size += sum(len(letter.raw) + _ROW_COST for letter in dead)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        with self._changed:
            if self._closing:
                raise UnavailableError("shutting down", cure="try again")
            if self._size + size > self._most_waiting and self._waiting:
                raise UnavailableError("too much waits to be written", cure="slow down and try again")
            self._waiting.append(_Waiter(loop, done, entries, dead, size))
            self._size += size
            if len(self._waiting) == 1:
                self._changed.notify()
        try:
            async with asyncio.timeout(self._patience):
                await done
        except TimeoutError:
            # It may be written yet. The client sends it again, and the loop knows it by its message id.
            raise UnavailableError("the database takes too long", cure="try again") from None

    def close(self) -> None:
        """Write what waits, then end the thread; later appends are refused."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while group := self._next_group():
            fault = self._commit(group)
            if fault is None or isinstance(fault, UnavailableError) or len(group) == 1:
                _tell(group, fault)
                continue
            for waiter in group:  # one of them cannot be stored: it must not take its neighbours along
                _tell([waiter], self._commit([waiter]))

    def _commit(self, group: list[_Waiter]) -> SegueError | None:
        """Append what the group holds; answers what went wrong."""
        try:
            self._log.append(
                [entry for waiter in group for entry in waiter.entries],
                [letter for waiter in group for letter in waiter.dead],
            )
        except SegueError as error:
            return error
        except Exception as error:  # noqa: BLE001 the waiters must hear of it, and the thread must live
            return SegueError(f"the log failed: {type(error).__name__}")
        return None

    def _next_group(self) -> list[_Waiter]:
        """What goes into the next commit; empty when closed and nothing waits."""
        with self._changed:
            while not self._waiting and not self._closing:
                self._changed.wait()
            size = taken = 0
            for waiter in self._waiting:
                if taken and size + waiter.size > self._most_at_once:
                    break
                size += waiter.size
                taken += 1
            group, self._waiting = self._waiting[:taken], self._waiting[taken:]
            self._size -= size
            return group


def _tell(group: list[_Waiter], fault: SegueError | None) -> None:
    """Wake the waiters: one call into each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for waiter in group:
        by_loop.setdefault(waiter.loop, []).append(waiter.done)
    for loop, waiting in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, waiting, fault)


def _resolve(waiting: list[asyncio.Future[None]], fault: SegueError | None) -> None:
    for done in waiting:
        if done.done():
            continue  # the client has gone
        if fault is None:
            done.set_result(None)
        else:
            done.set_exception(type(fault)(fault.message, cure=fault.cure, code=fault.code))
