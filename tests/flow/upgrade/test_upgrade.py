"""What an earlier version made is read by this one, whole; and an earlier one refuses what is newer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.migrate import migrations
from segue.adapters.postgres.server import EmbeddedServer
from segue.ports.statements import Statement
from tests.docs.pages import ROOT
from tests.flow.upgrade.older import fill, lost, picture, version
from tests.served import environment, segue, serving

SPINE = ROOT / "tests" / "data" / "spine.backup"
"""Made by the version before the console (commit 88abd52), with ``fill``; beside it, its picture."""

LATER = Statement("later", "", "insert into migration (number, name) values (9999, 'later')")
DONE = Statement("done", "", "select number from migration order by 1")


@pytest.mark.slow
def test_a_backup_of_the_spine_is_restored_and_read_whole(tmp_path: Path) -> None:
    segue("restore", str(SPINE), "--data", str(tmp_path / "data"))
    with serving(tmp_path / "data") as server:
        assert lost(json.loads(SPINE.with_suffix(".json").read_text()), picture(server)) == []


def test_a_directory_of_a_newer_segue_is_refused_by_every_door(tmp_path: Path) -> None:
    data = tmp_path / "data"
    segue("status", "--data", str(data))
    with EmbeddedServer(data) as server:
        database = PostgresDatabase(server.url)
        with database.transaction() as session:
            session.execute(LATER)
        database.close()
    for command in (["serve", "--port", "1"], ["status"], ["backup", str(tmp_path / "x")]):
        done = subprocess.run(
            [sys.executable, "-m", "segue", *command, "--data", str(data)],
            capture_output=True, text=True, env=environment(), check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 1, command
        assert f"is of a newer Segue: its schema is 9999, this one knows {len(migrations())}" in done.stderr
        assert "install that version again" in done.stderr
    assert not (tmp_path / "x").exists()


@pytest.mark.slow
@pytest.mark.skipif("SEGUE_OLDER" not in os.environ, reason="make rehearse-upgrade names the older version")
def test_a_directory_of_an_older_version_is_taken_over(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with version(Path(os.environ["SEGUE_OLDER"])):
        before = fill(data, households=int(os.environ.get("SEGUE_HOUSEHOLDS", "20")))
    assert before["status"]["dead_letters"] >= 1
    with serving(data) as server:
        assert lost(before, picture(server)) == []
    with EmbeddedServer(data) as embedded:
        database = PostgresDatabase(embedded.url)
        with database.transaction(read_only=True) as session:
            assert [number for (number,) in session.fetch(DONE)] == [n for n, _, _ in migrations()]
        database.close()
    with version(Path(os.environ["SEGUE_OLDER"])):
        done = subprocess.run(
            [sys.executable, "-m", "segue", "status", "--data", str(data)],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
    assert done.returncode == 1
    assert "install the newer Segue again" in done.stderr
