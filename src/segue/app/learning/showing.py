"""Models as they are shown: at a glance, and each with its card."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from segue.app.installation import Installation
from segue.app.learning import jobs, store
from segue.app.learning.schedule import next_run
from segue.app.learning.store import Run
from segue.app.learning.views import (
    CardBin,
    CardView,
    CardWeight,
    DriftView,
    Figure,
    ModelLine,
    ModelLines,
    ModelView,
    RunView,
    State,
    TrainingJob,
)
from segue.domain.order import rfc3339
from segue.errors import NotFoundError
from segue.learn.names import PURPOSES, available, check_names

if TYPE_CHECKING:
    from segue.learn.model import Card, Metric, Weight

_FIRST = 3


class Models:
    """The models of an installation, to look at. Safe to share between threads; imports no numpy."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def list(self) -> ModelLines:
        """Every model at a glance."""
        with self._installation.database.transaction(read_only=True) as session:
            present = store.present(session)
            last = {name: store.latest(session, name, 1) for name in available()}
            job = jobs.newest(session)
        names = available()
        lines = [self._line(name, present.get(name), last[name], job) for name in names]
        return ModelLines(models=lines, job=job)

    def show(self, name: str) -> ModelView:
        """One model with its card; NotFoundError for a name that is no model's."""
        check_names([name])
        with self._installation.database.transaction(read_only=True) as session:
            run = store.present_of(session, name)
            runs = store.latest(session, name)
            job = jobs.newest(session)
        line = self._line(name, run, runs[:1], job)
        card = None if run is None else self._card(name, run.version)
        return ModelView(
            model=name,
            purpose=line.purpose,
            state=line.state,
            version=line.version,
            next_run=line.next_run,
            card=None if card is None else card_view(card),
            says=[] if run is None else run.says,
            scored_at=None if run is None else run.scored_at,
            drift=line.drift,
            runs=[_run(each) for each in runs],
        )

    def _line(self, name: str, run: Run | None, newest: Sequence[Run], job: TrainingJob | None) -> ModelLine:
        card = None
        if run is not None:
            try:
                card = self._card(name, run.version)
            except NotFoundError:
                run = None
        return ModelLine(
            model=name,
            purpose=card.purpose if card is not None else PURPOSES[name],
            state=_state(name, run, newest, job),
            version=None if run is None else run.version,
            trained_at=None if run is None else run.trained_at,
            until=None if run is None else run.until,
            metrics=[] if card is None else [figure(each) for each in card.metrics[:_FIRST]],
            drift=None if run is None else drift_view(run),
            next_run=self._next(),
        )

    def _next(self) -> str | None:
        settings = self._installation.settings
        due = next_run(settings.train_at, settings.time_zone, int(self._installation.clock.now()))
        return None if due is None else rfc3339(due)

    def _card(self, name: str, version: str) -> Card:
        from segue.learn.runs import Runs  # with numpy, which who never asks for cards does without

        return Runs(self._installation.data).card(name, version)


def _state(name: str, run: Run | None, newest: Sequence[Run], job: TrainingJob | None) -> State:
    if job is not None and job.state == "running" and (not job.models or name in job.models):
        return "training"
    if run is None:
        return "untrained"
    return "refused" if newest and newest[0].state == "refused" else "ready"


def figure(metric: Metric) -> Figure:
    """A metric as JSON can hold it."""
    return Figure(
        name=metric.name,
        of=metric.of,
        value=_finite(metric.value),
        low=_finite(metric.low),
        high=_finite(metric.high),
        better=metric.better,
        yardstick=metric.yardstick,
        yardstick_value=_finite(metric.yardstick_value),
        rows=metric.rows,
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def card_view(card: Card) -> CardView:
    """A card as JSON can hold it."""
    return CardView(
        data_from=rfc3339(card.data_from),
        data_until=rfc3339(card.data_until),
        persons=card.persons,
        rows=card.rows,
        seed=card.seed,
        features=list(card.features),
        metrics=[figure(each) for each in card.metrics],
        calibration=[
            CardBin(predicted=each.predicted, observed=each.observed, rows=each.rows, of=each.of)
            for each in card.calibration
            if math.isfinite(each.predicted) and math.isfinite(each.observed)
        ],
        importance=[_weight(each) for each in card.importance],
        data_value=[_weight(each) for each in card.data_value],
        limits=list(card.limits),
        sensitive=list(card.sensitive),
    )


def _weight(weight: Weight) -> CardWeight:
    return CardWeight(
        name=weight.name,
        title=weight.title,
        value=_finite(weight.value) or 0.0,
        low=_finite(weight.low),
        high=_finite(weight.high),
        of=weight.of,
    )


def _run(run: Run) -> RunView:
    gate = run.gate
    return RunView(
        version=run.version,
        state=run.state,
        trained_at=run.trained_at,
        until=run.until,
        seed=run.seed,
        by=run.by,
        because=gate.because,
        gain=gate.gain,
        low=gate.low,
        high=gate.high,
    )


def drift_view(run: Run) -> DriftView | None:
    """How far things have moved."""
    drift = run.drift
    if drift is None:
        return None
    return DriftView(
        as_of=drift.as_of, worst=drift.worst, state=drift.state, features=drift.features, scores=drift.scores
    )
