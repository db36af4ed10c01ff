"""Fixtures of the tests of segments from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api, opened


@pytest.fixture
def api(database_url: str, clock: ManualClock, tmp_path: Path) -> Iterator[Api]:
    """An installation of its own, under a clock that is moved by hand."""
    with opened(database_url, clock, tmp_path) as api:
        yield api
