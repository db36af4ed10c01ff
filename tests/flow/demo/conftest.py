"""A small demo: once for whoever only reads it, and an empty installation for whoever changes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from segue.app.demo.run import run_demo
from segue.app.installation import Installation
from segue.ports.clock import ManualClock
from segue.settings import Settings
from tests.conftest import NOON, SECRET, Databases
from tests.flow.api.harness import Api, opened

MOST = 150
"""Households up to this number: few enough to be quick, enough for two that share a tablet."""


@pytest.fixture
def installation(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[Installation]:
    """Empty, with a clock to be moved."""
    made = Installation(tmp_path / "data", Settings(), database_url, SECRET, clock)
    made.data.mkdir()
    yield made
    made.close()


@pytest.fixture(scope="module")
def shown(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The API of an installation in which the demo has run; not to be changed."""
    folder = tmp_path_factory.mktemp("demo")
    with databases.lend() as url, opened(url, ManualClock(NOON), folder) as api:
        run_demo(api.installation, most=MOST)
        yield api
