"""A stream of visits by customers with hidden tastes that drift, and what each would have accepted.

For whoever chooses actions and wants to know what better choices would have earned. Every customer has a
taste for each department, which wanders; what can be seen of it is a lagging, noisy share of each department
in what she bought before. Every action belongs to a department, appeals to some besides, has its hours, and
its appeal comes into fashion and goes; and everybody has whims for single actions that nobody can see.
Whether she accepts is settled beforehand for every action, by one draw a visit: who chooses the same earns
the same.

Pure and seeded; nothing here claims to be real.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DEPARTMENTS = 5
KEPT = 0.98
"""Correlation of a taste with itself a day later."""
LAG = 0.1
"""What a day adds to what can be seen of a taste."""
BLUR = 0.5
"""Standard deviation of what is seen, on the scale of tastes."""
FASHION = 0.08
"""Standard deviation of a day's change of an action's appeal, in log-odds."""
WHIM = 0.3
"""Standard deviation of what a person likes an action for, and nobody sees."""
FEATURES = ("always", *(f"taste {each}" for each in range(DEPARTMENTS)), "weekend", "evening")
"""What can be seen at a visit, each from 0 to 1."""


@dataclass(frozen=True)
class Visits:
    """n visits in order of time, k actions."""

    #: from 0 ``(n,)``
    day: Ints
    #: who ``(n,)``
    person: Ints
    #: what can be seen ``(n, 8)``, by :data:`FEATURES`
    features: Floats
    #: chance that she accepts each action ``(n, k)``: hidden
    chances: Floats
    #: one draw a visit ``(n,)``: she accepts whatever has a chance above it
    luck: Floats

    def __len__(self) -> int:
        return len(self.day)

    @property
    def actions(self) -> int:
        """How many."""
        return len(self.chances[0])

    def accepts(self, visit: int, action: int) -> bool:
        """Whether she does."""
        return bool(self.luck[visit] < self.chances[visit, action])

    def regret(self, chosen: Ints) -> Floats:
        """Expected acceptance lost at each visit against the best action there was ``(n,)``."""
        lost: Floats = self.chances.max(axis=1) - self.chances[np.arange(len(chosen)), chosen]
        return lost


@dataclass(frozen=True)
class _Actions:
    base: Floats
    #: what tastes do to it ``(k, departments)``
    appeal: Floats
    #: what weekends and evenings do ``(k, 2)``
    hours: Floats


def visits(
    seed: int, *, customers: int = 20_000, decisions: int = 50_000, actions: int = 20, days: int = 60
) -> Visits:
    """The same for the same arguments. Visits are spread evenly over the days; some customers come often."""
    random = np.random.default_rng([seed, 7])
    menu = _menu(random, actions)
    often = random.gamma(0.8, size=customers)
    person = random.choice(customers, size=decisions, p=often / often.sum())
    day = np.arange(decisions) * days // decisions
    moment = np.stack([(day % 7 >= 5).astype(float), (random.random(decisions) < 0.4).astype(float)], axis=1)
    whims = random.normal(0, WHIM, size=(customers, actions)).astype(np.float32)
    shown, odds = np.empty((decisions, DEPARTMENTS)), np.empty((decisions, actions))
    taste = random.normal(size=(customers, DEPARTMENTS))
    seen, fashion = taste.copy(), np.zeros(actions)
    for today in range(days):
        rows = np.flatnonzero(day == today)
        who = person[rows]
        shown[rows] = seen[who] + random.normal(0, BLUR, size=(len(rows), DEPARTMENTS))
        odds[rows] = menu.base + fashion + taste[who] @ menu.appeal.T + moment[rows] @ menu.hours.T
        odds[rows] += whims[who]
        taste = KEPT * taste + np.sqrt(1 - KEPT**2) * random.normal(size=taste.shape)
        seen += LAG * (taste - seen)
        fashion += random.normal(0, FASHION, size=actions)
    features = np.concatenate([np.ones((decisions, 1)), _even(shown), moment], axis=1)
    return Visits(day, person, features, _even(odds), random.random(decisions))


def _menu(random: np.random.Generator, actions: int) -> _Actions:
    """Every action is of one department and appeals a little to others."""
    appeal = random.normal(0, 0.15, size=(actions, DEPARTMENTS))
    appeal[np.arange(actions), np.arange(actions) % DEPARTMENTS] += 0.6
    return _Actions(
        base=random.normal(-3.2, 0.4, size=actions),
        appeal=appeal,
        hours=random.normal(0, 0.3, size=(actions, 2)),
    )


def _even(odds: Floats) -> Floats:
    """Log-odds → from 0 to 1."""
    found: Floats = 1 / (1 + np.exp(-odds))
    return found
