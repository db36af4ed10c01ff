"""Where an installation may begin, and what is said when it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from segue.adapters.postgres.reach import check_reachable
from segue.app.directory import alone, check_ours, owned_or_served
from segue.errors import ConflictError, SettingsError, UnavailableError
from tests.served import free_port, segue


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_text("")
    for way in (alone(tmp_path, cure=""), owned_or_served(tmp_path)):
        with pytest.raises(ConflictError, match=r"holiday\.jpg") as told, way:
            pass
        assert told.value.cure == "name an empty or a new folder with --data"
    assert [each.name for each in tmp_path.iterdir()] == ["holiday.jpg"]


@pytest.mark.parametrize("there", [(), ("lost+found",), ("segue.toml", "notes.txt"), ("lake", "lock")])
def test_an_empty_folder_and_one_of_ours_are_taken(tmp_path: Path, there: tuple[str, ...]) -> None:
    for name in there:
        (tmp_path / name).write_text("")
    check_ours(tmp_path)


def test_the_command_line_refuses_it_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("")
    segue("status", "--data", str(tmp_path), status=1)
    segue("serve", "--data", str(tmp_path), "--port", str(free_port()), status=1)
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_database_that_is_not_there_is_named_with_host_port_and_cure() -> None:
    port = free_port()
    with pytest.raises(
        UnavailableError, match=f"127.0.0.1:{port} cannot be used: Connection refused"
    ) as told:
        check_reachable(f"postgresql://ann:secret@127.0.0.1:{port}/shop")
    assert "--database-url" in (told.value.cure or "")
    assert "secret" not in told.value.message
    with pytest.raises(UnavailableError, match=r"nowhere\.invalid:5432"):
        check_reachable("postgresql://nowhere.invalid/shop")


@pytest.mark.parametrize("url", ["shop", "mysql:/x y", "postgresql://[/"])
def test_what_is_no_url_is_refused_with_the_shape_of_one(url: str) -> None:
    with pytest.raises(SettingsError, match="no PostgreSQL URL"):
        check_reachable(url)


def test_a_database_that_is_there_is_not_complained_of(database_url: str) -> None:
    check_reachable(database_url)
