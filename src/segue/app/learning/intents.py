"""Intent on golden records: the present model, asked when a record is read.

A session's steps as the record keeps them become the steps that the model was fitted on. What is loaded is a
few hundred kilobytes of trees; neither numpy nor LightGBM comes with it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from segue.app.learning import store
from segue.app.logs import Log
from segue.enrich.behaviour import Judge, Visit
from segue.enrich.names import name_of
from segue.enrich.record import IntentPart
from segue.enrich.trail import Point
from segue.learn.runs import Runs

if TYPE_CHECKING:
    from segue.learn.intent import scoring
    from segue.learn.intent.steps import Step
    from segue.learn.intent.steps import Visit as Judged
    from segue.ports.database import Session as Transaction

_LOG = Log("segue.intents")
_PLACES = 4
_MILLION = 1_000_000


class Intents:
    """The present model of intent, loaded when it is first asked for. Safe to share between threads."""

    def __init__(self, data: Path) -> None:
        self._runs = Runs(data)
        self._lock = threading.Lock()
        self._held: tuple[str, Judge | None] | None = None

    def judge(self, transaction: Transaction) -> Judge | None:
        """What says the intent of sessions; None before a model was trained."""
        run = store.present_of(transaction, "intent")
        if run is None:
            return None
        held = self._held
        if held is not None and held[0] == run.version:
            return held[1]
        with self._lock:
            self._held = (run.version, self._load(run.version))
            return self._held[1]

    def _load(self, version: str) -> Judge | None:
        from segue.learn.intent.scoring import read_judge

        try:
            model = read_judge(self._runs.path("intent", version))
        except (OSError, msgspec.DecodeError) as error:
            # records are read without it
            _LOG.warning("intent_not_loaded", version=version, error=type(error).__name__)
            return None
        return lambda visits: part_of(model, f"intent@{version}", visits)


def part_of(model: scoring.Judge, name: str, visits: Sequence[Visit]) -> IntentPart | None:
    """The intent of the last of these visits; None where nobody looked at anything in it."""
    judged = judged_visit(visits)
    if judged is None:
        return None
    intent = model(judged)
    leaves = intent.leaves_cart
    return IntentPart(
        will_buy=round(intent.will_buy, _PLACES),
        leaves_cart=None if leaves is None else round(leaves, _PLACES),
        because=intent.because,
        model=name,
    )


def judged_visit(visits: Sequence[Visit]) -> Judged | None:
    """The last of these visits as the model knows visits, with what its device did in the others."""
    from segue.learn.intent.steps import Visit as Judged
    from segue.learn.intent.steps import is_visit, with_past

    session, points = visits[-1]
    steps = list(_steps(points))
    if not is_visit(steps):
        return None
    scene = session.scene
    same = [
        list(_steps(earlier))
        for other, earlier in visits[:-1]
        if scene.device_key is not None and other.scene.device_key == scene.device_key
    ]
    past = [Judged(each) for each in same if is_visit(each)]
    return with_past(Judged(steps, device=scene.device, session=scene.session), past)


def _steps(points: Sequence[Point]) -> Iterator[Step]:
    from segue.learn.intent.steps import ADDED, KINDS, PRODUCT, Step

    for time, _position, code, _scene, _label, origin, amount, detail in points:
        what = name_of(code)
        kind = KINDS.get(what)
        if kind is None:
            continue
        brought = None if origin is None else tuple(origin)
        worth = None if amount is None else amount / _MILLION
        if kind == PRODUCT:
            yield Step(time, what, brought, worth, None, detail if isinstance(detail, str) else None)
        elif what in ADDED or what == "Product Removed":
            yield Step(time, what, brought, worth, detail[0] if isinstance(detail, list) and detail else None)
        else:
            yield Step(time, what, brought)
