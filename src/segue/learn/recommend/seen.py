"""Seen: the candidates of held-out visits with their scores, from which chances are learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segue.learn.model import Bin, Metric
from segue.learn.recommend.chances import Chances, Shown, fit, measured, shown
from segue.learn.recommend.queries import varied

if TYPE_CHECKING:
    from segue.learn.recommend.examples import Portion
    from segue.learn.recommend.model import Trial

OTHERWISE = 600
"""Held-out visits that are looked at once more, as nobody's or with a part of the basket in hand."""


class Seen:
    """Filled portion by portion; each held-out visit once, and some once more as they also come."""

    def __init__(self, trial: Trial, seed: int) -> None:
        self._trial = trial
        every = len(trial.queries)
        drawn = np.random.default_rng(seed).choice(every, min(every, OTHERWISE), replace=False)
        self._drawn = np.sort(drawn)
        queries, baskets = trial.queries.only(self._drawn), trial.baskets.only(self._drawn)
        self.otherwise = varied(queries, baskets, unknown=0.5, begun=0.5, seed=seed)
        items = len(trial.ledger.items)
        self._truth = np.sort(trial.baskets.query * items + trial.baskets.item)
        self._rows: list[Shown] = []
        self._bought: list[NDArray[np.bool_]] = []
        self._person: list[NDArray[np.int64]] = []

    def add(self, portion: Portion, score: NDArray[np.float64], *, otherwise: bool = False) -> None:
        """The candidates of some visits; ``otherwise``: of some of :attr:`otherwise`."""
        trial, found = self._trial, portion.pairs
        visit = self._drawn[portion.places] if otherwise else portion.places
        place = visit[found.query]
        self._rows.append(shown(trial.ledger, portion.queries, found.query, score))
        self._bought.append(np.isin(place * len(trial.ledger.items) + found.item, self._truth))
        self._person.append(trial.queries.person[place].astype(np.int64))

    def chances(self) -> tuple[Chances | None, list[Metric], list[Bin]]:
        """Learnt from all; how well is told on halves that did not learn them. None for too little."""
        rows = Shown(
            *(np.concatenate(each) for each in zip(*(row.columns() for row in self._rows), strict=True))
        )
        bought, person = np.concatenate(self._bought), np.concatenate(self._person)
        found = fit(rows, bought)
        if found is None:
            return None, [], []
        metric, bins = measured(rows, bought, person)
        return found, [metric], bins
