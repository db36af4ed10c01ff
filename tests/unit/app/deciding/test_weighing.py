"""What a candidate would have been worth, told from a log in which depths of discount were tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pytest

from segue.app.deciding.weighing import Chances, Row, as_logged, by_menu, evenly, greedy, valued, with_depth
from segue.decide.asked import Ask, Known
from segue.decide.choose import decide
from segue.decide.elasticity import OTHERS
from segue.decide.kept import Given, Noting
from segue.decide.menu import Menu, menus
from tests.unit.decide.making import NOW, STORY, Told, action, compile_, placement

PRICE = 10_000_000
MIND = Told({"a": (0.16, 0.05), "b": (0.2, 0.05), "story": (0.0, 0.0)})
KNOWN = Known(prices={"1": PRICE}, lifts={OTHERS: (2.0, 1.5)})
TRUTH: Mapping[tuple[str, int], float] = {
    ("a", 0): 0.10, ("a", 5): 0.55, ("a", 10): 0.15, ("a", 20): 0.60,
    ("b", 0): 0.20, ("b", 5): 0.40, ("b", 10): 0.26, ("b", 20): 0.35, ("story", 0): 0.0,
}  # fmt: skip
"""How often each arm is accepted: not as anybody believes, so that nothing but the log can tell it."""


def menu_of(depths: Sequence[int], value: int = 8_000_000, exploration: float = 0.4) -> Menu:
    two = [action(name, sku="1", value=value, discounts=tuple(depths)) for name in ("a", "b")]
    [menu] = menus([placement(exploration=exploration)], [STORY, *two], compile_).values()
    return menu


def seeds(rows: int) -> list[int]:
    found: list[int] = np.random.default_rng(11).integers(2**63, size=rows).tolist()
    return found


def log_of(menu: Menu, rows: int) -> list[Row]:
    """What happens to so many who are decided for."""
    chance, log = np.random.default_rng(12), []
    for number, seed in enumerate(seeds(rows)):
        mind = Noting(MIND)
        question = Ask(placement="home", moment=NOW, seed=seed)
        decision = decide(question, KNOWN, menu, mind)
        slot = decision.slots[0]
        arm = slot.action, slot.discount
        assert slot.action_propensity is not None
        log.append(Row(
            at=number, fragment=None, definitions=1,
            given=Given(ask=question, known=KNOWN, noted=mind.noted), scores=decision.scores, arm=arm,
            action_propensity=slot.action_propensity, tried=slot.tried,
            rewarded=bool(chance.random() < TRUTH[arm]),
        ))  # fmt: skip
    return log


def worth(menu: Menu, rows: int) -> float:
    """What decisions from this menu are worth in truth, over the same visitors by other draws."""
    earned = 0.0
    for seed in seeds(rows):
        slot = decide(Ask(placement="home", moment=NOW, seed=seed ^ 0x5DEECE66D), KNOWN, menu, MIND).slots[0]
        sold = 0.0 if slot.action == "story" else menu.choice(slot.action).action.value / 1e6  # type: ignore[union-attr]
        earned += TRUTH[slot.action, slot.discount] * (sold - PRICE / 1e6 * slot.discount / 100)
    return earned / rows


@pytest.fixture(scope="module")
def logged() -> list[Row]:
    return log_of(menu_of((0, 5, 10, 20)), 4_000)


@pytest.mark.parametrize("depths", [(0, 5), (20,), (0, 10, 20), (0, 5, 10, 20), (5, 10)])
def test_a_candidate_with_other_depths_is_worth_what_they_earn(
    logged: list[Row], depths: tuple[int, ...]
) -> None:
    menu = menu_of(depths)
    truth = worth(menu, 3_000)
    found = valued("candidate", "", [by_menu(row, menu) for row in logged], logged)
    values = {each.estimator: each for each in found.estimates}
    for name in ("ips", "snips", "dr", "sndr"):
        one = values[name]
        error = (one.high - one.low) / 2 / 1.96
        assert abs(one.value - truth) < 4 * error + 0.02, (name, one, truth)
        assert error < 0.25, "close enough to tell"
    assert not any("not 1" in each for each in found.warnings)


def test_by_the_actions_chances_alone_it_would_be_far_off(logged: list[Row]) -> None:
    """What this guards against: a candidate that gives 5 % only, valued by what the logged depths earned."""
    menu = menu_of((5,))
    truth = worth(menu, 2_000)
    blind = [row._replace(arm=(row.arm[0], 0), tried=None) for row in logged]
    as_if = [
        Chances({}, sum(chance for arm, chance in by_menu(row, menu).arms.items() if arm[0] == row.arm[0]))
        for row in blind
    ]
    assert abs(_value(valued("blind", "", as_if, blind), "ips") - truth) > 0.5
    told = valued("candidate", "", [by_menu(row, menu) for row in logged], logged)
    assert abs(_value(told, "ips") - truth) < 0.5


def test_what_was_logged_weighs_one(logged: list[Row]) -> None:
    """By the same definitions, and as it was drawn, exactly; the chances of a row's own draw add up to 1."""
    menu = menu_of((0, 5, 10, 20))
    for row in logged[:300]:
        for each in (as_logged(row), by_menu(row, menu)):
            assert each.taken == pytest.approx(row.propensity, rel=1e-9)
            assert sum(each.arms.values()) == pytest.approx(1.0)
        for other in (greedy(row), evenly(row)):
            assert sum(other.arms.values()) == pytest.approx(1.0)
            assert other.taken == pytest.approx(other.arms.get(row.arm, 0.0) * row.share)


def test_another_depth_of_the_same_action_is_no_match(logged: list[Row]) -> None:
    menu = menu_of((10,))
    for row in logged[:300]:
        taken = by_menu(row, menu).taken
        assert (taken > 0) == (row.arm[0] == "story" or row.arm[1] == 10)


def test_rows_of_before_get_the_chance_that_their_depth_had(logged: list[Row]) -> None:
    """From what they were decided from; where that is not known any more they stay as they are."""
    menu = menu_of((0, 5, 10, 20))
    for row in logged[:300]:
        before = row._replace(tried=None)
        assert before.propensity == row.action_propensity
        found = with_depth(before, menu)
        assert found.tried == pytest.approx(row.tried)
        assert found.propensity == pytest.approx(row.propensity)
        assert with_depth(before, None) == before
    assert any(row.share < 1 for row in logged[:300])


def test_who_holds_a_discount_is_valued_at_it_only() -> None:
    known = msgspec.structs.replace(KNOWN, held={"a": 10, "b": 5})
    menu = menu_of((0, 5, 10, 20))
    [row] = log_of(menu, 1)
    assert row.given is not None
    given = msgspec.structs.replace(row.given, known=known)
    arms = by_menu(row._replace(given=given), menu).arms
    assert {depth for name, depth in arms if name == "a"} == {10}
    for depth, certain in ((10, True), (5, False)):
        taken = by_menu(row._replace(given=given, arm=("a", depth), tried=(0.0, 1.0)), menu).taken
        assert (taken > 0) is certain


def _value(found: Any, name: str) -> float:
    value: float = next(each.value for each in found.estimates if each.estimator == name)
    return value
