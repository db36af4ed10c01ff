"""What is shown where nothing else can be passes the guards that need no competing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from segue.app.deciding.answers import fallback_answer
from segue.decide.asked import Ask, Clock, Known
from segue.decide.choose import decide
from segue.decide.decided import Decision
from segue.decide.menu import menus
from segue.domain.actions import Content, Quiet
from tests.unit.decide.making import NOW, Told, action, compile_, placement

MANY = {"touchpoint": "display", "seen_by": "many"}
NIGHT = {"touchpoint": "sms", "quiet": Quiet(21 * 60, 8 * 60)}
OVER, LATER = date(2020, 12, 31), date(2026, 3, 2)


def fallen_back(known: Known, place: dict[str, Any], **given: Any) -> Decision:
    """The decision at a placement that has its fallback alone."""
    where = placement(fallback="last", **place)
    menu = menus([where], [action("last", **given)], compile_)[where.name]
    decision = decide(Ask(placement=where.name, moment=NOW, seed=7), known, menu, Told())
    assert decision.fallback
    assert len(decision.dropped) == decision.considered
    return decision


@pytest.mark.parametrize(
    ("given", "known", "place", "stage"),
    [
        ({}, Known(), {}, None),
        ({"sensitivity": "health"}, Known(), {}, None),
        ({"sensitivity": "health"}, Known(), MANY, "guard"),
        ({"sku": "1"}, Known(sensitive=frozenset("1")), MANY, "guard"),
        ({"sku": "1"}, Known(stock={"1": 0}), {}, "stock"),
        ({"sku": "1"}, Known(stock={"1": 1}), {}, None),
        ({"sku": "1"}, Known(stock={"2": 0}), {}, None),
        ({"sku": "1", "floor": 3_000_000}, Known(prices={"1": 2_990_000}), {}, "floor"),
        ({"sku": "1", "floor": 3_000_000}, Known(prices={"1": 3_000_000}), {}, None),
        ({"valid_until": OVER}, Known(), {}, "eligible"),
        ({"valid_from": LATER}, Known(), {}, "eligible"),
        ({}, Known(complaint=True), {}, "suppressed"),
        ({"kind": "content", "sku": "1"}, Known(complaint=True), {}, "suppressed"),
        ({"kind": "message", "discounts": (5,)}, Known(complaint=True), {}, "suppressed"),
        ({"kind": "content"}, Known(complaint=True), {}, None),
        ({"kind": "service", "sku": "1"}, Known(complaint=True), {}, None),
        ({}, Known(clock=Clock(60, "UTC")), NIGHT, "suppressed"),
        ({}, Known(clock=Clock(720, "UTC")), NIGHT, None),
        ({"kind": "service"}, Known(clock=Clock(60, "UTC")), NIGHT, None),
        ({"content": (Content("poster"),)}, Known(), {}, "format"),
        ({}, Known(nowhere=True), {}, None),
        ({"sku": "1"}, Known(nowhere=True, sensitive=frozenset("1")), MANY, "guard"),
    ],
)
def test_a_fallback_is_shown_or_told_why_not(
    given: dict[str, Any], known: Known, place: dict[str, Any], stage: str | None
) -> None:
    decision = fallen_back(known, place, **given)
    assert [slot.action for slot in decision.slots] == (["last"] if stage is None else [])
    assert [each.stage for each in decision.dropped] == ([] if stage is None else [stage])


@pytest.mark.parametrize(
    ("given", "place", "shown"),
    [
        ({}, {}, True),
        ({"sku": "1"}, {}, True),
        ({"sku": "1"}, MANY, False),
        ({"sensitivity": "alcohol"}, {}, True),
        ({"sensitivity": "alcohol"}, MANY, False),
        ({"valid_until": OVER}, {}, False),
        ({"valid_from": LATER}, {}, False),
        ({}, NIGHT, False),
        ({"kind": "service"}, NIGHT, True),
        ({"kind": "service", "valid_until": OVER}, NIGHT, False),
        ({"content": (Content("poster"),)}, {}, False),
    ],
)
def test_without_a_database_nothing_is_shown_that_might_not_be(
    given: dict[str, Any], place: dict[str, Any], shown: bool
) -> None:
    where = placement(fallback="last", **place)
    menu = menus([where], [action("last", **given)], compile_)[where.name]
    answer = fallback_answer(menu, NOW, (b"\0" * 16, "1", 3.0))
    assert answer.fallback
    assert [slot.action for slot in answer.slots] == (["last"] if shown else [])


def test_where_the_store_is_unknown_nothing_competes() -> None:
    where = placement()
    menu = menus([where], [action("story"), action("tea"), action("mug", sku="1")], compile_)[where.name]
    ask = Ask(placement="home", moment=NOW, store="s9")
    decision = decide(ask, Known(nowhere=True), menu, Told())
    assert (decision.fallback, [slot.action for slot in decision.slots]) == (True, ["story"])
    assert {(each.action, each.rule) for each in decision.dropped} == {
        ("mug", "there is no store s9"), ("tea", "there is no store s9"),
    }  # fmt: skip
    assert not decide(ask, Known(), menu, Told()).fallback
