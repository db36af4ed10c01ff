"""A lake in a temporary folder on a real log."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.adapters.duckdb.lake import ParquetLake
from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.log import PostgresLog
from segue.ports.clock import ManualClock

from .shop import Shop, open_shop


@pytest.fixture
def shop(database: PostgresDatabase, log: PostgresLog, clock: ManualClock, tmp_path: Path) -> Shop:
    """An empty lake."""
    return open_shop(database, log, ParquetLake(tmp_path / "lake"), clock)


@pytest.fixture
def clean(shop: Shop) -> Shop:
    """For property tests, which begin each example with ``clean.again()``."""
    return shop
