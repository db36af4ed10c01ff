"""Too little disk is refused before PostgreSQL is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.adapters.postgres.log import PostgresLog
from segue.adapters.postgres.space import SpaceGuard, free_bytes
from segue.errors import UnavailableError
from segue.ports.log import NewEntry

MIB = 1 << 20


class Disk:
    """A disk whose free space and clock are set by the test."""

    def __init__(self, free: int) -> None:
        self.free = free
        self.now = 0.0
        self.asked = 0

    def guard(self, data: Path) -> SpaceGuard:
        return SpaceGuard(data, 100, free=self.measure, tick=lambda: self.now)

    def measure(self, _: Path) -> int:
        self.asked += 1
        return self.free * MIB


def test_it_refuses_below_the_floor_and_recovers_by_itself(tmp_path: Path) -> None:
    disk = Disk(free=1000)
    guard = disk.guard(tmp_path)
    guard.check()
    disk.free, disk.now = 99, 1.0
    with pytest.raises(UnavailableError, match="99 MiB free, 100 MiB are needed"):
        guard.check()
    disk.free, disk.now = 150, 2.0
    guard.check()


def test_the_disk_is_asked_now_and_then_only(tmp_path: Path) -> None:
    disk = Disk(free=1000)
    guard = disk.guard(tmp_path)
    for _ in range(100):
        guard.check()
    assert disk.asked == 1


def test_the_ballast_is_laid_in_good_times_and_released_in_need(tmp_path: Path) -> None:
    disk = Disk(free=1000)
    guard = disk.guard(tmp_path)
    guard.check()
    ballast = tmp_path / "ballast"
    assert ballast.stat().st_size == 50 * MIB
    disk.free, disk.now = 50, 1.0
    with pytest.raises(UnavailableError):
        guard.check()
    assert ballast.exists(), "below the floor the ballast still lies"
    disk.free, disk.now = 20, 2.0
    with pytest.raises(UnavailableError):
        guard.check()
    assert not ballast.exists()
    disk.free, disk.now = 150, 3.0
    guard.check()
    assert not ballast.exists(), "it is not laid again as long as that would bring the floor near"
    disk.free, disk.now = 250, 4.0
    guard.check()
    assert ballast.exists()


def test_without_a_floor_nothing_is_refused(tmp_path: Path) -> None:
    SpaceGuard(tmp_path, 0, free=lambda _: 0).check()
    assert free_bytes(tmp_path) > 0


def test_the_log_appends_nothing_when_there_is_too_little(log: PostgresLog, tmp_path: Path) -> None:
    disk = Disk(free=10)
    guarded = PostgresLog(log.database, disk.guard(tmp_path))
    with pytest.raises(UnavailableError):
        guarded.append([NewEntry(b"f" * 16, 0, b"x")])
    disk.free, disk.now = 1000, 1.0
    assert guarded.append([NewEntry(b"f" * 16, 0, b"x")]) == 1
