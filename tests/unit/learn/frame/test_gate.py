"""A new model takes the old one's place unless it is worse by more than chance explains."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from segue.learn.gate import first_ever, judge
from segue.learn.given import given
from segue.learn.knowledge import Knowledge
from segue.learn.model import Card, Contest, Fitted, Metric, Task
from segue.stats.metrics import weighed_mean

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
        (Metric(name="auc", value=0.7001), Metric(name="auc", value=0.7), True),
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


class Rowwise(Measured):
    """A model that is a figure for each held-out row."""

    def __init__(
        self, rows: Any, better: Literal["higher", "lower", "zero"] = "higher", groups: Any = None
    ) -> None:
        self.rows, self.better, self.groups = np.asarray(rows, np.float64), better, groups
        # intervals as wide as these could never tell two models apart
        super().__init__(metric(float(self.rows.mean()), 0.4, better, "hits"))

    def beside(self, old: Fitted, known: Knowledge, task: Task) -> Contest | None:
        if not isinstance(old, Rowwise):
            return None
        return Contest(
            metric="hits", of="rows", better=self.better, rows=len(self.rows), groups=self.groups,
            new=weighed_mean(self.rows), old=weighed_mean(old.rows),
        )  # fmt: skip


HARD = np.random.default_rng(3).normal(0.5, 0.3, 400)
"""How hard the rows are, for every model."""
NOISE = np.random.default_rng(4).normal(0, 0.05, 400)


@pytest.mark.parametrize("better", ["higher", "lower"])
def test_a_small_difference_on_the_same_rows_is_found(better: Literal["higher", "lower"]) -> None:
    gain = 0.02 if better == "higher" else -0.02
    old, good, bad = (Rowwise(HARD + shift, better) for shift in (0, NOISE + gain, NOISE - gain))
    replaced = judge(good, old, KNOWN, Task(until=10))
    assert replaced.accepted
    assert replaced.low is not None
    assert 0 < replaced.low < 0.02
    assert "on the same 400 held-out rows hits of rows is" in replaced.because
    assert "surely better by 0.0" in replaced.because
    assert replaced.because.endswith("so it takes the present one's place")
    refused = judge(bad, old, KNOWN, Task(until=10))
    assert not refused.accepted
    assert refused.high is not None
    assert refused.high < 0
    assert "surely worse by 0.0" in refused.because
    assert refused.because.endswith("so the present one stays")


def test_what_is_equal_or_worse_by_chance_replaces() -> None:
    old = Rowwise(HARD)
    equal = judge(Rowwise(HARD), old, KNOWN, Task(until=10))
    assert (equal.accepted, equal.gain, equal.low, equal.high) == (True, 0.0, 0.0, 0.0)
    assert "no difference" in equal.because
    chance = judge(Rowwise(HARD + 4 * NOISE - 4 * NOISE.mean() - 0.005), old, KNOWN, Task(until=10))
    assert chance.accepted
    assert chance.gain is not None
    assert chance.gain < 0
    assert "as chance alone may be" in chance.because


def test_rows_of_one_person_are_drawn_together() -> None:
    """Forty persons with ten equal rows each are forty observations, not four hundred."""
    shift = np.repeat(np.random.default_rng(5).normal(-0.02, 0.1, 40), 10)
    alone = judge(Rowwise(HARD + shift), Rowwise(HARD), KNOWN, Task(until=10))
    persons = np.repeat(np.arange(40), 10)
    together = judge(Rowwise(HARD + shift, groups=persons), Rowwise(HARD), KNOWN, Task(until=10))
    assert alone.low is not None
    assert alone.high is not None
    assert together.low is not None
    assert together.high is not None
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_what_has_no_bias_is_better_than_what_has_on_either_side() -> None:
    assert judge(Rowwise(NOISE, "zero"), Rowwise(NOISE - 0.3, "zero"), KNOWN, Task(until=10)).accepted
    assert not judge(Rowwise(NOISE + 0.3, "zero"), Rowwise(NOISE, "zero"), KNOWN, Task(until=10)).accepted


def test_models_that_cannot_be_asked_about_the_same_rows_are_measured_apart() -> None:
    verdict = judge(Rowwise(HARD), Measured(metric(0.9, name="hits")), KNOWN, Task(until=10))
    assert verdict.because.startswith("measured apart, hits is ")
