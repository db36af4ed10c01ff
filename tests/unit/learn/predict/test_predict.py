"""Predict as a whole, on an invented shop: which questions, in which ranges, with which words."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

from segue.checks.models.obligations import Trial
from segue.checks.models.shop import BEGIN, DAY, Shop, invent_shop
from segue.learn.given import given
from segue.learn.knowledge import Knowledge
from segue.learn.model import NotEnoughError, Scores, Task
from segue.learn.predict import MODEL
from segue.learn.predict.fitted import FittedPredict
from segue.learn.predict.reasons import NOBODY

TRIAL = Trial(MODEL, Shop(seed=7, persons=220, days=200))


@cache
def fitted() -> FittedPredict:
    found = TRIAL.fit(TRIAL.source)
    assert isinstance(found, FittedPredict)
    return found


@cache
def scores() -> dict[str, Scores]:
    return {each.name: each for each in fitted().predict(TRIAL.known, TRIAL.until)}


def test_every_question_is_answered_in_its_range() -> None:
    found = scores()
    long = fitted().parts.long
    named = {"buys_7d", "buys_14d", "buys_30d", "churn", "next_visit", "ltv_365d"}
    assert named | {f"churn_{long}d", f"spend_{long}d"} <= set(found)
    assert any(name.startswith("buys_14d.") for name in found)
    for name, each in found.items():
        assert (each.low <= each.value + 1e-9).all(), name
        assert (each.value <= each.high + 1e-9).all(), name
        assert (each.low >= 0).all(), name
        if name.startswith(("buys", "churn")):
            assert (each.high <= 1).all(), name
    assert (found["next_visit"].high <= 365).all()


def test_more_days_give_no_smaller_chance_and_a_category_none_above_any() -> None:
    found = scores()
    assert (found["buys_7d"].value <= found["buys_14d"].value + 1e-9).all()
    assert (found["buys_14d"].value <= found["buys_30d"].value + 1e-9).all()
    for name, each in found.items():
        if name.startswith("buys_14d."):
            assert (each.value <= found["buys_14d"].value + 1e-9).all()


def test_a_year_is_worth_no_less_than_the_horizon() -> None:
    found = scores()
    long = fitted().parts.long
    assert (found["ltv_365d"].value >= found[f"spend_{long}d"].value - 1e-9).all()


def test_reasons_are_sentences_about_her() -> None:
    found = scores()
    assert all(each.reasons is not None and len(each.reasons) == len(each.person) for each in found.values())
    said = [reason for reasons in found["buys_14d"].reasons or () for reason in reasons]
    assert any("last bought" in reason and "usually every" in reason for reason in said)
    assert all(reason.endswith("an order within 14 days") for reason in said)
    leaving = [reason for reasons in found["churn"].reasons or () for reason in reasons]
    assert all(reason.endswith(" leaving") for reason in leaving)


def test_who_never_bought_gets_the_average_of_beginners_and_is_told_so() -> None:
    source = given({"person": ["ann"], "time": [BEGIN], "sku": ["x"], "amount": [5.0]}, persons=["zoe"])
    known = Knowledge(source, TRIAL.until)
    asked = np.array([1, 0], np.int32)
    for each in fitted().predict(known, TRIAL.until, asked):
        assert list(each.person) == [1, 0]
        assert each.reasons is not None
        assert list(each.reasons[0]) == [NOBODY]
        assert NOBODY not in each.reasons[1]
    assert fitted().explain(known, TRIAL.until, 1) == [NOBODY]


def test_the_card_stands_beside_yardsticks_and_is_measured_again_alike() -> None:
    card = fitted().card
    assert (card.metrics[0].name, card.metrics[0].of) == ("auc", "buys_14d")
    assert all(each.yardstick for each in card.metrics if each.name == "auc")
    assert {each.of for each in card.calibration} >= {"buys_7d", "buys_14d", "churn"}
    again = fitted().evaluate(TRIAL.known, Task(until=TRIAL.until, seed=TRIAL.seed))
    assert [(each.name, each.of) for each in again] == [(each.name, each.of) for each in card.metrics]
    assert again[0].value == pytest.approx(card.metrics[0].value, abs=0.02)


def test_a_shop_of_seven_weeks_has_one_horizon_and_says_what_it_lacks() -> None:
    source = invent_shop(Shop(seed=5, persons=200, days=60))
    until = BEGIN + 55 * DAY
    short = MODEL.fit(Knowledge(source, until), Task(until=until), lambda step, share: None)
    assert list(short.parts.heads) == [7]
    assert any(re.match(r"learnt from 5\d days .* look 7 days ahead", limit) for limit in short.card.limits)
    with pytest.raises(NotEnoughError, match="49"):
        MODEL.fit(Knowledge(source, BEGIN + 30 * DAY), Task(until=BEGIN + 30 * DAY), lambda step, share: None)
