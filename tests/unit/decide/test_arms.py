"""Discounts are arms: which depth is tried has a probability, and it is told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from segue.decide.asked import Ask, Known
from segue.decide.choose import decide
from segue.decide.decided import Decision, Slot
from segue.decide.elasticity import OTHERS, Lift
from segue.decide.kept import Given, Noting, Recalling, decision_of, given_of, packed, told_as
from segue.decide.menu import Menu, menus
from segue.decide.score import Depth, draws_of, pays_within, smallest_that_pays
from segue.domain.actions import Action
from tests.unit.decide.making import NOW, STORY, Told, action, ask, compile_, placement

PRICE = 10_000_000
DEPTHS = (0, 5, 10, 20)


def menu_of(*given: Action, **where: Any) -> Menu:
    [menu] = menus([placement(**where)], [STORY, *given], compile_).values()
    return menu


def one(value: int = 8_000_000, depths: Sequence[int] = DEPTHS) -> Menu:
    return menu_of(action("offer", sku="1", value=value, discounts=tuple(depths)))


def known(lift: Lift = (2.5, 1.5), **given: Any) -> Known:
    return Known(**{"prices": {"1": PRICE}, "lifts": {OTHERS: lift}, **given})


def slot_of(menu: Menu, who: Known, seed: int) -> Slot:
    question = Ask(placement="home", moment=NOW, seed=seed)
    [slot] = decide(question, who, menu, Told({"story": (0.0, 0.0)})).slots
    return slot


# ── told and done ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", [6_000_000, 8_000_000, 11_000_000])
@pytest.mark.parametrize("lift", [(2.5, 1.5), (0.4, 1.0), (1.6, 0.2)])
def test_each_depth_is_tried_as_often_as_is_told(value: int, lift: Lift) -> None:
    """Chi-square over fixed seeds, of one offer at four depths."""
    menu, seeds = one(value), 2_000
    offer = menu.choice("offer")
    assert offer is not None
    found: Counter[int] = Counter()
    told: dict[int, float] = {}
    rng = np.random.default_rng(20_261)
    for seed in rng.integers(2**63, size=seeds).tolist():
        slot = slot_of(menu, known(lift), seed)
        if slot.action != "offer":
            continue
        found[slot.discount] += 1
        assert slot.action_propensity is not None
        told[slot.discount] = slot.propensity / slot.action_propensity
    shares = {each: np.subtract(*draws_of(offer, known(lift), each)[::-1]) for each in DEPTHS}
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-12)
    assert told == {each: pytest.approx(shares[each], abs=1e-12) for each in told}
    offered = found.total()
    assert offered > 1_000
    off = sum((found[each] - offered * p) ** 2 / (offered * p) for each, p in shares.items() if p > 1e-4)
    assert off < chi2.ppf(0.9999, df=max(sum(p > 1e-4 for p in shares.values()) - 1, 1))
    assert not any(found[each] for each, p in shares.items() if p < 1e-9)


@given(
    st.integers(100_000, 30_000_000), st.sets(st.integers(0, 95), min_size=1, max_size=20),
    st.floats(0, 12), st.sampled_from([0.0, 0.1, 1.5, 6.0]), st.integers(0, 2**63),
)  # fmt: skip
def test_depths_share_all_draws(
    value: int, depths: set[int], mean: float, deviation: float, seed: int
) -> None:
    """Their stretches of draws follow each other from 0 to 1, deeper ones later; the draw is in its own."""
    menu, who = one(value, sorted(depths)), known((mean, deviation))
    offer = menu.choice("offer")
    assert offer is not None
    stretches = [draws_of(offer, who, each) for each in sorted(depths)]
    taken = [(begins, ends) for begins, ends in stretches if ends > begins]
    slot = slot_of(menu, who, seed)
    if slot.action != "offer":
        return
    assert taken[0][0] == 0.0
    assert taken[-1][1] == 1.0
    assert [ends for _, ends in taken[:-1]] == pytest.approx([begins for begins, _ in taken[1:]], abs=1e-9)
    assert slot.tried == pytest.approx(draws_of(offer, who, slot.discount), abs=1e-9)
    assert slot.action_propensity is not None
    assert slot.propensity == pytest.approx(slot.action_propensity * (slot.tried[1] - slot.tried[0]))
    assert 0.0 < slot.propensity <= slot.action_propensity <= 1.0 + 1e-12


@pytest.mark.parametrize(
    ("who", "depths"),
    [
        (known(held={"offer": 5}), DEPTHS),
        (known((2.5, 0.0)), DEPTHS),
        (known(identity="likely"), DEPTHS),
        (known(), (10,)),
        (known(), ()),
    ],
)
def test_where_nothing_is_tried_the_depth_is_certain(who: Known, depths: Sequence[int]) -> None:
    for seed in range(40):
        slot = slot_of(one(8_000_000, depths), who, seed)
        assert slot.propensity == slot.action_propensity
        assert slot.tried == (0.0, 1.0)


def test_exploring_is_bounded_by_the_action_whatever_its_depth() -> None:
    """p = f + (1 − n·f)·w is the action's; a depth that is rarely tried makes that arm rare only."""
    many = [action(f"a{number}", sku="1", value=8_000_000 + number, discounts=DEPTHS) for number in range(6)]
    menu = menu_of(*many, exploration=0.3, slots=3)
    for seed in range(200):
        question = Ask(placement="home", moment=NOW, seed=seed)
        decision = decide(question, known(), menu, Told())
        for taken, slot in enumerate(decision.slots):
            assert slot.action_propensity is not None
            assert 0.3 / (7 - taken) - 1e-12 <= slot.action_propensity <= 1.0 + 1e-12


# ── kept ─────────────────────────────────────────────────────────────────────


@given(st.integers(0, 2**63), st.integers(4_000_000, 12_000_000))
def test_what_is_kept_is_decided_again_with_the_same_propensities(seed: int, value: int) -> None:
    menu, mind = one(value), Noting(Told())
    question = Ask(placement="home", moment=NOW, seed=seed)
    decision = decide(question, known(), menu, mind)
    given_ = given_of(packed(Given(ask=question, known=known(), noted=mind.noted)))
    again = decide(given_.ask, given_.known, menu, Recalling(given_.foretold))
    stored = decision_of(packed(decision))
    assert told_as(again, stored) == stored == decision


def test_what_was_kept_before_depths_had_a_chance_is_read_and_decided_again() -> None:
    """As its bytes were: slots without the two fields, and the propensity of the action alone."""
    menu, question = one(), Ask(placement="home", moment=NOW, seed=3)
    now = decide(question, known(), menu, Told())
    assert now.slots[0].propensity < now.slots[0].action_propensity  # type: ignore[operator]
    plain = msgspec.to_builtins(now, builtin_types=(bytes,))
    for slot in plain["slots"]:
        slot["propensity"] = slot.pop("action_propensity")
        del slot["tried"]
    then = decision_of(packed(plain))
    assert then.slots[0].action_propensity is None
    assert told_as(now, then) == then
    other = decide(msgspec.structs.replace(question, draw=0.01), known(), menu, Told())
    assert told_as(other, then) != then


# ── what pays ────────────────────────────────────────────────────────────────


def steps(found: Sequence[Depth], answers: float) -> int:
    """Deeper step by step, as long as a step earns more than it gives away."""
    at = found[0]
    for deeper in found[1:]:
        likelier = answers * (deeper.percent - at.percent) / 100 * deeper.margin
        given_away = (1 + answers * at.percent / 100) * (at.margin - deeper.margin)
        if likelier <= given_away:
            break
        at = deeper
    return at.percent


@given(
    st.integers(1, 300), st.integers(1, 300), st.sets(st.integers(0, 95), min_size=1, max_size=20),
    st.integers(0, 1_200),
)  # fmt: skip
def test_the_smallest_that_pays_is_where_the_next_step_gives_away_more(
    price: int, value: int, percents: set[int], answers: int
) -> None:
    found = [Depth(each, value - price * each / 100, 1.0) for each in sorted(percents)]
    found = [each for each in found if each.margin > 0 or not each.percent]
    if not found:
        return
    beta = answers / 100
    chosen = smallest_that_pays(found, beta)
    climbed = next(each for each in found if each.percent == steps(found, beta))
    earns = [(1 + beta * each.percent / 100) * each.margin for each in (chosen, climbed)]
    assert earns[0] == pytest.approx(earns[1], rel=1e-12), "but for rounding of equal ones it is the same"
    low, high = pays_within(found, chosen.percent)
    assert low - 1e-6 <= beta <= high + 1e-6


def test_of_depths_that_earn_alike_the_smaller_is_given() -> None:
    """(1 + β·0)·8 = (1 + β·0.2)·6.4 at β = 1.25."""
    found = [Depth(0, 8.0, 1.0), Depth(20, 6.4, 1.25)]
    assert pays_within(found, 0)[1] == pays_within(found, 20)[0] == pytest.approx(1.25)
    assert smallest_that_pays(found, 1.25).percent == 0
    assert smallest_that_pays(found, 1.2501).percent == 20


# ── what the log tells of every arm ──────────────────────────────────────────

ACCEPTED: Mapping[tuple[str, int], float] = {
    ("a", 0): 0.10, ("a", 5): 0.13, ("a", 10): 0.12, ("a", 20): 0.30,
    ("b", 0): 0.20, ("b", 5): 0.20, ("b", 10): 0.26, ("b", 20): 0.28,
}  # fmt: skip
"""The truth, which is not linear in the depth, so that nothing but the log can tell it."""


def test_every_arm_is_valued_without_bias() -> None:
    """Two offers compete at whichever depth is tried: by inverse propensities each arm is worth what it is.

    By the action's propensity alone each would be worth as much less as its depth is rarely tried.
    """
    two = [action(name, sku="1", value=8_000_000, discounts=DEPTHS) for name in ("a", "b")]
    menu = menu_of(*two, exploration=0.4)
    mind = Told({"a": (0.14, 0.05), "b": (0.2, 0.05), "story": (0.0, 0.0)})
    rows, who = 6_000, known((2.0, 1.5))
    told: dict[tuple[str, int], list[float]] = defaultdict(list)
    rng = np.random.default_rng(5)
    for seed in rng.integers(2**63, size=rows).tolist():
        question = Ask(placement="home", moment=NOW, seed=seed)
        [slot] = decide(question, who, menu, mind).slots
        arm = slot.action, slot.discount
        told[arm].append(ACCEPTED.get(arm, 0.0) / slot.propensity)
    assert {*told} >= {*ACCEPTED}
    for arm, truth in ACCEPTED.items():
        weighed = np.zeros(rows)
        weighed[: len(told[arm])] = told[arm]
        error = weighed.std() / rows**0.5
        assert abs(weighed.mean() - truth) < 4 * error, arm
        assert error < truth / 8, "close enough to tell"


def test_the_draw_can_be_given() -> None:
    """A decision by another draw tries what that draw has, and all else of it stays as the seed has it."""
    menu = one()
    found: dict[int, Decision] = {}
    for draw in (0.01, 0.99):
        decision = decide(Ask(placement="home", moment=NOW, seed=1, draw=draw), known(), menu, Told())
        found[decision.slots[0].discount] = decision
        begins, ends = decision.slots[0].tried
        assert begins <= draw < ends
    assert len(found) == 2
    assert ask([action("offer")], seed=1, draw=0.5) == ask([action("offer")], seed=1)
