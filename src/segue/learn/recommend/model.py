"""The model: fitted on past visits, measured on the last visit of each customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from segue.learn.knowledge import Knowledge
from segue.learn.model import (
    Bin,
    Card,
    Contest,
    Fitted,
    Metric,
    Model,
    NotEnoughError,
    Scores,
    Task,
    Tell,
    Weight,
)
from segue.learn.purchases import Floats
from segue.learn.recommend.chances import Chances
from segue.learn.recommend.examples import Looking, Portion, examples, portions, top
from segue.learn.recommend.features import FEATURES, GROUPS, TITLES, Matrix, describe, matrix
from segue.learn.recommend.ledger import Ledger
from segue.learn.recommend.measuring import Figures, K, figures, fresh_metrics, metrics
from segue.learn.recommend.queries import Baskets, Queries, Split, asked_of, split, varied
from segue.learn.recommend.ranker import Examples, Ranker, fit
from segue.learn.recommend.request import Recommendations, Request
from segue.learn.recommend.seen import Seen
from segue.learn.recommend.serving import Serving
from segue.learn.recommend.views import views_of
from segue.learn.value import Figure, permuted
from segue.stats.metrics import Weighed, weighed_mean

NAME = "recommend"
PURPOSE = "Ranks what a customer buys next: again, or for the first time."
LIMITS = [
    "What is new to a customer is far harder to foretell than what she buys again: see the explore figures.",
    "It knows nothing of stock: what a store no longer has falls out only as its sales do.",
    "A score is the probability that it is bought on the visit asked about, not that she comes; with a part "
    "of the basket in hand, or nobody known, it is rougher.",
    "It foretells what she would buy anyway; whether a recommendation makes her buy, only a test can tell.",
]
EDGES = 10
"""Bins of a feature's distribution on the card."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What can be chosen; chosen on a validation split in time."""

    #: visits of each customer to learn from, before her last
    each: int = 5
    #: visits to learn from in all
    most: int = 12_000
    #: share of the candidates nobody bought that are learnt from
    misses: float = 0.35
    #: shares of visits learnt from as nobody's, and with a part of the basket in hand
    unknown: float = 0.05
    begun: float = 0.15
    #: last visits that the card's figures are measured on; 0: all
    tested: int = 3_000
    rounds: int = 200
    fewest: int = 30


class FittedRecommend(Fitted):
    """See :class:`RecommendModel`."""

    def __init__(self, card: Card, ranker: Ranker, settings: Settings, looking: Looking) -> None:
        self.card = card
        self.ranker, self.looking, self.settings = ranker, looking, settings

    def serving(self, known: Knowledge, at: int) -> Serving:
        """What answers requests as of ``at``; made of nothing later. Seconds to make, milliseconds to ask."""
        bounded = known.before(at)
        bought = bounded.purchases()
        return Serving(bought, views_of(bounded, bought.items), self.ranker, at, self.looking)

    def serve(self, known: Knowledge, at: int, folder: Path) -> None:
        """The same, into an empty folder; it holds persons. Read by :func:`serving.load`."""
        self.serving(known, at).save(folder)

    def recommend(self, known: Knowledge, at: int, request: Request) -> Recommendations:
        """One answer as of ``at``; for many, ask :meth:`serving` once."""
        return self.serving(known, at).recommend(request)

    def recommend_all(
        self, known: Knowledge, at: int, persons: NDArray[np.int32] | None, request: Request
    ) -> Iterator[tuple[int, Recommendations]]:
        """The same request for each of these persons, or for everybody."""
        serving = self.serving(known, at)
        for person in range(len(serving.persons)) if persons is None else persons.tolist():
            yield person, serving.recommend(msgspec.structs.replace(request, person=person))

    def rank(self, known: Knowledge, queries: Queries, k: int = K) -> NDArray[np.int32]:
        """Item codes ``(queries, k)``, best first, -1 where there are fewer; each as of its own moment."""
        return ranked(ledger_of(known), queries, self.ranker, self.looking, k)

    def predict(self, known: Knowledge, at: int, persons: NDArray[np.int32] | None = None) -> list[Scores]:
        """Nothing: a ranking is no score of a person. Ask :meth:`recommend`."""
        return []

    def explain(self, known: Knowledge, at: int, person: int) -> list[str]:
        """Why her first three are recommended."""
        found = self.recommend(known, at, Request(person=person, k=3)).items
        return [f"{each.sku}: {each.reason}" for each in found]

    def evaluate(self, known: Knowledge, task: Task) -> list[Metric]:
        """The card's figures, on the last visit of each customer before ``task.until``."""
        trial = Trial.of(known, task, self.settings)
        return trial.measured(self.ranker, self.looking, task.seed).metrics

    def beside(self, old: Fitted, known: Knowledge, task: Task) -> Contest | None:
        """NDCG@10 on the same last visits, one row a customer."""
        if not isinstance(old, FittedRecommend):
            return None
        trial = Trial.of(known, task, self.settings)
        new, other = (trial.ndcg(each.ranker, each.looking) for each in (self, old))
        kept = ~np.isnan(new)
        if not kept.any():
            return None
        return Contest(
            metric="ndcg@10", of="", better="higher", rows=int(kept.sum()),
            new=weighed_mean(new[kept]), old=weighed_mean(other[kept]),
        )  # fmt: skip

    def save(self, folder: Path) -> None:
        """Card and ranker; nothing of single persons."""
        (folder / "card.json").write_bytes(msgspec.json.encode(self.card))
        (folder / "settings.json").write_bytes(msgspec.json.encode(self.settings))
        self.ranker.save(folder)


class RecommendModel(Model):
    """Candidates of her own purchases, her neighbours, her store and her basket, ranked by lambdarank."""

    name: ClassVar[str] = NAME
    purpose: ClassVar[str] = PURPOSE

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()

    def fit(self, known: Knowledge, task: Task, tell: Tell) -> FittedRecommend:
        """Learns from visits before each customer's last one, which nobody sees. NotEnoughError."""
        settings, looking = self._settings, Looking(seed=task.seed)
        tell("reading purchases", 0.0)
        trial = Trial.of(known, task, settings)
        if min(len(trial.split.train), len(trial.split.held_out)) < settings.fewest:
            raise NotEnoughError(
                f"there are {len(trial.split.held_out)} customers with 4 orders or more, and at least "
                f"{settings.fewest} are needed to learn what is bought next"
            )
        queries, baskets = asked_of(trial.ledger, trial.split.train)
        queries = varied(queries, baskets, unknown=settings.unknown, begun=settings.begun, seed=task.seed)
        rows = examples(
            trial.ledger, queries, baskets, looking, misses=settings.misses,
            tell=lambda done: tell("looking at past visits", 0.05 + 0.5 * done),
        )  # fmt: skip
        if not len(rows.sizes):
            raise NotEnoughError(
                "no customer has bought anything twice, nor what others buy: nothing to rank"
            )
        tell("learning the order", 0.55)
        ranker = fit(rows, task.seed, rounds=settings.rounds)
        tell("measuring on the last visits", 0.8)
        measured = trial.measured(ranker, looking, task.seed)
        ranker = ranker.knowing(measured.chances)
        card = _card(trial, task, rows, ranker, measured)
        tell("done", 1.0)
        return FittedRecommend(card, ranker, settings, looking)

    def load(self, folder: Path) -> FittedRecommend:
        """What :meth:`FittedRecommend.save` wrote."""
        card = msgspec.json.decode((folder / "card.json").read_bytes(), type=Card)
        settings = msgspec.json.decode((folder / "settings.json").read_bytes(), type=Settings)
        return FittedRecommend(card, Ranker.load(folder), settings, Looking(seed=card.seed))


def ledger_of(known: Knowledge) -> Ledger:
    """Everything known of purchases and views."""
    bought = known.purchases()
    return Ledger(bought, views_of(known, bought.items))


def ranked(
    ledger: Ledger, queries: Queries, ranker: Ranker, looking: Looking, k: int = K
) -> NDArray[np.int32]:
    """The k best items of each query."""
    found = np.full((len(queries), k), -1, np.int32)
    for portion in portions(ledger, queries, looking):
        rows = matrix(describe(ledger, portion.queries, portion.pairs))
        found[portion.places] = top(
            portion.pairs, ranker.score(rows, portion.pairs.query), len(portion.places), k
        ).item
    return found


@dataclass(frozen=True, eq=False)
class Measured:
    """The held-out visits as a ranker sees them, and how it did."""

    metrics: list[Metric]
    ours: Figures
    #: of answers that hold nothing she ever bought
    fresh: Figures
    value: list[Weight]
    chances: Chances | None
    calibration: list[Bin]


@dataclass(frozen=True, eq=False)
class Trial:
    """What is learnt from and what is held out. The ledger is without the held-out visits."""

    ledger: Ledger
    split: Split
    queries: Queries
    baskets: Baskets

    @classmethod
    def of(cls, known: Knowledge, task: Task, settings: Settings) -> Trial:
        """Of what was known before ``task.until``."""
        bounded = known.before(task.until)
        every = ledger_of(bounded)
        parts = split(every, each=settings.each, most=settings.most, seed=task.seed, tested=settings.tested)
        queries, baskets = asked_of(every, parts.held_out)
        rest = every.without(parts.last)
        return cls(
            rest, Split(rest.moved(parts.train, parts.last), parts.held_out, parts.last), queries, baskets
        )

    def measured(self, ranker: Ranker, looking: Looking, seed: int) -> Measured:
        """The figures on the held-out visits, what each source contributes, and chances learnt there."""
        empty = np.full((len(self.queries), K), -1, np.int32)
        ours, plain, fresh, plain_fresh = (empty.copy() for _ in range(4))
        kept: list[tuple[Portion, Matrix]] = []
        seen = Seen(self, seed)
        for portion in portions(self.ledger, self.queries, looking):
            columns = describe(self.ledger, portion.queries, portion.pairs)
            kept.append((portion, matrix(columns)))
            score = ranker.score(kept[-1][1], portion.pairs.query)
            often = columns["times"] + columns["popular_365d"]
            for best, by, new in (
                (ours, score, False), (plain, often, False), (fresh, score, True), (plain_fresh, often, True)
            ):  # fmt: skip
                best[portion.places] = _best(portion, by, new=new)
            seen.add(portion, score)
        for portion in portions(self.ledger, seen.otherwise, looking):
            rows = matrix(describe(self.ledger, portion.queries, portion.pairs))
            seen.add(portion, ranker.score(rows, portion.pairs.query), otherwise=True)
        of, beside, anew, beside_anew = (
            figures(self.ledger, self.queries, self.baskets, each)
            for each in (ours, plain, fresh, plain_fresh)
        )
        told = [*metrics(of, beside, seed), *fresh_metrics(anew, beside_anew, seed)]
        chances, calibrated, bins = seen.chances()
        return Measured(told + calibrated, of, anew, self._value(kept, ranker, seed), chances, bins)

    def ndcg(self, ranker: Ranker, looking: Looking) -> Floats:
        """NDCG@10 of each held-out visit, NaN where nothing was bought."""
        best = ranked(self.ledger, self.queries, ranker, looking)
        return figures(self.ledger, self.queries, self.baskets, best).ndcg

    def _value(self, kept: list[tuple[Portion, Matrix]], ranker: Ranker, seed: int) -> list[Weight]:
        """Data value by permutation, on a few portions: NDCG@10 lost without each source."""
        kept = kept[:: max(1, len(kept) // 2)][:2]
        if not kept:
            return []
        places = np.concatenate([portion.places for portion, _ in kept])
        queries, baskets = self.queries.only(places), self.baskets.only(places)
        bounds = np.cumsum([len(rows) for _, rows in kept])[:-1]

        def ndcg(score: Any) -> Weighed:
            found = [
                top(portion.pairs, part, len(portion.places), K).item
                for (portion, _), part in zip(kept, np.split(score, bounds), strict=True)
            ]
            values = figures(self.ledger, queries, baskets, np.concatenate(found)).ndcg
            return lambda weights: weights @ values / weights.sum(axis=1)

        groups = {name: [FEATURES.index(each) for each in names] for name, names in GROUPS.items()}
        figure = Figure("ndcg@10", ndcg, len(places))
        asked = np.concatenate([portion.places[portion.pairs.query] for portion, _ in kept])
        values = np.concatenate([rows for _, rows in kept])
        return permuted(lambda rows: ranker.score(rows, asked), values, groups, figure, seed=seed)


def _best(portion: Portion, score: NDArray[np.float64], *, new: bool) -> NDArray[np.int32]:
    """The first ten of each query; of what she never bought only, where ``new``."""
    found = portion.pairs
    if new:
        rows = np.flatnonzero(found.row < 0)
        found, score = found.only(rows), score[rows]
    return top(found, score, len(portion.places), K).item


def _card(trial: Trial, task: Task, rows: Examples, ranker: Ranker, measured: Measured) -> Card:
    times = trial.ledger.visits.time
    gains = ranker.gains()
    order = np.argsort(-gains, kind="stable")
    return Card(
        model=NAME, purpose=PURPOSE, data_from=int(times.min()), data_until=task.until,
        persons=len(np.unique(trial.queries.person)), rows=len(rows.rows), seed=task.seed,
        features=list(FEATURES), metrics=measured.metrics,
        importance=[
            Weight(name=FEATURES[place], title=TITLES[FEATURES[place]], value=float(gains[place]))
            for place in order[:25] if gains[place] > 0
        ],
        calibration=measured.calibration, data_value=measured.value, limits=LIMITS,
    )  # fmt: skip
