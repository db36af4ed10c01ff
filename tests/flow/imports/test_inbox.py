"""Files on their way in: whole or not at all, under a name that is safe and free, and not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.adapters.postgres import space
from segue.app.imports.inbox import Inbox, safe_name
from segue.app.imports.jobs import ImportDesk
from segue.domain.order import DAY
from segue.errors import InvalidInputError, NotFoundError, UnavailableError
from segue.ports.clock import ManualClock
from tests.flow.api.harness import Api


def upload(api: Api, name: str, raw: bytes, **more: Any) -> Any:
    return api.request("POST", f"/api/v1/uploads?name={quote(name)}", body=raw, **more)


def lying(api: Api) -> dict[str, bytes]:
    folder = api.installation.data / "inbox"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def test_a_file_comes_in_whole_and_a_name_that_is_taken_gets_a_number(api: Api) -> None:
    large = b"x" * (3 << 20)  # far more than any other request may carry
    first = upload(api, "till.csv.gz", large)
    assert first.status == 201, first.body
    assert first.json() == {**first.json(), "name": "till.csv.gz", "bytes": len(large)}
    assert upload(api, "till.csv.gz", b"b").json()["name"] == "till (2).csv.gz"
    assert upload(api, "till.csv.gz", b"c").json()["name"] == "till (3).csv.gz"
    assert lying(api) == {"till.csv.gz": large, "till (2).csv.gz": b"b", "till (3).csv.gz": b"c"}
    listed = api.get("/api/v1/files")
    assert {each["name"] for each in listed["files"]} == set(lying(api))
    assert (listed["folder"], listed["kept_days"]) == (str(api.installation.data / "inbox"), 30)
    assert [act["act"] for act in api.get("/api/v1/audit")["acts"][:3]] == ["file uploaded"] * 3


def test_every_other_request_is_as_small_as_before(api: Api) -> None:
    assert api.request("POST", "/api/v1/imports/look", body=b"x" * 70_000).status == 413


@pytest.mark.parametrize("told", [True, False])
def test_a_file_that_is_too_large_leaves_nothing(api: Api, told: bool) -> None:
    house = api.installation
    house.settings = msgspec.structs.replace(house.settings, upload_limit_mb=1)
    raw = b"x" * ((1 << 20) + 1)
    answer = upload(api, "a.csv", raw, headers={"content-length": str(len(raw))} if told else {})
    assert (answer.status, answer.json()["code"]) == (413, "too_large")
    assert "upload_limit_mb" in answer.json()["cure"]
    assert lying(api) == {}


def test_a_full_disk_refuses_an_upload_with_a_cure(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "segue.app.imports.jobs.SpaceGuard",
        lambda data, floor: space.SpaceGuard(data, floor, free=lambda _: 0),
    )
    answer = upload(api, "a.csv", b"a,b\n")
    assert (answer.status, answer.json()["code"]) == (503, "unavailable")
    assert lying(api) == {}


def test_a_disk_that_fills_up_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    def full() -> None:
        raise UnavailableError("too little disk space")

    with pytest.raises(UnavailableError), Inbox(tmp_path).receiving(100, full) as arrival:
        arrival.write(b"a")
    assert list((tmp_path / "inbox").iterdir()) == []


def test_an_upload_that_breaks_off_leaves_nothing(api: Api) -> None:
    messages = [{"type": "http.request", "body": b"a,b\n" * 600_000, "more_body": True}]
    seen: list[dict[str, bytes]] = []

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        seen.append(lying(api))
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        assert message["type"] != "http.response.start" or message["status"] != 201

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/api/v1/uploads",
        "raw_path": b"/api/v1/uploads",
        "root_path": "",
        "query_string": b"name=a.csv",
        "headers": [(b"authorization", f"Bearer {api.keys['admin']}".encode())],
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8765),
    }
    api.runner.run(asyncio.wait_for(api.app(scope, receive, send), 10))
    assert [name.startswith(".") for name in seen[0]] == [True], "hidden while it arrives"
    assert lying(api) == {}
    assert api.get("/api/v1/files")["files"] == []


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        (".hidden.csv", "hidden.csv"),
        ("...", "file"),
        ("a\x00b\n.csv", "ab.csv"),
        ("umsätze 2026.csv", "umsätze 2026.csv"),
        ('we"ird:*?<>|.csv', "we_ird_.csv"),
        ("gpj.\u202evsc", "gpj.vsc"),
        ("x" * 400 + ".csv.gz", "x" * 143 + ".csv.gz"),
    ],
)
def test_a_name_is_made_safe(name: str, becomes: str) -> None:
    assert safe_name(name) == becomes


@given(st.text(min_size=1, max_size=300))
def test_whatever_a_file_is_called_it_lies_in_the_inbox_and_nowhere_else(name: str) -> None:
    made = safe_name(name)
    assert made == safe_name(made)
    assert made
    assert not made.startswith(".")
    assert not set(made) & set('/\\\0:*?"<>|')
    assert len(made.encode()) <= 150


@pytest.mark.parametrize("name", ["..", "../segue.toml", "/etc/passwd", ".arriving-1", "", "x" * 300, "a\0b"])
def test_nothing_outside_of_the_inbox_is_ever_read_or_deleted(tmp_path: Path, name: str) -> None:
    inbox = Inbox(tmp_path)
    inbox.folder.mkdir()
    (inbox.folder / ".arriving-1").write_text("")
    (tmp_path / "segue.toml").write_text("")
    for reach in (inbox.path, inbox.find, inbox.delete):
        with pytest.raises(NotFoundError):
            reach(name)
    assert (tmp_path / "segue.toml").exists()


def test_files_put_there_by_hand_are_found_and_deleted(api: Api, inbox: Path) -> None:
    (inbox / "by hand: 1.csv").write_text("a\n1\n")
    (inbox / "folder").mkdir()
    assert [each["name"] for each in api.get("/api/v1/files")["files"]] == ["by hand: 1.csv"]
    assert api.request("DELETE", f"/api/v1/files/{quote('by hand: 1.csv')}").status == 204
    assert api.request("DELETE", f"/api/v1/files/{quote('by hand: 1.csv')}").status == 404
    assert api.get("/api/v1/audit")["acts"][0]["act"] == "file deleted"


def test_a_file_goes_thirty_days_after_it_was_last_used(api: Api, inbox: Path, clock: ManualClock) -> None:
    desk = ImportDesk(api.installation)
    for name in ("used.csv", "never.csv", "busy.csv"):
        (inbox / name).write_text("a\n1\n")
    (inbox / ".arriving-dead").write_text("")
    came = max(file.came for file in desk.inbox.files())
    with api.installation.database.transaction() as session:
        for name, state in (("used.csv", "done"), ("busy.csv", "running")):
            session.script(
                "insert into import_job (import_id, file, source, mapping, by, state, started_at, ended_at)"
                f" values ('{name}', '{name}', 's', '', 'k', '{state}', {came}, {came + 5 * DAY})"
            )
    until = {each["name"]: each["kept_until"] for each in api.get("/api/v1/files")["files"]}
    assert until["used.csv"] > until["never.csv"]
    clock.moment = came + 29 * DAY
    assert desk.sweep() == []
    clock.moment = came + 31 * DAY
    assert desk.sweep() == ["never.csv"]
    clock.moment = came + 36 * DAY
    assert desk.sweep() == ["used.csv"]
    assert {path.name for path in inbox.iterdir()} == {"busy.csv", ".arriving-dead"}
    assert api.get("/api/v1/audit")["acts"][0]["actor"] == "segue"


def test_a_dead_upload_is_swept(api: Api, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segue.app.imports.inbox._DEAD_AFTER", -1.0)
    (inbox / ".arriving-dead").write_text("")
    ImportDesk(api.installation).sweep()
    assert list(inbox.iterdir()) == []


def test_a_name_without_a_free_number_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def one(name: str) -> Iterator[str]:
        yield name

    monkeypatch.setattr("segue.app.imports.inbox._candidates", one)
    inbox = Inbox(tmp_path)
    for attempt in range(2):
        with inbox.receiving(10, lambda: None) as arrival:
            arrival.write(b"a")
            if attempt:
                with pytest.raises(InvalidInputError, match="too many"):
                    arrival.keep("a.csv")
            else:
                arrival.keep("a.csv")
    assert [path.name for path in inbox.folder.iterdir()] == ["a.csv"]
