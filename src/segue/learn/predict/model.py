"""Fitting predict: the laws, a head for each horizon, spend, categories, each measured on later time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import numpy as np

from segue.learn.drift import baseline
from segue.learn.features.localtime import DAY
from segue.learn.features.moment import Moment
from segue.learn.knowledge import Knowledge
from segue.learn.model import Card, Model, Task, Tell, Weight
from segue.learn.predict import categories, keep
from segue.learn.predict.amounts import Amounts, learn_amounts
from segue.learn.predict.features import Times, choose, matrix, named
from segue.learn.predict.fitted import FittedPredict, Parts
from segue.learn.predict.heads import Head, learn
from segue.learn.predict.measure import LIMITS, held_out, measured
from segue.learn.predict.plan import Cuts, Plan, plan
from segue.learn.predict.rows import Outcome, Past, Rows, fitted_clock
from segue.learn.predict.worth import value_of_data
from segue.learn.purchases import Floats

Both = tuple[tuple[Rows, Outcome], ...]
LISTED = 25
"""Features whose weight a card shows."""


class Predict(Model):
    """Purchases to come."""

    name: ClassVar[str] = "predict"
    purpose: ClassVar[str] = (
        "How likely each customer is to buy within days to come and in which category, "
        "when she is back, what she will spend, and whether she is leaving."
    )

    def fit(self, known: Knowledge, task: Task, tell: Tell) -> FittedPredict:
        """Fit on what was known before ``task.until``. NotEnoughError."""
        known = known.before(task.until)
        tell("looking at the data", 0.0)
        work = _Work(known, task, plan(known))
        parts = work.parts(lambda share: tell("learning", 0.1 + 0.6 * share))
        tell("measuring", 0.75)
        card = work.card(parts)
        tell("done", 1.0)
        return FittedPredict(parts, card)

    def load(self, folder: Path) -> FittedPredict:
        """What :meth:`FittedPredict.save` wrote."""
        parts, card = keep.read(folder)
        return FittedPredict(parts, card)


class _Work:
    """One fit."""

    def __init__(self, known: Knowledge, task: Task, planned: Plan) -> None:
        self.known, self.task, self.plan = known, task, planned
        self.past = Past(known, task.seed)
        earliest = min(min(each.training) for each in planned.cuts)
        self.like = self.past.clock(earliest)
        shortest = planned.cuts[0]
        self.names = choose(known.before(shortest.calibrating), shortest.calibrating)
        self.now = Moment(known, task.until)
        self.rows = 0

    def parts(self, tell: Callable[[float], None]) -> Parts:
        """Everything that is learnt."""
        heads: dict[int, Head] = {}
        for place, cut in enumerate(self.plan.cuts):
            heads[cut.days] = self._head(cut)
            tell((place + 1) / (len(self.plan.cuts) + 2))
        amounts = self._amounts(self.plan.long)
        tell((len(heads) + 1) / (len(heads) + 2))
        named_categories, category = self._categories(heads)
        clock = fitted_clock(self.now, self.like)
        return Parts(
            names=self.names,
            heads=heads,
            amounts=amounts,
            clock=clock,
            like=self.like,
            categories=named_categories,
            category=category,
            churn=self._churn(heads),
            seed=self.task.seed,
            typical=self._typical(),
            beginners={days: self._beginners(heads[days], days) for days in heads},
        )

    def card(self, parts: Parts) -> Card:
        """What a person reads, measured on the windows that were held out."""
        held = held_out(parts, self.past, self.plan)
        metrics, bins = measured(parts, self.past, self.plan, held)
        main, far = ((held[days].rows, held[days].outcome) for days in (parts.main, parts.long))
        times = Times(self.now, parts.clock)
        who = np.flatnonzero(times.known).astype(np.int32)
        now = matrix(times, self.names, who)
        return Card(
            model=Predict.name,
            purpose=Predict.purpose,
            data_from=self.plan.first,
            data_until=self.task.until,
            persons=len(who),
            rows=self.rows,
            seed=self.task.seed,
            features=list(self.names),
            metrics=metrics,
            calibration=bins,
            importance=_importance(parts),
            data_value=value_of_data(parts, main, far),
            limits=_limits(parts, self.plan),
            baseline={name: baseline(now[:, place]) for place, name in enumerate(self.names)},
        )

    def _both(self, cut: Cuts) -> Both:
        """Training cut-offs, then the calibrating one."""
        found = []
        for at in (*cut.training, cut.calibrating):
            rows = self.past.rows(at, self.names, self.like)
            found.append((rows, self.past.outcome(at, cut.days, rows.person)))
        return tuple(found)

    def _head(self, cut: Cuts) -> Head:
        *training, later = self._both(cut)
        values = np.concatenate([rows.values for rows, _ in training])
        truth = np.concatenate([outcome.within(cut.days) for _, outcome in training])
        self.rows += len(truth)
        held = (later[0].values, later[1].within(cut.days))
        return learn((values, truth), held, self.names, f"law_{cut.days}", seed=self.task.seed)

    def _amounts(self, cut: Cuts) -> Amounts:
        *training, later = self._both(cut)
        values = np.concatenate([rows.values for rows, _ in training])
        amount = np.concatenate([outcome.amount for _, outcome in training])
        return learn_amounts((values, amount), (later[0].values, later[1].amount), self.names, self.task.seed)

    def _categories(self, heads: dict[int, Head]) -> tuple[list[str], Head | None]:
        cut = self.plan.of(categories.DAYS)
        if cut is None:
            return [], None
        found = categories.greatest(Moment(self.known, cut.calibrating))
        if not found:
            return [], None
        stacks, truths = [], []
        for at in (*cut.training[::2], cut.calibrating):
            rows = self.past.rows(at, self.names, self.like)
            visit = heads[cut.days].chance(rows.values)
            stacks.append(categories.stacked(rows, found, visit))
            until = at + cut.days * DAY
            bought = self.known.purchases()
            truths.append(
                np.concatenate([categories.outcome(bought, name, at, until, rows.person) for name in found])
            )
        training = np.concatenate(stacks[:-1]), np.concatenate(truths[:-1])
        self.rows += len(training[1])
        later = stacks[-1], truths[-1]
        return found, learn(training, later, categories.NAMES, "law", seed=self.task.seed)

    def _churn(self, heads: dict[int, Head]) -> keep.Answer:
        """The calibration of staying away for three usual gaps, on the longest horizon's calibrating rows."""
        rows, outcome = self._both(self.plan.long)[-1]
        away, patience = _away(heads, rows, self.names)
        return keep.answer(away, ~outcome.within(patience))

    def _typical(self) -> dict[str, float]:
        rows = self.past.rows(self.plan.cuts[0].calibrating, self.names, self.like)
        with np.errstate(all="ignore"):
            middle = [
                float(np.median(column[~np.isnan(column)])) if (~np.isnan(column)).any() else float("nan")
                for column in rows.values.T
            ]
        return {name: value for name, value in zip(self.names, middle, strict=True) if not np.isnan(value)}

    def _beginners(self, head: Head, days: int) -> float:
        cut = next(each for each in self.plan.cuts if each.days == days)
        rows = self.past.rows(cut.calibrating, self.names, self.like)
        chance = head.chance(rows.values)
        once = rows.times.summary.customers.frequency[rows.person] == 0
        return float(chance[once].mean() if once.any() else chance.mean())


def _away(heads: dict[int, Head], rows: Rows, names: list[str]) -> tuple[Floats, Floats]:
    from segue.learn.predict.fitted import curve_of, patience_of

    longest = max(heads)
    patience = patience_of(rows.values, names, longest)
    return curve_of(heads, rows.values).away(patience), patience


def _importance(parts: Parts) -> list[Weight]:
    """Of the first question and of spend, the features that decide."""
    weights = []
    main = parts.main
    for of, gains in (
        (f"buys_{main}d", parts.heads[main].gains()),
        (f"spend_{parts.long}d", parts.amounts.gains()),
    ):
        for place in np.argsort(-gains, kind="stable")[:LISTED]:
            if gains[place] > 0:
                name = parts.names[place]
                weights.append(Weight(name=name, title=named(name).title, value=float(gains[place]), of=of))
    return weights


def _limits(parts: Parts, planned: Plan) -> list[str]:
    limits = list(LIMITS)
    days = (planned.until - planned.first) // DAY
    limits.append(f"learnt from {days} days of orders, so churn and spend look {parts.long} days ahead")
    if days < 730:
        limits.append("less than two years of orders: seasons and the value over a year could not be checked")
    if parts.category is None:
        limits.append(
            "no category is predicted: none is in the catalogue, or too few customers bought in one"
        )
    for head_days, head in parts.heads.items():
        if head.booster is None:
            limits.append(f"buys_{head_days}d: too few of one answer to learn from, so the law alone answers")
    return limits
