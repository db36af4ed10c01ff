"""A floor of free disk space: a full disk makes PostgreSQL panic, so we refuse before it is asked.

A ballast file keeps some room back. When the disk runs nearly dry all the same (others fill it too),
the ballast is released, so that checkpoints, compaction and erasure can finish; it is laid again once
there is room.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from segue.errors import UnavailableError

_MIB = 1 << 20
_LARGEST_BALLAST = 256  # MiB


def free_bytes(folder: Path) -> int:
    """What an ordinary user may still write below ``folder``."""
    told = os.statvfs(folder)
    return told.f_bavail * told.f_frsize


class SpaceGuard:
    """Watches the disk that ``data`` lies on; ``floor_mb`` MiB must stay free (0: no floor)."""

    def __init__(
        self,
        data: Path,
        floor_mb: int,
        *,
        free: Callable[[Path], int] = free_bytes,
        tick: Callable[[], float] = time.monotonic,
        every: float = 0.2,
    ) -> None:
        self._data = data
        self._floor = floor_mb * _MIB
        self._ballast = data / "ballast"
        self._ballast_size = min(floor_mb // 2, _LARGEST_BALLAST) * _MIB
        self._free = free
        self._tick = tick
        self._every = every
        self._next = float("-inf")
        self._left = self._floor

    def check(self) -> None:
        """UnavailableError when there is too little space; asks the disk at most every 0.2 s."""
        now = self._tick()
        if now >= self._next:
            self._next = now + self._every
            self._left = self._free(self._data)
            self._balance()
        if self._left < self._floor:
            raise UnavailableError(
                f"too little disk space: {self._left // _MIB} MiB free, {self._floor // _MIB} MiB are needed",
                cure="free some space; what waits is taken up again by itself",
            )

    def _balance(self) -> None:
        if self._left < self._floor // 4:
            self._ballast.unlink(missing_ok=True)
        elif self._left > self._floor + 2 * self._ballast_size and not self._ballast.exists():
            self._lay()

    def _lay(self) -> None:
        """Lay the ballast; failing is no fault, only less room kept back."""
        with suppress(OSError), self._ballast.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, max(1, self._ballast_size))
                return
            for _ in range(self._ballast_size // _MIB):
                file.write(b"\0" * _MIB)
