"""A fitted predict: scores of everybody at a moment, with bounds and reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segue.learn.features.moment import Moment
from segue.learn.knowledge import Knowledge
from segue.learn.model import Card, Contest, Fitted, Metric, Scores, Task
from segue.learn.predict import categories, keep
from segue.learn.predict.amounts import Amounts
from segue.learn.predict.curve import Curve
from segue.learn.predict.features import Clock, Matrix, Times, matrix
from segue.learn.predict.heads import Head
from segue.learn.predict.plan import plan_of
from segue.learn.predict.reasons import NOBODY, Sayer, of_category
from segue.learn.predict.rows import Past

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
Said = Sequence[Sequence[str]]

YEAR = 365
PATIENCE = 3.0
"""Usual gaps after which who has not come counts as gone."""
LEAST_PATIENCE = 14


@dataclass(frozen=True, eq=False)
class Parts:
    """Everything that was learnt."""

    names: Sequence[str]
    #: by horizon in days, rising
    heads: Mapping[int, Head]
    amounts: Amounts
    #: the laws as of the end of the data
    clock: Clock
    #: how regular visits are: laws of other moments are fitted like this one
    like: Clock
    categories: Sequence[str]
    category: Head | None
    churn: keep.Answer
    seed: int
    #: feature → median
    typical: Mapping[str, float]
    #: horizon → mean chance of who bought once
    beginners: Mapping[int, float]

    @property
    def long(self) -> int:
        """The longest horizon: of churn and spend."""
        return max(self.heads)

    @property
    def main(self) -> int:
        """The horizon whose figure decides: 14 days, else the nearest."""
        return min(self.heads, key=lambda days: (abs(days - 14), days))


@dataclass(frozen=True, eq=False)
class Answer1:
    """One prediction of the known customers ``(n,)``."""

    name: str
    value: Floats
    low: Floats
    high: Floats
    reasons: Said


class FittedPredict(Fitted):
    """Scores purchases to come."""

    def __init__(self, parts: Parts, card: Card) -> None:
        self.parts, self.card = parts, card
        self._sayer = Sayer(parts.names, parts.typical)

    def predict(self, known: Knowledge, at: int, persons: Codes | None = None) -> list[Scores]:
        """Scores of these, or of all with an order before ``at``.

        Who is asked for and has none gets the average of those who bought once, and a reason that says so.
        """
        times = Times(Moment(known, at), self.parts.clock)
        everybody = np.flatnonzero(times.known).astype(np.int32)
        wanted = everybody if persons is None else np.asarray(persons, np.int32)
        met = wanted[times.known[wanted]]
        new = wanted[~times.known[wanted]]
        values = matrix(times, self.parts.names, met)
        every = [
            *self._visits(values),
            *self._worth(times, values, met),
            *self._categories(times, values, met),
        ]
        return [_scores(each, wanted, met, new, self._average(each)) for each in every]

    def explain(self, known: Knowledge, at: int, person: int) -> list[str]:
        """Why she is likely, or not, to buy within the main horizon."""
        one = np.array([person], np.int32)
        times = Times(Moment(known, at), self.parts.clock)
        if not times.known[person]:
            return [NOBODY]
        values = matrix(times, self.parts.names, one)
        parts = self.parts.heads[self.parts.main].parts(values)
        return self._sayer.reasons(parts, values, f"an order within {self.parts.main} days")[0]

    def evaluate(self, known: Knowledge, task: Task) -> list[Metric]:
        """The card's metrics on the windows of each horizon that end at ``task.until``. NotEnoughError."""
        from segue.learn.predict.measure import measured

        known = known.before(task.until)
        return measured(self.parts, Past(known, self.parts.seed), plan_of(known, tuple(self.parts.heads)))[0]

    def beside(self, old: Fitted, known: Knowledge, task: Task) -> Contest | None:
        """AUC of the horizon that decides, on the same customers."""
        from segue.learn.predict.measure import contested

        if not isinstance(old, FittedPredict):
            return None
        return contested(self.parts, old.parts, known.before(task.until), plan_of)

    def save(self, folder: Path) -> None:
        """Trees as LightGBM's text, all else as one JSON."""
        keep.write(self.parts, self.card, folder)

    def _visits(self, values: Matrix) -> list[Answer1]:
        parts = self.parts
        curve = curve_of(parts.heads, values)
        reasons = {days: self._why(days, values) for days in parts.heads}
        said = []
        for days, head in parts.heads.items():
            if days <= 30:
                chance = 1 - curve.away(np.full(len(values), float(days)))
                said.append(Answer1(f"buys_{days}d", chance, *head.sureness.bounds(chance), reasons[days]))
        against = [[_turned(each) for each in some] for some in reasons[parts.long]]
        stays = 1 - curve.away(np.full(len(values), float(parts.long)))
        low, high = parts.heads[parts.long].sureness.bounds(stays)
        said.append(Answer1(f"churn_{parts.long}d", 1 - stays, 1 - high, 1 - low, against))
        away = curve.away(patience_of(values, parts.names, parts.long))
        said.append(Answer1("churn", *parts.churn.apply(away), against))
        said.append(
            Answer1("next_visit", curve.day(0.5), curve.day(0.1), curve.day(0.9), reasons[parts.main])
        )
        return said

    def _worth(self, times: Times, values: Matrix, met: Codes) -> list[Answer1]:
        parts = self.parts
        chance = parts.heads[parts.long].chance(values)
        given_any = parts.amounts.given_any(values)
        low, high = parts.amounts.bounds(chance, given_any)
        spend = chance * given_any
        reasons = self._sayer.reasons(
            parts.amounts.parts(values) + parts.heads[parts.long].parts(values) * (1 - chance)[:, None],
            values,
            "spending much",
        )
        longer = prolonged(times, parts.long)[met]
        visits, worth = times.visits(parts.long)[met], times.worth()[met]
        reasons = [
            [f"about {each:,.1f} visits of {money:,.2f} each to be expected in {parts.long} days", *more[:2]]
            for each, money, more in zip(visits, worth, reasons, strict=True)
        ]
        return [
            Answer1(f"spend_{parts.long}d", spend, np.minimum(low, spend), np.maximum(high, spend), reasons),
            Answer1(
                f"ltv_{YEAR}d",
                spend * longer,
                np.minimum(low, spend) * longer,
                np.maximum(high, spend) * longer,
                reasons,
            ),
        ]

    def _categories(self, times: Times, values: Matrix, met: Codes) -> list[Answer1]:
        head = self.parts.category
        known = self.parts.categories
        there = [each for each in known if categories.code_of(times.moment.purchases, each) >= 0]
        if head is None or not there:
            return []
        visit = self.parts.heads[categories.DAYS].chance(values)
        any_ = 1 - curve_of(self.parts.heads, values).away(np.full(len(values), float(categories.DAYS)))
        said = []
        for name in there:
            table = categories.matrix(times, name, met, visit)
            chance = np.minimum(head.chance(table), any_)
            column = {each: table[:, place] for place, each in enumerate(categories.NAMES)}
            reasons = [
                of_category(name, float(orders), float(share), float(days))
                for orders, share, days in zip(
                    column["category_orders"], column["category_share"], column["category_days"], strict=True
                )
            ]
            said.append(
                Answer1(f"buys_{categories.DAYS}d.{name}", chance, *head.sureness.bounds(chance), reasons)
            )
        return said

    def _why(self, days: int, values: Matrix) -> Said:
        parts = self.parts.heads[days].parts(values)
        return self._sayer.reasons(parts, values, f"an order within {days} days")

    def _average(self, said: Answer1) -> float:
        """For who is not known: what those say who bought once, or the middle of all."""
        for days, chance in self.parts.beginners.items():
            if said.name == f"buys_{days}d":
                return chance
            if said.name == f"churn_{days}d":
                return 1 - chance
        return float(np.median(said.value)) if len(said.value) else 0.0


def curve_of(heads: Mapping[int, Head], values: Matrix) -> Curve:
    """The curve through all horizons' chances."""
    return Curve(tuple(heads), np.stack([head.chance(values) for head in heads.values()]))


def patience_of(values: Matrix, names: Sequence[str], longest: int) -> Floats:
    """Days after which each counts as gone: three usual gaps, bounded; the longest for who came once."""
    gap = values[:, list(names).index("gap_median")].astype(np.float64) if "gap_median" in names else None
    if gap is None:
        return np.full(len(values), float(longest))
    lowest = min(LEAST_PATIENCE, longest)
    return np.where(np.isnan(gap), longest, np.clip(PATIENCE * np.nan_to_num(gap), lowest, longest))


def prolonged(times: Times, days: int) -> Floats:
    """By how much spend of a year exceeds that of so many days, as the law of visits has it."""
    short, year = times.visits(days), times.visits(YEAR)
    ratio = np.divide(year, short, out=np.ones_like(year), where=short > 0)
    longer: Floats = np.clip(np.nan_to_num(ratio, nan=1.0), 1.0, YEAR / days)
    return longer


def _turned(reason: str) -> str:
    """A reason for an order as one against leaving, and the other way round."""
    head, _, tail = reason.rpartition("; speaks ")
    return f"{head}; speaks {'against' if tail.startswith('for') else 'for'} leaving"


def _scores(each: Answer1, wanted: Codes, met: Codes, new: Codes, average: float) -> Scores:
    """In the order in which persons were asked for."""
    if not len(new):
        return Scores(each.name, wanted, each.value, each.low, each.high, reasons=each.reasons)
    stands = np.isin(wanted, met)
    place = np.argsort(np.concatenate([np.flatnonzero(stands), np.flatnonzero(~stands)]))
    rest = np.full(len(new), average)
    reasons = [*each.reasons, *([NOBODY] for _ in new)]
    value, low, high = (np.concatenate([column, rest])[place] for column in (each.value, each.low, each.high))
    return Scores(each.name, wanted, value, low, high, reasons=[reasons[row] for row in place])
