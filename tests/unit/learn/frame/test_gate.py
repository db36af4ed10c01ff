"""A new model takes the old one's place unless it is worse by more than chance explains."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from segue.learn.gate import first_ever, judge
from segue.learn.given import given
from segue.learn.knowledge import Knowledge
from segue.learn.model import Card, Fitted, Metric, Task

KNOWN = Knowledge(given({"person": [], "time": [], "sku": []}), 10)


class Measured(Fitted):
    """A model that is nothing but its figures."""

    def __init__(self, *metrics: Metric | Exception) -> None:
        self.metrics = metrics
        good = [each for each in metrics if isinstance(each, Metric)]
        self.card = Card(
            model="m",
            purpose="None.",
            data_from=0,
            data_until=1,
            persons=1,
            rows=1,
            seed=1,
            features=["f"],
            metrics=good,
        )

    def predict(self, known: Knowledge, at: int, persons: Any = None) -> list[Any]:
        return []

    def explain(self, known: Knowledge, at: int, person: int) -> list[str]:
        return []

    def evaluate(self, known: Knowledge, task: Task) -> list[Metric]:
        for each in self.metrics:
            if isinstance(each, Exception):
                raise each
        return self.card.metrics

    def save(self, folder: Path) -> None:
        raise NotImplementedError


def metric(
    value: float,
    spread: float = 0.02,
    better: Literal["higher", "lower", "zero"] = "higher",
    name: str = "auc",
) -> Metric:
    return Metric(name=name, value=value, low=value - spread, high=value + spread, better=better)


@pytest.mark.parametrize(
    ("new", "old", "accepted"),
    [
        (metric(0.80), metric(0.70), True),
        (metric(0.69), metric(0.70), True),
        (metric(0.60), metric(0.70), False),
        (metric(0.30, better="lower"), metric(0.20, better="lower"), False),
        (metric(0.20, better="lower"), metric(0.30, better="lower"), True),
        (metric(-0.50, better="zero"), metric(0.10, better="zero"), False),
        (metric(0.05, better="zero"), metric(-0.10, better="zero"), True),
        (Metric(name="auc", value=0.6999), Metric(name="auc", value=0.7), False),
        (Metric(name="auc", value=0.7), Metric(name="auc", value=0.7), True),
        (metric(np.nan), metric(0.7), False),
    ],
)
def test_it_is_refused_only_when_it_is_surely_worse(new: Metric, old: Metric, accepted: bool) -> None:
    verdict = judge(Measured(new), Measured(old), KNOWN, Task(until=10))
    assert verdict.accepted is accepted
    assert ("stays" in verdict.because) is not accepted


def test_an_old_model_that_cannot_be_measured_gives_way_and_one_without_figures_is_refused() -> None:
    assert judge(Measured(metric(0.1)), Measured(KeyError("x")), KNOWN, Task(until=10)).accepted
    assert judge(Measured(metric(0.1)), Measured(metric(0.9, name="brier")), KNOWN, Task(until=10)).accepted
    assert not judge(Measured(), Measured(metric(0.1)), KNOWN, Task(until=10)).accepted
    assert judge(Measured(), Measured(), KNOWN, Task(until=10)).accepted
    assert first_ever().accepted
