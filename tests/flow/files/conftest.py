"""An installation on a fresh database, for imports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from segue.app.installation import Installation
from segue.ports.clock import ManualClock
from segue.settings import Settings


@pytest.fixture
def installation(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[Installation]:
    """Empty, with a clock to be moved."""
    made = Installation(tmp_path / "data", Settings(), database_url, b"0" * 32, clock)
    made.data.mkdir()
    yield made
    made.close()
