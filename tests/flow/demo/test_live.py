"""Events of today beside a demo that serves: sent through the front door, and become events of persons."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from segue.app.demo.live import Door, Guests, Live, regular_of, told_of
from segue.app.demo.preparing import ASKING, FILE, LIVE_SOURCES, read_prepared
from segue.app.demo.run import run_demo
from segue.app.directory import server_record
from segue.app.installation import open_installation
from segue.domain.order import SECOND, rfc3339
from segue.ports.clock import ManualClock
from segue.ports.statements import statements
from tests.flow.api.harness import Api
from tests.patience import PATIENCE
from tests.served import Served, await_ready, environment, free_port

HOUSEHOLDS = 40

SERVE = """
import sys
from pathlib import Path
from segue.app.processes.serve import serve
from segue.edge.cli.demo import LIVE_MODULE
from segue.edge.cli.house import WEB_MODULE
from segue.settings import Settings
settings = Settings(port=int(sys.argv[2]))
serve(Path(sys.argv[1]), settings, web_module=WEB_MODULE, announce=lambda *_: None, beside=(LIVE_MODULE,))
"""


@pytest.mark.slow
def test_while_the_demo_serves_events_arrive_and_leave_the_comparison_as_it_was(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    with open_installation(data) as installation:
        first = run_demo(installation, most=HOUSEHOLDS)
    assert (data / FILE).stat().st_mode & 0o077 == 0, "keys are secrets"
    port, log = free_port(), tmp_path / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-c", SERVE, str(data), str(port)]
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment())
    served = Served(data, port, process)
    try:
        await_ready(served, log)
        arrived = _await_events(served)
        _await_decision(served)
        live = (server_record(data) or {})["processes"]["live"]
    finally:
        served.stop()
    assert arrived.keys() <= set(LIVE_SOURCES)
    assert not Path(f"/proc/{live}").exists(), "it ends with its parent"

    with open_installation(data) as installation:
        installation.drain()
        again = run_demo(installation, most=HOUSEHOLDS)
        with installation.database.transaction(read_only=True) as session:
            dead = session.fetch(statements("segue.app", "status.sql")["counts"])[0][2]
    assert again.identity == first.identity
    assert again.composed_rejected == {}
    assert dead <= 3, "hardly any is wrong, and none but on purpose"


def _await_events(served: Served, enough: int = 12) -> dict[str, int]:
    """By source, the live events that persons known from the year have done by now."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        recent = [
            event
            for card in range(1, HOUSEHOLDS + 1)
            for person in served.get(f"/api/v1/persons?identifier=loyalty_card:{card}")["persons"]
            for event in served.get(f"/api/v1/persons/{person['person_id']}/timeline?limit=5")["events"]
            if event["message_id"].startswith("live-")
        ]
        if len(recent) >= enough:
            assert all(event["context"]["composed"] for event in recent)
            return {event["source"]: 1 for event in recent}
        time.sleep(1)
    raise AssertionError("no known person has done anything")


def _await_decision(served: Served) -> None:
    """Until a touchpoint of today was answered with a key of the demo's own."""
    deadline, hour_ago = time.monotonic() + PATIENCE, rfc3339(int(time.time() - 3600) * SECOND)
    while time.monotonic() < deadline:
        [latest] = served.get("/api/v1/decisions?limit=1")["decisions"]
        if latest["at"] > hour_ago:  # what was made up of the last days ends with yesterday
            return
        time.sleep(1)
    raise AssertionError("nothing was decided")


# ── one guest, step by step ──────────────────────────────────────────────────


class Listening(Door):
    """A door that writes down who knocks."""

    def __init__(self, status: int | None = 200) -> None:
        self.heard: list[tuple[Any, str | None]] = []
        self.asked: list[tuple[Any, str | None]] = []
        self.status = status

    def send(self, call: Any, token: str | None) -> int | None:
        self.heard.append((call, token))
        return self.status

    def ask(self, question: Any, token: str | None) -> tuple[int | None, bytes]:
        self.asked.append((question, token))
        slots = [
            {"action": "soda_pack", "kind": "offer", "discount": 10, "sku": "1"},
            {"action": "brand_story", "kind": "content"},
        ]
        return self.status, json.dumps(
            {"decision_id": f"{len(self.asked):032x}", "slots": slots, "score": 1}
        ).encode()


class Impatient(threading.Event):
    """Does not wait, but moves the clock; ends after so many waits."""

    def __init__(self, clock: ManualClock, waits: int) -> None:
        super().__init__()
        self.clock = clock
        self.waits = waits
        self.waited: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0.0)
        self.clock.advance(int((timeout or 0.0) * 1_000_000) + 1)
        if len(self.waited) >= self.waits:
            self.set()
        return self.is_set()


@pytest.fixture
def prepared(shown: Api) -> Any:
    found = read_prepared(shown.installation.data)
    assert found is not None
    return found


@pytest.fixture
def guests(shown: Api) -> Guests:
    return Guests(shown.installation.database, told_of(shown.installation.data))


def test_some_three_events_a_second_come_of_persons_who_are_there(
    shown: Api, prepared: Any, guests: Guests
) -> None:
    clock, door = ManualClock(1_772_366_400_000_000), Listening()
    begun = clock.moment
    live = Live(prepared, guests, door, clock, Random(7))
    live.run(Impatient(clock, 4_000))
    seconds = (clock.moment - begun) / 1_000_000
    assert live.sent == len(door.heard)
    assert 2.0 < live.sent / seconds < 4.5
    assert {call.source for call, _ in door.heard} == set(LIVE_SOURCES)
    ids = [call.body["messageId"] for call, _ in door.heard]
    assert len(set(ids)) == len(ids)
    assert all(call.body["context"]["composed"] for call, _ in door.heard)
    signed = [token is not None for call, token in door.heard if call.proven]
    assert signed
    assert all(signed)
    wrong = [call for call, _ in door.heard if call.body["type"] == "track" and "event" not in call.body]
    assert len(wrong) < len(door.heard) / 100
    told = {step["person_id"] for step in shown.get("/api/v1/story")["steps"]}
    users = {call.body["userId"] for call, _ in door.heard if call.body.get("userId", "n").startswith("u-")}
    for user in list(users)[:20]:
        for record in shown.post("/api/v1/persons/find", {"identifier": f"user_id:{user}"})["persons"]:
            assert record["person_id"] not in told, "the story's figures stay what they are"


def test_touchpoints_ask_with_what_is_theirs_and_visitors_answer_by_their_tastes(
    prepared: Any, guests: Guests
) -> None:
    clock, door = ManualClock(1_772_366_400_000_000), Listening()
    live = Live(prepared, guests, door, clock, Random(7))
    live.run(Impatient(clock, 4_000))
    assert live.asked == len(door.asked) > 100
    assert {question.placement for question, _ in door.asked} == set(prepared.asking) == set(ASKING)
    for question, token in door.asked:
        assert ASKING[question.placement] == question.source
        assert (token is not None) == bool(question.proven)
        trusted = {"loyalty_card"} if question.source == "till_live" else {"anonymous_id", "device_id"}
        assert set(question.identifiers) <= trusted
        assert ("basket" in question.context) == (question.placement in {"cart", "till"})
    told = [call for call, _ in door.heard if str(call.body.get("event", "")).startswith("Action ")]
    decided = {f"{number + 1:032x}": question for number, (question, _) in enumerate(door.asked)}
    for call in told:
        question = decided[call.body["properties"]["decision_id"]]
        assert call.source == question.source
        assert call.body.get("anonymousId") == question.always.get("anonymousId")
    names = [call.body["event"] for call in told]
    seen = names.count("Action Shown")
    assert seen > 1.5 * len(door.asked)
    assert 0.02 < names.count("Action Clicked") / seen < 0.5
    assert 0 < names.count("Action Accepted") < names.count("Action Clicked")
    assert names.count("Action Dismissed") > 0


def test_a_revoked_key_silences_its_placement_only(prepared: Any, guests: Guests) -> None:
    class Refusing(Listening):
        def ask(self, question: Any, token: str | None) -> tuple[int | None, bytes]:
            status, answer = super().ask(question, token)
            return (401, b"{}") if question.placement == "home_hero" else (status, answer)

    clock, door = ManualClock(1_772_366_400_000_000), Refusing()
    live = Live(prepared, guests, door, clock, Random(3))
    live.run(Impatient(clock, 1_500))
    by = [question.placement for question, _ in door.asked]
    assert by.count("home_hero") == 1
    assert live.asked == len(by) - 1 > 20


@pytest.mark.parametrize("status", [None, 503, 429])
def test_while_the_server_is_away_it_waits_longer_and_longer_and_makes_up_for_nothing(
    prepared: Any, guests: Guests, status: int | None
) -> None:
    clock, door = ManualClock(1_772_366_400_000_000), Listening(status)
    live, stop = Live(prepared, guests, door, clock, Random(3)), Impatient(clock, 600)
    live.run(stop)
    assert live.sent == 0
    pauses = [pause for pause in stop.waited if pause >= 0.5]
    assert max(pauses) == 30.0
    away, door.status = len(door.heard), 200
    live.run(Impatient(clock, 50))
    assert live.sent == len(door.heard) - away > 0
    assert live.sent < 50


def test_a_revoked_key_silences_its_source_only(prepared: Any, guests: Guests) -> None:
    class Refusing(Listening):
        def send(self, call: Any, token: str | None) -> int | None:
            super().send(call, token)
            return 401 if call.source == "web" else 200

    clock, door = ManualClock(1_772_366_400_000_000), Refusing()
    live = Live(prepared, guests, door, clock, Random(3))
    live.run(Impatient(clock, 1_500))
    by = [call.source for call, _ in door.heard]
    assert by.count("web") == 1
    assert live.sent == len(by) - 1 > 50


def test_who_has_no_account_does_not_visit_as_a_regular() -> None:
    assert regular_of([("loyalty_card", "12"), ("anonymous_id", "a-1-0")]) is None
    known = [("user_id", "u-1"), ("device_id", "d-7"), ("anonymous_id", "a-7-0"), ("anonymous_id", "a-9-0")]
    found = regular_of(list(known))
    assert found is not None
    assert (found.browser, found.phone, found.card) == ("a-9-0", ("a-7-0", "d-7"), None)


def test_without_a_prepared_demo_it_waits_to_be_stopped(tmp_path: Path, database_url: str) -> None:
    command = [sys.executable, "-m", "segue.app.demo.live", "--data", str(tmp_path)]
    command += ["--database-url", database_url, "--port", "1"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ))
    assert process.stdin is not None
    assert process.stderr is not None
    assert b"nothing_prepared" in process.stderr.readline()
    process.stdin.close()
    process.stderr.close()
    assert process.wait(30) == 0
