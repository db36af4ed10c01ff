"""Passwords: Argon2id digests, and a door that lets few be computed at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from segue.errors import TooManyRequestsError

T = TypeVar("T")

_AT_ONCE = 2
_MOST_WAITING = 32


class Passwords:
    """Digests of passwords: 64 MiB and about a tenth of a second each, so that guessing is dear.

    ``memory`` in KiB, ``rounds`` passes over it. Safe to share between threads.
    """

    def __init__(self, *, memory: int = 65_536, rounds: int = 3) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory, parallelism=1)
        self._nobodys = self._hasher.hash("of nobody")

    def digest(self, password: str) -> str:
        """What is kept of a password."""
        return self._hasher.hash(password)

    def matches(self, digest: str | None, password: str) -> bool:
        """Whether it is that password; without a digest just as much is computed, and the answer is no."""
        try:
            self._hasher.verify(digest or self._nobodys, password)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False
        return digest is not None

    def is_old(self, digest: str) -> bool:
        """Whether the digest was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(digest)


class Door:
    """Runs what is dear in two threads of its own, so that guessing takes no more of the machine."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="segue-sign-in")
        self._inside = 0

    async def run(self, work: Callable[[], T]) -> T:
        """The result of ``work``; TooManyRequestsError when too many wait. Call on the event loop."""
        if self._inside >= _AT_ONCE + _MOST_WAITING:
            raise TooManyRequestsError("too many are signing in at this moment", cure="try again in a moment")
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._inside -= 1
