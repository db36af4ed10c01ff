"""The stream of a real server: it begins, lasts while the database is away, and ends when the server does."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from tests.flow.faults.harness import send, shoppers
from tests.patience import PATIENCE
from tests.served import Served, serving


@contextmanager
def opened(server: Served) -> Iterator[HTTPResponse]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    with closing(connection):
        connection.request("GET", "/api/v1/live", headers={"Authorization": f"Bearer {server.key('read')}"})
        with connection.getresponse() as answer:
            assert answer.status == 200
            assert (answer.getheader("content-type") or "").startswith("text/event-stream")
            assert answer.getheader("cache-control") == "no-store"
            yield answer


def messages(answer: HTTPResponse) -> Iterator[tuple[str, Any]]:
    """Until the stream ends; IncompleteRead when it is broken off."""
    name = ""
    while line := answer.readline().decode():
        if line.startswith("event: "):
            name = line.removeprefix("event: ").strip()
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def await_event(answer: HTTPResponse) -> None:
    deadline = time.monotonic() + PATIENCE
    for name, told in messages(answer):
        if name == "events" and told["events"]:
            return
        if time.monotonic() > deadline:
            break
    raise AssertionError("no event was told")


@pytest.mark.slow
def test_a_stream_outlasts_the_database_and_keeps_no_server_from_stopping(tmp_path: Path) -> None:
    with serving(tmp_path / "shop") as server, opened(server) as answer:
        assert next(messages(answer))[0] == "tick"
        send(server, shoppers(seed=1, events=20))
        await_event(answer)
        postmaster = next((tmp_path / "shop").rglob("postmaster.pid")).read_text().splitlines()[0]
        os.kill(int(postmaster), signal.SIGKILL)
        send(server, shoppers(seed=2, events=20))
        await_event(answer)
        assert server.stop() == 0
        # a stream that does not end by itself is broken off when the server has waited long enough
        assert {name for name, _ in messages(answer)} <= {"tick", "events", "letters"}
