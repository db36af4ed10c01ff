"""What processes say of themselves keeps out of the way of results and of quick commands."""

from __future__ import annotations

import subprocess
import sys

import pytest

from segue.app.logs import Log

HEAVY = ("structlog", "phonenumbers", "jsonschema", "yaml", "duckdb", "pyarrow", "litestar", "uvicorn")


def test_a_line_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    Log("segue.test").warning("something_passed", code="unavailable")
    Log("segue.test").error("something_failed", kind="KeyError")
    said = capsys.readouterr()
    assert said.out == ""
    first, second = said.err.splitlines()
    assert "something_passed" in first
    assert "code=unavailable" in first
    assert "segue.test" in first
    assert "kind=KeyError" in second


def test_what_a_plain_command_does_not_need_is_not_imported() -> None:
    program = (
        "import sys, segue.edge.cli, segue.app.installation, segue.app.status\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
