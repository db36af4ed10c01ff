"""What starts with a server loads no engine: each of its processes is there within a second or two."""

from __future__ import annotations

import subprocess
import sys

import pytest

ENGINES = ("duckdb", "pyarrow", "numpy", "lightgbm", "sklearn", "scipy", "httpx", "rich")


LAKE = """
from pathlib import Path
from types import SimpleNamespace as Any
from segue.app.lake import lake_of
settings, clock = Any(flush_events=1, flush_seconds=1), Any(now=lambda: 0)
lake_of(Any(data=Path("nowhere"), settings=settings, clock=clock, database=None, log=None))
"""


def engines_after(code: str) -> list[str]:
    """Engines that are loaded once this has run in a process of its own."""
    said = f"{code}\nimport sys; print(*sorted(set(sys.modules) & set({ENGINES!r})))"
    return subprocess.run(
        [sys.executable, "-c", said], capture_output=True, text=True, check=True
    ).stdout.split()


def test_a_lake_that_nobody_asks_loads_none() -> None:
    assert engines_after(LAKE) == []


@pytest.mark.parametrize(
    "module", ["segue.edge.web", "segue.app.processes.serve", "segue.app.processes.worker", "segue.edge.cli"]
)
def test_a_process_loads_engines_when_they_are_asked_for_and_not_before(module: str) -> None:
    assert engines_after(f"import {module}") == []
