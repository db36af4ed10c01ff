"""Whatever is killed, nothing acknowledged is lost and nothing is applied twice.

``SEGUE_ROUNDS`` kills (a few in ``make test``, 200 in ``make soak``) at random moments while a client
sends and sends again; the records must equal those of a run that nothing disturbed.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from segue.app.directory import server_record
from segue.domain.scores import RFM, SCORES
from tests.flow.faults.harness import batches, caught_up, kill, send, shoppers, status
from tests.patience import PATIENCE
from tests.served import Served, await_ready, segue, serving

ROUNDS = int(os.environ.get("SEGUE_ROUNDS", "3"))
PEOPLE = 40


def records(server: Served) -> dict[str, Any]:
    """Every person's record by user id, without what differs between two installations."""
    found = {}
    for who in range(PEOPLE):
        answer = server.get(f"/api/v1/persons?identifier=user_id:u{who}")
        for record in answer["persons"]:
            for own in ("person_id", "fragments"):
                record.pop(own)
            # scores compare her with everybody as of a snapshot, which either has taken or has not yet
            record["traits_marks"].pop("scored_as_of")
            for score in (*SCORES, RFM):
                record["traits"].pop(score, None)
            found[f"u{who}"] = record
    return found


def lake(server: Served) -> list[dict[str, Any]]:
    query = "select count(*) as rows, count(distinct message_id) as events from events"
    return list(json.loads(segue("sql", query, "--json", "--data", str(server.data))))


def hurt(server: Served, rounds: int, dice: random.Random, done: threading.Event) -> None:
    for _ in range(rounds):
        done.wait(dice.uniform(0.2, 1.5))
        kill(server, dice.choice(["web", "worker", "worker", "postgres"]))


@pytest.mark.soak
@pytest.mark.parametrize(
    ("version", "rounds"), [(18, ROUNDS), pytest.param(16, max(2, ROUNDS // 4), marks=pytest.mark.slow)]
)
def test_kill_minus_nine_loses_nothing_and_doubles_nothing(tmp_path: Path, version: int, rounds: int) -> None:
    stream = shoppers(seed=7, events=max(600, rounds * 120), people=PEOPLE)
    with serving(_shop(tmp_path / "calm", version)) as server:
        for batch in batches(stream, 100):
            send(server, batch)
        caught_up(server)
        expected, in_lake = records(server), lake(server)
    with serving(_shop(tmp_path / "hurt", version)) as server:
        send(server, stream[:1])
        server.key("admin")
        done = threading.Event()
        hand = threading.Thread(target=hurt, args=(server, rounds, random.Random(11), done))
        hand.start()
        for batch in batches(stream, 10):
            send(server, batch)
            time.sleep(0.05 if hand.is_alive() else 0)
        hand.join()
        await_ready(server, server.data.with_name("hurt.log"))
        send(server, stream[:50])
        caught_up(server)
        assert in_lake == [{"rows": len(stream), "events": len(stream)}]
        assert lake(server) == in_lake
        assert records(server) == expected


def _shop(data: Path, version: int) -> Path:
    data.mkdir()
    (data / "segue.toml").write_text(f"postgres_version = {version}\n")
    return data


@pytest.mark.slow
def test_a_server_that_was_killed_is_started_again_at_once_on_its_port(tmp_path: Path) -> None:
    with serving(tmp_path / "shop") as server:
        send(server, shoppers(seed=3, events=20))
        server.process.kill()
        server.process.wait(30)
        with serving(server.data, port=server.port) as again:
            _await_record(again)  # until then, processes that the killed one left behind may still answer
            again.keys.update(server.keys)
            send(again, shoppers(seed=5, events=20))
            caught_up(again)
            assert status(again)["log_offset"] == 40


def _await_record(server: Served, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while (server_record(server.data) or {}).get("pid") != server.process.pid:
        assert server.process.poll() is None, "it has given up"
        assert time.monotonic() < deadline, "it never said that it is ready"
        time.sleep(0.05)
