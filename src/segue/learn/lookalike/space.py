"""The space people are compared in: their features, what they buy by name, and an embedding of it.

Learnt once from everybody and kept as numbers: names of features, where their quantiles lie, the vocabulary
of product names with its weights, and the directions of the embedding. Nothing is about a single person.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from segue.learn.features.moment import Moment, distinct
from segue.learn.features.registry import Matrix, choose, table
from segue.learn.knowledge import Knowledge
from segue.learn.purchases import Codes, Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

GROUPS = (
    "orders", "spend", "basket", "category", "department", "brand", "discount", "store", "time",
    "channel", "browsing", "campaign",
)  # fmt: skip
"""Groups of features that tell persons apart at one moment."""
DIRECTIONS = 50
WORDS = 20_000
BUYERS = 5
"""A product name that fewer people bought says more about them than about likeness."""
KNOTS = 101


@dataclass(frozen=True, eq=False)
class Placed:
    """Persons in the space; rows are persons."""

    person: Codes
    #: features as they are, NaN where unknown; n × names
    values: Matrix
    #: features as normal scores and the embedding, everything on one scale; n × (names + directions)
    even: Floats
    #: weights of product names, each row of length 1; n × words
    words: csr_matrix

    def __len__(self) -> int:
        return len(self.person)

    def rows_of(self, codes: NDArray[Any]) -> Ints:
        """The rows of those persons who are here."""
        return np.flatnonzero(np.isin(self.person, codes))


class _Kept(msgspec.Struct, frozen=True):
    names: list[str]
    words: list[str]


@dataclass(frozen=True, eq=False)
class Space:
    """What was learnt; :meth:`place` puts persons into it as of any moment."""

    names: list[str]
    words: list[str]
    #: KNOTS × names
    quantiles: Floats
    #: one a word: how rarely it is bought
    rarity: Floats
    #: words × directions
    directions: Floats
    #: spread of each direction
    spread: Floats

    @property
    def typical(self) -> Floats:
        """The median of each feature when the space was learnt, NaN where nobody had it."""
        middle: Floats = self.quantiles[KNOTS // 2]
        return middle

    def place(self, known: Knowledge, at: int, persons: Codes | None = None) -> Placed:
        """Persons (or all who were met by then) as they were known at ``at``."""
        rows = table(known, at, self.names, persons)
        words = self._weigh(bought_words(Moment(known, at), self.words)[rows.person])
        along = np.asarray(words @ self.directions) / self.spread
        even = np.hstack([self._even(rows.values), along])
        return Placed(rows.person, rows.values, even, words)

    def save(self, folder: Path) -> None:
        """Write ``space.json`` and ``space.npz``."""
        kept = _Kept(self.names, self.words)
        (folder / "space.json").write_bytes(msgspec.json.encode(kept))
        np.savez(
            folder / "space.npz",
            quantiles=self.quantiles,
            rarity=self.rarity,
            directions=self.directions,
            spread=self.spread,
        )

    @staticmethod
    def load(folder: Path) -> Space:
        """What :meth:`save` wrote."""
        kept = msgspec.json.decode((folder / "space.json").read_bytes(), type=_Kept)
        with np.load(folder / "space.npz", allow_pickle=False) as numbers:
            return Space(
                kept.names,
                kept.words,
                *(numbers[name] for name in ("quantiles", "rarity", "directions", "spread")),
            )

    def _even(self, values: Matrix) -> Floats:
        return _normal_scores(values.astype(np.float64), self.quantiles)

    def _weigh(self, counts: csr_matrix) -> csr_matrix:
        return _weighed(counts, self.rarity)


def learn_space(known: Knowledge, at: int, *, seed: int = 1, groups: tuple[str, ...] = GROUPS) -> Space:
    """The space of everybody who was met before ``at``."""
    names = choose(known, at, groups=groups)
    values = table(known, at, names).values.astype(np.float64)
    moment = Moment(known, at)
    words = _vocabulary(moment)
    counts = bought_words(moment, words)[np.flatnonzero(moment.met)]
    bought = np.bincount(counts.indices, minlength=len(words))
    rarity = np.log(max(counts.shape[0], 1) / np.maximum(bought, 1)) + 1
    directions, spread = _directions(_weighed(counts, rarity), seed)
    return Space(names, words, _quantiles(values), rarity, directions, spread)


def bought_words(moment: Moment, words: list[str]) -> csr_matrix:
    """How many lines of each person name each word; all persons × words."""
    from scipy.sparse import csr_matrix

    bought = moment.purchases
    code = {word: place for place, word in enumerate(words)}
    of_item = np.array([code.get(name, -1) for name in bought.items.name] + [-1], np.int64)
    word = of_item[bought.item]
    known = word >= 0
    cells = (np.ones(int(known.sum())), (bought.person[known], word[known]))
    return csr_matrix(cells, shape=(moment.size, len(words)))


def _vocabulary(moment: Moment) -> list[str]:
    """Names of products that enough people bought, the commonest first of all, then sorted."""
    bought = moment.purchases
    names = sorted(set(bought.items.name))
    code = {name: place for place, name in enumerate(names)}
    of_item = np.array([code[name] for name in bought.items.name] + [-1], np.int64)
    word = of_item[bought.item]
    pairs = distinct((word * moment.size + bought.person)[word >= 0])
    buyers = np.bincount(pairs // max(moment.size, 1), minlength=len(names))
    best = np.lexsort((np.arange(len(names)), -buyers))[:WORDS]
    return [names[place] for place in np.sort(best) if buyers[place] >= BUYERS]


def _weighed(counts: csr_matrix, rarity: Floats) -> csr_matrix:
    """log(1 + lines) × rarity, each row brought to length 1."""
    from scipy.sparse import diags

    weights = counts.copy()
    weights.data = np.log1p(weights.data)
    weights = weights @ diags(rarity)
    length = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
    return (diags(1 / np.maximum(length, 1e-12)) @ weights).tocsr()


def _directions(words: csr_matrix, seed: int) -> tuple[Floats, Floats]:
    """Singular directions (words × k) and persons' spread along each; the largest word settles a sign."""
    from scipy.sparse.linalg import svds

    count = min(DIRECTIONS, min(words.shape) - 1)
    if count < 1 or words.nnz == 0:
        return np.zeros((words.shape[1], 0)), np.zeros(0)
    start = np.random.default_rng(seed).normal(size=min(words.shape))
    _, sizes, right = svds(words.astype(np.float64), k=count, v0=start)
    found = right[np.argsort(-sizes, kind="stable")].T
    found = found * np.sign(found[np.argmax(np.abs(found), axis=0), np.arange(count)])
    spread = np.asarray((words @ found).std(axis=0))
    return found, np.where(spread > 0, spread, 1.0)


def _quantiles(values: Floats) -> Floats:
    """KNOTS × columns; NaN in a column that nobody has."""
    knots = np.linspace(0, 1, KNOTS)
    result = np.full((KNOTS, values.shape[1]), np.nan)
    for place, column in enumerate(values.T):
        there = column[~np.isnan(column)]
        if len(there):
            result[:, place] = np.quantile(there, knots)
    return result


def _normal_scores(values: Floats, quantiles: Floats) -> Floats:
    """Each value as the normal deviate of its rank among the quantiles; 0 where it is unknown."""
    from scipy.special import ndtri

    result = np.zeros(values.shape)
    for place, column in enumerate(values.T):
        knots, there = quantiles[:, place], ~np.isnan(column)
        if np.isnan(knots[0]):
            continue
        low = np.searchsorted(knots, column[there], side="left")
        high = np.searchsorted(knots, column[there], side="right")
        result[there, place] = ndtri(np.clip((low + high) / (2 * KNOTS), 0.005, 0.995))
    return result
