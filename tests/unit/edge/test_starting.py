"""What starts with a server loads no engine: each of its processes is there within a second or two."""

from __future__ import annotations

import subprocess
import sys

import pytest

ENGINES = ("duckdb", "pyarrow", "numpy", "lightgbm", "sklearn", "scipy", "httpx", "rich")


@pytest.mark.parametrize(
    "module", ["segue.edge.web", "segue.app.processes.serve", "segue.app.processes.worker", "segue.edge.cli"]
)
def test_a_process_loads_engines_when_they_are_asked_for_and_not_before(module: str) -> None:
    said = f"import sys, {module}; print(*sorted(set(sys.modules) & set({ENGINES!r})))"
    loaded = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout
    assert loaded.split() == []
