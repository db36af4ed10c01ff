"""Serving: one person, one basket or one store at a time, from arrays that are kept warm.

What is saved holds persons; it lies apart from the model, and whoever is erased takes it with her.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from segue.learn.purchases import Items, Persons, Purchases
from segue.learn.recommend.candidates import pairs
from segue.learn.recommend.chances import shown
from segue.learn.recommend.content import content
from segue.learn.recommend.crowd import Crowd
from segue.learn.recommend.examples import Looking
from segue.learn.recommend.features import FEATURES, describe, matrix
from segue.learn.recommend.ledger import Ledger
from segue.learn.recommend.queries import Baskets, Queries
from segue.learn.recommend.ranker import Ranker
from segue.learn.recommend.reasons import reason
from segue.learn.recommend.request import KINDS, Kind, Recommendation, Recommendations, Request
from segue.learn.recommend.together import together
from segue.learn.recommend.views import Views, views

_COLUMNS = ("person", "order", "time", "item", "pieces", "amount", "discount", "store", "channel")


class _Names(msgspec.Struct, frozen=True):
    """What is not an array."""

    persons: list[str]
    sku: list[str]
    name: list[str]
    categories: list[str]
    brands: list[str]
    departments: list[str]
    stores: list[str]
    zone: str
    at: int


class Serving:
    """Answers as of ``at`` (microseconds), or a little later: what came since is not known here."""

    def __init__(self, bought: Purchases, seen: Views, ranker: Ranker, at: int, looking: Looking) -> None:
        self.at = at
        self.persons = bought.persons
        self._bought, self._seen = bought, seen
        self._ranker, self._looking = ranker, looking
        self.ledger = Ledger(bought, seen)
        self.crowd = Crowd(self.ledger, at, looking.seed)
        self._store = {name: code for code, name in enumerate(bought.stores)}

    @cached_property
    def _item(self) -> dict[str, int]:
        return {sku: code for code, sku in enumerate(self.ledger.items.sku)}

    def warm(self) -> Serving:
        """Make everything that an answer needs, so that the first is as quick as the next."""
        self.ledger.pin(self.at)
        self.recommend(Request(basket=tuple(self.ledger.items.sku[:1])))
        self.recommend(Request(person=0) if len(self.persons) else Request())
        return self

    def recommend(self, request: Request, at: int | None = None) -> Recommendations:
        """The answer; ValueError for a k below 1 or a person who is not in the arrays."""
        self._check(request)
        query, fallback = self._query(request, self.at if at is None else max(at, self.at))
        if request.content:
            found = content(self.ledger, query, request.k)
            return Recommendations(items=found, fallback=None if found else "there is no content")
        items = self._ranked(query, request)
        return Recommendations(items=items, fallback=fallback if items else "nothing has been sold yet")

    def chances(self, request: Request, skus: Sequence[str], at: int | None = None) -> dict[str, float]:
        """How likely each of these products is bought, as :attr:`Recommendation.score` says it.

        For who has something particular to offer: whatever else is asked (``k``, ``kinds``), every product
        has its answer, also what would never be recommended. Left out are content, what is not known here,
        and what is in the basket already. ValueError as :meth:`recommend`; empty where nothing was sold.
        """
        self._check(request)
        wanted = {self._item[sku]: sku for sku in skus if sku in self._item}
        if not wanted or not len(self.ledger.lines):
            return {}
        query, _ = self._query(request, self.at if at is None else max(at, self.at))
        also = np.array(sorted(wanted), np.int32)
        found = pairs(self.ledger, self.crowd, query, self._looking.budget, also)
        score = self._ranker.score(matrix(describe(self.ledger, query, found)), found.query, threads=1)
        said = zip(found.item.tolist(), self._chances(query, score), strict=True)
        return {wanted[item]: chance for item, chance in said if item in wanted}

    def _check(self, request: Request) -> None:
        if request.k < 1:
            raise ValueError(f"k is {request.k}, and at least 1")
        if request.person is not None and not 0 <= request.person < len(self.persons):
            raise ValueError(f"there is no person of code {request.person}")

    def _query(self, request: Request, at: int) -> tuple[Queries, str | None]:
        person = -1 if request.person is None else request.person
        store = -1 if request.store is None else self._store.get(request.store, -1)
        hand = np.unique([self._item[sku] for sku in request.basket if sku in self._item])
        in_hand = Baskets(np.zeros(len(hand), np.int64), hand.astype(np.int32), 1)
        query = Queries(
            np.array([person], np.int32), np.array([at], np.int64), np.array([store], np.int32), in_hand
        )
        said = []
        if person < 0:
            said.append("nobody is known: what is bought here and now")
        elif not self._visits(query):
            said.append("she has bought nothing yet: what is bought here and now")
        if request.store is not None and store < 0:
            said.append("nothing is known of this store: all stores")
        elif store >= 0 and not len(self.crowd.favourites(store, 1)):
            said.append("nothing was sold in this store these weeks: all stores")
        if len(hand) < len(set(request.basket)):
            said.append("some of the basket is unknown and was passed over")
        return query, "; ".join(said) or None

    def _visits(self, query: Queries) -> float:
        rank = self.ledger.clock.rank(query.time)
        return float(self.ledger.counter("person_orders").count(query.person, 0 * rank, rank)[0])

    def _ranked(self, query: Queries, request: Request) -> list[Recommendation]:
        if not len(self.ledger.lines):
            return []
        found = pairs(self.ledger, self.crowd, query, self._looking.budget)
        if set(request.kinds) != set(KINDS):
            found = found.only((found.row >= 0) == ("repeat" in request.kinds))
        columns = describe(self.ledger, query, found)
        rows = matrix(columns)
        score = self._ranker.score(rows, found.query, threads=1)
        best = np.lexsort((found.item, -score))[: request.k]
        partner = self._partners(query, found.item[best]) if len(query.in_hand.item) else {}
        facts_of, likely = rows[best].tolist(), self._chances(query, score[best])
        told = []
        for rank, (place, row) in enumerate(zip(best.tolist(), facts_of, strict=True), 1):
            item = int(found.item[place])
            facts = dict(zip(FEATURES, row, strict=True))
            why = reason(
                facts, self.ledger.items, item,
                with_item=partner.get(item, -1), at_store=bool(query.store[0] >= 0),
            )  # fmt: skip
            kind: Kind = "repeat" if found.row[place] >= 0 else "explore"
            sku = self.ledger.items.sku[item]
            said = likely[rank - 1]
            told.append(Recommendation(rank=rank, sku=sku, score=said, kind=kind, reason=why))
        return told

    def _chances(self, query: Queries, score: NDArray[np.float64]) -> list[float]:
        """Of these scores; the scores themselves where no chances were learnt."""
        chances = self._ranker.chances
        if chances is not None:
            score = chances.apply(shown(self.ledger, query, np.zeros(len(score), np.int64), score))
        said: list[float] = score.tolist()
        return said

    def _partners(self, query: Queries, items: NDArray[Any]) -> dict[int, int]:
        """What in hand each of these items goes with best."""
        best: dict[int, tuple[float, int]] = {}
        for hand in query.in_hand.item.tolist():
            one = Baskets(np.zeros(1, np.int64), np.array([hand], np.int32), 1)
            _, other, strength = together(self.ledger, Queries(query.person, query.time, query.store, one))
            for item in np.intersect1d(items, other).tolist():
                told = (float(strength[np.searchsorted(other, item)]), hand)
                best[item] = max(best.get(item, told), told)
        return {item: hand for item, (_, hand) in best.items()}

    def save(self, folder: Path) -> None:
        """Into an existing folder: the lines, the views, names, and the ranker."""
        bought, seen, items = self._bought, self._seen, self.ledger.items
        np.savez(
            folder / "arrays.npz",
            **{name: getattr(bought, name) for name in _COLUMNS},
            category=items.category, brand=items.brand, department=items.department,
            content=items.content if items.content is not None else np.zeros(len(items), bool),
            view_person=seen.person, view_item=seen.item, view_time=seen.time,
        )  # fmt: skip
        names = _Names(
            list(bought.persons.ids), list(items.sku), list(items.name), list(items.categories),
            list(items.brands), list(items.departments), list(bought.stores), bought.zone, self.at,
        )  # fmt: skip
        (folder / "names.json").write_bytes(msgspec.json.encode(names))
        self._ranker.save(folder)


def load(folder: Path) -> Serving:
    """What :meth:`Serving.save` wrote, warm."""
    names = msgspec.json.decode((folder / "names.json").read_bytes(), type=_Names)
    with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
        items = Items(
            sku=names.sku, name=names.name, category=arrays["category"], brand=arrays["brand"],
            department=arrays["department"], categories=names.categories, brands=names.brands,
            departments=names.departments, content=arrays["content"],
        )  # fmt: skip
        bought = Purchases(
            **{name: arrays[name] for name in _COLUMNS}, persons=Persons(names.persons), items=items,
            stores=names.stores, zone=names.zone,
        )  # fmt: skip
        seen = views(arrays["view_person"], arrays["view_item"], arrays["view_time"], len(items))
    return Serving(bought, seen, Ranker.load(folder), names.at, Looking()).warm()
