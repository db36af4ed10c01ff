"""Serving: one person, a basket, a store, nobody; with reasons in words, and from what was saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segue.learn.given import given
from segue.learn.knowledge import Knowledge
from segue.learn.model import Task
from segue.learn.recommend import serving as saved
from segue.learn.recommend.crowd import Crowd
from segue.learn.recommend.features import FEATURES
from segue.learn.recommend.model import FittedRecommend, ledger_of
from segue.learn.recommend.reasons import reason
from segue.learn.recommend.request import Request
from segue.learn.recommend.runs import DAY
from segue.learn.recommend.serving import Serving

PURCHASED = 5


def test_a_person_gets_what_she_buys_with_reasons_in_words(serving: Serving) -> None:
    found = serving.recommend(Request(person=PURCHASED, k=5))
    assert [each.rank for each in found.items] == [1, 2, 3, 4, 5]
    assert found.fallback is None
    assert len({each.sku for each in found.items}) == 5
    scores = [each.score for each in found.items]
    assert scores == sorted(scores, reverse=True)
    assert any(each.reason.startswith("bought every") for each in found.items)


def test_kinds_are_told_apart(serving: Serving) -> None:
    lines = serving.ledger.lines
    hers = {serving.ledger.items.sku[item] for item in lines.item[lines.person == PURCHASED]}
    again = serving.recommend(Request(person=PURCHASED, kinds=("repeat",))).items
    fresh = serving.recommend(Request(person=PURCHASED, kinds=("explore",))).items
    assert again
    assert fresh
    assert {each.sku for each in again} <= hers
    assert not {each.sku for each in fresh} & hers
    assert {each.kind for each in again} == {"repeat"}
    assert {each.kind for each in fresh} == {"explore"}


def test_nobody_known_gets_what_is_bought_here(serving: Serving) -> None:
    found = serving.recommend(Request(store=serving.ledger.stores[0], k=3))
    assert len(found.items) == 3
    assert found.fallback is not None
    assert "nobody is known" in found.fallback
    assert {each.kind for each in found.items} == {"explore"}


def test_what_is_unknown_is_said_and_passed_over(serving: Serving) -> None:
    found = serving.recommend(Request(person=PURCHASED, store="elsewhere", basket=("no such thing",)))
    assert found.items
    assert found.fallback is not None
    assert "nothing is known of this store" in found.fallback
    assert "some of the basket is unknown" in found.fallback


def test_what_is_in_the_basket_is_not_recommended(serving: Serving) -> None:
    first = serving.recommend(Request(person=PURCHASED, k=3)).items
    basket = tuple(each.sku for each in first)
    again = serving.recommend(Request(person=PURCHASED, k=10, basket=basket)).items
    assert not {each.sku for each in again} & set(basket)


def test_bad_requests_are_refused(serving: Serving) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        serving.recommend(Request(k=0))
    with pytest.raises(ValueError, match="no person"):
        serving.recommend(Request(person=10**6))


def test_content_is_recommended_by_what_she_buys(serving: Serving) -> None:
    found = serving.recommend(Request(person=PURCHASED, content=True, k=3))
    assert found.items
    assert all(each.sku.startswith("article") for each in found.items)
    products = serving.recommend(Request(person=PURCHASED, k=100)).items
    assert not any(each.sku.startswith("article") for each in products)


def test_what_was_saved_answers_the_same(serving: Serving, tmp_path: Path) -> None:
    serving.save(tmp_path)
    loaded = saved.load(tmp_path)
    for request in (
        Request(person=PURCHASED),
        Request(store=serving.ledger.stores[0]),
        Request(person=PURCHASED, content=True),
    ):
        assert loaded.recommend(request) == serving.recommend(request)


def test_a_later_moment_is_counted_in_days(serving: Serving) -> None:
    request = Request(person=PURCHASED, k=20, kinds=("repeat",))
    now = {each.sku: each.reason for each in serving.recommend(request).items}
    later = {each.sku: each.reason for each in serving.recommend(request, serving.at + 3 * DAY).items}
    assert any(now[sku] != later[sku] for sku in now.keys() & later.keys())


def test_many_at_once_and_one_by_one_agree(fitted: FittedRecommend, known: Knowledge) -> None:
    persons = np.array([1, PURCHASED], np.int32)
    both = dict(fitted.recommend_all(known, known.until, persons, Request(k=4)))
    for person, found in both.items():
        assert fitted.recommend(known, known.until, Request(person=person, k=4)) == found
    assert fitted.explain(known, known.until, PURCHASED)[0].startswith(both[PURCHASED].items[0].sku)
    assert fitted.predict(known, known.until) == []


def _story(*more: tuple[str, int, str]) -> Knowledge:
    """Twenty customers buy milk and bread together each week for 20 weeks; then what ``more`` says."""
    rows = [
        (f"c{who:02d}", 7 * week + who % 3, sku)
        for who in range(20) for week in range(20) for sku in ("milk", "bread", f"own{who % 4}")
    ]  # fmt: skip
    rows += list(more)
    source = given(
        {
            "person": [who for who, _, _ in rows],
            "time": [day * DAY + DAY // 2 for _, day, _ in rows],
            "sku": [sku for _, _, sku in rows],
            "store": ["s1"] * len(rows),
        },
        {
            "sku": ["milk", "bread", "oat drink", "own0", "own1", "own2", "own3", "nails"],
            "category": ["dairy", "bakery", "dairy", *["own"] * 4, "tools"],
        },
    )
    return Knowledge(source, 2**62)


def test_a_new_product_reaches_those_who_buy_its_category() -> None:
    known = _story(("c01", 141, "oat drink"), ("new", 141, "nails"))
    ledger = ledger_of(known)
    crowd = Crowd(ledger, 150 * DAY)
    names = [ledger.items.sku[item] for item in crowd.newcomers]
    assert set(names) == {"oat drink", "nails"}
    from segue.learn.recommend.candidates import newcomers
    from segue.learn.recommend.queries import Queries, nothing

    one = Queries(np.array([5], np.int32), np.array([150 * DAY]), np.array([0], np.int32), nothing(1))
    found = [ledger.items.sku[key % len(ledger.items)] for key in newcomers(ledger, crowd, one, 10)]
    assert found == ["oat drink"]


def test_a_customer_without_purchases_is_told_so(fitted: FittedRecommend) -> None:
    source = given(
        {"person": ["ann", "ann"], "time": [DAY, 2 * DAY], "sku": ["milk", "bread"]}, persons=["bob"]
    )
    found = fitted.serving(Knowledge(source, 2**62), 3 * DAY).recommend(Request(person=1))
    assert found.fallback is not None
    assert "bought nothing yet" in found.fallback
    assert {each.sku for each in found.items} == {"milk", "bread"}


def test_a_shop_without_sales_has_nothing_to_recommend(fitted: FittedRecommend) -> None:
    known = Knowledge(given({"person": [], "time": [], "sku": []}), 2**62)
    found = fitted.serving(known, 3 * DAY).recommend(Request())
    assert found.items == []
    assert found.fallback == "nothing has been sold yet"


def _facts(**known: float) -> dict[str, float]:
    return dict.fromkeys(FEATURES, 0.0) | known


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (_facts(times=4, mean_gap=12.2, days_since=13.1), "bought every 12 days, last 13 days ago"),
        (_facts(times=1, mean_gap=float("nan"), days_since=1.2), "bought once, 1 day ago"),
        (_facts(times=3, mean_gap=0.4, days_since=0.2), "bought 3 times, last today"),
        (_facts(viewed_times=1, viewed_days_since=2), "looked at 2 days ago"),
        (_facts(neighbours_share=0.5), "bought by customers who buy the same things"),
        (_facts(popular_28d=0.1, popular_365d=0.1, store_28d=0.1), "popular in this store these weeks"),
        (_facts(popular_28d=0.1, popular_365d=0.005), "new in dairy"),
        (_facts(category_times=3, popular_365d=0.1), "from dairy, where she bought 3 times"),
        (_facts(family_times=2, neighbours_share=0.5), "another kind of milk, which was bought 2 times"),
        (_facts(popular_28d=0.1, popular_365d=0.1, trend_7d=1.6), "bought more and more these days"),
        (_facts(popular_28d=0.1, popular_365d=0.1, trend_7d=1), "popular everywhere these weeks"),
        (_facts(popular_365d=0.1), "popular everywhere this year"),
    ],
)
def test_reasons_in_words(facts: dict[str, float], said: str) -> None:
    items = ledger_of(_story()).items
    milk = list(items.sku).index("milk")
    assert reason(facts, items, milk, at_store=True) == said


def test_a_basket_is_the_reason_where_it_is_one() -> None:
    items = ledger_of(_story()).items
    milk, bread = (list(items.sku).index(sku) for sku in ("milk", "bread"))
    assert reason(_facts(together=0.4), items, milk, with_item=bread) == "goes with bread"


def test_a_number_is_no_name() -> None:
    items = ledger_of(_story()).items
    nails, own = (list(items.sku).index(sku) for sku in ("nails", "own1"))
    assert reason(_facts(together=0.4), items, nails, with_item=own) == "goes with own"


def test_a_store_that_sells_nothing_any_more_is_told(fitted: FittedRecommend) -> None:
    source = given(
        {"person": ["ann", "bob"], "time": [DAY, 90 * DAY], "sku": ["milk", "bread"], "store": ["old", "new"]}
    )
    serving = fitted.serving(Knowledge(source, 2**62), 91 * DAY)
    assert "nothing was sold in this store" in str(serving.recommend(Request(store="old")).fallback)
    assert "this store" not in str(serving.recommend(Request(store="new")).fallback)


def test_what_is_looked_up_beforehand_answers_the_same(fitted: FittedRecommend, known: Knowledge) -> None:
    cold, warm = (fitted.serving(known, known.until) for _ in range(2))
    warm.warm()
    basket = tuple(warm.ledger.items.sku[:2])
    for person in (None, *range(0, 60, 7)):
        for request in (
            Request(person=person, store=warm.ledger.stores[0]), Request(person=person, basket=basket),
            Request(person=person, kinds=("explore",)),
        ):  # fmt: skip
            assert warm.recommend(request) == cold.recommend(request)


def test_what_is_bought_together_goes_together() -> None:
    from segue.learn.recommend.queries import Baskets, Queries
    from segue.learn.recommend.together import together

    ledger = ledger_of(_story())
    place = {sku: code for code, sku in enumerate(ledger.items.sku)}
    hand = Baskets(np.zeros(1, np.int64), np.array([place["milk"]], np.int32), 1)
    nobody = np.array([-1], np.int32)
    _, item, strength = together(ledger, Queries(nobody, np.array([200 * DAY]), nobody, hand))
    found: dict[Any, float] = dict(zip(item.tolist(), strength.tolist(), strict=True))
    assert max(found, key=found.__getitem__) == place["bread"]
    assert found[place["bread"]] > 0.9
    assert place["milk"] not in found
    # nothing after the moment
    assert len(together(ledger, Queries(nobody, np.array([DAY // 4]), nobody, hand))[1]) == 0


def test_training_and_serving_share_one_definition(fitted: FittedRecommend, known: Knowledge) -> None:
    from segue.learn.recommend.model import Trial
    from segue.learn.recommend.queries import Queries, nothing

    person, at = np.array([PURCHASED], np.int32), np.array([known.until])
    query = Queries(person, at, np.array([-1], np.int32), nothing(1))
    batch = fitted.rank(known, query, 5)[0]
    served = fitted.recommend(known, known.until, Request(person=PURCHASED, k=5)).items
    assert [known.purchases().items.sku[item] for item in batch] == [each.sku for each in served]
    assert Trial.of(known, Task(until=known.until), fitted.settings).queries.person.max() < len(known.persons)
