"""What would have been bought without being shown: watched, and taken off what showing is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from segue.decide.asked import Ask, Known
from segue.decide.bandit import Arm, Learnt, rewarded, saw
from segue.decide.choose import decide
from segue.decide.decided import COLUMNS, Decision
from segue.decide.kept import Given, Noting, Recalling, decision_of, given_of, packed, told_as
from segue.decide.menu import Menu, menus
from segue.domain.actions import Action, Lever
from segue.domain.conditions import Compare
from tests.unit.decide.making import NOW, STORY, Told, action, ask, compile_, contact, placement, stage_of

SOME = ("a", "b", "c", "d", "e")
LOYAL = Compare(("traits", "loyal"), "=", 1)


def selling(name: str, **given: Any) -> Action:
    return action(name, sku=name, **given)


def menu_of(*given: Action, **where: Any) -> Menu:
    [menu] = menus([placement(**where)], [STORY, *given], compile_).values()
    return menu


def once(menu: Menu, mind: Any, seed: int = 7, known: Known | None = None) -> Decision:
    return decide(Ask(placement="home", moment=NOW, seed=seed), known or Known(), menu, mind)


def scores(decision: Decision) -> dict[str, float]:
    return {each.action: each.score for each in decision.scores}


# ── the control ──────────────────────────────────────────────────────────────


def test_a_control_is_drawn_evenly_of_what_sells_and_is_not_shown() -> None:
    """Chi-square over fixed seeds; neither what is shown, nor sells nothing, nor fell out is ever one."""
    menu = menu_of(
        selling("a", value=9_000_000), action("a_too", sku="a"), *[selling(each) for each in SOME[1:]],
        selling("gone"), action("nothing"), action("read", kind="content", sku="r"),
        selling("dear", cost=900_000), exploration=0.0,
    )  # fmt: skip
    known, mind = Known(stock={"gone": 0}), Told({"a": (0.9, 0.0), "dear": (0.1, 0.0)})
    found: Counter[str | None] = Counter()
    for seed in np.random.default_rng(3).integers(2**63, size=4_000).tolist():
        decision = once(menu, mind, seed, known)
        assert [slot.action for slot in decision.slots] == ["a"]
        found[decision.control] += 1
    even = [*SOME[1:], "dear"]
    assert {*found} == {*even}, "what costs too much could still be bought"
    off = sum((found[each] - 800) ** 2 / 800 for each in even)
    assert off < chi2.ppf(0.9999, df=len(even) - 1)


@given(st.integers(0, 2**63), st.integers(0, 40), st.integers(1, 3))
def test_whatever_is_gone_one_that_is_free_is_found(seed: int, gone: int, slots: int) -> None:
    many = [selling(f"a{number:02}") for number in range(41)]
    known = Known(stock={f"a{number:02}": 0 for number in range(gone)})
    decision = once(menu_of(*many, slots=slots), Told(), seed, known)
    shown = {slot.action for slot in decision.slots}
    if 41 - gone <= slots:
        assert decision.control is None
    else:
        assert decision.control not in {None, *shown, *known.stock}
    assert once(menu_of(*many, slots=slots), Told(), seed, known).control == decision.control


def test_where_nothing_sells_there_is_no_control() -> None:
    assert ask([action("offer"), action("read", kind="content", sku="1")]).control is None


# ── the score ────────────────────────────────────────────────────────────────

FEW = st.floats(0, 1, allow_nan=False)
ODDS = st.fixed_dictionaries(dict.fromkeys(SOME, FEW))


def world(costs: bool) -> Menu:
    """Offers at full price, at depths, with a lever, with costs."""
    more = {"cost": 20_000} if costs else {}
    return menu_of(
        selling("a", **more), selling("b", value=3_000_000, **more), selling("c", discounts=(0, 20, 40)),
        selling("d", levers=(Lever(LOYAL, 2.0),)), selling("e", discounts=(30,)), action("f"),
        exploration=0.1, slots=2,
    )  # fmt: skip


KNOWN = Known(
    prices=dict.fromkeys(SOME, 2_000_000), facts={"traits.loyal": 1}, granted=frozenset({"personalisation"}),
    contacts=(contact("a"), contact("f", 2)),
)  # fmt: skip


@given(ODDS, st.integers(0, 2**63), st.booleans(), st.sampled_from([None, 0.0]))
def test_where_nothing_is_bought_anyway_everything_is_as_before(
    accepted: Mapping[str, float], seed: int, costs: bool, nothing: float | None
) -> None:
    """Neither what is chosen, nor a score, nor a propensity: by the formula as it was."""
    told = {name: (mean, 0.05) for name, mean in accepted.items()}
    bought = None if nothing is None else dict.fromkeys(SOME, nothing)
    decision = once(world(costs), Told(told, bought), seed, KNOWN)
    assert decision.slots == once(world(costs), Told(told), seed, KNOWN).slots
    for each in decision.scores:
        mean = told.get(each.action, (0.1, 0.05))[0]
        gain = each.levers * each.lift * each.margin
        assert each.score == mean * gain - (each.cost + each.fatigue)
        assert each.anyway == each.forgone == 0.0


@given(ODDS, ODDS, ODDS, st.integers(0, 2**63), st.booleans())
def test_a_larger_anyway_never_raises_a_score(
    accepted: Mapping[str, float],
    less: Mapping[str, float],
    more: Mapping[str, float],
    seed: int,
    costs: bool,
) -> None:
    told = {name: (mean, 0.05) for name, mean in accepted.items()}
    low = {name: min(less[name], more[name]) for name in SOME}
    high = {name: max(less[name], more[name]) for name in SOME}
    one, other = (once(world(costs), Told(told, each), seed, KNOWN) for each in (low, high))
    before = scores(one)
    for name, score in scores(other).items():
        assert score <= before[name] + 1e-12
        assert name != "f" or score == before[name], "what sells nothing is as it was"
    assert {*scores(other)} <= {*before}


@given(FEW, FEW, st.sampled_from([0, 10, 50]), st.sampled_from([1.0, 2.0]))
def test_the_score_is_uplift_times_margin_less_what_is_given_away(
    accepted: float, anyway: float, percent: int, levers: float
) -> None:
    offer = selling("a", value=3_000_000, discounts=(percent,), levers=(Lever(LOYAL, levers),))
    mind = Told({"a": (accepted, 0.0), "story": (0.0, 0.0)}, {"a": anyway})
    decision = once(menu_of(offer), mind, 1, msgspec.structs.replace(KNOWN, contacts=()))
    given_away = 2.0 * percent / 100
    uplift = max(accepted * (1 + 2.5 * percent / 100) - anyway, 0.0)
    score = levers * (uplift * (3.0 - given_away) - anyway * given_away)
    if score > 1e-9:
        [told] = [each for each in decision.scores if each.action == "a"]
        assert told.score == pytest.approx(score, abs=1e-12)
        assert told.anyway == anyway
        assert told.forgone == pytest.approx(levers * anyway * 3.0)
    elif score < -1e-9:
        [rule] = [each.rule for each in decision.dropped if each.action == "a"]
        assert rule == f"adds less than it costs, since it is bought anyway ({score:.4f})"


def test_what_everybody_buys_anyway_loses_to_what_is_bought_because_it_is_shown() -> None:
    both = [selling("bread", value=2_000_000), selling("jam", value=2_000_000)]
    told = {"bread": (0.4, 0.01), "jam": (0.1, 0.01), "story": (0.0, 0.0)}
    alone = once(menu_of(*both), Told(told))
    assert alone.slots[0].action == "bread"
    uplift = once(menu_of(*both), Told(told, {"bread": 0.38, "jam": 0.01}))
    assert uplift.slots[0].action == "jam"
    assert scores(uplift)["bread"] == pytest.approx(0.04)


def test_what_nobody_was_shown_yet_keeps_its_chance_although_it_is_bought_anyway() -> None:
    """Little is known of its acceptance: believed to be no less, it is explored while it costs nothing."""
    both = [selling("bread"), selling("jam")]
    mind = Told({"bread": (0.05, 0.05), "jam": (0.1, 0.01), "story": (0.0, 0.0)}, {"bread": 0.5})
    menu = menu_of(*both, exploration=0.2)
    assert scores(once(menu, mind))["bread"] == 0.0
    assert {once(menu, mind, seed).slots[0].action for seed in range(60)} == {"bread", "jam"}
    dear = menu_of(selling("bread", cost=1_000), selling("jam"))
    assert stage_of(once(dear, mind), "bread") == "score"


# ── kept ─────────────────────────────────────────────────────────────────────


@given(ODDS, st.one_of(st.none(), ODDS), st.integers(0, 2**63))
def test_what_is_kept_is_decided_again(
    accepted: Mapping[str, float], bought: Mapping[str, float] | None, seed: int
) -> None:
    mind = Noting(Told({name: (mean, 0.05) for name, mean in accepted.items()}, bought))
    decision = once(world(costs=True), mind, seed, KNOWN)
    question = Ask(placement="home", moment=NOW, seed=seed)
    found = given_of(packed(Given(ask=question, known=KNOWN, noted=mind.noted)))
    again = decide(found.ask, KNOWN, world(costs=True), Recalling(found.foretold, found.bought))
    assert again == decision == decision_of(packed(decision)) == told_as(again, decision)


def test_what_was_kept_before_there_were_controls_is_read_and_decided_again() -> None:
    mind = Noting(Told())
    now = once(world(costs=True), mind, 7, KNOWN)
    assert now.control is not None
    plain = msgspec.to_builtins(now, builtin_types=(bytes,))
    del plain["control"]
    then = decision_of(packed(plain))
    assert len(then.ranking.rows) == 8 * len(COLUMNS) * len(then.ranking.actions), "as wide as ever"
    assert {each.anyway for each in then.scores} == {0.0}
    noted = mind.noted
    stored = packed({"ask": Ask(placement="home", moment=NOW, seed=7), "known": KNOWN, "noted": [
        noted.actions, noted.means, noted.spreads]})  # fmt: skip
    found = given_of(stored)
    assert found.bought == {}
    again = decide(found.ask, KNOWN, world(costs=True), Recalling(found.foretold, found.bought))
    assert told_as(again, then) == then


# ── what is believed ─────────────────────────────────────────────────────────


def watched(trials: int, bought: int, features: tuple[float, ...] = (1.0,), arm: Arm | None = None) -> Arm:
    """So many controls of somebody with these features, of which so many were bought."""
    for number in range(trials):
        arm = saw(arm, features)
        arm = rewarded(arm, features) if number < bought else arm
    return arm or Arm((0.0,) * len(features) ** 2, (0.0,) * len(features))


def foretold(mind: Learnt, name: str, features: tuple[float, ...] = (1.0,)) -> float:
    found = mind.anyway(features, (name,))
    assert found is not None
    return float(found[0])


def test_much_evidence_outweighs_the_others_and_little_does_not() -> None:
    loaves = {f"a{number}": watched(400, 8) for number in range(5)}
    mind = Learnt(1, {}, bought={**loaves, "bread": watched(4_000, 1_200), "new": watched(2, 1)})
    assert foretold(mind, "bread") == pytest.approx(0.3, abs=0.01)
    assert foretold(mind, "a0") == pytest.approx(0.02, abs=0.01)
    assert foretold(mind, "never watched") == pytest.approx(0.05, abs=0.05), "as others are"
    assert foretold(mind, "new") < 0.25
    alone = Learnt(1, {}, bought={"new": watched(1, 1)})
    assert 0.0 < foretold(alone, "new") < 0.15, "drawn towards nothing"


@given(st.dictionaries(st.sampled_from(SOME), st.integers(0, 50)))
def test_where_nothing_was_bought_nothing_is_foretold(trials: dict[str, int]) -> None:
    mind = Learnt(1, {}, bought={name: watched(number, 0) for name, number in trials.items()})
    assert mind.anyway((1.0,), SOME) is None


def test_who_never_buys_buys_nothing_anyway() -> None:
    """By the features that acceptance is foretold by: else nothing shown to her would add anything."""
    arms = {name: watched(400, 200, (1.0, 1.0), watched(400, 0, (1.0, 0.0))) for name in SOME}
    mind = Learnt(2, {}, bought=arms)
    assert foretold(mind, "a", (1.0, 1.0)) == pytest.approx(0.5, abs=0.03)
    assert foretold(mind, "a", (1.0, 0.0)) == pytest.approx(0.0, abs=0.03)


# ── a world ──────────────────────────────────────────────────────────────────

BOUGHT: Mapping[str, float] = {"bread": 0.40, "milk": 0.30, "jam": 0.02, "tea": 0.01, "soap": 0.05}
ADDED: Mapping[str, float] = {"bread": 0.01, "milk": 0.02, "jam": 0.15, "tea": 0.06, "soap": 0.03}
"""The truth: how many buy it anyway within a week, and how many more when it is shown to them."""


def earned(*, heeding: bool, seed: int, visits: int = 6_000, portion: int = 200) -> float:
    """Incremental margin of all visits, where controls are heeded or acceptance alone counts."""
    rng = np.random.default_rng(seed)
    menu = menu_of(*[selling(name) for name in BOUGHT], exploration=0.05)
    arms: dict[str, Arm | None] = {}
    controls: dict[str, Arm] = {}
    total = 0.0
    for _ in range(visits // portion):
        shown = {name: arm for name, arm in arms.items() if arm is not None}
        mind = Learnt(1, shown, bought=dict(controls) if heeding else None)
        for draw in rng.integers(2**63, size=portion).tolist():
            decision = once(menu, mind, draw)
            [slot] = decision.slots
            total += ADDED[slot.action]
            arms[slot.action] = saw(arms.get(slot.action), (1.0,))
            if rng.random() < BOUGHT[slot.action] + ADDED[slot.action]:
                arms[slot.action] = rewarded(arms[slot.action], (1.0,))
            assert decision.control is not None
            buys = int(rng.random() < BOUGHT[decision.control])
            controls[decision.control] = watched(1, buys, arm=controls.get(decision.control))
    return total


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_in_a_world_where_much_is_bought_anyway_heeding_it_earns_more(seed: int) -> None:
    """Acceptance alone shows the bread that all buy; who watches what is not shown shows the jam."""
    alone, heeding = earned(heeding=False, seed=seed), earned(heeding=True, seed=seed)
    best = 6_000 * max(ADDED.values())
    assert alone < 0.25 * best
    assert heeding > 0.8 * best
