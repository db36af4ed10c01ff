"""Deciding: every stage of the funnel, what is chosen among the rest, and with which probability."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.decide.asked import Clock, Known
from segue.domain.actions import Cap, Content, Lever, Quiet, Suppression
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


def saying(*facts: str) -> tuple[Content, ...]:
    """A banner whose texts name these facts of her."""
    said = "".join(f"{{{{ person.{fact} }}}}" for fact in facts)
    return (Content("banner", None, (("headline", said), ("body", said)), said),)


@given(
    st.lists(st.sets(st.sampled_from(["city", "first_name", "size"])), min_size=1, max_size=5),
    st.integers(0, 3),
    st.integers(0, 2**32),
)
def test_different_facts_of_all_slots_together_are_counted(
    said: list[set[str]], most: int, seed: int
) -> None:
    """Whichever order is drawn: no more are told, and none is kept back for which there was room."""
    actions = [action(f"a{n}", content=saying(*sorted(facts))) for n, facts in enumerate(said)]
    slots = ask(actions, Known(told=True), placement(slots=5, personal_facts=most), seed=seed).slots
    told: set[str] = set()
    for slot in slots:
        facts = said[int(slot.action[1:])]
        assert slot.personal is (bool(facts) and len(told | facts) <= most)
        told |= facts if slot.personal else set()
    assert len(told) <= most


@pytest.mark.parametrize(
    ("known", "place"),
    [
        (Known(told=False), {}),
        (Known(told=True, identity="likely"), {}),
        (Known(told=True), {"seen_by": "many"}),
        (Known(told=True), {"touchpoint": "till"}),
    ],
)
def test_where_nothing_is_told_of_her(known: Known, place: dict[str, Any]) -> None:
    [slot] = ask([action("hi", content=saying("city"))], known, placement(personal_facts=3, **place)).slots
    assert not slot.personal
    whole = action("all", content=(Content("banner", None, (("headline", "{{ person }}"),)),))
    assert not ask([whole], Known(told=True), placement(personal_facts=3)).slots[0].personal


def test_a_reason_that_speaks_of_what_she_bought_is_a_fact() -> None:
    tips = action("tips", kind="recommendation")
    assert ask([tips], Known(told=True), placement(personal_facts=1)).slots[0].personal
    assert not ask([tips], Known(told=True), placement(personal_facts=0)).slots[0].personal


@pytest.mark.parametrize("kind", ["audience", "applicable", "purpose", "levers"])
def test_who_is_only_likely_gets_nothing_personal(kind: str) -> None:
    asks = {"audience": LOYAL, "applicable": LOYAL, "purpose": "marketing", "levers": (Lever(LOYAL, 2.0),)}
    offer = action("offer", **{kind: asks[kind]})
    facts, granted = {"traits.loyal": 1}, HERS | {"marketing"}
    likely = ask([offer, action("plain")], Known(facts=facts, granted=granted, identity="likely"))
    assert (stage_of(likely, "offer"), likely.slots[0].action) == ("guard", "plain")
    certain = ask([offer], Known(facts=facts, granted=granted, identity="certain"))
    assert certain.slots[0].action == "offer"


def test_a_sensitive_product_is_not_for_many_to_see() -> None:
    test = action("test", sku="1", title="a test")
    decision = ask([test], Known(sensitive=frozenset({"1"})), placement(seen_by="many"))
    assert stage_of(decision, "test") == "guard"


# ── quiet hours ──────────────────────────────────────────────────────────────

NIGHT = Quiet(21 * 60, 8 * 60)


@given(st.integers(0, 1_439), st.integers(0, 1_439), st.integers(0, 1_439))
def test_quiet_hours_silence_all_but_services(begins: int, ends: int, minute: int) -> None:
    if begins == ends:
        return
    sms = placement(touchpoint="sms", quiet=Quiet(begins, ends), slots=2)
    known = Known(clock=Clock(minute, "Europe/Berlin"))
    decision = ask([action("offer"), action("ready", kind="service")], known, sms)
    hours = {(begins + n) % 1_440 for n in range((ends - begins) % 1_440)}
    expected = ["ready"] if minute in hours else ["offer", "ready"]
    assert sorted(slot.action for slot in decision.slots) == expected
    [rule] = [each.rule for each in decision.dropped if each.action == "offer"] or [""]
    assert ("Europe/Berlin" in rule) is (minute in hours)


def test_in_quiet_hours_the_fallback_is_not_sent_either() -> None:
    sms = placement(touchpoint="sms", quiet=NIGHT)
    night = ask([action("offer")], Known(clock=Clock(0, "UTC")), sms)
    assert (night.slots, night.fallback, stage_of(night, "offer")) == ((), True, "suppressed")
    assert [slot.action for slot in ask([], Known(clock=Clock(9 * 60, "UTC")), sms).slots] == ["story"]


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


@given(
    st.sampled_from(["certain", "unknown", "likely"]),
    st.sampled_from([None, 0, 5, 10]),
    st.booleans(),
    st.integers(1_000_000, 12_000_000),
)
def test_a_price_is_called_personalised_exactly_when_others_get_another(
    identity: Any, held: int | None, hers: bool, value: int
) -> None:
    facts = {"traits.loyal": 1}
    given = {"audience": LOYAL} if hers else {}
    offer = action("offer", sku="1", value=value, discounts=(0, 5, 10), **given)
    prices = {"1": 10_000_000}
    known = Known(identity=identity, facts=facts, granted=HERS, prices=prices)
    known = known if held is None else msgspec.structs.replace(known, held={"offer": held})
    decision = ask([offer], known)
    if decision.fallback:
        assert (hers and identity == "likely") or held, (
            "nothing personal, or what she was offered pays no more"
        )
        return
    [slot] = decision.slots
    if hers:
        assert slot.personalised is (slot.discount > 0 or held == 0 < stranger(value))
    else:
        assert slot.personalised is (slot.discount != stranger(value))


def stranger(value: int) -> int:
    """The discount that somebody unknown gets."""
    offer = action("offer", sku="1", value=value, discounts=(0, 5, 10))
    return ask([offer], Known(prices={"1": 10_000_000})).slots[0].discount


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
