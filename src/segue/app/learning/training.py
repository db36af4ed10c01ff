"""Training: what is known → models that are fitted, checked, kept, compared with the present, applied.

Every step can be killed: a run is in force from the transaction that says so, and its predictions from the
one that writes them; whoever trains next begins anew.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from segue.app.audit import record_act
from segue.app.installation import Installation
from segue.app.learning import acceptance, scoring, serving, store
from segue.app.learning.knowing import lake_source, last_moment
from segue.app.logs import Log
from segue.domain.access import COMMAND_LINE
from segue.domain.order import rfc3339
from segue.errors import ConflictError, SegueError
from segue.learn import catalogue
from segue.learn.gate import first_ever, judge
from segue.learn.judged import Verdict
from segue.learn.knowledge import Knowledge
from segue.learn.model import Fitted, Metric, Model, NotEnoughError, Task
from segue.learn.runs import Runs, version_of
from segue.learn.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Iterator


_LOG = Log("segue.training")
LOCK = "training"

SHARE = {"recommend": 5.0, "predict": 3.0}
"""How long a model takes beside the others, which take 1: for the progress."""

_FEW = 20
"""Persons of whom a model that was read back must say the same."""

Watch = Callable[["Advance"], None]


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be trained."""

    #: none: all
    models: tuple[str, ...] = ()
    #: microseconds; None: up to the last orders
    until: int | None = None
    seed: int = 1
    by: str = COMMAND_LINE


class Advance(msgspec.Struct, frozen=True, kw_only=True):
    """How far a training has come."""

    #: in words
    step: str
    #: of everything that was ordered
    fraction: float


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one model."""

    model: str
    #: ready: in force; refused: worse than the present one; skipped: too little data; failed: a fault
    state: Literal["ready", "refused", "skipped", "failed"]
    because: str
    version: str | None = None
    #: the first three
    metrics: list[Metric] = []
    #: persons that predictions were written of
    scored: int = 0
    seconds: float = 0.0


def unwatched(_: Advance) -> None:
    """Nobody looks."""


def train(installation: Installation, order: Order, watch: Watch = unwatched) -> list[Outcome]:
    """Train, compare, keep and apply; one outcome a model.

    NotFoundError for a name that is no model, ConflictError while another training runs,
    InvalidInputError for a moment before anything happened.
    """
    models = catalogue.models(order.models)
    with _alone(installation), one_thread():
        watch(Advance(step="reading the lake", fraction=0.0))
        runs = Runs(installation.data)
        runs.sweep()
        with lake_source(installation) as source:
            until = last_moment(installation, source, order.until)
            work = _Work(
                installation=installation,
                runs=runs,
                known=Knowledge(source, until),
                task=Task(until=until, seed=order.seed),
                by=order.by,
                events=source.events(),
            )
            found = _train_each(work, models, watch)
        acceptance.train(installation)
        watch(Advance(step="done", fraction=1.0))
        return found


@contextmanager
def _alone(installation: Installation) -> Iterator[None]:
    lock = installation.database.try_lock(LOCK)
    if lock is None:
        raise ConflictError(
            "a training is running already", cure="wait for it to end; see `segue models list`"
        )
    with lock:
        yield


def _train_each(work: _Work, models: Sequence[Model], watch: Watch) -> list[Outcome]:
    whole = sum(SHARE.get(model.name, 1.0) for model in models)
    outcomes, done = [], 0.02
    for model in models:
        share = 0.98 * SHARE.get(model.name, 1.0) / whole
        outcomes.append(work.train(model, _Part(model.name, watch, done, share)))
        done += share
    watch(Advance(step="acceptance of actions", fraction=min(done, 1.0)))
    return outcomes


class _Part:
    """The progress of one model as a part of the whole."""

    def __init__(self, name: str, watch: Watch, begin: float, share: float) -> None:
        self._name, self._watch, self._begin, self._share = name, watch, begin, share

    def tell(self, step: str, fraction: float) -> None:
        """What is being done, and how much of the model's own work is."""
        done = self._begin + self._share * min(1.0, max(0.0, fraction))
        self._watch(Advance(step=f"{self._name}: {step}", fraction=round(done, 4)))

    def fitting(self, step: str, fraction: float) -> None:
        """The same, from the model's fit: most of its work."""
        self.tell(step, 0.75 * fraction)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Work:
    """One training."""

    installation: Installation
    runs: Runs
    known: Knowledge
    task: Task
    by: str
    #: of the lake
    events: int

    def train(self, model: Model, part: _Part) -> Outcome:
        """One model, whatever becomes of it: the others are trained all the same."""
        began = time.monotonic()
        try:
            found = self._train(model, part)
        except NotEnoughError as error:
            found = Outcome(model=model.name, state="skipped", because=str(error))
        except SegueError as error:
            found = Outcome(model=model.name, state="failed", because=error.message)
        except Exception as error:
            _LOG.error("training_failed", model=model.name, kind=type(error).__name__)
            if _trace():
                raise
            because = f"a fault of Segue ({type(error).__name__}): set SEGUE_TRACE=1 to see where"
            found = Outcome(model=model.name, state="failed", because=because)
        return msgspec.structs.replace(found, seconds=round(time.monotonic() - began, 2))

    def _train(self, model: Model, part: _Part) -> Outcome:
        part.tell("fitting", 0.0)
        fitted = model.fit(self.known, self.task, part.fitting)
        part.tell("checking", 0.76)
        version = version_of(fitted.card, self.installation.clock.now())
        self.runs.keep(model.name, version, fitted)
        fitted = self._read_back(model, version, fitted)
        part.tell("comparing with the present model", 0.80)
        verdict, old = self._compare(model, fitted)
        self._enter(model, version, verdict)
        applied = fitted if verdict.accepted else old
        scored = 0 if applied is None else self.apply(model, applied, part)
        return Outcome(
            model=model.name,
            state="ready" if verdict.accepted else "refused",
            because=verdict.because,
            version=version,
            metrics=fitted.card.metrics[:3],
            scored=scored,
        )

    def _read_back(self, model: Model, version: str, fitted: Fitted) -> Fitted:
        """What was kept, after it has said the same as what was fitted; SegueError else."""
        import numpy as np

        read = self.runs.load(model, version)
        few = np.arange(min(_FEW, len(self.known.persons)), dtype=np.int32)
        one, other = (each.predict(self.known, self.task.until, few) for each in (fitted, read))
        same = [a.name for a in one] == [b.name for b in other] and all(
            np.allclose(a.value, b.value, equal_nan=True) for a, b in zip(one, other, strict=True)
        )
        if not same:
            raise SegueError(f"{model.name} says something else once it was saved", code="model_damaged")
        first = fitted.card.metrics[:1]
        if first and not math.isfinite(first[0].value):
            raise SegueError(f"{model.name} could not be measured", code="model_unmeasured")
        return read

    def _compare(self, model: Model, fitted: Fitted) -> tuple[Verdict, Fitted | None]:
        with self.installation.database.transaction(read_only=True) as session:
            run = store.present_of(session, model.name)
        if run is None:
            return first_ever(), None
        try:
            old = self.runs.load(model, run.version)
        except SegueError as error:
            return Verdict(accepted=True, because=f"the present model is lost: {error.message}"), None
        return judge(fitted, old, self.known, self.task), old

    def _enter(self, model: Model, version: str, verdict: Verdict) -> None:
        """From here on the run is in force, or known to be refused."""
        now = self.installation.clock.now()
        with self.installation.database.transaction() as session:
            session.execute(store.SQL["lock"])
            if verdict.accepted:
                session.execute(store.SQL["give_way"], model=model.name)
            session.execute(
                store.SQL["add"],
                model=model.name,
                version=version,
                state="present" if verdict.accepted else "refused",
                trained_at=now,
                until_at=self.task.until,
                seed=self.task.seed,
                by=self.by,
                gate=msgspec.json.encode(verdict).decode(),
                events=self.events,
            )
            detail: dict[str, Any] = {"version": version, "accepted": verdict.accepted}
            record_act(session, at=now, actor=self.by, act="model trained", subject=model.name, detail=detail)

    def apply(self, model: Model, fitted: Fitted, part: _Part) -> int:
        """Predictions of everybody, and what answers at once; answers of how many persons."""
        part.tell("scoring everybody", 0.85)
        with self.installation.database.transaction(read_only=True) as session:
            run = store.present_of(session, model.name)
        if run is None:
            return 0
        scored = scoring.score(self.installation, self.runs, (run, fitted), self.known, self.task.until)
        part.tell("making it answer at once", 0.95)
        serving.remake(self.installation, fitted, (model.name, run.version), self.known)
        return scored


def _trace() -> bool:
    import os

    return bool(os.environ.get("SEGUE_TRACE"))


def told(outcome: Outcome) -> str:
    """An outcome in a line."""
    what = {"ready": "is in force", "refused": "was refused", "skipped": "was skipped", "failed": "failed"}
    return f"{outcome.model} {what[outcome.state]}: {outcome.because}"


def moment_of(until: int) -> str:
    """RFC 3339."""
    return rfc3339(until)
