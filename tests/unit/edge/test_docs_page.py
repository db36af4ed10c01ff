"""The page of the API's description: a script without mistakes that fetches from nowhere else."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib import resources
from pathlib import Path

import pytest

PAGE = resources.files("segue.edge.api").joinpath("docs.html").read_text(encoding="utf-8")


def test_the_page_asks_this_server_only() -> None:
    assert set(re.findall(r"fetch\(\"([^\"]*)\"", PAGE)) == {"/api/openapi.json"}
    assert "innerHTML" not in PAGE
    assert "://" not in PAGE


def test_the_page_is_labelled_for_everyone() -> None:
    assert '<html lang="en">' in PAGE
    assert "<title>" in PAGE
    assert 'name="viewport"' in PAGE


@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine: the script is not parsed")
def test_the_script_parses(tmp_path: Path) -> None:
    [script] = re.findall(r"<script>(.*?)</script>", PAGE, re.DOTALL)
    file = tmp_path / "page.js"
    file.write_text(script)
    done = subprocess.run(["node", "--check", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
