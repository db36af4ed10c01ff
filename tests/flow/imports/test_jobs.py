"""Imports in processes of their own: progress, report, cancelling, dying, and once more."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from segue.app.imports import jobs
from segue.app.processes.children import Child
from segue.app.processes.importing import _unnamed
from segue.ports.statements import Statement
from tests.flow.api.harness import Api
from tests.patience import PATIENCE

MAPPING = """
source: till
group_by: [order]
event:
  name: Order Completed
  message_id: "{order}"
  timestamp: {column: at}
  identifiers: {loyalty_card: card, email: email}
  properties: {order_id: order, note: {column: note, as: number}}
  products: {sku: sku, price: {column: price, as: number}}
"""


def orders(folder: Path, count: int, name: str = "till.csv") -> str:
    """A file of ``count`` orders of two lines each; every hundredth has no customer, one a wrong number."""
    with (folder / name).open("w") as file:
        file.write("order,at,card,email,sku,price,note\n")
        for n in range(count):
            card = "" if n % 100 == 99 else f"c{n % 50}"
            note = "ann@example.com" if n == 1 else "1"
            for line in range(2):
                file.write(f"o{n},2026-01-02T10:00:00,{card},,s{line},1.50,{note}\n")
    return name


def start(api: Api, file: str, mapping: str = MAPPING, status: int = 202, **more: Any) -> Any:
    return api.post("/api/v1/imports", {"file": file, "mapping": mapping, **more}, status)


def until(api: Api, import_id: str, *states: str, patience: float = PATIENCE) -> Any:
    """The import once it is in one of these states."""
    deadline = time.monotonic() + patience
    while True:
        found = api.get(f"/api/v1/imports/{import_id}")
        if found["state"] in states:
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def log_length(api: Api) -> int:
    with api.installation.database.transaction(read_only=True) as session:
        return api.installation.log.head(session)


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that were started."""
    started: list[subprocess.Popen[bytes]] = []
    begin = Child.start

    def noted(child: Child) -> None:
        begin(child)
        assert child.process is not None
        started.append(child.process)

    monkeypatch.setattr(Child, "start", noted)
    return started


def slow(monkeypatch: pytest.MonkeyPatch, processes: list[subprocess.Popen[bytes]]) -> None:
    """Processes stop where they begin, and go on once SIGCONT comes."""
    begin = Child.start

    def stopped(child: Child) -> None:
        begin(child)
        processes[-1].send_signal(signal.SIGSTOP)

    monkeypatch.setattr(Child, "start", stopped)


def test_an_import_runs_to_its_report_and_once_more_doubles_nothing(api: Api, inbox: Path) -> None:
    file = orders(inbox, 1_000)
    begun = start(api, file)
    assert (begun["state"], begun["file"], begun["source"], begun["mapping"]) == (
        "running",
        file,
        "till",
        MAPPING,
    )
    assert begun["by"] in api.keys["admin"]
    done = until(api, begun["import_id"], "done")
    report = done["report"]
    assert (report["rows"], report["events"], report["known"], report["trouble"]) == (2_000, 989, 0, None)
    rejected = {each["reason"]: each for each in report["rejected"]}
    assert rejected["no_identifier"]["events"] == 10
    assert rejected["wrong_type"]["events"] == 1
    assert "column 'note': … is not a number" in rejected["wrong_type"]["example"]
    assert done["progress"]["fraction"] == 1.0
    assert done["ended_at"]
    api.installation.drain()
    assert api.person("loyalty_card:c1")["orders"]["count"] == 19
    again = api.request("POST", f"/api/v1/imports/{begun['import_id']}/again")
    assert again.status == 202
    assert again.json()["import_id"] != begun["import_id"]
    report = until(api, again.json()["import_id"], "done")["report"]
    assert (report["events"], report["known"]) == (0, 989)
    listed = api.get("/api/v1/imports")["imports"]
    assert {each["import_id"] for each in listed} == {begun["import_id"], again.json()["import_id"]}
    assert "mapping" not in listed[0]
    assert [act["act"] for act in api.get("/api/v1/audit")["acts"][:2]] == ["import started"] * 2


def test_no_value_of_a_row_is_kept_with_an_import(api: Api, inbox: Path) -> None:
    done = until(api, start(api, orders(inbox, 10))["import_id"], "done")
    assert done["report"]["rejected"][0]["reason"] == "wrong_type"
    everything = Statement("all", "every word of it", "select string_agg(j::text, ' ') from import_job j")
    with api.installation.database.transaction(read_only=True) as session:
        assert "ann@example.com" not in session.fetch(everything)[0][0]


@pytest.mark.parametrize(
    "detail",
    [
        "line 3: column 'n': 'SECRET' is not a number",
        'line 3: column "it\'s": "SECRET\'s" is not a whole number',
        "line 3: column 'n': 'SECRET: is not it' is neither true nor false",
        "a row of the group at line 3: column 'n': 'SECRET' is not in the format %Y",
        "line 3: the value: SECRET is not a time",
    ],
)
def test_the_value_of_a_cell_is_taken_out_of_what_is_said_of_it(detail: str) -> None:
    assert "SECRET" not in _unnamed(detail)
    assert " is n" in _unnamed(detail)


def test_what_cannot_work_is_refused_before_anything_starts(
    api: Api, inbox: Path, processes: list[subprocess.Popen[bytes]]
) -> None:
    file = orders(inbox, 3)
    assert start(api, "none.csv", status=404)["code"] == "not_found"
    assert (
        "did you mean 'card'" in start(api, file, MAPPING.replace("card: card", "card: crad"), 400)["message"]
    )
    assert "names no source" in start(api, file, MAPPING.replace("source: till", ""), 400)["message"]
    assert "source's name" in start(api, file, source=" a", status=400)["message"]
    assert start(api, file, "event: 7", 400)["cure"]
    (inbox / "empty.csv").write_text("")
    assert "empty" in start(api, "empty.csv", status=400)["message"]
    assert api.get("/api/v1/imports") == {"imports": []}
    assert processes == []


def test_a_source_may_be_named_instead_of_the_mapping_s(api: Api, inbox: Path) -> None:
    begun = start(api, orders(inbox, 3), MAPPING.replace("source: till", ""), source="corner shop")
    assert until(api, begun["import_id"], "done")["source"] == "corner shop"


def test_a_third_import_at_once_is_refused_with_a_cure(
    api: Api, inbox: Path, processes: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(monkeypatch, processes)
    file = orders(inbox, 10)
    two = [start(api, file)["import_id"], start(api, file)["import_id"]]
    problem = start(api, file, status=409)
    assert problem["code"] == "conflict"
    assert "cancel one" in problem["cure"]
    assert api.request("DELETE", f"/api/v1/files/{file}").status == 409
    assert api.request("POST", f"/api/v1/imports/{two[0]}/again").status == 409
    for process in processes:
        process.send_signal(signal.SIGCONT)
    reports = [until(api, each, "done")["report"] for each in two]
    assert all(each["events"] + each["known"] == 9 for each in reports)
    api.installation.drain()
    assert api.person("loyalty_card:c2")["orders"]["count"] == 1
    assert api.request("DELETE", f"/api/v1/files/{file}").status == 204
    gone = api.request("POST", f"/api/v1/imports/{two[0]}/again")
    assert (gone.status, gone.json()["code"]) == (404, "not_found")


def test_an_import_is_cancelled_within_seconds_and_what_is_in_stays_in(api: Api, inbox: Path) -> None:
    file = orders(inbox, 200_000)
    begun = start(api, file)
    found = begun
    while not (found["progress"] and found["progress"]["events"]):
        found = until(api, begun["import_id"], "running")
    told = api.post(f"/api/v1/imports/{begun['import_id']}/cancel", None)
    assert told["state"] in {"running", "cancelled"}
    ended = until(api, begun["import_id"], "cancelled", "failed", "interrupted", "done")
    assert ended["state"] == "cancelled", ended
    assert "stays in" in ended["error"]["message"]
    assert "again" in ended["error"]["cure"]
    assert ended["report"] is None
    kept = log_length(api)
    assert 0 < kept < 198_000
    assert api.request("POST", f"/api/v1/imports/{begun['import_id']}/cancel").status == 409


@pytest.mark.slow
def test_an_import_that_is_sorting_is_cancelled_too(api: Api, inbox: Path) -> None:
    begun = start(api, orders(inbox, 100_000))
    while not api.get(f"/api/v1/imports/{begun['import_id']}")["progress"]:
        time.sleep(0.05)
    api.post(f"/api/v1/imports/{begun['import_id']}/cancel", None)
    assert (
        until(api, begun["import_id"], "cancelled", "failed", "interrupted", "done")["state"] == "cancelled"
    )


@pytest.mark.parametrize("blow", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_an_import_whose_process_dies_is_interrupted_and_again_makes_it_whole(
    api: Api, inbox: Path, processes: list[subprocess.Popen[bytes]], blow: signal.Signals
) -> None:
    begun = start(api, orders(inbox, 60_000))
    while not (found := api.get(f"/api/v1/imports/{begun['import_id']}"))["progress"] or (
        found["progress"]["phase"] != "importing" or not found["progress"]["events"]
    ):
        assert found["state"] == "running", found
        time.sleep(0.02)
    processes[0].send_signal(blow)
    ended = until(api, begun["import_id"], "interrupted")
    assert (ended["error"]["code"], ended["ended_at"] is None) == ("interrupted", False)
    before = log_length(api)
    assert before < 59_400
    api.installation.drain()
    again = api.request("POST", f"/api/v1/imports/{begun['import_id']}/again").json()
    report = until(api, again["import_id"], "done")["report"]
    assert report["events"] + report["known"] == 59_399
    assert log_length(api) == 59_399


def test_an_import_whose_heart_has_stopped_reads_as_interrupted(
    api: Api, inbox: Path, processes: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(monkeypatch, processes)
    begun = start(api, orders(inbox, 10))
    monkeypatch.setattr(jobs, "STALE", 0.0)
    assert api.get(f"/api/v1/imports/{begun['import_id']}")["state"] == "interrupted"
    assert api.get("/api/v1/imports")["imports"][0]["error"]["cure"]
    monkeypatch.undo()
    processes[0].send_signal(signal.SIGCONT)
    until(api, begun["import_id"], "done")


def test_a_process_ends_with_the_one_that_started_it(
    api: Api, inbox: Path, processes: list[subprocess.Popen[bytes]]
) -> None:
    begun = start(api, orders(inbox, 200_000))
    while not api.get(f"/api/v1/imports/{begun['import_id']}")["progress"]:
        time.sleep(0.02)
    assert processes[0].stdin is not None
    processes[0].stdin.close()  # as when the web process is gone
    until(api, begun["import_id"], "interrupted")
    assert processes[0].wait(30) == 0


def test_a_file_that_went_before_its_turn_fails_in_plain_words(
    api: Api, inbox: Path, processes: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(monkeypatch, processes)
    begun = start(api, orders(inbox, 10))
    (inbox / "till.csv").unlink()
    processes[0].send_signal(signal.SIGCONT)
    ended = until(api, begun["import_id"], "failed")
    assert ended["error"]["code"] == "not_found"
    assert "till.csv" in ended["error"]["message"]


def test_a_cut_file_is_told_in_the_report(api: Api, inbox: Path) -> None:
    import gzip

    orders(inbox, 3_000)
    raw = gzip.compress((inbox / "till.csv").read_bytes())
    (inbox / "cut.csv.gz").write_bytes(raw[: len(raw) * 9 // 10])
    report = until(api, start(api, "cut.csv.gz")["import_id"], "done")["report"]
    assert "cut short" in report["trouble"]
    assert "nothing will be doubled" in report["cure"]
    assert 0 < report["events"] < 2_970


def test_an_id_of_no_import_is_not_found(api: Api) -> None:
    for target in ("x", "0" * 32, "%00"):
        assert api.request("GET", f"/api/v1/imports/{target}").status == 404
        assert api.request("POST", f"/api/v1/imports/{target}/cancel").status == 404
        assert api.request("POST", f"/api/v1/imports/{target}/again").status == 404


def test_an_import_gives_way(api: Api, inbox: Path, processes: list[subprocess.Popen[bytes]]) -> None:
    begun = start(api, orders(inbox, 50_000))
    while not api.get(f"/api/v1/imports/{begun['import_id']}")["progress"]:
        time.sleep(0.02)
    assert os.getpriority(os.PRIO_PROCESS, processes[0].pid) >= 10
    until(api, begun["import_id"], "done")
