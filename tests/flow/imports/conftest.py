"""An API of its own for imports, and files in its inbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api, opened


@pytest.fixture
def api(database_url: str, clock: ManualClock, tmp_path: Path) -> Iterator[Api]:
    """An installation of its own."""
    with opened(database_url, clock, tmp_path) as api:
        yield api


@pytest.fixture
def inbox(api: Api) -> Path:
    """Where files lie."""
    folder = api.installation.data / "inbox"
    folder.mkdir()
    return folder
