"""An installation with a small shop in it, and a model that learns in no time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from segue.app.installation import Installation
from segue.learn import catalogue
from segue.learn.model import Model
from segue.ports.clock import ManualClock
from segue.settings import Settings
from tests.flow.api.harness import Api, opened
from tests.flow.lasting.house import House
from tests.stories import in_written_order

from .simple import Simple

SECRET = b"0" * 32


@pytest.fixture
def house(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[House]:
    """An empty installation."""
    installation = Installation(tmp_path / "data", Settings(), database_url, SECRET, clock)
    installation.data.mkdir()
    yield House(installation)
    installation.close()


@pytest.fixture
def api(database_url: str, clock: ManualClock, tmp_path: Path) -> Iterator[Api]:
    """The API of an empty installation."""
    with opened(database_url, clock, tmp_path) as api:
        yield api


@pytest.fixture
def simple(monkeypatch: pytest.MonkeyPatch) -> Simple:
    """The catalogue holds this model, and calls it predict."""
    model = Simple()

    def models(names: tuple[str, ...] = ()) -> list[Model]:
        return [model]

    monkeypatch.setattr(catalogue, "models", models)
    monkeypatch.setattr(catalogue, "model", lambda name: model)
    return model


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A trained shop takes a minute: the tests of a module share it, and who is erased goes last."""
    in_written_order(items, Path(__file__).parent)
