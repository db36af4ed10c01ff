"""A backup is everything; a restore is that, without those who were erased since."""

from __future__ import annotations

import tarfile
from io import BytesIO
from pathlib import Path

import pytest
import zstandard

from segue.app import erase
from segue.app.backup import backup, restore
from segue.app.directory import alone
from segue.app.installation import connect
from segue.app.lake import lake_of
from segue.app.ledger import FILE, read_ledger
from segue.errors import ConflictError, InvalidInputError

from .house import House, bought


@pytest.fixture
def kept(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup of a shop with Ann and Bob, some of it in the lake and some in the log only."""
    monkeypatch.setenv("SEGUE_DATABASE_URL", house.installation.url)
    house.happen(bought("ann", 1, email="ann@example.com"), bought("bob", 1))
    house.archive()
    house.happen(bought("ann", 2), bought("bob", 2))
    backup(house.installation, tmp_path / "shop.backup")
    return tmp_path / "shop.backup"


def again(house: House) -> House:
    """The house as whoever opens it after a restore finds it."""
    installation = house.installation
    house.installation.close()
    return House(connect(installation.data, installation.url))


def test_what_was_backed_up_is_there_again_and_what_came_later_is_not(house: House, kept: Path) -> None:
    house.happen(bought("eve", 1), bought("bob", 3))
    house.archive()
    restored = restore(kept, house.installation.data)
    assert restored.erased_again == 0
    assert (house.installation.data / "lake").stat().st_mode & 0o077 == 0
    house = again(house)
    assert house.found("user_id:eve") is None
    assert house.found("user_id:bob").orders.count == 2
    assert [row["message_id"] for row in house.ask("select message_id from events order by 1")] == [
        "ann-1", "ann-2", "bob-1", "bob-2",
    ]  # fmt: skip
    house.happen(bought("bob", 4))
    assert [row["n"] for row in house.ask("select count(*) n from events")] == [5]
    house.installation.close()


def test_who_was_erased_since_is_erased_again(house: House, kept: Path) -> None:
    proof = erase.erase(house.installation, house.person_id("user_id:ann"))
    restored = restore(kept, house.installation.data)
    assert restored.erased_again == 1
    house = again(house)
    assert house.found("email:ann@example.com") is None
    assert b"ann@example.com" not in house.everything()
    assert set(erase.proof_of(house.installation, proof.erasure_id).left.values()) == {0}
    house.happen(bought("ann", 9))
    assert house.found("user_id:ann").orders.count == 1
    assert [row["message_id"] for row in house.ask("select message_id from events order by 1")] == [
        "ann-9", "bob-1", "bob-2",
    ]  # fmt: skip
    assert restore(kept, house.installation.data).erased_again == 1
    house.installation.close()


def test_the_backups_own_erasures_go_into_the_ledger(house: House, kept: Path, tmp_path: Path) -> None:
    erase.erase(house.installation, house.person_id("user_id:ann"))
    later = tmp_path / "later.backup"
    backup(house.installation, later)
    (house.installation.data / FILE).unlink()
    assert restore(later, house.installation.data).erased_again == 0
    assert len(read_ledger(house.installation.data)) == 1
    assert restore(kept, house.installation.data).erased_again == 1


def test_an_erasure_asked_for_before_the_backup_is_finished_after_the_restore(
    house: House, kept: Path, tmp_path: Path
) -> None:
    erase.ask(house.installation, house.person_id("user_id:ann"))
    later = tmp_path / "later.backup"
    backup(house.installation, later)
    restore(later, house.installation.data)
    house = again(house)
    assert erase.finish(house.installation) == 1
    assert b"ann@example.com" not in house.everything()
    house.installation.close()


def test_a_broken_backup_changes_nothing(house: House, kept: Path, tmp_path: Path) -> None:
    whole = kept.read_bytes()
    for number, content in enumerate([b"", b"nonsense", whole[: len(whole) // 2], whole[:-20], evil()]):
        broken = tmp_path / f"{number}.backup"
        broken.write_bytes(content)
        with pytest.raises(InvalidInputError):
            restore(broken, house.installation.data)
    house = again(house)
    assert house.found("user_id:ann").orders.count == 1
    assert not (house.installation.data / "restoring").exists()
    assert not (tmp_path / "escaped").exists()
    house.installation.close()


def evil() -> bytes:
    """A tar that would write outside its folder."""
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo("lake/../../../escaped")
        archive.addfile(entry, BytesIO(b""))
    return zstandard.ZstdCompressor().compress(out.getvalue())


def test_a_backup_holds_nobody_up(house: House, kept: Path) -> None:
    with lake_of(house.installation).writing():
        house.happen(bought("ann", 5))
    assert house.found("user_id:ann").orders.count == 2
    assert kept.stat().st_mode & 0o077 == 0


def test_nothing_is_restored_under_a_running_server(house: House, kept: Path) -> None:
    with alone(house.installation.data, cure=""), pytest.raises(ConflictError):
        restore(kept, house.installation.data)


def test_a_backup_that_fails_leaves_nothing(house: House, tmp_path: Path) -> None:
    house.happen(bought("ann", 1))
    house.archive()
    [file] = (house.installation.data / "lake" / "loose").iterdir()
    file.unlink()
    with pytest.raises(FileNotFoundError):
        backup(house.installation, tmp_path / "x.backup")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
