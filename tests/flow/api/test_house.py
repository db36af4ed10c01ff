"""What the API tells of itself and of the installation."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import pytest

from segue.adapters.postgres.database import PostgresDatabase
from segue.app import erase as erasing
from segue.app.doctor import examine
from segue.edge.metrics import METRICS
from segue.errors import UnavailableError
from tests.flow.api.harness import Api, identify, track


def test_health_needs_no_key(api: Api) -> None:
    for path in ("/health/live", "/health/ready"):
        assert api.request("GET", path, role=None).json() == {"status": "ok"}


def test_health_may_be_asked_without_a_body(api: Api) -> None:
    for path in ("/health/live", "/health/ready"):
        answer = api.request("HEAD", path, role=None)
        assert (answer.status, answer.body) == (200, b"")


def test_without_a_database_it_is_alive_but_not_ready(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise UnavailableError("the database is away")

    monkeypatch.setattr(PostgresDatabase, "transaction", away)
    assert api.request("GET", "/health/live", role=None).status == 200
    answer = api.request("GET", "/health/ready", role=None)
    assert (answer.status, answer.headers["retry-after"]) == (503, "2")
    assert answer.json() == {"code": "unavailable", "message": "the database is away"}
    told = api.request("GET", "/metrics", role=None)
    assert told.status == 200
    assert b"segue_persons" not in told.body
    assert b"segue_database_up 0.0" in told.body
    assert b"segue_disk_free_bytes" in told.body
    assert api.request("GET", "/api/v1/persons?identifier=user_id:a").status == 503


def test_status_follows_the_log_through_the_loop(api: Api) -> None:
    empty = api.get("/api/v1/status")
    assert empty == {
        "log_offset": 0,
        "processed_offset": 0,
        "archived_offset": 0,
        "lag_seconds": 0.0,
        "persons": 0,
        "fragments": 0,
        "dead_letters": 0,
    }
    api.happen(
        identify("1", "2026-02-01T10:00:00Z", user_id="ann", traits={"email": "ann@example.com"}),
        identify("2", "2026-02-01T10:00:00Z", user_id="bob"),
        track("Seen", "3", "2026-02-01T10:00:00Z"),
    )
    told = api.get("/api/v1/status")
    assert (told["log_offset"], told["processed_offset"], told["lag_seconds"]) == (2, 2, 0)
    assert (told["persons"], told["fragments"], told["dead_letters"]) == (2, 3, 1)


def test_metrics_are_those_that_are_documented(api: Api) -> None:
    api.get("/api/v1/status")
    api.request("GET", "/api/v1/persons/" + "0" * 32)
    api.request("GET", "/nowhere/ann@example.com")
    api.request("BREW", "/health/live")
    answer = api.request("GET", "/metrics", role=None)
    # to the letter: who scrapes takes a repeated parameter for no content type at all
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["content-type"].startswith("text/plain")
    text = answer.body.decode()
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    kinds = {name: kind for name, kind in kinds.items() if not name.endswith("_created")}
    # workers count in their own processes: see test_metrics_served.py
    workers = {"segue_worker_step_seconds", "segue_worker_events_total", "segue_collected_events_total"}
    workers |= {"segue_chore_seconds", "segue_chore_failures_total"}
    assert kinds | dict.fromkeys(workers) == {
        metric.name: None if metric.name in workers else metric.kind for metric in METRICS
    }
    assert 'route="/api/v1/persons/{person_id}",status="404"' in text
    assert "example.com" not in text
    assert "BREW" not in text


def test_the_description_and_its_page_need_nothing_from_elsewhere(api: Api) -> None:
    described = api.request("GET", "/api/openapi.json", role=None).json()
    assert described["openapi"].startswith("3.1")
    page = api.request("GET", "/api/docs", role=None)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not re.search(rb"https?://|src=|@import|url\(", page.body)
    assert resources.files("segue.edge.api").joinpath("docs.html").read_bytes() == page.body


def test_every_described_operation_has_words_and_the_errors_shape(api: Api) -> None:
    described = api.request("GET", "/api/openapi.json", role=None).json()
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert operation["description"], path
            if path.startswith("/api/v1/"):
                for status in ("400", "401", "403", "503"):
                    schema = operation["responses"][status]["content"]["application/json"]["schema"]
                    assert schema["$ref"].endswith("Problem"), (path, status)


def test_answers_may_not_be_cached_nor_read_by_other_origins(api: Api) -> None:
    answer = api.request("GET", "/api/v1/status", headers={"origin": "https://elsewhere.example"})
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not any(name.startswith("access-control") for name in answer.headers)
    asked = api.request(
        "OPTIONS", "/api/v1/status", role=None, headers={"origin": "https://elsewhere.example"}
    )
    assert asked.status == 204
    assert set(asked.headers["allow"].split(", ")) == {"GET", "OPTIONS"}
    assert not any(name.startswith("access-control") for name in asked.headers)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/", 404),
        ("PUT", "/api/v1/persons", 405),
        ("BREW", "/api/v1/status", 405),
        ("GET", "/api/v1/persons/find/../..", 404),
    ],
)
def test_what_does_not_exist_has_the_errors_shape(api: Api, method: str, path: str, status: int) -> None:
    answer = api.request(method, path)
    assert answer.status == status
    assert {"code", "message"} <= set(answer.json())


def test_a_fault_of_ours_is_told_without_its_text(
    api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("ann@example.com")

    monkeypatch.setattr(PostgresDatabase, "transaction", broken)
    answer = api.request("GET", "/api/v1/persons?identifier=user_id:a")
    assert answer.status == 500
    assert answer.json()["code"] == "internal"
    logged = capsys.readouterr()
    assert "example.com" not in answer.body.decode() + logged.out + logged.err
    assert "RuntimeError" in logged.out + logged.err


def test_erasing_hides_at_once_and_is_proven_later(api: Api) -> None:
    api.happen(identify("1", "2026-02-01T10:00:00Z", user_id="ann", traits={"email": "ann@example.com"}))
    ann = api.person("user_id:ann")["person_id"]
    answer = api.request("DELETE", f"/api/v1/persons/{ann}")
    assert answer.status == 202
    [(name, erasure_id)] = answer.json().items()
    assert name == "erasure_id"
    assert api.get("/api/v1/persons?identifier=email:ann@example.com") == {"persons": []}
    for part in ("", "/timeline", "/identity", "/export"):
        api.get(f"/api/v1/persons/{ann}{part}", status=404)
    assert api.request("DELETE", f"/api/v1/persons/{ann}").status == 404
    assert api.get(f"/api/v1/erasures/{erasure_id}")["state"] == "pending"
    erasing.finish(api.installation)
    proven = api.get(f"/api/v1/erasures/{erasure_id}")
    assert proven["state"] == "proven"
    assert not any(proven["proof"]["left"].values())
    assert b"example.com" not in api.request("GET", "/api/v1/audit").body


def test_the_doctor_says_what_is_wrong_with_a_directory(tmp_path: Path) -> None:
    (tmp_path / "segue.toml").write_text("ports = 1\n")
    findings = examine(tmp_path)
    assert findings[-1].verdict == "wrong"
    assert "ports" in findings[-1].says
    occupied = tmp_path / "file"
    occupied.write_text("")
    assert examine(occupied)[-1].what == "data directory"


def test_a_problem_without_a_cure_has_no_such_key(api: Api) -> None:
    assert msgspec.json.decode(api.request("PUT", "/health/live").body).keys() == {"code", "message"}


def test_a_path_where_nothing_is_leads_to_the_page_that_shows_what_there_is(api: Api) -> None:
    answer = msgspec.json.decode(api.request("GET", "/").body)
    assert answer["message"] == "there is nothing at /"
    assert "/api/docs" in answer["cure"]
