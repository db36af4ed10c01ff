"""Chances: from a score that orders one answer to the probability that it is bought on that visit.

Lambdarank's scores say which of two candidates comes first, and the same score means more to who fills a
trolley than to who fetches milk. So the chance is learnt from the score and the usual size of the basket, on
visits the ranker was not fitted on. Within one answer it rises with the score: the order stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from segue.learn.model import Bin, Metric
from segue.learn.purchases import Floats
from segue.learn.recommend.ledger import Ledger
from segue.learn.recommend.queries import Queries
from segue.stats.calibration import sigmoid

BINS = 20
FEWEST = 50
"""Bought candidates that chances are learnt from at least."""
_RIDGE = 1.0
_ROUNDS = 30
_STILL = 1e-7


@dataclass(frozen=True, eq=False)
class Shown:
    """Candidates with what is needed to say their chance; columns of one length."""

    score: Floats
    #: the logarithm of the usual basket's size
    usual: Floats
    #: whether nobody is known, and whether something is in hand
    nobody: NDArray[np.bool_]
    begun: NDArray[np.bool_]

    def columns(self) -> tuple[NDArray[Any], ...]:
        """In their order."""
        return self.score, self.usual, self.nobody, self.begun

    def only(self, rows: NDArray[np.bool_]) -> Shown:
        """These rows."""
        return Shown(*(column[rows] for column in self.columns()))


class Chances(msgspec.Struct, frozen=True):
    """A fitted one: a logistic curve in the score, its square, and the usual basket."""

    weights: list[float]
    #: the scores it was fitted on; outside of them the nearest one's chance is said
    low: float
    high: float

    def apply(self, shown: Shown) -> Floats:
        """Probabilities (n,): bought on the visit that is asked about."""
        chances: Floats = sigmoid(_columns(shown, self.low, self.high) @ np.array(self.weights))
        return chances


def shown(ledger: Ledger, queries: Queries, asked: NDArray[np.int64], score: Floats) -> Shown:
    """Of the candidates of these queries (their places) with these scores."""
    usual = np.log(usual_basket(ledger, queries))
    begun = queries.in_hand.sizes() > 0
    return Shown(score, usual[asked], (queries.person < 0)[asked], begun[asked])


def usual_basket(ledger: Ledger, queries: Queries) -> Floats:
    """Items of each person's mean basket before the moment; everybody's where she has none. At least 1."""
    rank = ledger.clock.rank(queries.time)
    since, nobody = np.zeros_like(rank), np.zeros(len(rank), np.int64)
    lines = ledger.counter("person_lines").count(queries.person, since, rank)
    visits = ledger.counter("person_orders").count(queries.person, since, rank)
    known = visits > 0
    if not known.all():
        lines = np.where(known, lines, ledger.counter("lines").count(nobody, since, rank))
        visits = np.where(known, visits, ledger.counter("orders").count(nobody, since, rank))
    return np.maximum(lines / np.maximum(visits, 1), 1.0)


def fit(rows: Shown, bought: NDArray[np.bool_]) -> Chances | None:
    """Of candidates that the ranker was not fitted on; None where too few of them were bought."""
    if bought.sum() < FEWEST or bought.all():
        return None
    low, high = (float(each) for each in np.quantile(rows.score, (0.0005, 0.9999)))
    columns = _columns(rows, low, high)
    for flat in ((), (2, 5), (2, 3, 4, 5)):
        columns[:, list(flat)] = 0.0
        weights = _logistic(columns, bought)
        if _rises(weights, low, high, rows.usual):
            return Chances(weights.tolist(), low, high)
    return None


def measured(rows: Shown, bought: NDArray[np.bool_], person: NDArray[np.int64]) -> tuple[Metric, list[Bin]]:
    """How far what is said is from what came, each half of the persons foretold from the other half."""
    said = np.full(len(bought), float(bought.mean()) if len(bought) else 0.0)
    half = person % 2 == 0
    for learnt in (half, ~half):
        found = fit(rows.only(learnt), bought[learnt])
        if found is not None:
            said[~learnt] = found.apply(rows.only(~learnt))
    bins = [
        Bin(predicted=float(said[part].mean()), observed=float(bought[part].mean()), rows=len(part))
        for part in np.array_split(np.argsort(said, kind="stable"), BINS)
        if len(part)
    ]
    value = sum(abs(each.predicted - each.observed) * each.rows for each in bins) / max(len(bought), 1)
    return Metric(name="ece", value=float(value), better="lower", rows=len(bought), of="chance"), bins


def _columns(rows: Shown, low: float, high: float) -> Floats:
    score, usual = np.clip(rows.score, low, high), rows.usual
    columns = (np.ones(len(score)), score, score**2, usual, usual**2, score * usual)
    otherwise = (each * column for each in (rows.nobody, rows.begun) for column in (columns[0], score))
    return np.stack([*columns, *otherwise], axis=1)


def _rises(weights: Floats, low: float, high: float, usual: Floats) -> bool:
    """Whether a higher score is never a lower chance, whoever asks and for every size of basket seen."""
    slopes = np.add.outer(np.array([low, high]) * 2 * weights[2], np.quantile(usual, (0.0, 1.0)) * weights[5])
    otherwise = min(0.0, weights[7]) + min(0.0, weights[9])
    return bool((weights[1] + slopes + otherwise > 0).all())


def _logistic(columns: Floats, bought: NDArray[np.bool_]) -> Floats:
    """Newton's steps, halved until they help; a small ridge keeps columns that say nothing at 0."""
    weights = np.zeros(columns.shape[1])
    weights[0] = np.log(bought.mean() / (1 - bought.mean()))
    now = _loss(columns, bought, weights)
    for _ in range(_ROUNDS):
        said = sigmoid(columns @ weights)
        slope = columns.T @ (bought - said) - _RIDGE * weights
        bend = (columns * (said * (1 - said))[:, None]).T @ columns + _RIDGE * np.eye(len(weights))
        step = np.linalg.solve(bend, slope)
        while (then := _loss(columns, bought, weights + step)) > now and np.abs(step).max() > _STILL:
            step = step / 2
        if then > now or np.abs(step).max() <= _STILL:
            break
        weights, now = weights + step, then
    return weights


def _loss(columns: Floats, bought: NDArray[np.bool_], weights: Floats) -> float:
    logits = columns @ weights
    return float((np.logaddexp(0.0, logits) - bought * logits).sum() + _RIDGE / 2 * weights @ weights)
