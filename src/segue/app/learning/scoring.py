"""What the present models say of everybody, into the table that golden records show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from segue.app.installation import Installation
from segue.app.learning import store
from segue.app.learning.store import PredictionRow, Run
from segue.domain.order import rfc3339
from segue.learn import drift as drifting
from segue.learn.knowledge import Knowledge
from segue.learn.model import Card, Fitted, Scores
from segue.learn.runs import Runs

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

REASONS = 3
"""Reasons kept of one prediction."""


def score(
    installation: Installation, runs: Runs, model: tuple[Run, Fitted], known: Knowledge, at: int
) -> int:
    """Write what a model says as of ``at`` (microseconds); answers of how many persons."""
    run, fitted = model
    scores = fitted.predict(known, at)
    before = runs.scores(run.model, run.version)
    if not before:
        before = drifting.of_scores(scores)
        runs.note_scores(run.model, run.version, before)
    moved = drifting.drift(
        rfc3339(at),
        (fitted.card.baseline, seen(fitted, known, at)),
        (before, {each.name: each.value for each in scores}),
    )
    with installation.database.transaction() as session:
        rows = _rows(scores, known, fitted.card, run, at)
        store.put_predictions(session, run.model, run.version, at, rows)
        session.execute(
            store.SQL["scored"],
            model=run.model,
            version=run.version,
            at=at,
            says=[each.name for each in scores],
            drift=msgspec.json.encode(moved).decode(),
        )
    return max((len(each.person) for each in scores), default=0)


def seen(fitted: Fitted, known: Knowledge, at: int) -> Mapping[str, ArrayLike]:
    """The present columns of what a card's baseline is of, from a model that tells them (``observe``)."""
    observe = getattr(fitted, "observe", None)
    found: Mapping[str, ArrayLike] = {} if observe is None else observe(known, at)
    return found


def is_sensitive(card: Card, name: str) -> bool:
    """Whether a prediction is of an attribute that needs consent."""
    return name in card.sensitive or name.rpartition(".")[2] in card.sensitive


def _rows(
    scores: Sequence[Scores], known: Knowledge, card: Card, run: Run, at: int
) -> Iterator[PredictionRow]:
    ids = [bytes.fromhex(each) for each in known.persons.ids]
    for each in scores:
        sensitive = is_sensitive(card, each.name)
        columns = (each.person.tolist(), each.value.tolist(), each.low.tolist(), each.high.tolist())
        labels: Sequence[Any] = each.label if each.label is not None else [None] * len(columns[0])
        reasons: Sequence[Any] = each.reasons if each.reasons is not None else [()] * len(columns[0])
        abstains = each.label is not None
        for person, value, low, high, label, why in zip(*columns, labels, reasons, strict=True):
            # a class that the model is not sure of is not said; nor is what is no number
            if person < 0 or (abstains and label is None) or not math.isfinite(value):
                continue
            bounds = (low if math.isfinite(low) else value, high if math.isfinite(high) else value)
            yield PredictionRow(
                ids[person],
                each.name,
                value,
                *bounds,
                label,
                list(why[:REASONS]),
                run.model,
                run.version,
                at,
                sensitive,
            )
