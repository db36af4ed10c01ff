"""A lookup over its budget, or the database away: the placement's fallback, marked as one, and no error."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from segue.adapters.postgres.server import EmbeddedServer
from tests.patience import PATIENCE
from tests.served import Served, serving

BUDGET = 0.5
DEFINITIONS = {
    "placements.yaml": f"""
placements:
  till: {{touchpoint: till, formats: [line], fallback: story, timeout_ms: {int(BUDGET * 1000)}}}
  letter: {{touchpoint: email, formats: [line], fallback: story, quiet: 21:00-08:00, timeout_ms: 500}}
""",
    "actions.yaml": """
actions:
  story: {kind: content, content: [{format: line, text: Welcome}]}
  coffee: {kind: offer, value: 5, content: [{format: line, text: Coffee}]}
""",
}
ANN: dict[str, Any] = {"identifiers": {"user_id": "ann"}}


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tmp_path_factory.mktemp("late") / "outside")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def server(outside: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A real server on a PostgreSQL that can be held up and stopped."""
    folder: Path = tmp_path_factory.mktemp("late") / "shop"
    with serving(folder, ["--database-url", outside.url]) as served:
        served.define(DEFINITIONS)
        served.key("decide")
        soon(served, known=False)
        yield served


def decided(server: Served, placement: str = "till", *, known: bool = True, **given: Any) -> dict[str, Any]:
    """The answer, which is never an error, and how long it took to come."""
    began = time.monotonic()
    body = json.dumps({"placement": placement, **given}).encode()
    headers = {"Content-Type": "application/json"}
    answer = server.request("POST", "/api/v1/decisions", key=server.key("decide"), body=body, headers=headers)
    if answer.status == 404 and not known:
        return {"slots": []}
    assert answer.status == 200, answer.body
    return {**answer.json(), "waited": time.monotonic() - began}


def shown(answer: dict[str, Any]) -> list[str]:
    """The actions that it shows."""
    return [slot["action"] for slot in answer["slots"]]


def fell(server: Served, placement: str, because: str) -> float:
    """How often it was the fallback for this reason, as `/metrics` tells of all web processes."""
    told = server.request("GET", "/metrics").body.decode()
    named = f'segue_fallbacks_total{{placement="{placement}",reason="{because}"}} '
    return sum(float(line[len(named) :]) for line in told.splitlines() if line.startswith(named))


def soon(server: Served, *, known: bool = True) -> None:
    """It decides again, and nobody has to help it; ``known``: its placements are in force by now."""
    deadline = time.monotonic() + PATIENCE
    while shown(decided(server, known=known, **ANN)) != ["coffee"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)


@contextmanager
def held(url: str, statement: str) -> Iterator[None]:
    """Somebody holds a lock meanwhile."""
    with psycopg.connect(url) as connection:
        connection.execute("set idle_in_transaction_session_timeout = 0")
        connection.execute(statement)
        yield


@pytest.mark.parametrize("table", ["fragment", "contact", "decision"])
def test_whoever_waits_for_a_lock_longer_than_the_budget_gets_the_fallback(
    server: Served, outside: EmbeddedServer, table: str
) -> None:
    with held(outside.url, f"lock table {table} in access exclusive mode"):
        for _ in range(2):
            late = decided(server, **ANN)
            assert (shown(late), late["fallback"]) == (["story"], True)
            assert BUDGET <= late["waited"] < BUDGET + PATIENCE / 4
            assert late["policy"]
            assert len(late["decision_id"]) == 32
        assert decided(server, "letter")["slots"] == [], "it may be night where she is"
    # asked when the lock is gone: what is counted of persons waits for it
    assert fell(server, "letter", "late") >= 1
    soon(server)


def test_while_postgresql_is_away_it_is_the_fallback_too(server: Served, outside: EmbeddedServer) -> None:
    assert not decided(server, **ANN)["fallback"]
    before = fell(server, "till", "late") + fell(server, "till", "away")
    outside.stop()
    try:
        strangers: list[dict[str, Any]] = [ANN, {}, {"context": {"store": "s1"}}]
        for given in strangers:
            away = decided(server, **given)
            assert (shown(away), away["fallback"]) == (["story"], True)
            assert away["waited"] < BUDGET + PATIENCE / 4
        assert fell(server, "till", "late") + fell(server, "till", "away") >= before + len(strangers)
    finally:
        outside.start()
    soon(server)
