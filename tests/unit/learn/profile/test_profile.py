"""Profiles on an invented shop and on made-up numbers: guesses are fair, told wins, tastes have reasons."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from segue.checks.models.shop import BEGIN, DAY, Shop, invent_shop
from segue.learn.given import Given, given
from segue.learn.knowledge import Knowledge
from segue.learn.model import NotEnoughError, Task
from segue.learn.profile import axes, worth
from segue.learn.profile.abstain import NEVER, Threshold, curve
from segue.learn.profile.axes import Axis
from segue.learn.profile.measuring import Guess
from segue.learn.profile.model import TOLD, FittedProfile, ProfileModel, told_by, with_enough
from segue.learn.profile.stack import fit_blend, fit_member, fit_stack, stratified
from segue.learn.profile.told import answers_of, held_out, is_sensitive, natural
from segue.learn.profile.views import Words, fit_views

END = BEGIN + 250 * DAY
TASK = Task(until=END, seed=2)


@lru_cache(maxsize=1)
def shop() -> Given:
    """A shop whose customers' ages follow their tastes."""
    return invent_shop(Shop(persons=420, days=250, items=96, told=0.7))


@lru_cache(maxsize=1)
def fitted() -> FittedProfile:
    """Fitted once for all tests."""
    return ProfileModel().fit(Knowledge(shop(), END), TASK, lambda _what, _share: None)


# ── the model ────────────────────────────────────────────────────────────────


def test_ages_that_follow_tastes_are_found_in_persons_it_never_saw() -> None:
    found = {(metric.of, metric.name): metric for metric in fitted().card.metrics}
    assert found["age_band", "auc"].value > 0.75
    assert found["age_band", "ece"].value < 0.05
    assert fitted().card.metrics[0].of == "all attributes"
    assert {each.name for each in fitted().kept.attributes} == {"age_band", "children"}


def test_what_she_told_wins_and_is_marked() -> None:
    knowledge = Knowledge(shop(), END)
    scores = next(each for each in fitted().predict(knowledge, END) if each.name == "profile.age_band")
    assert scores.label is not None
    assert scores.reasons is not None
    told = told_by(knowledge, "age_band")
    marked = 0
    for person, value, label, reasons in zip(
        scores.person.tolist(), scores.value, scores.label, scores.reasons, strict=True
    ):
        if person in told:
            assert (label, value, list(reasons)) == (told[person], 1.0, [TOLD])
            marked += 1
        else:
            assert value < 1.0
            assert TOLD not in reasons
    assert 0 < marked < len(scores.person)


def test_the_card_says_what_each_group_of_fields_is_worth() -> None:
    said = {each.name: each for each in fitted().card.data_value if each.of == "all attributes"}
    assert set(said) <= set(worth.GROUPS)
    assert "names of products" in said
    assert {each.of for each in fitted().card.data_value} == {
        "all attributes", *(each.name for each in fitted().kept.attributes)
    }  # fmt: skip


def test_a_view_that_alone_tells_is_worth_collecting_and_one_of_noise_is_not() -> None:
    columns, truth = _made_up()
    fit = fit_stack({"products": columns["types"], "stores": columns["habits"]}, truth, 3, seed=1)
    guess = Guess("made_up", fit.fair, truth, np.arange(len(truth)))
    found = worth.value_of_data([worth.Tried(guess, fit.held)], len(truth), seed=1)
    value = {each.name: each for each in found if each.of == worth.ALL}
    needed, idle = value["numbers of products (sku)"], value["the store of an order"]
    assert needed.low is not None
    assert needed.low > 0.05
    assert abs(idle.value) < 0.01
    assert "worth collecting" in needed.title


def test_it_says_nothing_below_its_confidence() -> None:
    knowledge = Knowledge(shop(), END)
    model = fitted()
    learnt = model.kept.attributes[0]
    shy = replace_threshold(model, 0.9)
    for limit, one in ((learnt.threshold.confidence, model), (0.9, shy)):
        scores = one.predict(knowledge, END)[0]
        assert scores.label is not None
        for value, label in zip(scores.value, scores.label, strict=True):
            assert (label is not None) == (value >= limit)


def replace_threshold(model: FittedProfile, confidence: float) -> FittedProfile:
    """The same model, more cautious."""
    from msgspec.structs import replace as changed

    cautious = [
        changed(each, threshold=changed(each.threshold, confidence=confidence))
        for each in model.kept.attributes
    ]
    return FittedProfile(changed(model.kept, attributes=cautious), model.views, model.card)


def test_sensitive_attributes_are_listed_on_the_card() -> None:
    assert {"profile.age_band", "profile.children", "profile.axis_baby"} <= set(fitted().card.sensitive)
    assert any("age_band" in sentence for sentence in fitted().card.limits)


def test_it_is_kept_without_persons_and_says_the_same_when_read_again(tmp_path: Path) -> None:
    fitted().save(tmp_path)
    again = ProfileModel().load(tmp_path)
    knowledge = Knowledge(shop(), END)
    for one, other in zip(fitted().predict(knowledge, END), again.predict(knowledge, END), strict=True):
        assert np.array_equal(one.value, other.value)
        assert one.label == other.label
        assert one.reasons == other.reasons
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not any(each.encode() in written for each in shop().everything.persons.ids)


def test_what_it_says_of_a_moment_needs_nothing_later() -> None:
    at = BEGIN + 150 * DAY
    late = fitted().predict(Knowledge(shop(), END), at)
    early = fitted().predict(Knowledge(shop(), at), at)
    for one, other in zip(late, early, strict=True):
        assert np.array_equal(one.person, other.person)
        assert np.array_equal(one.value, other.value)


def test_single_persons_are_scored_as_all_are() -> None:
    knowledge = Knowledge(shop(), END)
    every = fitted().predict(knowledge, END)
    some = every[0].person[3:6]
    for one, other in zip(fitted().predict(knowledge, END, some), every, strict=True):
        assert np.allclose(one.value, other.value[3:6])
    assert fitted().explain(knowledge, END, int(some[0]))
    nobody = fitted().predict(knowledge, END, np.zeros(0, np.int32))
    assert all(len(each.person) == 0 for each in nobody)


def test_too_few_customers_are_said_to_be_too_few() -> None:
    nothing = given({"person": [], "time": [], "sku": []})
    with pytest.raises(NotEnoughError, match="profiles need 30 customers"):
        ProfileModel().fit(Knowledge(nothing, END), TASK, lambda _what, _share: None)


def test_without_anything_told_there_are_tastes_alone() -> None:
    untold = replace(shop(), words={})
    model = ProfileModel().fit(Knowledge(untold, END), TASK, lambda _what, _share: None)
    assert model.kept.attributes == []
    assert {each.name for each in model.predict(Knowledge(untold, END), END)} >= {"profile.axis_pets"}
    assert {metric.name for metric in model.card.metrics} == {"reliability"}


# ── what was told ────────────────────────────────────────────────────────────


def test_only_attributes_of_a_few_common_values_can_be_learnt() -> None:
    people = [f"p{number}" for number in range(300)]
    when = np.zeros(300, np.int64)
    source = given(
        {"person": [], "time": [], "sku": []},
        told={
            "size": {"person": people, "value": [str(n % 3) for n in range(300)], "time": when},
            "email": {"person": people, "value": [f"{n}@x.example" for n in range(300)], "time": when},
            "digital": {"person": people, "value": ["true"] * 300, "time": when},
            "rare": {"person": people, "value": ["a"] * 150 + ["b"] * 145 + ["c"] * 5, "time": when},
        },
        persons=people,
    )
    knowledge, enough = Knowledge(source, END), np.ones(300, bool)
    assert answers_of(knowledge, "email", enough) is None
    assert answers_of(knowledge, "digital", enough) is None
    assert answers_of(knowledge, "nothing", enough) is None
    size = answers_of(knowledge, "size", enough)
    assert size is not None
    assert size.classes == ["0", "1", "2"]
    rare = answers_of(knowledge, "rare", enough)
    assert rare is not None
    assert rare.classes == ["a", "b"]
    assert (rare.code == -1).sum() == 5


def test_classes_stand_in_their_natural_order() -> None:
    bands = ["100-124K", "15-24K", "Under 15K", "250K+"]
    assert sorted(bands, key=natural) == ["Under 15K", "15-24K", "100-124K", "250K+"]


@pytest.mark.parametrize(
    "name", ["age_band", "incomeBand", "marital_status", "kids_count", "home_ownership", "gender"]
)
def test_delicate_attributes_are_known_by_their_names(name: str) -> None:
    assert is_sensitive(name)


@pytest.mark.parametrize(
    "name", ["language", "package_size", "shirt_size", "favourite_colour", "average_rating"]
)
def test_others_are_not_taken_for_delicate(name: str) -> None:
    assert not is_sensitive(name)


def test_a_fifth_is_held_out_and_always_the_same() -> None:
    ids = [f"{number:032x}" for number in range(5_000)]
    chosen = held_out(ids)
    assert 0.17 < chosen.mean() < 0.23
    assert np.array_equal(held_out(ids[100:200]), chosen[100:200])


# ── the classifier ───────────────────────────────────────────────────────────


def _made_up(rows: int = 900) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Two views, one of which says something of three classes."""
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 3, rows)
    says = np.eye(3)[truth] + rng.normal(0, 1.0, (rows, 3))
    return {"types": says, "habits": rng.normal(size=(rows, 10))}, truth


def test_the_view_that_says_something_is_trusted_more() -> None:
    columns, truth = _made_up()
    fit = fit_stack(columns, truth, 3, seed=1)
    stack, fair = fit.stack, fit.fair
    assert stack.blend.weights["types"] > 2 * stack.blend.weights["habits"]
    assert (fair.argmax(axis=1) == truth).mean() > 0.5
    assert np.allclose(fair.sum(axis=1), 1.0)


def test_fair_chances_do_not_know_the_person_s_own_answer() -> None:
    rng = np.random.default_rng(8)
    columns = {"types": rng.normal(size=(300, 200)), "habits": rng.normal(size=(300, 20))}
    truth = rng.integers(0, 2, 300)
    fair = fit_stack(columns, truth, 2, seed=1).fair
    assert abs((fair.argmax(axis=1) == truth).mean() - 0.5) < 0.12


def test_a_member_is_the_logistic_regression_of_the_library() -> None:
    from sklearn.linear_model import LogisticRegression

    columns, truth = _made_up(400)
    ours = fit_member(columns["types"], truth, 3, 0.3).chances(columns["types"])
    theirs = LogisticRegression(C=0.3, max_iter=1000, tol=1e-8).fit(columns["types"], truth)
    assert np.abs(ours - theirs.predict_proba(columns["types"])).max() < 0.01


def test_every_class_is_in_every_fold() -> None:
    truth = np.repeat([0, 1, 2], [50, 10, 5])
    parts = stratified(truth, 5, seed=1)
    for part in range(5):
        assert np.bincount(truth[parts == part], minlength=3).tolist() == [10, 2, 1]


def test_a_blend_never_votes_against_a_member() -> None:
    truth = np.asarray([0, 1] * 50)
    right = np.where(np.eye(2)[truth] > 0, 0.8, 0.2)
    blend = fit_blend({"right": right, "wrong": 1 - right}, truth)
    assert blend.weights["wrong"] >= 0.0
    assert blend.weights["right"] > blend.weights["wrong"]


def test_a_class_without_anybody_is_refused() -> None:
    with pytest.raises(ValueError, match="each class needs somebody"):
        fit_stack({"types": np.ones((10, 2))}, np.zeros(10, np.int64), 2, seed=1)


# ── abstaining ───────────────────────────────────────────────────────────────


def test_the_threshold_keeps_what_is_said_right() -> None:
    rng = np.random.default_rng(2)
    sure = rng.uniform(0.5, 1.0, 4_000)
    truth = (rng.random(4_000) > sure).astype(np.int64)
    chances = np.column_stack([sure, 1 - sure])
    rule = Threshold.choose(chances, truth)
    said = sure >= rule.confidence
    assert rule.accuracy == pytest.approx((truth[said] == 0).mean())
    assert 0.0 < rule.answered < 1.0
    shares = curve(chances, truth)
    assert shares[0][2] < shares[-1][2]


def test_guesses_no_better_than_the_most_frequent_answer_are_never_said() -> None:
    rng = np.random.default_rng(2)
    chances = rng.dirichlet(np.ones(5), 500)
    rule = Threshold.choose(chances, rng.integers(0, 5, 500))
    assert (rule.confidence, rule.answered) == (NEVER, 0.0)


# ── tastes ───────────────────────────────────────────────────────────────────


def _basket(person: str, names: list[str], discount: float = 0.0) -> dict[str, list[object]]:
    return {"person": [person] * len(names), "sku": list(names), "discount": [discount] * len(names)}


def _tastes() -> Given:
    """Ann buys for a cat, Bob bread, Eve next to nothing but for a cat."""
    parts = [_basket("ann", ["Cat food"] * 30 + ["Bread"] * 10), _basket("bob", ["Bread"] * 40, 0.5),
             _basket("eve", ["Cat food"] * 2)]  # fmt: skip
    lines = {key: [value for part in parts for value in part[key]] for key in parts[0]}
    count = len(lines["person"])
    return given(
        {**lines, "time": list(range(count)), "amount": [1.0] * count},
        {"sku": ["Cat food", "Bread"], "name": ["Cat food", "Bread"], "category": ["Pets", "Bakery"]},
    )


def test_tastes_are_shares_against_everybody_and_say_which_products() -> None:
    bought = _tastes().everything
    ann, bob, eve = (bought.persons.code[name] for name in ("ann", "bob", "eve"))
    who = np.asarray(sorted((ann, bob, eve)), np.int64)
    lines = axes.line_axes(bought)
    usual = next(axis for axis in axes.fit_axes(bought, who, lines) if axis.name == "pets")
    hits, count = axes.shares(bought, who, lines)
    place = axes.place(usual, hits["pets"], count)
    assert place.value[ann] > 0.7 > 0.3 > place.value[bob]
    assert (place.low <= place.value).all()
    assert (place.value <= place.high).all()
    assert axes.said_by(bought, who, lines["pets"])[ann] == ["Cat food (30×)"]
    assert hits["price"].tolist() == [0.0, 40.0, 0.0]


def test_who_bought_little_is_taken_for_everybody() -> None:
    axis = Axis(name="pets", mean=0.1, pull=40.0, spread=0.05)
    little = axes.place(axis, np.asarray([1.0]), np.asarray([2.0]))
    much = axes.place(axis, np.asarray([100.0]), np.asarray([200.0]))
    nothing = axes.place(axis, np.asarray([0.0]), np.asarray([0.0]))
    assert nothing.value[0] == pytest.approx(0.5)
    assert 0.5 < little.value[0] < much.value[0]
    assert little.high[0] - little.low[0] > much.high[0] - much.low[0]


def test_words_are_whole_words() -> None:
    source = given(
        {"person": ["a"], "time": [0], "sku": ["1"]},
        {"sku": ["1", "2"], "name": ["Catalogue", "CAT litter"]},
    )
    hits = axes.item_axes(source.everything.items)
    assert hits["pets"].tolist() == [False, True]


# ── views ────────────────────────────────────────────────────────────────────


def test_a_person_s_columns_do_not_depend_on_who_is_asked_with_her() -> None:
    bought = shop().everything
    who = with_enough(bought)
    views = fit_views(bought, who, seed=1)
    assert {"types", "products", "habits", "groups"} <= set(views)
    for view in views.values():
        every, alone = view.matrix(Words(bought, who)), view.matrix(Words(bought, who[5:6]))
        assert np.allclose(every[5], alone[0])
