"""A database session whose work is thrown away after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from segue.adapters.postgres.database import PostgresDatabase, PostgresSession
from tests.unit.resolve.graphs import scratch


@pytest.fixture
def session(shared_database: PostgresDatabase) -> Iterator[PostgresSession]:
    with scratch(shared_database) as session:
        yield session
