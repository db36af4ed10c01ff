"""A backup is everything; a restore is that, without those who were erased since."""

from __future__ import annotations

import tarfile
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
import zstandard

from segue.adapters.postgres.dump import load
from segue.app import erase
from segue.app.backup import ABOUT, END, FORMAT, About, Advance, backup
from segue.app.directory import alone, check_whole
from segue.app.installation import connect, open_installation
from segue.app.lake import lake_of
from segue.app.ledger import FILE, read_ledger
from segue.app.restore import restore
from segue.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError

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


def test_a_backup_of_a_newer_segue_is_refused(house: House, tmp_path: Path) -> None:
    newer = About(format=FORMAT, made_at="", schema=9999, lake_files=0, segue="9.0")
    with pytest.raises(InvalidInputError, match=r"newer Segue \(9\.0\)") as caught:
        restore(written(tmp_path, newer), house.installation.data)
    assert caught.value.cure


def test_what_a_later_postgresql_dumped_is_refused_and_nothing_is_touched(
    house: House, kept: Path, tmp_path: Path
) -> None:
    later = About(format=FORMAT, made_at="", schema=1, lake_files=0, postgres=99)
    with pytest.raises(InvalidInputError, match="is of PostgreSQL 99") as caught:
        restore(written(tmp_path, later), house.installation.data)
    assert "postgres_version = 99" in str(caught.value.cure)
    house = again(house)
    assert house.found("user_id:ann").orders.count == 1
    house.installation.close()


def written(folder: Path, about: About) -> Path:
    """A whole backup with nothing in it."""
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in ((ABOUT, msgspec.json.encode(about)), (END, b"")):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, BytesIO(content))
    file = folder / "made.backup"
    file.write_bytes(zstandard.ZstdCompressor().compress(out.getvalue()))
    return file


def test_too_little_space_is_told_before_anything_is_written(house: House, kept: Path) -> None:
    file = kept.with_name("other.backup")
    for act in (
        lambda: backup(house.installation, file, free=lambda _: 1),
        lambda: restore(kept, house.installation.data, free=lambda _: 1),
    ):
        with pytest.raises(UnavailableError, match="too little disk space") as caught:
            act()
        assert caught.value.cure
    assert not list(kept.parent.glob("other*"))
    assert not (house.installation.data / "restoring").exists()


def test_a_folder_that_is_not_there_is_named(house: House, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no folder"):
        backup(house.installation, tmp_path / "nowhere" / "x.backup")


def test_the_lake_is_free_again_while_its_files_are_copied(house: House, kept: Path) -> None:
    seen: list[Advance] = []

    def watch(advance: Advance) -> None:
        if advance.phase == "lake" and not seen:
            house.happen(bought("ann", 3))
            house.archive()  # waits for whoever writes the lake
            erase.erase(house.installation, house.person_id("user_id:bob"))  # takes files away
            seen.append(advance)

    file = kept.with_name("other.backup")
    backup(house.installation, file, watch)
    assert seen
    (house.installation.data / FILE).unlink()
    assert restore(file, house.installation.data).erased_again == 1
    house = again(house)
    assert house.found("user_id:bob") is None
    assert [row["message_id"] for row in house.ask("select message_id from events order by 1")] == [
        "ann-1", "ann-2",
    ]  # fmt: skip
    house.installation.close()


def test_a_restore_that_fails_in_the_database_leaves_what_was(
    house: House, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segue.app.restore.load", lambda url, parts: load(url, [*parts, b"select nonsense;"]))
    with pytest.raises(UnavailableError, match="psql failed"):
        restore(kept, house.installation.data)
    check_whole(house.installation.data)
    house = again(house)
    assert house.found("user_id:ann").orders.count == 1
    house.installation.close()


def test_an_interrupted_restore_is_taken_up_before_anything_else(
    house: House, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("segue.app.restore._replace", killed)
    with pytest.raises(KeyboardInterrupt):
        restore(kept, house.installation.data)
    monkeypatch.undo()
    with pytest.raises(ConflictError, match="interrupted"), open_installation(house.installation.data):
        pass
    monkeypatch.setenv("SEGUE_DATABASE_URL", house.installation.url)
    restore(kept, house.installation.data)
    check_whole(house.installation.data)
