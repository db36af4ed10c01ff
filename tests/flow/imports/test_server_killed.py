"""The whole server is killed while it imports; started again, the import run again makes it whole, once."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from segue.app.directory import server_record
from tests.flow.imports.test_jobs import MAPPING, orders
from tests.patience import PATIENCE
from tests.served import Served, segue, serving

ORDERS = 30_000
EVENTS = ORDERS - ORDERS // 100 - 1


def ask(server: Served, method: str, path: str, body: Any = None, status: int = 202) -> Any:
    raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": "application/octet-stream" if isinstance(body, bytes) else "application/json"}
    answer = server.request(method, path, key=server.key("marketer"), body=raw, headers=headers)
    assert answer.status == status, answer.body
    return answer.json()


def awaited(server: Served, import_id: str, *states: str) -> Any:
    deadline = time.monotonic() + PATIENCE
    while (found := ask(server, "GET", f"/api/v1/imports/{import_id}", status=200))["state"] not in states:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found


@pytest.mark.slow
def test_a_server_killed_while_it_imports_has_every_event_exactly_once_in_the_end(tmp_path: Path) -> None:
    data = tmp_path / "shop"
    orders(tmp_path, ORDERS)
    with serving(data) as server:
        raw = (tmp_path / "till.csv").read_bytes()
        file = ask(server, "POST", "/api/v1/uploads?name=till.csv", raw, status=201)["name"]
        begun = ask(server, "POST", "/api/v1/imports", {"file": file, "mapping": MAPPING})["import_id"]
        while not (found := ask(server, "GET", f"/api/v1/imports/{begun}", status=200))["progress"] or (
            not found["progress"]["events"]
        ):
            assert found["state"] == "running", found
            time.sleep(0.02)
        record = server_record(data) or {}
        for pid in (server.process.pid, *record["processes"].values()):
            os.kill(pid, signal.SIGKILL)
        server.process.wait()
    with serving(data, port=server.port) as server:
        assert awaited(server, begun, "interrupted")["error"]["cure"]
        again = ask(server, "POST", f"/api/v1/imports/{begun}/again")["import_id"]
        report = awaited(server, again, "done")["report"]
        assert report["events"] + report["known"] == EVENTS
        deadline = time.monotonic() + PATIENCE
        while (at := server.get("/api/v1/status"))["processed_offset"] < at["log_offset"]:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        query = "select count(*) as events, count(distinct message_id) as ids from events"
        assert json.loads(segue("sql", query, "--json", "--data", str(data))) == [
            {"events": EVENTS, "ids": EVENTS}
        ]
        found = server.get("/api/v1/persons?identifier=loyalty_card:c1")["persons"][0]
        assert found["orders"]["count"] == ORDERS // 50 - 1
