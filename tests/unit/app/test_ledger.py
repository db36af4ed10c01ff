"""The ledger outside the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.app.ledger import FILE, Line, read_ledger, write_line
from segue.errors import SettingsError


def line(number: int) -> Line:
    return Line(
        erasure_id=f"e{number}", asked_at=number, asked_by="k", before_offset=7, fragment_ids=["00" * 16]
    )


def test_what_was_written_is_read_back_once(tmp_path: Path) -> None:
    assert read_ledger(tmp_path) == []
    for each in (line(1), line(2), line(1)):
        write_line(tmp_path, each)
    assert read_ledger(tmp_path) == [line(1), line(2)]


def test_a_line_cut_short_by_a_crash_spoils_no_other(tmp_path: Path) -> None:
    write_line(tmp_path, line(1))
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"erasure_id":"e2","asked')
    assert read_ledger(tmp_path) == [line(1)]


def test_a_ledger_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("nonsense\n")
    write_line(tmp_path, line(1))
    with pytest.raises(SettingsError, match="entry 1"):
        read_ledger(tmp_path)


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    write_line(tmp_path, line(1))
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
