"""Trainings over HTTP and by night: a process of its own, progress, how it ended; when the schedule looks."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest

from segue.app.installation import Installation
from segue.app.learning import jobs
from segue.app.learning.jobs import TrainingDesk
from segue.app.learning.schedule import Schedule, next_run
from segue.app.learning.views import TrainingJob
from segue.domain.order import DAY, HOUR
from segue.errors import ConflictError, NotFoundError
from segue.ports.clock import ManualClock
from segue.settings import Settings
from tests.flow.lasting.house import House

from .simple import order

NOON = 1_772_366_400_000_000  # 2026-03-01T12:00:00Z


def ended(desk: TrainingDesk, job: TrainingJob) -> TrainingJob:
    while job.state == "running":
        time.sleep(0.2)
        job = desk.show(job.job_id)
    return job


def test_a_training_runs_in_a_process_of_its_own_and_says_how_it_ended(house: House) -> None:
    house.happen(order("ann", 1))
    desk = TrainingDesk(house.installation)
    job = desk.start(["lookalike"], "test")
    assert job.state == "running"
    with pytest.raises(ConflictError):
        desk.start([], "test")
    job = ended(desk, job)
    assert job.state == "done"
    assert [(each.model, each.state) for each in job.results] == [("lookalike", "skipped")]
    assert job.ended_at is not None
    again = ended(desk, desk.start(["lookalike"], "test"))
    assert again.job_id != job.job_id


@pytest.mark.slow
def test_without_orders_it_fails_and_says_what_to_do(house: House) -> None:
    desk = TrainingDesk(house.installation)
    job = ended(desk, desk.start(["lookalike"], "test"))
    assert job.state == "failed"
    assert job.error is not None
    assert job.error.message == "there are no orders to learn from"
    assert job.error.cure is not None


def test_what_is_no_model_and_no_training_is_said(house: House) -> None:
    desk = TrainingDesk(house.installation)
    with pytest.raises(NotFoundError):
        desk.start(["recomend"], "test")
    for name in ("nix", "\0"):
        with pytest.raises(NotFoundError):
            desk.show(name)


def test_a_training_whose_heart_has_stopped_reads_as_interrupted(house: House) -> None:
    with house.installation.database.transaction() as session:
        session.execute(jobs.SQL["add"], id="a" * 32, models=["predict"], by="test", at=NOON)
    desk = TrainingDesk(house.installation)
    assert desk.show("a" * 32).state == "running"
    with house.installation.database.transaction() as session:
        aged = msgspec.structs.replace(
            jobs.SQL["add"],
            text="update training_job set heartbeat = clock_timestamp() - interval '1 hour'",
        )
        session.execute(aged)
    found = desk.show("a" * 32)
    assert (found.state, found.error) == ("interrupted", jobs.INTERRUPTED)


def test_the_next_run_is_at_the_local_time_also_when_clocks_change() -> None:
    assert next_run("never", "UTC", NOON) is None
    assert next_run("03:00", "UTC", NOON) == NOON + 15 * HOUR
    assert next_run("13:00", "UTC", NOON) == NOON + HOUR
    assert next_run("12:00", "UTC", NOON) == NOON + DAY
    berlin = 1_774_699_200_000_000  # 2026-03-28T12:00:00Z, the night before clocks go forward
    assert next_run("04:00", "Europe/Berlin", berlin) == berlin + 14 * HOUR


def test_the_schedule_trains_when_it_is_time_and_enough_has_happened(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []

    def start(self: TrainingDesk, models: object, actor: str) -> str:
        started.append(actor)
        return "job"

    monkeypatch.setattr(TrainingDesk, "start", start)
    clock = ManualClock(NOON)
    installation = Installation(tmp_path, Settings(train_at="13:00"), database_url, b"0" * 32, clock)
    house = House(installation)
    schedule = Schedule(installation)
    house.happen(*[order(f"p{number}", 1) for number in range(1_100)])
    house.archive()
    assert schedule.look() is None
    clock.advance(2 * HOUR)
    assert schedule.look() is not None
    assert schedule.look() is None
    clock.advance(DAY)
    assert schedule.look() is not None
    with installation.database.transaction() as session:
        trained = msgspec.structs.replace(
            jobs.SQL["add"],
            text="insert into model_run (model, version, state, trained_at, until_at, seed, by, gate, events)"
            " values ('predict', 'v', 'present', 1, 1, 1, 'x', '{}', 1000)",
        )
        session.execute(trained)
    clock.advance(DAY)
    assert schedule.look() is None
    assert started == ["schedule", "schedule"]
    installation.close()
