"""An installation on a fresh database, and a way to make things happen in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from segue.app.installation import Installation
from segue.ports.clock import ManualClock
from segue.settings import Settings

from .house import House

SECRET = b"0" * 32


@pytest.fixture
def house(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[House]:
    """An empty installation."""
    installation = Installation(tmp_path / "data", Settings(), database_url, SECRET, clock)
    installation.data.mkdir()
    yield House(installation)
    installation.close()
