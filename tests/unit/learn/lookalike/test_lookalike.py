"""Who is like a seed, how much that is worth, and why; and the same turned round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from segue.checks.models.shop import BEGIN, DAY, Shop, invent_shop
from segue.learn.given import Given, given
from segue.learn.knowledge import Knowledge, Told
from segue.learn.lookalike import MODEL
from segue.learn.lookalike.lift import lift_curve
from segue.learn.lookalike.model import FittedLookalike
from segue.learn.lookalike.ranking import centre_likeness, rank_by_likeness
from segue.learn.model import NotEnoughError, Task
from segue.learn.purchases import Codes

END = BEGIN + 360 * DAY
RANDOM = np.random.default_rng(7)


def quiet(_: str, __: float) -> None:
    """Nobody looks."""


@pytest.fixture(scope="module")
def shop() -> Given:
    return invent_shop(Shop(persons=160, told=1.0))


@pytest.fixture(scope="module")
def known(shop: Given) -> Knowledge:
    return Knowledge(shop, END)


@pytest.fixture(scope="module")
def fitted(known: Knowledge) -> FittedLookalike:
    return MODEL.fit(known, Task(until=END), quiet)


@pytest.fixture(scope="module")
def tea(known: Knowledge) -> Codes:
    """Those who spend most on one thing: people of one taste."""
    bought = known.purchases()
    code = list(bought.items.categories).index("tea")
    mine = bought.items.category[bought.item] == code
    share = np.bincount(bought.person[mine], bought.amount[mine], minlength=len(known.persons))
    spent = np.bincount(bought.person, bought.amount, minlength=len(known.persons))
    return np.argsort(-share / np.maximum(spent, 1))[:44].astype(np.int32)


def test_the_hidden_half_of_an_audience_comes_first(
    fitted: FittedLookalike, known: Knowledge, tea: Codes
) -> None:
    found = fitted.alike(known, tea[::2])
    sought = set(tea[1::2].tolist())
    first = [each.person for each in found][: len(found) // 10]
    lift = len(sought & set(first)) / len(first) / (len(sought) / len(found))
    assert lift > 3
    promised = next(each for each in found.curve if each.share == 0.1)
    assert promised.lift > 2


def test_everybody_else_is_ranked_once_and_nobody_of_the_seed(
    fitted: FittedLookalike, known: Knowledge, tea: Codes
) -> None:
    seed = tea[:20]
    found = fitted.alike(known, seed)
    met = np.unique(known.purchases().person)
    assert sorted(found.person.tolist()) == sorted(set(met.tolist()) - set(seed.tolist()))
    assert (np.diff(found.score) <= 0).all()
    assert ((found.score > 0) & (found.score < 1)).all()
    assert found.seeds == 20
    assert len(fitted.alike(known, seed, most=7)) == 7


def test_reasons_are_words_about_what_sets_her_near(
    fitted: FittedLookalike, known: Knowledge, tea: Codes
) -> None:
    first = list(fitted.alike(known, tea[:30]))[:10]
    assert all(1 <= len(each.reason.split("; ")) <= 3 for each in first)
    assert sum("tea" in each.reason for each in first) >= 5


def test_the_same_seed_gives_the_same_ranking_also_after_keeping(
    fitted: FittedLookalike, known: Knowledge, tea: Codes, tmp_path: Path
) -> None:
    fitted.save(tmp_path)
    kept = MODEL.load(tmp_path)
    one, other = fitted.alike(known, tea[:20]), kept.alike(known, tea[:20])
    assert list(one) == list(other)
    assert kept.card == fitted.card
    assert MODEL.fit(known, Task(until=END), quiet).card == fitted.card


def test_nothing_of_single_persons_is_kept(fitted: FittedLookalike, known: Knowledge, tmp_path: Path) -> None:
    fitted.save(tmp_path)
    kept = b"".join(file.read_bytes() for file in sorted(tmp_path.iterdir()))
    assert {file.suffix for file in tmp_path.iterdir()} == {".json", ".npz"}
    assert not any(each.encode() in kept for each in known.persons.ids)


def test_what_happens_later_changes_no_ranking(fitted: FittedLookalike, shop: Given, tea: Codes) -> None:
    at = BEGIN + 250 * DAY
    whole, then = Knowledge(shop, END), Knowledge(shop, at)
    assert list(fitted.alike(whole, tea[:20], at)) == list(fitted.alike(then, tea[:20], at))


def test_a_seed_drawn_by_lot_promises_no_lift(fitted: FittedLookalike, known: Knowledge) -> None:
    lot = np.sort(RANDOM.choice(np.unique(known.purchases().person), 60, replace=False))
    at_tenth = next(each for each in fitted.alike(known, lot).curve if each.share == 0.1)
    assert at_tenth.low < 1.2


def test_reaching_everybody_lifts_nothing(fitted: FittedLookalike, known: Knowledge, tea: Codes) -> None:
    placed = fitted.space.place(known, END)
    last = lift_curve(placed, placed.rows_of(tea), seed=1)[-1]
    assert (last.share, last.lift, last.low, last.high) == (1, 1, 1, 1)


def test_a_seed_of_few_is_ranked_without_a_figure(
    fitted: FittedLookalike, known: Knowledge, tea: Codes
) -> None:
    found = fitted.alike(known, tea[:4])
    assert found.curve == []
    assert np.isnan(found.lift).all()


def test_a_seed_of_nobody_or_of_everybody_is_refused(
    fitted: FittedLookalike, known: Knowledge, tea: Codes
) -> None:
    with pytest.raises(NotEnoughError, match="2 of the seed are known"):
        fitted.alike(known, tea[:2])
    with pytest.raises(NotEnoughError, match="0 of the seed are known"):
        fitted.alike(known, tea, BEGIN)
    with pytest.raises(NotEnoughError, match="everybody"):
        fitted.alike(known, np.arange(len(known.persons), dtype=np.int32))


def test_too_little_to_learn_from_is_said() -> None:
    few = Knowledge(given({"person": ["ann"], "time": [BEGIN], "sku": ["a"], "amount": [1.0]}), END)
    with pytest.raises(NotEnoughError, match="1 persons ordered"):
        MODEL.fit(few, Task(until=END), quiet)
    nothing = Knowledge(given({"person": [], "time": [], "sku": []}), END)
    with pytest.raises(NotEnoughError, match="0 persons ordered"):
        MODEL.fit(nothing, Task(until=END), quiet)


def test_products_that_are_new_and_a_category_that_was_lost_are_borne(fitted: FittedLookalike) -> None:
    people = [f"{number:032x}" for number in range(40)]
    other = given(
        {
            "person": people * 2,
            "time": [END - (place + 1) * DAY for place in range(80)],
            "sku": ["never-seen", "nor-this"] * 40,
            "amount": [5.0] * 80,
        }
    )
    found = fitted.alike(Knowledge(other, END), np.arange(10, dtype=np.int32))
    assert len(found) == 30
    assert np.isfinite(found.score).all()


def test_the_card_says_what_was_measured_and_what_data_is_worth(fitted: FittedLookalike) -> None:
    card = fitted.card
    metric = card.metrics[0]
    assert metric.name == "lift@10%"
    assert metric.low is not None
    assert metric.high is not None
    assert metric.low <= metric.value <= metric.high
    assert metric.yardstick_value is not None
    assert {"category", "names of products", "orders"} <= {each.name for each in card.data_value}
    assert set(card.baseline) == set(card.features)


def test_it_is_measured_anew_on_another_window(fitted: FittedLookalike, known: Knowledge) -> None:
    assert fitted.evaluate(known, Task(until=END)) == fitted.card.metrics
    assert fitted.evaluate(known, Task(until=END - 40 * DAY))[0].name == "lift@10%"
    assert fitted.evaluate(known, Task(until=BEGIN)) == []


def test_one_person_is_explained_by_what_sets_her_apart(fitted: FittedLookalike, known: Knowledge) -> None:
    said = fitted.explain(known, END, int(known.purchases().person[0]))
    assert len(said) == 5
    assert all("(typical: " in each for each in said)
    assert fitted.explain(known, BEGIN, 0) == []


def test_the_three_opinions_add_up(fitted: FittedLookalike, known: Knowledge, tea: Codes) -> None:
    placed = fitted.space.place(known, END)
    ranked = rank_by_likeness(placed, placed.rows_of(tea[:50]), seed=3, bags=4)
    parts = (ranked.trees, ranked.words, ranked.centre)
    np.testing.assert_allclose(ranked.score, sum(each.weight * each.score for each in parts))
    assert [each.weight for each in parts] == [1, 2, 25 / 44]
    small = rank_by_likeness(placed, placed.rows_of(tea[:5]), seed=3, bags=4)
    assert small.centre.weight == 1


def test_likeness_to_the_centre_is_a_cosine() -> None:
    columns = np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 3.0], [-1.0, 0.0]])
    found = centre_likeness(columns, np.array([0]))
    np.testing.assert_allclose(found, [1, 0, np.sqrt(0.5), -1])


# ── turned round ──────────────────────────────────────────────────────────────


def test_an_attribute_is_filled_for_those_who_never_told(
    shop: Given, fitted: FittedLookalike, tea: Codes
) -> None:
    ids = shop.everything.persons.ids
    likes = {ids[code] for code in tea}
    told = [each for place, each in enumerate(ids) if place % 3]
    words: dict[str, list[object]] = {
        "person": list(told),
        "value": ["yes" if each in likes else "no" for each in told],
        "time": [BEGIN] * len(told),
    }
    source = Given(shop.everything, shop.happened, {"tea": _told(words, shop)}, shop.segments)
    found, coverage, accuracy = fitted.fill(Knowledge(source, END), "tea")
    assert coverage > 0.6
    assert accuracy > 0.85
    assert found.name == "alike.tea"
    assert found.label is not None
    named = [
        (label, ids[code] in likes) for label, code in zip(found.label, found.person, strict=True) if label
    ]
    assert not {ids[code] for code in found.person} & set(told)
    assert len(named) > 40
    assert sum((label == "yes") == truth for label, truth in named) / len(named) > 0.85


def test_what_cannot_be_told_from_what_is_bought_is_not_filled(shop: Given, fitted: FittedLookalike) -> None:
    ids = shop.everything.persons.ids
    told = ids[:130]
    random = np.random.default_rng(3)
    words: dict[str, list[object]] = {
        "person": list(told),
        "value": random.choice(["a", "b", "c", "d"], 130).tolist(),
        "time": [BEGIN] * 130,
    }
    source = Given(shop.everything, shop.happened, {"star": _told(words, shop)}, shop.segments)
    found, coverage, _ = fitted.fill(Knowledge(source, END), "star")
    assert coverage <= 0.1
    assert found.label is not None
    assert sum(label is not None for label in found.label) <= len(found.label) * 0.1


def test_an_attribute_that_hardly_anybody_told_is_refused(fitted: FittedLookalike, known: Knowledge) -> None:
    with pytest.raises(NotEnoughError, match=r"shoe_size.*0 persons told it"):
        fitted.fill(known, "shoe_size")


def _told(words: Mapping[str, Sequence[object]], shop: Given) -> Told:
    place = shop.everything.persons.code
    return Told(
        np.array([place[str(each)] for each in words["person"]], np.int32),
        np.array([str(each) for each in words["value"]], object),
        np.array(words["time"], np.int64),
    )
