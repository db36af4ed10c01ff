"""Contact policy: what is counted over a whole channel, and what moves by the minute."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.decide.asked import Clock, Contact, Known, Moment
from segue.domain.actions import Cap, Suppression
from segue.domain.conditions import Window
from tests.unit.decide.making import NOW, action, ask, contact, placement, stage_of

WEEK, HALF_HOUR = Window("days", 7), Window("minutes", 30)


def letter(**given: Any) -> Any:
    """An e-mail placement with two messages a week, whatever they say."""
    return placement(**{"touchpoint": "email", "caps": (Cap(2, WEEK),), **given})


def mail(answer: int, days_ago: int = 0, **given: Any) -> Contact:
    """A slot of one message, of some action that is not on the menu any more."""
    return contact(f"some{answer}", days_ago, **{"channel": "email", "answer": answer, **given})


@pytest.mark.parametrize(
    ("before", "full"),
    [
        ([mail(1), mail(2)], True),
        ([mail(1), mail(1), mail(1)], False),
        ([mail(1), mail(2, 7)], False),
        ([mail(1), mail(2, 6)], True),
        ([mail(1), mail(2, channel="sms")], False),
        ([mail(0), mail(0)], True),
        ([], False),
    ],
)
def test_a_channel_is_full_whatever_was_shown_in_it(before: list[Contact], full: bool) -> None:
    decision = ask([action("tea"), action("coffee")], Known(contacts=tuple(before)), letter(slots=2))
    assert stage_of(decision, "tea") == ("caps" if full else None)
    rules = {each.rule for each in decision.dropped if each.stage == "caps"}
    assert rules == ({"at most 2 per person in email, whatever they show, 7 days"} if full else set())


@given(st.integers(1, 3), st.integers(0, 4), st.integers(1, 3))
def test_one_message_more_at_most_and_all_its_slots_are_one(most: int, before: int, slots: int) -> None:
    met = tuple(mail(number) for number in range(1, before + 1))
    place = letter(caps=(Cap(most, WEEK),), slots=slots)
    decision = ask([action(name) for name in "abcd"], Known(contacts=met), place)
    assert len(decision.slots) == (slots if before < most else 0)


def test_what_is_full_sends_no_fallback_and_another_placement_is_not_held_back() -> None:
    full = Known(contacts=(mail(1), mail(2)))
    held = ask([action("tea")], full, letter())
    assert (held.slots, held.fallback) == ((), True)
    assert ask([], None, letter()).slots == (), "nothing that is not counted is sent"
    assert [slot.action for slot in ask([action("tea")], full, letter(caps=())).slots] == ["tea"]
    shown = ask([], full, placement(caps=(Cap(1, WEEK),)))
    assert [slot.action for slot in shown.slots] == ["story"], "a page has to show something"


def test_both_its_own_cap_and_its_channel_s_hold() -> None:
    once = action("tea", caps=(Cap(1, WEEK),))
    decision = ask(
        [once, action("coffee")], Known(contacts=(contact("tea", channel="email", answer=1),)), letter()
    )
    assert stage_of(decision, "tea") == "caps"
    assert [slot.action for slot in decision.slots] == ["coffee"]


def ago(minutes: int, **given: Any) -> Contact:
    """Tea that many minutes ago."""
    minute = NOW.minute - minutes
    return contact("tea", **{"minute": minute, "answer": minutes + 1, **given})


@pytest.mark.parametrize(("minutes", "full"), [(0, True), (29, True), (30, False), (31, False)])
def test_a_cap_moves_by_the_minute(minutes: int, full: bool) -> None:
    known = Known(contacts=(ago(minutes),))
    decision = ask([action("tea", caps=(Cap(1, HALF_HOUR),))], known)
    assert stage_of(decision, "tea") == ("caps" if full else None)
    policy = placement(caps=(Cap(1, HALF_HOUR),))
    assert stage_of(ask([action("tea")], known, policy), "tea") == ("caps" if full else None)


@pytest.mark.parametrize(
    ("minutes", "paused"), [([0, 9], True), ([0, 10], False), ([44, 50], True), ([45, 50], False)]
)
def test_a_suppression_counts_and_pauses_by_the_minute(minutes: list[int], paused: bool) -> None:
    """Two within ten minutes: three quarters of an hour of peace."""
    peace = Suppression("dismissed", 2, Window("minutes", 10), Window("minutes", 45))
    known = Known(contacts=tuple(ago(each, outcome="dismissed") for each in minutes))
    decision = ask([action("tea", suppress=(peace,))], known)
    assert stage_of(decision, "tea") == ("suppressed" if paused else None)


def test_a_minute_is_a_minute_when_clocks_are_turned_back() -> None:
    """At 02:05 for the second time: what was shown at 02:50 for the first time is 15 minutes old."""
    second = Moment(NOW.at, NOW.day, 2)
    first = Contact("tea", None, "web", "shown", NOW.day, 2, NOW.minute - 15, 1)
    decision = ask([action("tea", caps=(Cap(1, HALF_HOUR),))], Known(contacts=(first,)), moment=second)
    assert stage_of(decision, "tea") == "caps"


def test_quiet_hours_and_a_full_channel_are_both_told_by_one_rule_each() -> None:
    known = Known(contacts=(mail(1), mail(2)), clock=Clock(12 * 60, "UTC"))
    assert stage_of(ask([action("tea", kind="service")], known, letter()), "tea") == "caps"
