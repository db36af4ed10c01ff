"""Deciding: every stage of the funnel, what is chosen among the rest, and with which probability."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.decide.asked import Known
from segue.domain.actions import Cap, Content, Lever, Suppression
from segue.domain.conditions import Compare, Window
from tests.unit.decide.making import BANNER, Told, action, ask, contact, placement, stage_of

WEEK, MONTH = Window("days", 7), Window("days", 30)
LOYAL = Compare(("traits", "loyal"), "=", 1)
MORNING = Compare(("context", "daypart"), "=", "morning")
HERS = frozenset({"personalisation"})


@pytest.mark.parametrize(
    ("given", "known", "stage"),
    [
        ({}, Known(), None),
        ({"valid_from": date(2026, 3, 2)}, Known(), "eligible"),
        ({"valid_until": date(2026, 2, 28)}, Known(), "eligible"),
        ({"valid_from": date(2026, 3, 1), "valid_until": date(2026, 3, 1)}, Known(), None),
        ({"audience": LOYAL}, Known(facts={"traits.loyal": 1}), "consent"),
        ({"audience": LOYAL}, Known(facts={"traits.loyal": 1}, granted=HERS), None),
        ({"audience": LOYAL}, Known(facts={}, granted=HERS), "eligible"),
        ({"applicable": MORNING}, Known(facts={}), "applicable"),
        ({"applicable": MORNING}, Known(facts={"context.daypart": "morning"}), None),
        ({"suitable": LOYAL}, Known(facts={}), "suitable"),
        ({"suitable": LOYAL}, Known(facts={"traits.loyal": 1}), None),
        ({"purpose": "marketing"}, Known(granted=HERS), "consent"),
        ({"sku": "1"}, Known(stock={"1": 0}), "stock"),
        ({"sku": "1"}, Known(stock={"1": 1}), None),
        ({"sku": "1"}, Known(), None),
        ({"sku": "1", "floor": 3_000_000}, Known(prices={"1": 2_990_000}), "floor"),
        ({}, Known(complaint=True), "suppressed"),
        ({"kind": "service"}, Known(complaint=True), None),
        ({"cost": 500_000}, Known(), "score"),
        ({"content": (Content("poster"),)}, Known(), "format"),
        ({"content": (Content("banner", "pl"),)}, Known(), "format"),
    ],
)
def test_an_action_falls_out_at_its_stage(given: dict[str, object], known: Known, stage: str | None) -> None:
    decision = ask([action("offer", **given)], known, locale="de-AT")
    assert stage_of(decision, "offer") == stage
    assert [slot.action for slot in decision.slots] == (["offer"] if stage is None else ["story"])
    assert decision.fallback is (stage is not None)
    if stage is not None:
        assert all(each.rule for each in decision.dropped)


def test_what_many_see_is_never_sensitive_nor_personal() -> None:
    screen = placement(seen_by="many", slots=2)
    decision = ask([action("test", sensitivity="health"), action("tea")], Known(told=True), screen)
    assert stage_of(decision, "test") == "guard"
    assert [(slot.action, slot.personal) for slot in decision.slots] == [("tea", False)]


def test_personal_facts_are_counted() -> None:
    three = [action(name) for name in "abc"]
    slots = ask(three, Known(told=True), placement(slots=3, personal_facts=1)).slots
    assert [slot.personal for slot in slots] == [True, False, False]
    slots = ask(three, Known(told=False), placement(slots=3, personal_facts=3)).slots
    assert not any(slot.personal for slot in slots)


def test_the_language_of_the_content() -> None:
    said = (Content("banner", "en"), Content("banner", "de"), Content("banner", "de-AT"), Content("banner"))
    offer = action("offer", content=said)
    found = {at: ask([offer], locale=at).slots[0].variant for at in ("de-AT", "de-CH", "en", "pl", None)}
    assert found == {"de-AT": 2, "de-CH": 1, "en": 0, "pl": 3, None: 0}


# ── caps and suppressions ────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cap", "contacts", "full"),
    [
        (Cap(2, WEEK), [contact("tea"), contact("tea", 6)], True),
        (Cap(2, WEEK), [contact("tea"), contact("tea", 7)], False),
        (Cap(2, WEEK), [contact("tea"), contact("coffee")], False),
        (Cap(2, None), [contact("tea"), contact("tea", 900)], True),
        (Cap(2, WEEK, "person", "hot"), [contact("x", group="hot"), contact("y", group="hot")], True),
        (Cap(1, WEEK, "person", None, "web"), [contact("tea", channel="till")], False),
        (Cap(1, WEEK, "person", None, "till"), [contact("tea", channel="till")], True),
        (Cap(1, Window("hours", 2)), [contact("tea", 1)], False),
        (Cap(0, WEEK), [], True),
    ],
)
def test_a_cap_counts_its_own(cap: Cap, contacts: list[object], full: bool) -> None:
    decision = ask([action("tea", group="hot", caps=(cap,))], Known(contacts=tuple(contacts)))  # type: ignore[arg-type]
    assert stage_of(decision, "tea") == ("caps" if full else None)


def test_a_cap_of_everybody() -> None:
    tea = action("tea", caps=(Cap(3, WEEK, "everybody"),))
    assert stage_of(ask([tea], Known(everybody={"action tea, 7 days": 2})), "tea") is None
    assert stage_of(ask([tea], Known(everybody={"action tea, 7 days": 3})), "tea") == "caps"


@given(st.integers(1, 4), st.integers(0, 5), st.integers(1, 6))
def test_slots_of_one_answer_never_exceed_the_cap_of_their_group(most: int, before: int, slots: int) -> None:
    hot = [action(name, group="hot", caps=(Cap(most, WEEK, "person", "hot"),)) for name in "abcdef"]
    contacts = tuple(contact("z", group="hot") for _ in range(before))
    decision = ask(hot, Known(contacts=contacts), placement(slots=slots))
    chosen = 0 if decision.fallback else len(decision.slots)
    assert chosen == min(slots, max(most - before, 0))


@pytest.mark.parametrize(
    ("days", "pause"),
    [
        ([0, 1, 2], True),
        ([0, 1], False),
        ([0, 3, 7], False),
        ([20, 21, 22], True),
        ([30, 31, 32], False),
    ],
)
def test_three_dismissals_in_a_week_give_a_month_of_peace(days: list[int], pause: bool) -> None:
    peace = Suppression("dismissed", 3, WEEK, MONTH)
    contacts = tuple(contact("tea", ago, outcome="dismissed") for ago in days)
    decision = ask([action("tea", suppress=(peace,))], Known(contacts=contacts))
    assert stage_of(decision, "tea") == ("suppressed" if pause else None)


def test_ignored_is_shown_and_left() -> None:
    peace = Suppression("ignored", 2, WEEK, MONTH)
    for outcome, expected in (("shown", "suppressed"), ("clicked", None), ("returned", None)):
        contacts = tuple(contact("tea", ago, outcome=outcome) for ago in (1, 2))
        assert stage_of(ask([action("tea", suppress=(peace,))], Known(contacts=contacts)), "tea") == expected


# ── discounts ────────────────────────────────────────────────────────────────


def test_a_discount_that_does_not_pay_is_not_given() -> None:
    known = Known(prices={"1": 10_000_000})
    dear = action("dear", sku="1", value=2_000_000, discounts=(0, 5, 10))
    assert ask([dear], known).slots[0].discount == 0
    rich = action("rich", sku="1", value=9_000_000, discounts=(0, 5, 10))
    assert ask([rich], known).slots[0].discount == 10


@given(st.integers(100, 2_000), st.integers(0, 2_000), st.sets(st.integers(0, 95), min_size=1))
def test_no_price_is_ever_below_the_floor(price: int, floor: int, depths: set[int]) -> None:
    offer = action("offer", sku="1", floor=floor * 10_000, discounts=tuple(sorted(depths)), value=30_000_000)
    decision = ask([offer], Known(prices={"1": price * 10_000}))
    for slot in decision.slots:
        if slot.action == "offer":
            assert price * (100 - slot.discount) >= floor * 100


def test_what_she_was_offered_she_is_offered_everywhere() -> None:
    rich = action("rich", sku="1", value=9_000_000, discounts=(0, 5, 10))
    known = Known(prices={"1": 10_000_000}, held={"rich": 5})
    assert ask([rich], known).slots[0].discount == 5


def test_who_is_only_likely_is_told_no_price() -> None:
    rich = action("rich", sku="1", value=9_000_000, discounts=(0, 5, 10))
    known = Known(prices={"1": 10_000_000}, identity="likely")
    assert ask([rich], known).slots[0].discount == 0
    always = action("rich", sku="1", value=9_000_000, discounts=(5, 10))
    assert stage_of(ask([always], known), "rich") == "floor"


# ── scores and chances ───────────────────────────────────────────────────────


def test_a_score_is_expected_incremental_margin() -> None:
    offer = action("offer", value=2_000_000, cost=50_000, levers=(Lever(MORNING, 3.0),))
    known = Known(facts={"context.daypart": "morning"}, contacts=(contact("offer", 2),))
    [told] = ask([offer], known, mind=Told({"offer": (0.1, 0.0)})).scores
    assert told.levers == 3.0
    assert told.fatigue == pytest.approx(0.04)
    assert told.score == pytest.approx(3 * 0.1 * 2 - 0.05 - 0.04)


def test_what_is_best_for_sure_is_drawn_but_for_exploring() -> None:
    sure = Told({"good": (0.5, 0.0), "bad": (0.1, 0.0), "worse": (0.05, 0.0)})
    three = [action(name) for name in sure.told]
    where = placement(exploration=0.3)
    chosen = Counter(ask(three, place=where, mind=sure, seed=seed).slots[0].action for seed in range(400))
    assert chosen["good"] == pytest.approx(320, abs=35)
    slot = next(
        slot
        for seed in range(400)
        for slot in ask(three, place=where, mind=sure, seed=seed).slots
        if slot.action == "bad"
    )
    assert slot.propensity == pytest.approx(0.1)


@given(st.integers(0, 2**63), st.integers(1, 30), st.integers(1, 6), st.sampled_from([0.0, 0.05, 0.5]))
def test_the_same_again_and_chances_that_are_chances(
    seed: int, actions: int, slots: int, exploration: float
) -> None:
    many = [action(f"a{number}", value=1_000_000 + 10_000 * number) for number in range(actions)]
    where = placement(slots=slots, exploration=exploration)
    decision = ask(many, place=where, seed=seed)
    assert decision == ask(many, place=where, seed=seed)
    assert len({slot.action for slot in decision.slots}) == len(decision.slots) == min(slots, actions)
    for taken, slot in enumerate(decision.slots):
        left = min(actions, 20) - taken
        assert exploration / left - 1e-12 <= slot.propensity <= 1.0
    fallen = {each.action for each in decision.dropped}
    assert fallen | {slot.action for slot in decision.slots} == {each.name for each in many}
    assert sum(each.weight for each in decision.scores) == pytest.approx(1.0)


def test_chances_are_what_happens() -> None:
    """Over many seeds each is drawn as often as it says."""
    many = [action(f"a{number}") for number in range(5)]
    mind = Told({f"a{number}": (0.1 + 0.007 * number, 0.05) for number in range(5)})
    drawn: Counter[str] = Counter()
    said: dict[str, float] = {}
    for seed in range(3_000):
        [slot] = ask(many, mind=mind, seed=seed).slots
        drawn[slot.action] += 1
        said[slot.action] = said.get(slot.action, 0.0) + 1 / slot.propensity
    # the inverse-probability estimate of how often there was a decision is right for every action
    assert set(said) == set(mind.told)
    assert list(said.values()) == pytest.approx([3_000] * 5, rel=0.15)


def test_nothing_at_all_is_an_empty_answer() -> None:
    decision = ask([], place=placement(fallback="nowhere"), locale="xx")
    assert [slot.action for slot in decision.slots] == ["story"]
    assert ask([action("x")], limit=0).fallback


def test_contents_of_one_action_stay_one_action() -> None:
    decision = ask([action("offer", content=BANNER * 3)], place=placement(slots=3))
    assert len(decision.slots) == 1
