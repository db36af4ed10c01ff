"""The model: measured as the literature does, deterministic, kept without persons, better than habit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segue.learn import catalogue
from segue.learn.given import Given, given
from segue.learn.knowledge import Knowledge
from segue.learn.model import NotEnoughError, Task
from segue.learn.recommend.measuring import figures
from segue.learn.recommend.model import FittedRecommend, RecommendModel, Settings, ledger_of
from segue.learn.recommend.queries import Baskets, Queries, asked_of, nothing, split
from segue.learn.recommend.ranker import Ranker

SMALL = Settings(rounds=25, most=500, fewest=10)


def test_figures_are_those_of_the_literature(columns: dict[str, Any]) -> None:
    ledger = ledger_of(Knowledge(given(columns), 2**62))
    place = {sku: code for code, sku in enumerate(ledger.items.sku)}
    when = np.array([30 * 86_400_000_000], np.int64)
    queries = Queries(np.array([0], np.int32), when, np.array([-1], np.int32), nothing(1))
    basket = np.array(sorted([place["milk"], place["tea"]]), np.int32)
    ranked = np.array([[place["bread"], place["milk"], -1]])
    said = figures(ledger, queries, Baskets(np.zeros(2, np.int64), basket, 1), ranked, k=3)
    worth = 1 / np.log2(np.arange(2, 5))
    assert said.recall[0] == 1 / 2
    assert np.isclose(said.ndcg[0], worth[1] / worth[:2].sum())
    # milk was bought before and tea was not
    assert said.repeat_recall[0] == 1
    assert np.isclose(said.repeat_ndcg[0], worth[1] / worth[0])
    assert said.explore_recall[0] == 0


def test_it_beats_what_she_bought_most_often(fitted: FittedRecommend) -> None:
    first = fitted.card.metrics[0]
    assert first.name == "ndcg@10"
    assert first.yardstick_value is not None
    assert first.low is not None
    assert first.low > first.yardstick_value


def test_the_card_tells_what_a_person_wants_to_know(fitted: FittedRecommend) -> None:
    card = fitted.card
    assert {"repeat ndcg@10", "explore ndcg@10"} <= {each.name for each in card.metrics}
    assert card.importance
    assert {each.name for each in card.data_value} >= {"till lines", "store", "web views"}
    assert card.limits


def test_the_same_data_and_seed_give_the_same_model(known: Knowledge, fitted: FittedRecommend) -> None:
    again = RecommendModel(SMALL).fit(known, Task(until=known.until, seed=1), lambda *_: None)
    assert again.card == fitted.card
    assert again.ranker.text() == fitted.ranker.text()


def test_it_is_kept_without_persons_and_ranks_the_same(
    known: Knowledge, fitted: FittedRecommend, tmp_path: Path
) -> None:
    fitted.save(tmp_path)
    loaded = RecommendModel().load(tmp_path)
    ledger = ledger_of(known)
    queries, _ = asked_of(ledger, split(ledger, each=1, most=40, seed=2).train)
    assert loaded.rank(known, queries).tolist() == fitted.rank(known, queries).tolist()
    assert loaded.card == fitted.card
    kept = b"".join(path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert not any(each.encode() in kept for each in known.persons.ids)
    assert not [path for path in tmp_path.iterdir() if path.suffix in (".pkl", ".pickle", ".joblib")]


def test_it_is_measured_anew_as_on_its_card(known: Knowledge, fitted: FittedRecommend) -> None:
    again = fitted.evaluate(known, Task(until=known.until, seed=1))
    assert [each.value for each in again] == [each.value for each in fitted.card.metrics]


def test_a_ranking_asks_nothing_later(shop: Given, known: Knowledge, fitted: FittedRecommend) -> None:
    ledger = ledger_of(known)
    queries, _ = asked_of(ledger, split(ledger, each=3, most=400, seed=2).train)
    one = queries.only(np.array([len(queries) // 2]))
    past = Knowledge(shop, int(one.time[0]))
    assert fitted.rank(known, one).tolist() == fitted.rank(past, one).tolist()


def test_too_little_data_is_said(columns: dict[str, Any]) -> None:
    with pytest.raises(NotEnoughError, match="customers with 4 orders"):
        RecommendModel().fit(Knowledge(given(columns), 2**62), Task(until=2**62), lambda *_: None)


def test_no_data_at_all_is_said() -> None:
    empty = given({"person": [], "time": [], "sku": []})
    with pytest.raises(NotEnoughError):
        RecommendModel().fit(Knowledge(empty, 2**62), Task(until=2**62), lambda *_: None)


def test_progress_is_told_to_its_end(known: Knowledge) -> None:
    told: list[float] = []
    RecommendModel(replace(SMALL, rounds=3)).fit(
        known, Task(until=known.until), lambda _, done: told.append(done)
    )
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_it_is_in_the_catalogue() -> None:
    assert isinstance(catalogue.model("recommend"), RecommendModel)


def test_no_rows_have_no_scores(fitted: FittedRecommend) -> None:
    assert isinstance(fitted.ranker, Ranker)
    assert len(fitted.ranker.score(np.zeros((0, 3), np.float32), np.zeros(0, np.int64))) == 0
