"""An import that was told to stop inside a library says that it was stopped, not that it failed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from segue.app.imports import jobs
from segue.app.processes import importing


@pytest.fixture
def handled() -> Iterator[None]:
    """SIGTERM's handler is put back afterwards."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(("cancelled", "state"), [(True, "cancelled"), (False, "interrupted")])
def test_a_stop_that_a_library_turns_into_an_error_is_a_stop(
    handled: None, monkeypatch: pytest.MonkeyPatch, cancelled: bool, state: str
) -> None:
    ends: list[tuple[Any, ...]] = []

    def interrupted(*_: Any) -> None:
        try:
            importing._stop(signal.SIGTERM, None)
        except BaseException as error:
            raise RuntimeError("a callback failed") from error

    monkeypatch.setattr(importing, "import_file", interrupted)
    monkeypatch.setattr(importing.Heart, "start", lambda heart: setattr(heart, "cancelled", cancelled))
    monkeypatch.setattr(importing.Heart, "stop", lambda _: None)
    job = SimpleNamespace(file="x.csv", mapping=None, source="till")
    monkeypatch.setattr(jobs, "job", lambda *_: job)
    monkeypatch.setattr(importing, "Inbox", lambda _: SimpleNamespace(path=lambda _: None))
    monkeypatch.setattr(jobs, "end", lambda *given, **more: ends.append((given[2], more["fault"].code)))
    importing.run_import(SimpleNamespace(data=None), "0" * 32)  # type: ignore[arg-type]
    assert ends == [(state, state)]
