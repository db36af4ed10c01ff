"""What commands print for people."""

from __future__ import annotations

import json
import sys

import pytest

from segue.edge.cli.output import print_json, print_readable, print_table, show


def test_an_object_is_named_lines_and_lists_of_objects_are_tables(capsys: pytest.CaptureFixture[str]) -> None:
    print_readable({"name": "Ann", "tags": ["a", "b"], "orders": [{"id": "o1", "paid": True}, {"id": "o2"}]})
    told = capsys.readouterr().out
    assert "name  Ann" in told
    assert "a, b" in told
    assert "orders" in told
    assert all(word in told for word in ("o1", "yes", "o2", "–"))


def test_markup_in_data_is_shown_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["value"], [["[red]x[/red] [/nothing]"]])
    assert "[red]x[/red] [/nothing]" in capsys.readouterr().out


def test_a_wide_cell_is_whole_when_a_program_reads(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["value"], [["x" * 500]])
    assert "x" * 500 in capsys.readouterr().out


def test_a_terminal_too_narrow_for_a_table_gets_a_block_for_each_row(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = [f"{n:032x}" for n in range(4)]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    print_table(["a", "b", "third", "d"], [row], "Four ids")
    told = capsys.readouterr().out
    assert f"  third  {row[2]}\n" in told
    monkeypatch.setenv("COLUMNS", "200")
    print_table(["a", "b", "third", "d"], [row], "Four ids")
    assert "  ".join(row) in capsys.readouterr().out.replace("   ", "  ")


def test_a_title_is_one_line_however_narrow_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["n"], [["1"]], "A title of many more words than the table is wide")
    assert "A title of many more words than the table is wide\n" in capsys.readouterr().out


def test_nothing_is_shown_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    print_readable([])
    print_readable({})
    assert capsys.readouterr().out == "–\n"


def test_json_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"ä": [1, 2.5, None, {"x": "\u2028"}]}
    print_json(value)
    assert json.loads(capsys.readouterr().out) == value
    show(value, as_json=True)
    assert json.loads(capsys.readouterr().out) == value
