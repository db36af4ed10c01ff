"""Views: ways to look at what somebody buys, each a few dense columns a person.

A view is fitted on purchases alone, never on what was told: which words there are, how rare each is, and the
directions (of a truncated singular value decomposition) in which people differ most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from segue.learn.profile.behaviour import behaviour
from segue.learn.purchases import Items, Purchases

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Weighing = Literal["amount", "count", "presence"]

PEOPLE: Final = 2_500
"""Persons that directions are found on; more only take longer."""


class Kind(msgspec.Struct, frozen=True):
    """How a view is made."""

    name: str
    #: what its words are: of each line the item's name, its sku, its groups, or the store
    of: Literal["name", "sku", "group", "store", "behaviour"]
    weighing: Weighing = "count"
    #: persons who must have bought a word for it to be one
    persons: int = 5
    words: int = 8_000
    directions: int = 160
    #: directions count alike, instead of by how much people differ in them
    even: bool = False


KINDS: Final = (
    Kind("types", "name", "amount"),
    Kind("products", "sku", "presence", persons=20, words=12_000),
    Kind("tastes", "name", "count", directions=40, even=True),
    Kind("groups", "group", "count", persons=2),
    Kind("stores", "store", "count", persons=3, words=2_000, directions=100),
    Kind("habits", "behaviour"),
)


@dataclass(frozen=True, eq=False)
class View:
    """A fitted view: rows of purchases → columns."""

    kind: Kind
    words: list[str]
    rarity: Floats
    #: words × directions
    directions: Floats
    #: of the directions
    centre: Floats
    scale: Floats

    def matrix(self, said: Words) -> Floats:
        """Columns (n, d) of the persons; zero for who bought nothing that is known."""
        if self.kind.of == "behaviour":
            raw, _ = behaviour(said.purchases, said.persons)
            return np.asarray(np.clip((raw - self.centre) / self.scale, -4, 4) / np.sqrt(raw.shape[1]))
        return self._columns(self.sparse(said))

    def sparse(self, said: Words) -> Any:
        """TF-IDF weights (n, words) of the persons, as a sparse matrix."""
        return self.weights(said.of_words(self.kind, self.words))

    def weights(self, counts: Any) -> Any:
        """TF-IDF weights (n, words) of counts, rows of length one."""
        return _normal(_weighed(counts, self.kind.weighing).multiply(self.rarity).tocsr())

    def _columns(self, weights: Any) -> Floats:
        columns = (np.asarray(weights @ self.directions) - self.centre) / self.scale
        if self.kind.even:
            length = np.linalg.norm(columns, axis=1, keepdims=True)
            columns = columns / np.maximum(length, 1e-9)
        return np.asarray(columns, np.float64)


def fit_views(
    purchases: Purchases, persons: Ints, seed: int, kinds: Sequence[Kind] = KINDS
) -> dict[str, View]:
    """Each view that these purchases allow, fitted on these persons (the first ``PEOPLE``)."""
    said = Words(purchases, persons[:PEOPLE])
    found = {}
    for kind in kinds:
        view = _habits(said, kind) if kind.of == "behaviour" else _fit(said, kind, seed)
        if view is not None:
            found[kind.name] = view
    return found


class Words:
    """The words of the lines of purchases, coded once for all views. Lines are those of ``persons``."""

    def __init__(self, purchases: Purchases, persons: Ints) -> None:
        row_of = np.full(len(purchases.persons) + 1, -1, np.int64)
        row_of[persons] = np.arange(len(persons))
        row = row_of[purchases.person]
        lines = np.flatnonzero(row >= 0)
        self.purchases = purchases
        self.persons = persons
        self._row = row[lines]
        self._item, self._store = purchases.item[lines], purchases.store[lines]
        self._amount = np.maximum(purchases.amount[lines], 0.0)
        self._coded: dict[str, tuple[list[str], list[Ints]]] = {}

    def coded(self, of: str) -> tuple[list[str], list[Ints]]:
        """The words of a kind, and codes into them of each line: one column a word that a line has."""
        if of not in self._coded:
            self._coded[of] = self._code(of)
        return self._coded[of]

    def _code(self, of: str) -> tuple[list[str], list[Ints]]:
        items = self.purchases.items
        if of == "store":
            return list(self.purchases.stores), [self._store.astype(np.int64)]
        if of == "group":
            return _groups(items, self._item)
        texts = items.name if of == "name" else items.sku
        words, code = np.unique(np.asarray([*texts, ""], object).astype(str), return_inverse=True)
        code = np.where(words[code] == "", -1, code)
        return words.tolist(), [code[self._item]]

    def counts(self, kind: Kind) -> Any:
        """How often (or for how much) each person bought each word, (n, words) sparse."""
        from scipy import sparse

        words, columns = self.coded(kind.of)
        value = self._amount if kind.weighing == "amount" else np.ones(len(self._row))
        counts = sparse.csr_matrix((len(self.persons), len(words)))
        for code in columns:
            known = code >= 0
            shape = counts.shape
            counts = counts + sparse.csr_matrix((value[known], (self._row[known], code[known])), shape=shape)
        return counts

    def of_words(self, kind: Kind, words: Sequence[str]) -> Any:
        """The same of these words, in their order; nobody bought one that is not known."""
        from scipy import sparse

        every, _ = self.coded(kind.of)
        place = {word: code for code, word in enumerate(every)}
        code = [place.get(word, len(every)) for word in words]
        nothing = sparse.csr_matrix((len(self.persons), 1))
        return sparse.hstack([self.counts(kind), nothing]).tocsc()[:, code].tocsr()


def _groups(items: Items, item: NDArray[np.int32]) -> tuple[list[str], list[Ints]]:
    """Category, department and brand of each line, as words."""
    words: list[str] = []
    columns = []
    for kind, codes, names in (
        ("category", items.category, items.categories),
        ("department", items.department, items.departments),
        ("brand", items.brand, items.brands),
    ):
        code = np.append(codes, -1)[item].astype(np.int64)
        columns.append(np.where(code >= 0, code + len(words), -1))
        words += [f"{kind}: {name}" for name in names]
    return words, columns


def plain_tfidf(words: Words, kind: Kind) -> Any:
    """TF-IDF as it comes (n, words): counts times rarity, rows of length one; the yardstick's columns."""
    counts = words.counts(kind)
    rarity = np.log((1 + counts.shape[0]) / (1 + np.asarray((counts > 0).sum(axis=0)).ravel())) + 1
    return _normal(counts.multiply(rarity).tocsr())


# ── fitting ──────────────────────────────────────────────────────────────────


def _fit(said: Words, kind: Kind, seed: int) -> View | None:
    from sklearn.utils.extmath import randomized_svd

    every, _ = said.coded(kind.of)
    counts, persons = said.counts(kind), said.persons
    bought_by = np.asarray((counts > 0).sum(axis=0)).ravel()
    least = min(kind.persons, max(2, len(persons) // 50))
    often = np.lexsort((np.arange(len(every)), -bought_by))[: kind.words]
    kept = np.sort(often[bought_by[often] >= least])
    if len(kept) < 3:
        return None
    words = [every[code] for code in kept]
    rarity = np.log((1 + len(persons)) / (1 + bought_by[kept])) + 1
    blank = View(kind, words, rarity, np.zeros((len(kept), 0)), np.zeros(0), np.ones(0))
    weights = blank.weights(counts[:, kept])
    wanted = max(1, min(kind.directions, len(kept) - 1, len(persons) - 1))
    _, _, right = randomized_svd(weights, wanted, n_iter=2, random_state=seed)
    directions = np.asarray(right.T, np.float64)
    columns = weights @ directions
    centre = columns.mean(axis=0)
    spread = columns - centre
    if kind.even:
        scale = np.maximum(spread.std(axis=0), 1e-9)
    else:
        scale = np.full(wanted, max(1e-9, float(np.sqrt((spread**2).sum(axis=1).mean()))))
    return View(kind, words, rarity, directions, centre, scale)


def _habits(said: Words, kind: Kind) -> View:
    raw, names = behaviour(said.purchases, said.persons)
    nothing = np.zeros((0, 0))
    scale = np.maximum(raw.std(axis=0), 1e-9)
    return View(kind, list(names), np.ones(len(names)), nothing, raw.mean(axis=0), scale)


def _weighed(counts: Any, weighing: Weighing) -> Any:
    weights = counts.copy().astype(np.float64)
    if weighing == "presence":
        weights.data = np.ones_like(weights.data)
    elif weighing == "amount":
        weights.data = np.log1p(weights.data)
    else:
        weights.data = 1.0 + np.log(np.maximum(weights.data, 1.0))
    return weights


def _normal(weights: Any) -> Any:
    from scipy import sparse

    length = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
    return sparse.diags(1.0 / np.maximum(length, 1e-12)) @ weights
