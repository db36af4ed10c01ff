"""Group commit: durable or told so, in few transactions, never too much in memory."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from segue.adapters.postgres.appender import GroupCommit
from segue.adapters.postgres.log import PostgresLog
from segue.domain.events import DeadLetter
from segue.errors import ConflictError, SegueError, UnavailableError
from segue.ports.database import Session
from segue.ports.log import Entry, NewEntry


def entry(number: int, size: int = 10) -> NewEntry:
    return NewEntry(bytes([number % 256]) * 16, number, b"%d " % number + b"x" * size)


class SlowLog:
    """A log whose commits wait until they are let through."""

    def __init__(self) -> None:
        self.groups: list[list[NewEntry]] = []
        self.gate = threading.Event()
        self.fault: BaseException | None = None
        self.poison: bytes | None = None

    def append(self, entries: Sequence[NewEntry], dead: Sequence[DeadLetter] = ()) -> int:
        self.gate.wait(30)
        if self.fault is not None:
            raise self.fault
        if any(one.payload == self.poison for one in entries):
            raise ConflictError("poison")
        self.groups.append(list(entries))
        return len(self.groups)

    def head(self, session: Session) -> int:
        raise NotImplementedError

    def read(self, session: Session, *, slots: Sequence[int], after: int, limit: int) -> list[Entry]:
        raise NotImplementedError


@contextmanager
def group_commit(log: SlowLog | PostgresLog, **bounds: Any) -> Iterator[GroupCommit]:
    commit = GroupCommit(log, **bounds)
    try:
        yield commit
    finally:
        if isinstance(log, SlowLog):
            log.gate.set()
        commit.close()


def test_what_was_acknowledged_is_in_the_log(log: PostgresLog) -> None:
    async def sixty_four_clients() -> None:
        async def client(number: int) -> None:
            for turn in range(5):
                await commit.append([entry(number * 100 + turn)])
                with log.database.transaction(read_only=True) as session:
                    stored = log.read(session, slots=range(64), after=0, limit=10_000)
                assert entry(number * 100 + turn).payload in {one.payload for one in stored}

        await asyncio.gather(*(client(number) for number in range(16)))

    with group_commit(log) as commit:
        asyncio.run(sixty_four_clients())
    with log.database.transaction(read_only=True) as session:
        assert log.head(session) == 80


def test_whoever_comes_during_a_commit_goes_together_with_the_next() -> None:
    log = SlowLog()

    async def scene() -> None:
        first = asyncio.ensure_future(commit.append([entry(0)]))
        await asyncio.sleep(0.05)
        others = [asyncio.ensure_future(commit.append([entry(n)])) for n in range(1, 50)]
        await asyncio.sleep(0)
        assert not first.done()
        log.gate.set()
        await asyncio.gather(first, *others)
        await commit.append([])

    with group_commit(log) as commit:
        asyncio.run(scene())
    assert [len(group) for group in log.groups] == [1, 49]
    assert [one.received_at for group in log.groups for one in group] == list(range(50))


def test_too_much_waiting_is_refused_and_the_rest_goes_through() -> None:
    log = SlowLog()

    async def scene() -> None:
        waiting = [asyncio.ensure_future(commit.append([entry(n, 300_000)])) for n in range(8)]
        await asyncio.sleep(0.05)
        log.gate.set()
        told = await asyncio.gather(*waiting, return_exceptions=True)
        assert {type(one) for one in told} == {type(None), UnavailableError}
        await commit.append([entry(9)])

    with group_commit(log, waiting_mb=1, group_mb=1) as commit:
        asyncio.run(scene())
    assert all(sum(len(one.payload) for one in group) <= 1 << 20 for group in log.groups)


@pytest.mark.parametrize("fault", [UnavailableError("away"), RuntimeError("a bug")])
def test_a_failed_commit_is_told_to_everybody_in_it_and_the_next_works(fault: Exception) -> None:
    log = SlowLog()
    log.fault = fault
    log.gate.set()

    async def scene() -> None:
        told = await asyncio.gather(*(commit.append([entry(n)]) for n in range(3)), return_exceptions=True)
        assert all(isinstance(one, SegueError) for one in told)
        log.fault = None
        await commit.append([entry(4)])

    with group_commit(log) as commit:
        asyncio.run(scene())


def test_one_that_cannot_be_stored_does_not_take_its_neighbours_along() -> None:
    log = SlowLog()
    log.poison = entry(2).payload

    async def scene() -> None:
        waiting = [asyncio.ensure_future(commit.append([entry(n)])) for n in range(4)]
        await asyncio.sleep(0.05)
        log.gate.set()
        told = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(one) for one in told] == [type(None), type(None), ConflictError, type(None)]

    with group_commit(log) as commit:
        asyncio.run(scene())


def test_a_database_that_hangs_is_one_that_is_away() -> None:
    log = SlowLog()

    async def scene() -> None:
        with pytest.raises(UnavailableError, match="too long"):
            await commit.append([entry(1)])

    with group_commit(log, patience=0.05) as commit:
        asyncio.run(scene())


def test_a_client_that_left_harms_nobody() -> None:
    log = SlowLog()

    async def scene() -> None:
        waiting = [asyncio.ensure_future(commit.append([entry(n)])) for n in range(3)]
        await asyncio.sleep(0.05)
        waiting[1].cancel()
        log.gate.set()
        await asyncio.gather(waiting[0], waiting[2])

    with group_commit(log) as commit:
        asyncio.run(scene())


def test_closing_writes_what_waits_and_refuses_what_comes_later() -> None:
    log = SlowLog()

    async def scene() -> None:
        commit = GroupCommit(log)
        waiting = [asyncio.ensure_future(commit.append([entry(n)])) for n in range(3)]
        await asyncio.sleep(0.05)
        closing = asyncio.get_running_loop().run_in_executor(None, commit.close)
        await asyncio.sleep(0.05)
        log.gate.set()
        await asyncio.gather(closing, *waiting)
        with pytest.raises(UnavailableError):
            await commit.append([entry(9)])

    asyncio.run(scene())
    assert sum(len(group) for group in log.groups) == 3
