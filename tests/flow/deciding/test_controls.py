"""What is bought without being shown: watched of each decision, learnt when its time is over, and heeded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from segue.decide import controls
from segue.decide.bandit import DAILY
from segue.domain.order import DAY, HOUR, rfc3339
from segue.ports.clock import ManualClock
from segue.ports.statements import Statement
from tests.conftest import NOON
from tests.flow.api.harness import Api, identify, opened, track
from tests.flow.deciding.conftest import decide

PLACEMENTS = """
placements:
  home: {touchpoint: web, formats: [banner], fallback: story, timeout_ms: 10000, exploration: 0}
  aisle: {touchpoint: web, formats: [card], fallback: story, timeout_ms: 10000}
"""
ACTIONS = """
actions:
  story: {kind: content, content: [{format: banner, headline: Hi}, {format: card, headline: Hi}]}
  mug: {kind: offer, value: 8, stock: {sku: mug}, content: [{format: banner, headline: Mug}]}
  bread: {kind: offer, value: 4, cost: 0.3, stock: {sku: bread}, attribution: 3 days,
          content: [{format: banner, headline: Bread}]}
  news: {kind: content, value: 4, cost: 0.3, stock: {sku: paper}, content: [{format: banner, headline: News}]}
  loaf: {kind: offer, value: 4, stock: {sku: bread}, content: [{format: card, headline: Bread}]}
"""
WATCHED = Statement("watched", "", "select action, sku, until - at, bought_at - at from control order by at")
SPAN = 3 * DAY


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def shop(database_url: str, clock: ManualClock, tmp_path: Path) -> Iterator[Api]:
    with opened(database_url, clock, tmp_path) as api:
        api.define({"placements.yaml": PLACEMENTS, "actions.yaml": ACTIONS})
        yield api


def rows(shop: Api, statement: Statement) -> list[tuple[Any, ...]]:
    with shop.installation.database.transaction(read_only=True) as session:
        return [tuple(row) for row in session.fetch(statement)]


def comes(shop: Api, who: str, *, placement: str = "home", **given: Any) -> Any:
    """Somebody who is known comes to the home page, where the mug is shown, and the bread is not."""
    at = rfc3339(shop.installation.clock.now() - HOUR)
    shop.happen(identify(f"i-{who}-{at}-{placement}", at, user_id=who, traits={"first_name": who}))
    return decide(shop, placement, identifiers={"user_id": who}, explain=True, **given)


def orders(shop: Api, who: str, at: int, *skus: str, order: str = "o", **more: Any) -> None:
    said = {"order_id": f"{order}-{who}", "products": [{"sku": sku} for sku in skus], **more}
    shop.happen(track("Order Completed", f"{order}-{who}-{at}", rfc3339(at), user_id=who, properties=said))


def sees(shop: Api, who: str, answer: Any, at: int) -> None:
    said = {"decision_id": answer["decision_id"], "slot": 0}
    shop.happen(
        track("Action Shown", f"s-{answer['decision_id']}", rfc3339(at), user_id=who, properties=said)
    )


def counted(shop: Api) -> list[tuple[Any, ...]]:
    """Placement, action, controls and how many of them were bought."""
    with shop.installation.database.transaction(read_only=True) as session:
        found = controls.arms(session, ["aisle", "home"])
    return [(*key, arm.seen, arm.reward[0]) for key, (arm, _) in found.items()]


def settle(shop: Api, now: int, *, at_once: int = 5_000) -> int:
    return controls.settle(shop.installation.database, now, now // DAY, at_once=at_once)


# ── watched ──────────────────────────────────────────────────────────────────


def test_a_decision_names_what_it_watches_and_replays(shop: Api) -> None:
    answer = comes(shop, "ann")
    assert [slot["action"] for slot in answer["slots"]] == ["mug"]
    assert answer["explanation"]["control"] == "bread", "news are to be clicked"
    assert rows(shop, WATCHED) == [("bread", "bread", SPAN, None)]
    whole = shop.get(f"/api/v1/decisions/{answer['decision_id']}")
    assert whole["explanation"]["control"] == "bread"
    assert whole["replay"] == "same"


def test_of_nobody_and_of_what_is_only_supposed_nothing_is_watched(shop: Api) -> None:
    assert decide(shop, "home", explain=True)["explanation"]["control"] == "bread"
    comes(shop, "ann", at="2026-03-01T12:00:00Z")
    assert rows(shop, WATCHED) == []


@pytest.mark.parametrize(
    ("after", "skus", "marked"),
    [
        ([2 * HOUR], ["bread", "milk"], 2 * HOUR),
        ([2 * HOUR], ["milk"], None),
        ([-HOUR], ["bread"], None),
        ([SPAN - 1_000_000], ["bread"], SPAN - 1_000_000),
        ([SPAN], ["bread"], None),
        ([3 * HOUR, 2 * HOUR, 5 * HOUR], ["bread"], 2 * HOUR),
    ],
)
def test_the_first_order_in_its_time_marks_it_whenever_it_is_told(
    shop: Api, clock: ManualClock, after: list[int], skus: list[str], marked: int | None
) -> None:
    comes(shop, "ann")
    clock.advance(1)
    comes(shop, "bea")
    clock.advance(SPAN + HOUR)
    for number, each in enumerate(after):
        for _again in range(2):  # the second is known already
            orders(shop, "ann", NOON + each, *skus, order=f"o{number}")
    assert [row[3] for row in rows(shop, WATCHED)] == [marked, None], "hers alone"


def test_an_order_on_her_device_counts_once_it_is_known_to_be_hers(shop: Api, clock: ManualClock) -> None:
    comes(shop, "ann")
    clock.advance(3 * HOUR)
    said = {"order_id": "o1", "products": [{"sku": "bread"}]}
    shop.happen(
        identify("i2", rfc3339(NOON + HOUR), user_id="ann", anonymous_id="phone"),
        track("Order Completed", "o1", rfc3339(NOON + 2 * HOUR), anonymous_id="phone", properties=said),
    )
    assert [row[3] for row in rows(shop, WATCHED)] == [2 * HOUR]


# ── learnt ───────────────────────────────────────────────────────────────────


def test_each_is_counted_once_when_nothing_more_will_be_heard_of_it(shop: Api, clock: ManualClock) -> None:
    for who in ("ann", "bea", "cat"):
        comes(shop, who)
    clock.advance(HOUR)
    orders(shop, "ann", NOON + HOUR, "bread")
    over = NOON + SPAN + controls.LATE
    assert settle(shop, over) == 0
    assert (counted(shop), len(rows(shop, WATCHED))) == ([], 3)
    assert settle(shop, over + 1, at_once=2) == 3
    assert counted(shop) == [("home", "bread", 3, 1)]
    assert rows(shop, WATCHED) == []
    assert settle(shop, over + 1) == 0
    assert counted(shop) == [("home", "bread", 3, 1)]


@pytest.mark.parametrize(
    ("first", "seen", "learnt"),
    [
        pytest.param("aisle", True, [], id="she saw it before"),
        pytest.param("home", True, [], id="she saw it meanwhile"),
        pytest.param("home", False, [("home", "bread", 1, 1)], id="it was answered and not seen"),
    ],
)
def test_who_was_shown_the_product_elsewhere_says_nothing_of_buying_it_anyway(
    shop: Api, clock: ManualClock, first: str, seen: bool, learnt: list[Any]
) -> None:
    """The loaf in the aisle is the bread of the home page; nothing else sells there to be watched."""
    answers = {first: comes(shop, "ann", placement=first)}
    clock.advance(HOUR)
    other = "home" if first == "aisle" else "aisle"
    answers[other] = comes(shop, "ann", placement=other)
    clock.advance(HOUR)
    orders(shop, "ann", NOON + 2 * HOUR, "bread")
    if seen:  # told after the order
        sees(shop, "ann", answers["aisle"], NOON + HOUR)
    assert len(rows(shop, WATCHED)) == 1
    assert settle(shop, NOON + SPAN + controls.LATE + DAY) == 1
    assert counted(shop) == learnt


def test_who_saw_it_after_she_had_bought_it_bought_it_anyway(shop: Api, clock: ManualClock) -> None:
    comes(shop, "ann")
    clock.advance(HOUR)
    orders(shop, "ann", NOON + HOUR, "bread")
    clock.advance(HOUR)
    sees(shop, "ann", comes(shop, "ann", placement="aisle"), NOON + 2 * HOUR)
    settle(shop, NOON + SPAN + controls.LATE + DAY)
    assert counted(shop) == [("home", "bread", 1, 1)]


def test_what_was_counted_fades_day_by_day(shop: Api, clock: ManualClock) -> None:
    comes(shop, "ann")
    orders(shop, "ann", NOON, "bread")
    assert settle(shop, NOON + 10 * DAY) == 1
    clock.advance(10 * DAY)
    comes(shop, "bea")
    assert settle(shop, NOON + 20 * DAY) == 1
    [(_, _, trials, bought)] = counted(shop)
    assert (trials, bought) == (pytest.approx(1 + DAILY**10), pytest.approx(DAILY**10))


def test_what_was_watched_of_who_is_erased_is_gone_and_never_counted(shop: Api) -> None:
    for who in ("ann", "bea"):
        comes(shop, who)
        orders(shop, who, NOON, "bread")
    assert len(rows(shop, WATCHED)) == 2
    person = shop.person("user_id:ann")["person_id"]
    assert shop.request("DELETE", f"/api/v1/persons/{person}").status == 202
    assert len(rows(shop, WATCHED)) == 1
    settle(shop, NOON + 10 * DAY)
    assert counted(shop) == [("home", "bread", 1, 1)]


# ── heeded ───────────────────────────────────────────────────────────────────


def test_what_was_learnt_is_told_and_taken_off_and_replays(shop: Api, clock: ManualClock) -> None:
    before = comes(shop, "v0")
    for number in range(1, 40):
        comes(shop, f"v{number}")
        orders(shop, f"v{number}", NOON, "bread")
    settle(shop, NOON + 10 * DAY)
    assert counted(shop) == [("home", "bread", 40.0, 39.0)]
    clock.advance(10 * DAY)
    for number in range(500):
        clock.advance(1_100_000)
        after = comes(shop, f"w{number}")
        told = {each["action"]: each for each in after["explanation"]["scores"]}
        if told["mug"]["anyway"]:
            break
    else:
        raise AssertionError("it is never known")
    mug = told["mug"]
    assert 0 < mug["anyway"] < mug["acceptance"], "a little like the other, beforehand"
    assert mug["forgone"] == pytest.approx(8 * mug["anyway"])
    assert mug["score"] == pytest.approx(8 * (mug["acceptance"] - mug["anyway"]))
    fallen = {each["action"]: each["rule"] for each in after["explanation"]["dropped"]}
    assert fallen["bread"] == "adds less than it costs, since it is bought anyway (-0.3000)"
    assert fallen["news"] == "costs more than it earns (-0.1000)", "news are to be clicked"
    for each in (before, after):
        assert shop.get(f"/api/v1/decisions/{each['decision_id']}")["replay"] == "same"
