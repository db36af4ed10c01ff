"""The model of intent on an invented shop: it learns, it is fair to the future, and a record can ask it."""

from __future__ import annotations

import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from segue.checks.models.shop import BEGIN, DAY, Shop, invent_shop
from segue.learn.given import Given, given
from segue.learn.intent import measuring
from segue.learn.intent.features import NAMES
from segue.learn.intent.learner import fit_scorer
from segue.learn.intent.model import FittedIntent, IntentModel, goal_of, split
from segue.learn.intent.reading import Read, visits
from segue.learn.intent.scoring import read_judge
from segue.learn.intent.steps import Step, Visit
from segue.learn.knowledge import Knowledge
from segue.learn.model import NotEnoughError, Task

END = BEGIN + 200 * DAY
TASK = Task(until=END, seed=3)


@lru_cache(maxsize=1)
def shop() -> Given:
    """Half a year of a small shop."""
    return invent_shop(Shop(persons=120, days=200))


@lru_cache(maxsize=1)
def fitted() -> FittedIntent:
    """Fitted once for all tests."""
    return IntentModel().fit(Knowledge(shop(), END), TASK, lambda _what, _share: None)


def test_it_beats_the_yardstick_and_is_calibrated_on_visits_that_came_later() -> None:
    found = {(metric.of, metric.name): metric for metric in fitted().card.metrics}
    auc = found["will_buy", "auc"]
    assert auc.yardstick_value is not None
    assert auc.value > max(0.75, auc.yardstick_value - 0.01)
    assert found["will_buy", "ece"].value < 0.06
    assert fitted().card.metrics[0] == auc


def test_the_held_out_visits_are_measured_again_with_the_same_result() -> None:
    again = fitted().evaluate(Knowledge(shop(), END), TASK)
    before = {(metric.of, metric.name): metric.value for metric in fitted().card.metrics}
    assert {(metric.of, metric.name): metric.value for metric in again} == pytest.approx(before)


def test_no_visit_stands_on_both_sides_of_the_border() -> None:
    every = visits(Knowledge(shop(), END))
    before, held = split(every, END)
    border = min(read.visit.steps[0].time for read in held)
    assert max(read.visit.steps[-1].time for read in before) < border
    assert 0 < len(held) < len(before)


def test_what_it_says_of_a_moment_needs_nothing_later() -> None:
    at = END - 30 * DAY
    scores = fitted().predict(Knowledge(shop(), END), at)
    bounded = fitted().predict(Knowledge(shop(), at), at)
    assert len(scores[0].person) > 0
    for one, other in zip(scores, bounded, strict=True):
        assert np.array_equal(one.person, other.person)
        assert np.array_equal(one.value, other.value)
    assert all(0 <= value <= 1 for value in scores[0].value)
    assert scores[0].reasons is not None
    assert all(reasons for reasons in scores[0].reasons)


def test_it_is_kept_without_persons_and_says_the_same_when_read_again(tmp_path: Path) -> None:
    fitted().save(tmp_path)
    again = IntentModel().load(tmp_path)
    knowledge = Knowledge(shop(), END)
    assert again.card == fitted().card
    for one, other in zip(fitted().predict(knowledge, END), again.predict(knowledge, END), strict=True):
        assert np.array_equal(one.value, other.value)
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not any(each.encode() in written for each in shop().everything.persons.ids)


def test_reading_a_record_loads_neither_numpy_nor_lightgbm(tmp_path: Path) -> None:
    fitted().save(tmp_path)
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from segue.learn.intent.scoring import read_judge\n"
        "from segue.learn.intent.steps import Step, Visit\n"
        f"judge = read_judge(Path({str(tmp_path)!r}))\n"
        "intent = judge(Visit([Step(0, 'page'), Step(9_000_000, 'Product Added', None, 3.0, 1)]))\n"
        "assert 0 <= intent.will_buy <= 1 and intent.because\n"
        "assert not {'numpy', 'lightgbm', 'sklearn', 'scipy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_one_visit_is_scored_as_many_are(tmp_path: Path) -> None:
    fitted().save(tmp_path)
    judge = read_judge(tmp_path)
    rows = np.random.default_rng(1).normal(3, 5, (50, len(judge.will_buy.trees.features)))
    singly = [judge.will_buy.chance(row) for row in rows.tolist()]
    assert singly == pytest.approx(judge.will_buy.chances(rows).tolist())


def test_a_cart_that_is_empty_is_not_left() -> None:
    judge = fitted().judge
    assert judge(Visit([Step(0, "page")])).leaves_cart is None
    filled = judge(Visit([Step(0, "page"), Step(1_000_000, "Product Added", None, 2.0, 1)]))
    assert filled.leaves_cart is not None
    assert 0 <= filled.leaves_cart <= 1


def _read(*steps: str) -> Read:
    return Read(0, Visit([Step(place, name) for place, name in enumerate(steps)]))


def test_where_orders_are_not_taken_online_a_checkout_is_foretold() -> None:
    looks, checks = [_read("page")] * 180, [_read("page", "Product Added", "Checkout Started")] * 40
    assert goal_of([*looks, *checks]) == "checkout"
    assert goal_of([*looks, *[_read("page", "Order Completed")] * 40]) == "order"


def test_too_little_is_said_to_be_too_little() -> None:
    with pytest.raises(NotEnoughError, match="needs 200 visits"):
        goal_of([_read("page")])
    with pytest.raises(NotEnoughError, match="of 300 visits 0 hold an order and 0 a checkout"):
        goal_of([_read("page")] * 300)
    nothing = given({"person": [], "time": [], "sku": []})
    with pytest.raises(NotEnoughError):
        IntentModel().fit(Knowledge(nothing, END), TASK, lambda _what, _share: None)


def test_outcomes_of_one_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing to tell apart"):
        fit_scorer(np.ones((50, 2)), np.ones(50), ["a", "b"], seed=1)


def test_every_column_is_in_one_group_and_each_group_s_worth_is_on_the_card() -> None:
    grouped = [name for names in measuring.GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(NAMES)
    said = {each.name: each for each in fitted().card.data_value if each.of == "will_buy"}
    assert set(said) == set(measuring.GROUPS)
    assert max(said.values(), key=lambda each: each.value).low > 0  # type: ignore[operator]
