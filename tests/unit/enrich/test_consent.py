"""Consent: the last word wins, a tie means no, and a claim grants nothing for an address."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import msgspec

from segue.domain.events import Event
from tests.unit.enrich.making import event, folded, record, record_of


def say(
    granted: bool, at: float = 0, *, purpose: str = "marketing", proven: bool = True, **properties: Any
) -> Event:
    name = "Consent Granted" if granted else "Consent Withdrawn"
    message = f"{granted}-{at}-{purpose}-{sorted(properties)}"
    return event(
        name, at=at, proven=proven, message_id=message, properties={"purpose": purpose, **properties}
    )


def preferences(at: float = 0, *, proven: bool = True, **stated: bool) -> Event:
    context = {"consent": {"categoryPreferences": stated}}
    return event("Product Viewed", at=at, proven=proven, context=context)


def states(*events: Event, purpose: str = "marketing") -> dict[str, str]:
    found = record_of(*events).consent.get(purpose, {})
    return {channel: part.state for channel, part in found.items()}


ALL = ("email", "messenger", "push", "sms")


def test_a_statement_without_a_channel_holds_for_all_that_the_purpose_declares() -> None:
    assert states(say(True)) == dict.fromkeys(ALL, "granted")


def test_what_nobody_spoke_of_is_not_stated() -> None:
    assert states(say(True, channel="email"), purpose="personalisation") == {}
    assert states(say(True, channel="email")) == {"email": "granted"}


def test_the_last_word_wins_by_time_not_by_arrival() -> None:
    yes, no = say(True, 0), say(False, 60)
    assert states(yes, no) == states(no, yes) == dict.fromkeys(ALL, "denied")
    assert states(no, say(True, 90)) == dict.fromkeys(ALL, "granted")


def test_a_tie_means_no() -> None:
    assert states(say(True), say(False)) == dict.fromkeys(ALL, "denied")


def test_one_channel_can_be_withdrawn_alone() -> None:
    found = states(say(True), say(False, 60, channel="email"))
    assert found == {**dict.fromkeys(ALL, "granted"), "email": "denied"}


def test_a_claim_grants_nothing_for_an_address_but_always_withdraws() -> None:
    assert states(say(True, proven=False)) == {}
    assert states(say(True), say(False, 60, proven=False)) == dict.fromkeys(ALL, "denied")
    assert states(say(False), say(True, 60, proven=False)) == dict.fromkeys(ALL, "denied")


def test_where_she_is_there_herself_her_word_counts_without_proof() -> None:
    found = states(say(True, purpose="personalisation", proven=False), purpose="personalisation")
    assert found == dict.fromkeys(("app", "associate", "kiosk", "till", "web"), "granted")


def test_preferences_that_come_along_with_events_count() -> None:
    found = preferences(0, personalisation=True), preferences(60, personalisation=False)
    assert set(states(*found, purpose="personalisation").values()) == {"denied"}


def test_preferences_that_come_along_count_for_an_address_where_they_are_proven() -> None:
    yes, claimed = preferences(0, marketing=True), preferences(0, marketing=True, proven=False)
    assert states(yes) == dict.fromkeys(ALL, "granted")
    assert states(claimed) == {}
    assert states(yes, preferences(60, marketing=False, proven=False)) == dict.fromkeys(ALL, "denied")
    assert states(claimed, yes) == dict.fromkeys(ALL, "granted")


def test_rudders_shape_is_understood() -> None:
    context = {
        "consentManagement": {"allowedConsentIds": ["personalisation"], "deniedConsentIds": ["marketing"]}
    }
    told = event("Product Viewed", context=context)
    assert states(told) == dict.fromkeys(ALL, "denied")
    assert set(states(told, purpose="personalisation").values()) == {"granted"}


def test_segments_update_event_enters_the_history_and_silent_preferences_do_not() -> None:
    told = event(
        "Segment Consent Preference Updated",
        at=60,
        context={"consent": {"categoryPreferences": {"marketing": False}}},
    )
    history = record_of(
        say(True, address="ann@example.com"), preferences(30, marketing=True), told
    ).consent_history
    assert [(word.state, word.purpose, word.address) for word in history] == [
        ("denied", "marketing", None),
        ("granted", "marketing", "ann@example.com"),
    ]


def test_unsubscribing_withdraws_marketing_by_email() -> None:
    found = states(say(True), event("Unsubscribed", at=60, properties={"email_id": "x"}))
    assert found["email"] == "denied"
    assert found["sms"] == "granted"


def test_a_purpose_without_channels_is_stated_as_such() -> None:
    assert states(say(True, purpose="research"), purpose="research") == {"*": "granted"}
    assert states(say(True, purpose="research", proven=False), purpose="research") == {}


def test_statements_of_two_fragments_are_one_persons() -> None:
    yes, no = folded([say(True)]), folded([say(False, 60)])
    assert record(yes, no).consent["marketing"]["email"].state == "denied"


def test_a_flood_of_claims_displaces_no_proven_withdrawal() -> None:
    flood = [say(True, 60 + n, purpose=f"p{n}", proven=False) for n in range(300)]
    assert states(say(True), say(False, 30), *flood) == dict.fromkeys(ALL, "denied")


def there(*events: Event) -> set[str]:
    """What is held for a purpose where she is there herself, in whatever order the events come."""
    return {
        state for told in permutations(events) for state in states(*told, purpose="personalisation").values()
    }


def word(granted: bool, at: float, source: str = "web") -> Event:
    """An explicit one."""
    return msgspec.structs.replace(say(granted, at, purpose="personalisation"), source=source)


def carried(granted: bool, at: float) -> Event:
    """What comes along with a page view."""
    return preferences(at, personalisation=granted)


def test_a_withdrawal_stands_however_long_a_browser_repeats_an_old_yes() -> None:
    story = [word(True, 0), carried(True, 1), word(False, 60, "associate"), carried(True, 90)]
    assert there(*story) == {"denied"}
    assert there(*story, word(True, 120)) == {"granted"}


def test_of_what_only_ever_came_along_the_last_holds() -> None:
    yes_and_no = [carried(True, 0), carried(False, 10)]
    assert there(*yes_and_no) == {"denied"}
    assert there(*yes_and_no, carried(True, 20)) == {"granted"}


def test_an_old_yes_of_one_browser_does_not_undo_the_no_of_another_of_the_same_shop() -> None:
    assert there(carried(True, 0), word(False, 20), carried(False, 21), carried(True, 30)) == {"denied"}
