"""Chances: what is said is what comes, the order of an answer stays, and too little is not guessed from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.learn.knowledge import Knowledge
from segue.learn.recommend.chances import BINS, Chances, Shown, fit, measured, shown, usual_basket
from segue.learn.recommend.model import FittedRecommend, ledger_of
from segue.learn.recommend.queries import Queries, nothing
from segue.learn.recommend.request import Request
from segue.learn.recommend.runs import DAY
from segue.stats.calibration import sigmoid


def _rows(seed: int, many: int) -> tuple[Shown, np.ndarray]:
    """Candidates whose true chance is known: it rises with the score, and with the basket."""
    rng = np.random.default_rng(seed)
    score, usual = rng.normal(0, 1.5, many), rng.uniform(0, 3, many)
    nobody, begun = rng.random(many) < 0.1, rng.random(many) < 0.1
    truth = sigmoid(-3 + score + 0.4 * usual - 0.5 * nobody)
    return Shown(score, usual, nobody, begun), rng.random(many) < truth


def test_what_is_said_is_what_comes_whatever_the_basket() -> None:
    rows, bought = _rows(1, 40_000)
    found = fit(rows, bought)
    assert found is not None
    fresh, came = _rows(2, 40_000)
    said = found.apply(fresh)
    for part in (fresh.usual < 1, fresh.usual > 2, fresh.nobody, fresh.begun, said > 0.3):
        assert abs(said[part].mean() - came[part].mean()) < 0.02
    metric, bins = measured(rows, bought, np.arange(len(bought)))
    assert metric.name == "ece"
    assert metric.value < 0.01
    assert len(bins) == BINS
    assert sum(each.rows for each in bins) == len(bought)


@given(st.integers(0, 50))
@settings(deadline=None, max_examples=20)
def test_a_higher_score_is_never_a_lower_chance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, _ = _rows(seed, 2000)
    # whatever came, even where scores were worth nothing or less
    found = fit(rows, rng.random(2000) < sigmoid(rng.normal() * rows.score - rng.normal() * rows.score**2))
    if found is None:
        return
    rising = np.sort(np.append(rows.score, [-50.0, 50.0]))
    for usual in (0.0, 3.0):
        for nobody in (False, True):
            same = np.full(len(rising), nobody)
            said = found.apply(Shown(rising, np.full(len(rising), usual), same, ~same))
            assert (np.diff(said) >= 0).all()
            assert ((said >= 0) & (said <= 1)).all()


def test_too_few_purchases_give_no_chances() -> None:
    rows, bought = _rows(3, 200)
    few = bought & (np.cumsum(bought) <= 10)
    assert fit(rows, few) is None
    metric, _ = measured(rows, few, np.arange(200))
    assert metric.value < 1


def test_the_usual_basket_is_hers_or_everybodys(columns: dict[str, list[object]]) -> None:
    from segue.learn.given import given as source

    ledger = ledger_of(Knowledge(source(columns), 2**62))
    who = np.array([0, 1, -1], np.int32)
    at = np.full(3, 15 * DAY)
    queries = Queries(who, at, np.full(3, -1, np.int32), nothing(3))
    # Ann: 4 lines on 3 visits; Bob: 2 on 1 by then
    assert usual_basket(ledger, queries).tolist() == [4 / 3, 2.0, 6 / 4]
    row = shown(ledger, queries, np.array([2, 0]), np.zeros(2))
    assert row.nobody.tolist() == [True, False]
    assert not row.begun.any()


def test_scores_are_probabilities_that_the_card_vouches_for(
    fitted: FittedRecommend, known: Knowledge
) -> None:
    assert isinstance(fitted.ranker.chances, Chances)
    assert [each.name for each in fitted.card.metrics][-1] == "ece"
    assert fitted.card.metrics[-1].value <= 0.03
    assert len(fitted.card.calibration) == BINS
    serving = fitted.serving(known, known.until)
    for person in range(20):
        said = [each.score for each in serving.recommend(Request(person=person, k=15)).items]
        assert said == sorted(said, reverse=True)
        assert all(0 <= each <= 1 for each in said)


def test_any_product_has_a_chance_when_it_is_asked_for(fitted: FittedRecommend, known: Knowledge) -> None:
    serving = fitted.serving(known, known.until)
    items = serving.ledger.items
    assert items.content is not None
    sold = [sku for sku, content in zip(items.sku, items.content, strict=True) if not content]
    request = Request(person=3, k=1)
    said = serving.chances(request, [*sold, "no such thing"])
    assert set(said) == set(sold)
    assert all(0 <= each <= 1 for each in said.values())
    usual = {each.sku: each.score for each in serving.recommend(Request(person=3, k=200)).items}
    # what she buys again is as likely here as there; among the new, more compete for the same places
    again = serving.recommend(Request(person=3, k=200, kinds=("repeat",))).items
    assert again
    assert all(said[each.sku] == each.score for each in again)
    assert set(usual) <= set(said)
    assert serving.chances(Request(basket=(sold[0],)), sold[:2]).keys() == {sold[1]}
    assert serving.chances(request, ["no such thing"]) == {}
    with pytest.raises(ValueError, match="no person"):
        serving.chances(Request(person=10**6), sold)
