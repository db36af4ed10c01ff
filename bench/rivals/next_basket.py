"""Rivals of the next basket: ``next_basket.py QUESTION.npz ANSWER.npz [NAME …]``, by the rivals' interpreter.

In: ``person``, ``basket`` (numbers that rise with time within a person), ``item`` of each line known, codes
from 0; ``items``: how many there are; ``asked``: persons to rank for. Out: for each name the ten best items
of each of them, and ``seconds_NAME``.

g_topfreq      what everybody buys most often
gp_topfreq     what she bought in most baskets, then what everybody buys
tifu_knn       Hu et al., SIGIR 2020, with its paper's parameters: 7 groups, .9 within and .7 between groups,
               300 neighbours (Euclidean), alpha .7
up_cf          Faggioli et al., UMAP 2020: recency 25, locality 11, asymmetry .25

All is own code after the papers. The library cornac 3.0.1 has both, yet its TIFU-KNN averages its neighbours
into one number, so that they do not change the ranking, and its UP-CF fails with the similaripy of today.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

K = 10
GROUPS, WITHIN, BETWEEN, NEIGHBOURS, ALPHA = 7, 0.9, 0.7, 300, 0.7
RECENCY, LOCALITY, ASYMMETRY = 25, 11, 0.25


@dataclass(frozen=True)
class Question:
    person: Any
    basket: Any
    item: Any
    items: int
    asked: Any

    @property
    def persons(self) -> int:
        return int(self.person.max()) + 1

    def matrix(self, weight: Any) -> Any:
        """Persons × items: the sum of the lines' weights."""
        shape = (self.persons, self.items)
        found = sp.csr_matrix((weight.astype(np.float64), (self.person, self.item)), shape=shape)
        found.sum_duplicates()
        return found

    def visits(self) -> tuple[Any, Any]:
        """Of each line: the place of its basket among the person's, and how many she has."""
        pairs, where = np.unique(np.stack([self.person, self.basket]), axis=1, return_inverse=True)
        begin = np.searchsorted(pairs[0], np.arange(self.persons))
        count = np.bincount(pairs[0], minlength=self.persons)
        place = np.arange(pairs.shape[1]) - begin[pairs[0]]
        return place[where], count[self.person]


def best(score: Any) -> Any:
    """The ten best of one row of scores; equal ones by item."""
    some = np.argpartition(-score, K * 5)[: K * 5]
    return some[np.lexsort((some, -score[some]))][:K]


def g_topfreq(question: Question) -> Any:
    popular = best(np.bincount(question.item, minlength=question.items).astype(float))
    return np.tile(popular, (len(question.asked), 1))


def gp_topfreq(question: Question) -> Any:
    popular = np.bincount(question.item, minlength=question.items)
    own = question.matrix(np.ones(len(question.item)))
    return _each(question, own, lambda _: popular / (popular.max() + 1.0))


def tifu_knn(question: Question) -> Any:
    place, count = question.visits()
    groups = np.minimum(count, GROUPS)
    small = count // groups
    # the first groups have one basket fewer where they cannot be equal
    smaller = groups - count % groups
    late = place >= smaller * small
    group = np.where(late, smaller + (place - smaller * small) // (small + 1), place // small)
    size = np.where(group >= smaller, small + 1, small)
    within = np.where(late, (place - smaller * small) % (small + 1), place % small)
    weight = WITHIN ** (size - 1 - within) * BETWEEN ** (groups - 1 - group) / size / groups
    own = question.matrix(weight)
    products = (own @ own.T).toarray()
    lengths = products.diagonal()
    distance = lengths[:, None] + lengths[None, :] - 2 * products
    many = min(NEIGHBOURS, len(distance))
    near = np.argpartition(distance, many - 1, axis=1)[:, :many]
    mine = own * ALPHA
    return _each(
        question, mine, lambda person: (1 - ALPHA) * np.asarray(own[near[person]].mean(axis=0)).ravel()
    )


def up_cf(question: Question) -> Any:
    place, count = question.visits()
    recent = place >= count - RECENCY
    popular = question.matrix(recent / np.minimum(count, RECENCY))
    bought = question.matrix(np.ones(len(question.item)))
    bought.data[:] = 1.0
    sizes = np.maximum(np.asarray(bought.sum(axis=1)).ravel(), 1.0)
    alike = (bought @ bought.T).toarray() / sizes[:, None] ** ASYMMETRY / sizes[None, :] ** (1 - ASYMMETRY)
    weight = alike[question.asked] ** LOCALITY
    columns = popular.T.tocsr()
    return np.array([best(columns @ row) for row in weight])


def _each(question: Question, own: Any, others: Callable[[int], Any]) -> Any:
    found = []
    for person in question.asked.tolist():
        score = np.array(others(person), float)
        row = own[person]
        score[row.indices] += row.data
        found.append(best(score))
    return np.array(found)


RIVALS = {"g_topfreq": g_topfreq, "gp_topfreq": gp_topfreq, "tifu_knn": tifu_knn, "up_cf": up_cf}


def main() -> None:
    source, target, *names = sys.argv[1:]
    with np.load(source) as arrays:
        question = Question(
            arrays["person"], arrays["basket"], arrays["item"], int(arrays["items"]), arrays["asked"]
        )
    answer: dict[str, Any] = {}
    for name in names or RIVALS:
        began = time.perf_counter()
        answer[name] = RIVALS[name](question)
        answer[f"seconds_{name}"] = np.array(time.perf_counter() - began)
    np.savez(Path(target), **answer)


if __name__ == "__main__":
    main()
