"""A stream lasts for minutes: whoever may no longer watch is told no more of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from segue.app.live import Message
from segue.domain.access import Caller
from segue.edge.api import guard
from segue.edge.api import live as streaming
from segue.errors import NotAuthenticatedError, UnavailableError

MESSAGE = Message("tick", b"{}")
READER = Caller(actor="user:1", role="read", name="ann")


class Endless:
    """A listener to whom something is told a hundred times, and who the streams' house is besides."""

    def __init__(self) -> None:
        self.told = 0
        self.left = False

    async def next(self, patience: float) -> Sequence[Message] | None:
        self.told += 1
        return [MESSAGE] if self.told <= 100 else None

    def leave(self, listener: Any) -> None:
        self.left = True


def ticks(monkeypatch: pytest.MonkeyPatch, answers: Iterator[Caller | Exception]) -> int:
    """How many a stream tells while ``answers`` say who asks."""

    async def authenticate(_: Any) -> Caller:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(streaming, "ASK_AGAIN", 0.0)
    monkeypatch.setattr(guard, "authenticate", authenticate)
    house: Any = Endless()
    request: Any = None

    async def stream() -> list[bytes]:
        return [part async for part in streaming._told(request, house, house, letters=True)]

    parts = asyncio.run(stream())
    assert house.left
    return sum(part.startswith(b"event: tick") for part in parts)


@pytest.mark.parametrize(
    "end", [NotAuthenticatedError("nobody is signed in"), Caller(actor="key", role="decide", name="key")]
)
def test_who_is_put_out_is_told_no_more(monkeypatch: pytest.MonkeyPatch, end: Caller | Exception) -> None:
    assert ticks(monkeypatch, iter([READER, READER, end])) == 2


def test_while_the_database_is_away_nobody_is_put_out(monkeypatch: pytest.MonkeyPatch) -> None:
    away = [UnavailableError("away") for _ in range(60)]
    assert ticks(monkeypatch, iter([*away, *[READER] * 40])) == 100
