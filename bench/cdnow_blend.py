"""CDNOW's purchases to come, from what a customer did: three corrections of the law's word, averaged.

All start from MBG/NBD's expected purchases of the days that are learnt ahead, fitted on everybody known at
the cut-off, and learn from earlier cut-offs by how much it is wrong, and for whom:

one part    log-linear, Poisson, in pieces a purchase, pieces of the first, and money so far
two parts   the chance of any × how many if any, both log-linear in the same
trees       small boosted trees, Poisson, which only rise with the law's word, purchases, pieces and money
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.stats.btyd import Customers, buys, expected, fit, summarise
from segue.stats.btyd.customers import customers
from segue.stats.calibration import sigmoid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MONEY = ("pieces", "first_pieces", "money")
SEEN = (
    "law",
    "again",
    "idle_share",
    "spend",
    "pieces",
    "first_pieces",
    "money",
    "idle",
    "age",
    "last_28",
    "last_91",
)
RISING = (1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0)
RIDGE = 10.0
TREES: dict[str, Any] = {
    "objective": "poisson", "learning_rate": 0.05, "num_leaves": 4, "min_child_samples": 200, "lambda_l2": 20,
    "monotone_constraints": list(RISING), "feature_fraction": 0.6, "bagging_fraction": 0.7, "bagging_freq": 1,
    "verbose": -1, "num_threads": 1, "seed": 1, "deterministic": True, "force_row_wise": True,
}  # fmt: skip
ROUNDS = 120


@dataclass(frozen=True, eq=False)
class Shop:
    """Purchases: customer from 0, day from 0, pieces, amount."""

    person: Ints
    day: Ints
    pieces: Floats
    amount: Floats
    people: int

    def count(self, first: int, days: int) -> Floats:
        """Days with a purchase of each, from ``first`` on."""
        rows = (self.day >= first) & (self.day < first + days)
        pairs = np.unique(self.person[rows] * 10_000 + self.day[rows])
        return np.bincount(pairs // 10_000, minlength=self.people).astype(np.float64)

    def before(self, day: int) -> Shop:
        """What was known before that day."""
        rows = self.day < day
        return Shop(self.person[rows], self.day[rows], self.pieces[rows], self.amount[rows], self.people)


@dataclass(frozen=True, eq=False)
class Rows:
    """Everybody known at a cut-off."""

    who: Ints
    columns: dict[str, Floats]
    #: by MBG/NBD: expected purchases, and the chance of any
    visits: Floats
    chance: Floats

    def of(self, names: tuple[str, ...]) -> Floats:
        """These columns (n, names)."""
        return np.column_stack([self.columns[name] for name in names])


def foretold(shop: Shop, cut: int, far: int, near: int, cuts: tuple[int, ...]) -> tuple[Ints, Floats]:
    """Who is known before day ``cut``, and her purchases within ``far`` days, as many a day as in ``near``.

    Learnt from what happened within ``near`` days of each of ``cuts``, none of them after ``cut``.
    """
    known = shop.before(cut)
    past = [_rows(known.before(each), each, near) for each in cuts]
    came = np.concatenate([known.count(at, near)[each.who] for at, each in zip(cuts, past, strict=True)])
    now = _rows(known, cut, near)
    every = Rows(
        np.concatenate([each.who for each in past]),
        {name: np.concatenate([each.columns[name] for each in past]) for name in SEEN},
        np.concatenate([each.visits for each in past]),
        np.concatenate([each.chance for each in past]),
    )
    said = np.mean([learn(every, came)(now) for learn in (_one_part, _two_parts, _trees)], axis=0)
    return now.who, np.asarray(said * far / near)


def _rows(shop: Shop, cut: int, near: int) -> Rows:
    person, day = shop.person, shop.day
    found = summarise(person, day, cut - 1, shop.people, unit=7.0)
    who = np.flatnonzero(found.known)
    each = _only(found.customers, who)
    law = fit(each, modified=True)
    visits = expected(law, each, near / 7.0)
    chance = np.clip(buys(law, each, near / 7.0), 1e-4, 1 - 1e-4)
    again = day > found.first[person]

    def total(rows: NDArray[np.bool_], values: Floats) -> Floats:
        return np.asarray(np.bincount(person[rows], values[rows], minlength=shop.people)[who], np.float64)

    every, one = np.ones(len(day), bool), np.ones(len(day))
    idle = each.age - each.recency
    columns = {
        "law": np.log(np.maximum(visits, 1e-4)),
        "again": np.log1p(each.frequency),
        "idle_share": np.where(each.frequency > 0, idle / np.maximum(each.age, 1e-9), 1.0),
        "spend": np.log1p(total(every, shop.amount) / (each.frequency + 1)),
        "pieces": np.log1p(total(every, shop.pieces) / (each.frequency + 1)),
        "first_pieces": np.log1p(total(~again, shop.pieces)),
        "money": np.log1p(total(every, shop.amount)),
        "idle": np.log1p(idle) - np.log(each.age.max()),
        "age": each.age / each.age.max(),
        "last_28": np.log1p(total(again & (day >= cut - 28), one)),
        "last_91": np.log1p(total(again & (day >= cut - 91), one)),
    }
    return Rows(who, columns, visits, chance)


def _only(each: Customers, who: Ints) -> Customers:
    return customers(each.frequency[who], each.recency[who], each.age[who])


Learnt = Callable[[Rows], Floats]


def _one_part(rows: Rows, came: Floats) -> Learnt:
    many = _log_linear(rows.of(MONEY), came, np.log(np.maximum(rows.visits, 1e-4)), np.exp)
    return lambda now: many(now.of(MONEY), np.log(np.maximum(now.visits, 1e-4)))


def _two_parts(rows: Rows, came: Floats) -> Learnt:
    some = came > 0
    any_ = _log_linear(rows.of(MONEY), some.astype(np.float64), _logit(rows.chance), sigmoid)
    start = np.log(np.maximum(rows.visits / rows.chance, 1))
    many = _log_linear(rows.of(MONEY)[some], came[some], start[some], np.exp)

    def said(now: Rows) -> Floats:
        count = many(now.of(MONEY), np.log(np.maximum(now.visits / now.chance, 1)))
        return any_(now.of(MONEY), _logit(now.chance)) * np.maximum(count, 1)

    return said


def _trees(rows: Rows, came: Floats) -> Learnt:
    import lightgbm

    start = np.log(np.maximum(rows.visits, 1e-4))
    grown = lightgbm.train(TREES, lightgbm.Dataset(rows.of(SEEN), came, init_score=start), ROUNDS)

    def said(now: Rows) -> Floats:
        raw = np.asarray(grown.predict(now.of(SEEN), raw_score=True), np.float64)
        return np.exp(raw + np.log(np.maximum(now.visits, 1e-4)))

    return said


def _log_linear(
    columns: Floats, truth: Floats, start: Floats, link: Callable[[Floats], Floats]
) -> Callable[[Floats, Floats], Floats]:
    """A generalised linear model with its natural link (``exp``: Poisson, ``sigmoid``: yes or no), from
    ``start``."""
    from scipy.optimize import minimize

    mean, spread = columns.mean(axis=0), columns.std(axis=0) + 1e-9

    def table(some: Floats) -> Floats:
        return np.column_stack([(some - mean) / spread, np.ones(len(some))])

    rows = table(columns)
    pull = np.append(np.full(columns.shape[1], RIDGE), 0.0)

    def loss(b: Floats) -> tuple[float, Floats]:
        score = np.minimum(rows @ b + start, 20.0)
        said = link(score)
        total = said.sum() if link is np.exp else np.logaddexp(0.0, score).sum()
        return float(total - truth @ score + 0.5 * (pull * b) @ b), rows.T @ (said - truth) + pull * b

    b = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B").x
    return lambda some, begin: np.asarray(link(table(some) @ b + begin), np.float64)


def _logit(chance: Floats) -> Floats:
    return np.asarray(np.log(chance) - np.log1p(-chance), np.float64)
