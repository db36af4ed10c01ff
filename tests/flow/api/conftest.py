"""Fixtures of the API's tests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from segue.app.installation import Installation
from segue.app.keys import KeyRing, create_key
from segue.domain.access import ROLES
from segue.edge.api.application import create_api
from segue.edge.api.services import Services
from segue.edge.metrics import Metrics
from segue.ports.clock import ManualClock
from segue.settings import Settings
from tests.flow.api.harness import Api

SECRET = b"0" * 32


@pytest.fixture
def api(database_url: str, clock: ManualClock, tmp_path: Path) -> Iterator[Api]:
    """An installation of its own."""
    installation = Installation(tmp_path, Settings(), database_url, SECRET, clock)
    try:
        keys: dict[str, str] = {
            role: create_key(installation.database, clock, role=role, actor="test") for role in ROLES
        }
        with KeyRing(installation.database) as ring, asyncio.Runner() as runner:
            app = create_api(Services(installation, ring, Metrics()))
            yield Api(app, installation, runner, keys)
    finally:
        installation.close()
