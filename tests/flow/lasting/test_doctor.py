"""Each fault is produced for real where it can be, and the doctor names it and its cure."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from segue.adapters.postgres.database import PostgresDatabase
from segue.adapters.postgres.server import EmbeddedServer
from segue.app import doctor, doctor_machine
from segue.app.definitions import apply
from segue.app.doctor import Finding, examine
from segue.app.doctor_machine import configuration, disk, versions
from segue.app.keys import create_key, key_id_of, list_keys, revoke_key
from segue.ports.clock import SystemClock
from segue.ports.statements import Statement
from segue.settings import Settings, load_settings
from tests.served import environment, free_port, segue, serving

from .house import House, bought

OLDER = Statement("older", "", "delete from migration where number > 3")
LATER = Statement("later", "", "insert into migration (number, name) values (9999, 'later')")
AGED = Statement("aged", "", "update installation set created_at = created_at - 864000000000")
IDLE = Statement(
    "idle",
    "",
    "insert into api_key values ('k', 'ingest', 'kiosk', false, 'd', 1, null) on conflict do nothing",
)
LATE = Statement("late", "", "insert into erasure values ('e', 1, 'x', 1, '{}', null, null)")
FROZEN = Statement(
    "frozen",
    "",
    "insert into link values ('l', 'a', 'b', 1, 'p', 'p', 1, false, 'frozen')",
)
SCREEN = {
    "placements.yaml": "placements: {here: {touchpoint: kiosk, formats: [tile], fallback: hello}}",
    "actions.yaml": "actions: {hello: {kind: content, content: [{format: tile, headline: Hello}]}}",
}


def of(findings: list[Finding], what: str) -> Finding:
    [found] = [each for each in findings if each.what == what]
    assert found.verdict == "well" or found.cure, found
    return found


def change(house: House, statement: Statement) -> None:
    with house.installation.database.transaction() as session:
        session.execute(statement)


@pytest.fixture
def examined(house: House, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SEGUE_DATABASE_URL", house.installation.url)
    change(house, Statement("now", "", "update installation set created_at = 1772366400000000"))
    return lambda: examine(house.installation.data)


def test_what_is_well_is_said_to_be(house: House, examined: Any) -> None:
    house.happen(bought("ann", 1))
    house.archive()
    found = examined()
    for what in ("versions", "data directory", "permissions", "settings", "schema", "loop", "lake",
                 "lake files", "dead letters", "identity", "erasures", "keys", "definitions"):  # fmt: skip
        assert of(found, what).verdict == "well", what


def test_the_lake_lacks_a_file(house: House, examined: Any) -> None:
    house.happen(bought("ann", 1))
    house.archive()
    [file] = (house.installation.data / "lake" / "loose").iterdir()
    file.unlink()
    found = of(examined(), "lake files")
    assert (found.verdict, file.name in found.says) == ("wrong", True)


def test_a_late_erasure_an_oversized_person_a_silent_source(house: House, examined: Any) -> None:
    change(house, FROZEN)
    change(house, IDLE)
    assert of(examined(), "identity").verdict == "watch"
    assert "kiosk" in of(examined(), "keys").says
    change(house, LATE)
    assert of(examined(), "erasures").verdict == "wrong"


def test_a_key_that_is_about_to_end(house: House, examined: Any) -> None:
    inside = house.installation
    create_key(inside.database, SystemClock(), role="read", expires="30d", actor="test")
    assert of(examined(), "key expiry").verdict == "well"
    text = create_key(
        inside.database, SystemClock(), role="ingest", source="fair", expires="5d", actor="test"
    )
    found = of(examined(), "key expiry")
    assert found.verdict == "watch"
    assert f"{key_id_of(text)} (fair) expires at" in found.says


@pytest.mark.parametrize(("source", "trusted"), [(None, False), ("kiosk", True)])
def test_a_screen_s_key_that_proves_too_little_or_too_much(
    house: House, examined: Any, source: str | None, trusted: bool
) -> None:
    inside = house.installation
    made = partial(create_key, inside.database, inside.clock, role="decide", placement="here", actor="test")
    made(source=source, trusted=trusted)  # before there is a placement of that name
    assert of(examined(), "screens").verdict == "well"
    apply(inside.database, inside.clock, SCREEN, actor="test")
    found = of(examined(), "screens")
    assert found.verdict == "watch"
    assert "--placement here --source kiosk" in str(found.cure)
    [listed] = list_keys(inside.database)
    revoke_key(inside.database, inside.clock, listed.key_id, actor="test")
    made(source="kiosk")
    assert of(examined(), "screens").verdict == "well"


def test_how_long_the_disk_will_do(house: House, examined: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "about" in of(examined(), "growth").says
    monkeypatch.setattr(doctor, "free_bytes", lambda _: 600 << 20)
    change(house, Statement("young", "", "update installation set created_at = created_at + 0"))
    with house.installation.database.transaction() as session:
        now = session.fetch(Statement("n", "", "select (extract(epoch from now()) * 1000000)::bigint"))[0][0]
        session.execute(Statement("u", "", "update installation set created_at = %(at)s"), at=now)
    assert "told after a day" in of(examined(), "growth").says
    change(house, AGED)
    house.installation.database.close()
    assert of(examined(), "growth").verdict in {"well", "watch"}


def test_too_little_space_too_old_a_python() -> None:
    assert disk(Path("/"), Settings(disk_floor_mb=1 << 30)).verdict == "wrong"
    free = shutil.disk_usage("/").free >> 20
    assert disk(Path("/"), Settings(disk_floor_mb=free // 2)).verdict == "watch"
    assert disk(Path("/"), Settings(disk_floor_mb=0)).verdict == "well"
    assert versions((3, 10)).verdict == "watch"


def test_others_can_read_what_is_secret(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    (data / "segue.toml").write_text("port = 1\n")
    assert doctor_machine.permissions(data).verdict == "well"
    (data / "segue.toml").write_text('database_url = "postgresql://u:secret@h/d"\n')
    found = doctor_machine.permissions(data)
    assert (found.verdict, "segue.toml" in found.says) == ("watch", True)
    subprocess.run(str(found.cure), shell=True, check=True)
    assert doctor_machine.permissions(data).verdict == "well"


@pytest.mark.parametrize(
    ("text", "environment", "what", "says"),
    [
        ("", {"SEGUE_PROT": "1"}, "environment", "SEGUE_PROT"),
        ("port = 8080", {"SEGUE_PORT": "9090"}, "settings", "port (SEGUE_PORT)"),
        ('host = "0.0.0.0"', {}, "public address", "public_url is not set"),
        ('public_url = "http://shop.example"', {}, "public address", "clear text"),
        ('public_url = "https://shop.example"', {}, "public address", "trusted_proxies"),
    ],
)
def test_settings_that_make_no_sense_together(
    tmp_path: Path, text: str, environment: dict[str, str], what: str, says: str
) -> None:
    (tmp_path / "segue.toml").write_text(text)
    settings = load_settings(tmp_path, environment)
    found = of(list(configuration(tmp_path, settings, environment)), what)
    assert (found.verdict, says in found.says) == ("watch", True)


def test_a_port_that_somebody_has(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = doctor_machine.port(tmp_path, Settings(port=taken.getsockname()[1]))
        assert found.verdict == "wrong"
        assert f"process {os.getpid()}" in found.says
    assert doctor_machine.port(tmp_path, Settings(port=taken_over(tmp_path))).verdict == "well"


def taken_over(_: Path) -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def test_a_clock_that_nobody_keeps_or_that_differs(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    second = 1_000_000
    assert doctor._clock(0, 60 * second).verdict == "wrong"
    monkeypatch.setattr(doctor, "clock_is_kept", lambda: False)
    assert doctor._clock(0, 0).verdict == "watch"
    monkeypatch.setattr(doctor, "clock_is_kept", lambda: True)
    assert doctor._clock(0, 0).verdict == "well"
    monkeypatch.undo()
    assert doctor_machine.clock_is_kept() in {True, False, None}


@pytest.mark.slow
def test_a_server_that_runs_is_asked_and_one_that_hangs_is_found(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        said = {
            each["what"]: each for each in json.loads(segue("doctor", "--json", "--data", str(server.data)))
        }
        assert "and is ready" in said["server"]["says"]
        assert said["backup"]["verdict"] == "watch"
        segue("backup", str(tmp_path / "b"), "--data", str(server.data))
        said = {
            each["what"]: each for each in json.loads(segue("doctor", "--json", "--data", str(server.data)))
        }
        assert said["backup"]["verdict"] == "well"


def test_an_older_or_newer_directory_is_looked_at_and_left_as_it_is(tmp_path: Path) -> None:
    data = tmp_path / "data"
    segue("status", "--data", str(data))
    (data / "segue.toml").write_text(f"port = {free_port()}\n")  # whoever listens on the usual one
    for statement, status, verdict in ((OLDER, 0, "watch"), (LATER, 1, "wrong")):
        with EmbeddedServer(data) as server:
            database = PostgresDatabase(server.url)
            with database.transaction() as session:
                session.execute(statement)
            database.close()
        done = subprocess.run(
            [sys.executable, "-m", "segue", "doctor", "--json", "--data", str(data)],
            capture_output=True, text=True, env=environment(), check=False,
        )  # fmt: skip
        found = {each["what"]: each for each in json.loads(done.stdout)}
        assert found["schema"]["verdict"] == verdict
        assert done.returncode == status, done.stdout
        assert "loop" not in found
