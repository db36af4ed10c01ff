"""Hillstrom's e-mail experiment: what is the learnt policy worth, on rows it was not learnt from?

A random half of the MineThatData test: 31,903 customers who were sent the men's e-mail, the women's or none,
by lot, a third each. The policy is what Segue's decisions would do once they have learnt: the bandit of
``segue.decide`` is told the training rows as slots that were seen, and departs from what is best on average
where it is sure by a posterior deviation (the policy without that caution is reported, too). Beside it the
best single arm, in hindsight on all rows, so nobody beats it by luck of choosing; and T-learners (for each
arm a boosted model of visits, as LightGBM comes; a logistic regression), and trees that leave the best arm
only where that is shown to pay (segue.stats.cautious, which decisions do not go by).

The main reward was settled before looking: visits within two weeks. Spend is reported beside: nine in a
thousand bought, so its interval is wide whatever the policy.

20 times the rows are split into five parts, and each part is decided by what was learnt from the other four.
A policy's value is IPS with p = 1/3. A row's contribution is its mean over the 20 splits; 95 % intervals from
2,000 resamples of customers, the difference to the best arm being paired. Features and caution were chosen on
every second row alone; the others apart are reported, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bench.report import Figure, run
from segue.decide.bandit import Arm, Learnt
from segue.stats.bootstrap import Interval, mean_interval
from segue.stats.cautious import Experiment, learn

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SOURCE = Path(__file__).parents[2] / "shared/data/hillstrom/half.parquet"
ARMS = ("No E-Mail", "Mens E-Mail", "Womens E-Mail")
SPLITS = 20
PARTS = 5
ROUNDS = 2000
CAUTION = 1.0
"""Posterior deviations by which somebody's arm must stand above the one that is best on average. Of 0, .5, 1
and 1.5 the least that on every second row did no harm that is clear of zero."""


@dataclass(frozen=True)
class Rows:
    """Customers of the experiment."""

    features: Floats
    #: which of :data:`ARMS` she was sent
    arm: Ints
    visit: Floats
    spend: Floats

    def only(self, rows: NDArray[np.bool_] | Ints) -> Rows:
        return Rows(self.features[rows], self.arm[rows], self.visit[rows], self.spend[rows])

    def __len__(self) -> int:
        return len(self.arm)


Learn = Callable[[Rows, Floats, int], Ints]
"""Training rows, features of those to decide for, a seed → an arm for each of these."""


def measure(quick: bool) -> list[Figure]:
    """One figure."""
    if not SOURCE.exists():
        print(f"Hillstrom is not measured: {SOURCE} is absent")
        return []
    rows = hillstrom()
    splits = 2 if quick else SPLITS
    found = {name: chosen(learn, rows, splits) for name, learn in LEARNERS.items()}
    odd = rows.only(np.arange(len(rows)) % 2 == 1)
    apart = {name: chosen(learn, odd, splits) for name, learn in LEARNERS.items()}
    return [_figure(rows, found, odd, apart, splits)]


def hillstrom() -> Rows:
    """Features are from 0 to 1, as the bandit's are."""
    table = pq.read_table(SOURCE)
    given = {name: table.column(name).to_numpy(zero_copy_only=False) for name in table.column_names}
    history = np.log1p(given["history"].astype(float))
    columns = [
        np.ones(len(history)),
        (given["recency"].astype(float) - 1) / 11,
        (history - history.min()) / (history.max() - history.min()),
        given["mens"].astype(float),
        given["womens"].astype(float),
        given["newbie"].astype(float),
        *((given["channel"] == name).astype(float) for name in ("Web", "Multichannel")),
        *((given["zip_code"] == name).astype(float) for name in ("Rural", "Urban")),
    ]
    arm = np.array([ARMS.index(each) for each in given["treatment"]], np.int64)
    return Rows(np.stack(columns, axis=1), arm, given["visit"].astype(float), given["spend"].astype(float))


def chosen(learn: Learn, rows: Rows, splits: int) -> Ints:
    """What is decided for each row in each split ``(splits, n)``, by what others taught."""
    found = np.empty((splits, len(rows)), np.int64)
    for split in range(splits):
        part = np.random.default_rng(1000 + split).permutation(len(rows)) % PARTS
        for each in range(PARTS):
            held = part == each
            found[split, held] = learn(rows.only(~held), rows.features[held], split)
    return found


def _segue(rows: Rows, asked: Floats, seed: int) -> Ints:
    """The bandit's: whatever stands a posterior deviation above what does best on average; else that."""
    means, spreads = _foretold(rows, asked)
    best = int(np.argmax([rows.visit[rows.arm == arm].mean() for arm in range(len(ARMS))]))
    apart = np.sqrt(spreads**2 + spreads[:, [best]] ** 2)
    sure = (means - means[:, [best]]) / np.where(apart > 0, apart, 1.0)
    sure[:, best] = CAUTION
    return _largest(sure)


def _segue_trees(rows: Rows, asked: Floats, seed: int) -> Ints:
    """Shallow trees that leave the best arm only where that is shown to pay on other training rows."""
    given = Experiment(rows.features, rows.arm, rows.visit, np.full(len(rows), 1 / len(ARMS)), len(ARMS))
    return learn(given, seed=seed).choose(asked)


def _segue_bold(rows: Rows, asked: Floats, seed: int) -> Ints:
    """The bandit's: whatever it foretells most for, be it by ever so little."""
    return _largest(_foretold(rows, asked)[0])


def _largest(values: Floats) -> Ints:
    found: Ints = values.argmax(axis=1)
    return found


def _foretold(rows: Rows, asked: Floats) -> tuple[Floats, Floats]:
    """Means and deviations of each arm's acceptance ``(m, 3)``."""
    arms = {}
    for number, name in enumerate(ARMS):
        seen = rows.features[rows.arm == number]
        reward = seen.T @ rows.visit[rows.arm == number]
        square = (seen.T @ seen).ravel()
        arms[name] = Arm(tuple(square.tolist()), tuple(reward.tolist()), float(len(seen)))
    mind = Learnt(asked.shape[1], arms)
    both = [mind.foretell(one, ARMS) for one in asked.tolist()]
    return np.stack([mean for mean, _ in both]), np.stack([spread for _, spread in both])


def _boosted(rows: Rows, asked: Floats, seed: int) -> Ints:
    from lightgbm import LGBMClassifier

    def foretold(arm: int) -> Floats:
        model = LGBMClassifier(random_state=seed, verbose=-1, n_jobs=1)
        model.fit(rows.features[rows.arm == arm], rows.visit[rows.arm == arm])
        return np.asarray(model.predict_proba(asked))[:, 1]

    return _largest(np.stack([foretold(arm) for arm in range(len(ARMS))], axis=1))


def _logistic(rows: Rows, asked: Floats, seed: int) -> Ints:
    from sklearn.linear_model import LogisticRegression

    def foretold(arm: int) -> Floats:
        model = LogisticRegression(max_iter=1000)
        model.fit(rows.features[rows.arm == arm], rows.visit[rows.arm == arm])
        return np.asarray(model.predict_proba(asked))[:, 1]

    return _largest(np.stack([foretold(arm) for arm in range(len(ARMS))], axis=1))


OURS = "Segue"
TREES = "Segue's cautious trees"
"""Not what decisions go by: what :mod:`segue.stats.cautious` would make of the log."""
LEARNERS: dict[str, Learn] = {
    OURS: _segue,
    TREES: _segue_trees,
    "Segue, without caution": _segue_bold,
    "T-learner, LightGBM": _boosted,
    "T-learner, logistic": _logistic,
}


def _earned(rows: Rows, choices: Ints, reward: Floats) -> Floats:
    """IPS of each row, the mean over splits."""
    earned: Floats = reward * (choices == rows.arm).mean(axis=0) * len(ARMS)
    return earned


def _told(rows: Rows, found: dict[str, Ints], reward: Floats) -> dict[str, Interval]:
    """Values, and each learner's difference to the best arm."""
    values = {name: _earned(rows, choices, reward) for name, choices in found.items()}
    every = {name: _earned(rows, np.full((1, len(rows)), number), reward) for number, name in enumerate(ARMS)}
    best = max(every, key=lambda name: every[name].mean())
    told = {name: _interval(each) for name, each in (values | every).items()}
    return told | {f"{name} - {best}": _interval(values[name] - every[best]) for name in values}


def _interval(values: Floats) -> Interval:
    return mean_interval(values, seed=1, rounds=ROUNDS)


def _figure(rows: Rows, found: dict[str, Ints], odd: Rows, apart: dict[str, Ints], splits: int) -> Figure:
    visits, spent = _told(rows, found, rows.visit), _told(rows, found, rows.spend)
    unseen = _told(odd, apart, odd.visit)
    gain = next(each for name, each in visits.items() if name.startswith(f"{OURS} - "))
    best = max((visits[name] for name in ARMS), key=lambda each: each.value)
    return Figure(
        name="hillstrom",
        what="Hillstrom's e-mail experiment: visits under the learnt policy, held-out rows, IPS with p = 1/3",
        must="above the best single arm, interval shown",
        measured=f"{_shown(visits[OURS])}, {_shown(gain, sign=True)} over the best arm",
        reached=gain.value > 0,
        yardstick=f"best arm {_shown(best)}; "
        + "; ".join(f"{name} {_shown(visits[name])}" for name in found if name != OURS),
        processes="one, this script",
        load=f"{len(rows):,} customers, {splits} splits into {PARTS} parts; intervals over customers, 95 %",
        values={
            "visits": {name: _kept(each) for name, each in visits.items()},
            "spend": {name: _kept(each) for name, each in spent.items()},
            "visits_never_looked_at": {name: _kept(each) for name, each in unseen.items()},
            "share_of_arms": {
                name: [round(float((choices == arm).mean()), 4) for arm in range(len(ARMS))]
                for name, choices in found.items()
            },
        },
    )


def _shown(each: Interval, *, sign: bool = False) -> str:
    value, low, high = (f"{part:{'+' if sign else ''}.4f}" for part in (each.value, each.low, each.high))
    return f"{value} [{low}, {high}]"


def _kept(each: Interval) -> list[float]:
    return [round(each.value, 5), round(each.low, 5), round(each.high, 5)]


if __name__ == "__main__":
    run(measure)
