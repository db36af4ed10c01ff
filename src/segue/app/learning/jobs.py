"""Trainings that were asked for over HTTP or by the schedule: their rows, and the process that each runs in.

A row has a heartbeat by the database's clock. One whose heart has stopped reads as interrupted; training
again begins anew and harms nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from segue.app.audit import record_act
from segue.app.installation import Installation
from segue.app.learning.views import Fault, TrainedModel, TrainingJob
from segue.app.processes.children import run_job
from segue.domain.order import rfc3339
from segue.errors import ConflictError, NotFoundError
from segue.learn.names import check_names
from segue.ports.database import Session
from segue.ports.statements import statements

STALE = 30.0
"""Seconds without a heartbeat after which a training counts as dead. Its end alone is known at once."""

MODULE = "segue.app.processes.training"
SQL = statements("segue.app.learning", "jobs.sql")
INTERRUPTED = Fault(
    code="interrupted",
    message="the training was interrupted: its process, the server or the machine stopped",
    cure="train again: what was in force stays in force until then",
)


class TrainingDesk:
    """The trainings of an installation. Safe to share between threads."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def start(self, models: Sequence[str], actor: str) -> TrainingJob:
        """Begin a training in a process of its own.

        NotFoundError for a name that is no model, ConflictError while another one runs.
        """
        check_names(models)
        job_id = secrets.token_hex(16)
        now = self._installation.clock.now()
        with self._installation.database.transaction() as session:
            session.execute(SQL["lock"])
            if session.fetch(SQL["running"], stale=STALE):
                raise ConflictError("a training is running already", cure="wait for it to end")
            session.execute(SQL["add"], id=job_id, models=list(models), by=actor, at=now)
            detail = {"models": list(models)}
            record_act(session, at=now, actor=actor, act="training started", subject=job_id, detail=detail)
        self._run(job_id)
        return self.show(job_id)

    def show(self, job_id: str) -> TrainingJob:
        """How far a training has come, or how it ended; NotFoundError."""
        with self._installation.database.transaction(read_only=True) as session:
            return one(session, job_id)

    def _run(self, job_id: str) -> None:
        installation = self._installation
        place = ["--data", str(installation.data), "--database-url", installation.url, "--job-id", job_id]
        run_job(
            "training", MODULE, place, lambda: end(installation, job_id, "interrupted", fault=INTERRUPTED)
        )


def newest(session: Session) -> TrainingJob | None:
    """The training that was begun last."""
    rows = session.fetch(SQL["newest"], stale=STALE)
    return _job(rows[0]) if rows else None


def one(session: Session, job_id: str) -> TrainingJob:
    """A training by its id; NotFoundError."""
    rows = session.fetch(SQL["one"], id=job_id, stale=STALE) if "\0" not in job_id else []
    if not rows:
        raise NotFoundError(f"there is no training {job_id[:80]!r}", cure="see the list of models")
    return _job(rows[0])


def beat(installation: Installation, job_id: str, step: str, fraction: float) -> None:
    """Say that a training is alive, and how far it has come."""
    with installation.database.transaction(durable=False) as session:
        session.execute(SQL["beat"], id=job_id, step=step[:200], fraction=fraction)


def end(
    installation: Installation,
    job_id: str,
    state: Literal["done", "failed", "interrupted"],
    *,
    results: Sequence[TrainedModel] | None = None,
    fault: Fault | None = None,
) -> None:
    """Say how a training ended, unless that was said already."""
    said = [None if each is None else msgspec.json.encode(each).decode() for each in (results, fault)]
    with installation.database.transaction() as session:
        now = installation.clock.now()
        session.execute(SQL["end"], id=job_id, state=state, at=now, results=said[0], error=said[1])


def _job(row: tuple[Any, ...]) -> TrainingJob:
    job_id, models, by, state, started, ended, alive, step, fraction, results, fault = row
    if state == "running" and not alive:
        state = "interrupted"
        fault = msgspec.json.encode(INTERRUPTED).decode()
    return TrainingJob(
        job_id=job_id,
        models=list(models),
        by=by,
        state=state,
        step=step,
        fraction=fraction,
        started_at=rfc3339(started),
        ended_at=None if ended is None else rfc3339(ended),
        results=[] if results is None else msgspec.json.decode(results, type=list[TrainedModel]),
        error=None if fault is None else msgspec.json.decode(fault, type=Fault),
    )
