"""The types that the console asks the API by are those that the API describes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.served import environment

ROOT = Path(__file__).parents[2]
CONSOLE = ROOT / "console"


def test_the_consoles_types_are_of_todays_api(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not (CONSOLE / "node_modules" / "openapi-typescript").exists():
        pytest.skip(
            "NOT TESTED: the console's types, because node or its packages are missing (make console)"
        )
    fresh = tmp_path / "schema.d.ts"
    subprocess.run(
        [node, "scripts/api.mjs", str(fresh)],
        cwd=CONSOLE,
        check=True,
        timeout=300,
        env={**environment(), "PYTHON": sys.executable},
    )
    same = fresh.read_text() == (CONSOLE / "src" / "api" / "schema.d.ts").read_text()
    assert same, "console/src/api/schema.d.ts is stale: renew it (cd console && npm run api) and commit it"
