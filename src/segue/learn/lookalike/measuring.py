"""The lift that is measured when nobody has given a seed: audiences that formed in the days held out.

An audience is everybody who bought from one category in those days. Half of it is shown as the seed; the
other half has to be found among the rest, by what was known before those days began.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from segue.learn.features.registry import feature
from segue.learn.knowledge import Knowledge
from segue.learn.lookalike.ranking import Ranked, centre_likeness, rank_by_likeness
from segue.learn.lookalike.space import Placed, Space
from segue.learn.model import Contest, Metric, Task, Weight
from segue.learn.purchases import Codes, Floats, Ints
from segue.learn.value import Figure, ranked, weigh_loss
from segue.stats.bootstrap import mean_interval
from segue.stats.metrics import weighed_mean

AUDIENCES = 4
LEAST_SHARE, MOST_SHARE = 0.03, 0.3
"""Of everybody; rarer audiences tell nothing, commoner ones are everybody."""
DEPTH = 0.1
BAGS = 8
FEWEST = 20
NAMES = "names of products"
"""A group of its own: what is bought by its name."""


@dataclass(frozen=True, eq=False)
class _Audience:
    name: str
    shown: Ints
    hidden: Ints


@dataclass(frozen=True, eq=False)
class Trial:
    """The audiences that formed, and how everybody was ranked for each by what was known before."""

    placed: Placed
    ranked: list[tuple[_Audience, Ranked]]
    seed: int

    def metrics(self) -> list[Metric]:
        """Lift at 10 % over all audiences, beside that of likeness to the centre; none without audiences."""
        if not self.ranked:
            return []
        hits = np.concatenate([_hits(one.score, each) for each, one in self.ranked])
        centre = np.concatenate(
            [_hits(centre_likeness(self.placed.even, each.shown), each) for each, _ in self.ranked]
        )
        found = mean_interval(hits, seed=self.seed, groups=self.whose())
        return [
            Metric(
                name="lift@10%", value=found.value, low=found.low, high=found.high, better="higher",
                yardstick="likeness to the seed's centre", yardstick_value=float(centre.mean()),
                of="audiences of the days held out", rows=len(hits),
            )
        ]  # fmt: skip

    def value_of_data(self, space: Space) -> list[Weight]:
        """What each group of fields contributes to the lift, by shuffling it between persons."""
        if not self.ranked:
            return []
        whole = self._again(self.placed)
        figure = Figure("lift@10%", weighed_mean, len(whole), persons=self.whose().tolist())
        random = np.random.default_rng(self.seed)
        found = []
        for group, columns in _groups(space).items():
            order = random.permutation(len(self.placed))
            without = _without(self.placed, columns, order, words=group == NAMES)
            found.append(weigh_loss(group, whole, [self._again(without)], figure, seed=self.seed))
        return ranked(found)

    def _again(self, placed: Placed) -> Floats:
        return np.concatenate([_hits(one.again(placed), each) for each, one in self.ranked])

    def whose(self) -> Codes:
        """The hidden member of each row."""
        return np.concatenate([self.placed.person[each.hidden] for each, _ in self.ranked])


def trial(known: Knowledge, space: Space, task: Task, start: int) -> Trial:
    """Rank everybody as of ``start`` for each audience that formed from then to ``task.until``."""
    bounded = known.before(task.until)
    placed = space.place(bounded, start)
    found = [
        (each, rank_by_likeness(placed, each.shown, seed=task.seed, bags=BAGS))
        for each in audiences(bounded, placed, start, task.seed)
    ]
    return Trial(placed, found, task.seed)


def contested(new: Trial, old: Trial) -> Contest | None:
    """Lift at 10 % of both over the same audiences; a hidden member is a row."""
    same = [each.name for each, _ in new.ranked] == [each.name for each, _ in old.ranked]
    if not new.ranked or not same or not np.array_equal(new.whose(), old.whose()):
        return None
    hits = [np.concatenate([_hits(one.score, each) for each, one in tried.ranked]) for tried in (new, old)]
    return Contest(
        metric="lift@10%", of="audiences of the days held out", better="higher", rows=len(hits[0]),
        groups=new.whose(), new=weighed_mean(hits[0]), old=weighed_mean(hits[1]),
    )  # fmt: skip


def audiences(known: Knowledge, placed: Placed, start: int, seed: int) -> list[_Audience]:
    """Up to four, of different size: buyers of a category at or after ``start``; the same by seed."""
    bought = known.purchases()
    rows = (bought.time >= start) & (bought.person >= 0) & (bought.item >= 0)
    category = (
        bought.items.category[bought.item[rows]] if len(bought.items.category) else np.zeros(0, np.int32)
    )
    person = bought.person[rows][: len(category)]
    sizes: list[tuple[int, str, Ints]] = []
    for code, name in enumerate(bought.items.categories):
        members = placed.rows_of(person[category == code])
        if max(LEAST_SHARE * len(placed), FEWEST) <= len(members) <= MOST_SHARE * len(placed):
            sizes.append((len(members), name, members))
    sizes.sort(key=lambda each: (each[0], each[1]))
    picked = sorted({round(each) for each in np.linspace(0, len(sizes) - 1, AUDIENCES)}) if sizes else []
    return [_halved(sizes[place][1], sizes[place][2], seed) for place in picked]


def _halved(name: str, members: Ints, seed: int) -> _Audience:
    order = np.random.default_rng(seed).permutation(len(members))
    half = len(members) // 2
    return _Audience(name, np.sort(members[order[:half]]), np.sort(members[order[half:]]))


def _hits(score: Floats, audience: _Audience) -> Floats:
    """Of each hidden member: is she in the first tenth of the others, divided by a tenth."""
    others = np.setdiff1d(np.arange(len(score)), audience.shown)
    first = others[np.argsort(-score[others], kind="stable")[: max(1, round(DEPTH * len(others)))]]
    found = np.isin(audience.hidden, first).astype(np.float64)
    return found * (len(others) / len(first))


def _groups(space: Space) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, name in enumerate(space.names):
        found.setdefault(feature(name).group, []).append(place)
    return {**found, NAMES: []}


def _without(placed: Placed, columns: list[int], order: Ints, *, words: bool) -> Placed:
    """The same rows with a group shuffled between them."""
    width = placed.values.shape[1]
    values, even = placed.values.copy(), placed.even.copy()
    values[:, columns] = values[order][:, columns]
    if words:
        even[:, width:] = even[order, width:]
    return replace(placed, values=values, even=even, words=placed.words[order] if words else placed.words)
