"""Admission is a function: the same draft gives the same event, however and wherever it is tried."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.collect.admit import admit
from segue.collect.times import corrected, instant
from segue.domain.drafts import Draft, Sender
from segue.domain.events import DeadLetter, Event, decode_event, encode_event
from segue.domain.identifiers import fragment_id
from segue.domain.order import DAY, SECOND
from segue.domain.rules import IdentityRules, KindRule, Rules, default_rules

NOON = 1_772_366_400_000_000
SECRET = b"0" * 32
WEB = Sender(source="web", trusted=False)
TILL = Sender(source="till", trusted=True)
RULES = default_rules()


def draft(**fields: Any) -> Draft:
    return Draft(**({"type": "track", "event": "E", "message_id": "m", "raw": b"{}"} | fields))


def event(sender: Sender = WEB, rules: Rules = RULES, **fields: Any) -> Event:
    result = admit(draft(**fields), sender, rules, SECRET, NOON)
    assert isinstance(result, Event), result
    return result


def kinds(found: Event) -> list[tuple[str, str]]:
    return [(mention.kind, mention.value) for mention in found.mentions]


def test_identifiers_are_found_wherever_the_rules_say_in_order_of_priority() -> None:
    found = event(
        user_id="u1",
        anonymous_id="a1",
        traits={"email": "Ann@Example.com", "phone": "0171 1234567"},
        context={"device": {"id": "d1"}, "externalIds": [{"id": "c1", "type": "loyalty_card"}]},
        properties={"email": "other@example.com"},
    )
    assert kinds(found) == [
        ("user_id", "u1"),
        ("loyalty_card", "c1"),
        ("email", "ann@example.com"),
        ("email", "other@example.com"),
        ("phone", "+491711234567"),
        ("device_id", "d1"),
        ("anonymous_id", "a1"),
    ]
    assert found.fragment_id == fragment_id(SECRET, "user_id", "u1")
    assert [mention.device for mention in found.mentions] == [False] * 5 + [True] * 2


def test_what_a_dialect_knows_counts_like_what_the_event_carries() -> None:
    found = event(TILL, identifiers=(("loyalty_card", 17.0), ("email", ""), ("odd", "x")))
    assert kinds(found) == [("loyalty_card", "17")]
    assert [str(one) for one in found.unlinked] == ["odd:x"]
    assert found.proven


def test_an_alias_joins_the_previous_id_as_the_device_it_was() -> None:
    found = event(type="alias", user_id="u1", previous_id="a1")
    assert kinds(found) == [("user_id", "u1"), ("anonymous_id", "a1")]


def test_the_traits_of_a_group_are_not_its_members() -> None:
    found = event(type="group", user_id="u1", group_id="g1", traits={"email": "info@club.example"})
    assert kinds(found) == [("user_id", "u1")]
    assert found.group_id == "g1"


def test_a_group_id_alone_identifies_nobody() -> None:
    letter = admit(draft(type="group", group_id="g1"), WEB, RULES, SECRET, NOON)
    assert isinstance(letter, DeadLetter)
    assert letter.reason == "no_identifier"


def test_a_blocked_value_stays_on_the_event_and_identifies_nobody() -> None:
    found = event(anonymous_id="a1", user_id="NULL", traits={"email": "n/a"})
    assert kinds(found) == [("anonymous_id", "a1")]
    assert found.traits == {"email": "n/a"}


def test_kinds_of_equal_priority_are_told_apart_by_name() -> None:
    rules = Rules(
        identity=IdentityRules(
            kinds={"b": KindRule(priority=1), "a": KindRule(priority=1)}, paths={}, blocked={}
        )
    )
    assert kinds(event(rules=rules, identifiers=(("b", "1"), ("a", "2")))) == [("a", "2"), ("b", "1")]


def test_an_import_is_remembered_for_ever() -> None:
    assert event(TILL, user_id="u", remember="ever").remember == "ever"


def test_rows_of_files_may_hold_what_json_cannot() -> None:
    found = event(
        TILL,
        raw=b"",
        user_id=17850.0,
        timestamp=datetime(2011, 12, 9, 12, 50, tzinfo=UTC),
        properties={"price": Decimal("2.50"), "day": date(2011, 12, 9), "gone": float("nan"), "nul": "a\0b"},
    )
    assert found.properties == {"price": 2.5, "day": "2011-12-09", "gone": None, "nul": "ab"}
    assert (found.mentions[0].value, found.marks) == ("17850", ("repaired",))
    assert found.timestamp == 1_323_435_000 * SECOND


def test_a_row_that_is_too_large_is_a_dead_letter_that_can_be_replayed() -> None:
    big = draft(raw=b"", user_id="u", properties={"p": "x" * 40_000}, identifiers=(("loyalty_card", "1"),))
    letter = admit(big, TILL, RULES, SECRET, NOON)
    assert isinstance(letter, DeadLetter)
    call = json.loads(letter.raw)
    assert (letter.reason, call["userId"]) == ("too_large", "u")
    assert call["context"]["externalIds"] == [{"id": "1", "type": "loyalty_card"}]
    assert len(letter.fragment_ids) == 2


def test_the_same_id_in_another_source_is_another_letter() -> None:
    first, second = (admit(draft(), sender, RULES, SECRET, NOON) for sender in (WEB, TILL))
    assert isinstance(first, DeadLetter)
    assert isinstance(second, DeadLetter)
    assert first.dead_letter_id != second.dead_letter_id


# ── laws ───────────────────────────────────────────────────────────────────────────

texts = st.text(st.characters(), max_size=20)
values = st.none() | st.booleans() | st.integers() | st.floats() | texts
bodies = st.dictionaries(texts, values | st.lists(values, max_size=3), max_size=4)
drafts = st.builds(
    Draft,
    type=st.sampled_from(["track", "page", "identify", "group", "alias"]) | values,
    event=values,
    message_id=values,
    timestamp=values | st.datetimes(timezones=st.just(UTC)),
    sent_at=values,
    user_id=values | st.just("u1"),
    anonymous_id=values,
    previous_id=values,
    group_id=values,
    properties=st.none() | bodies | values,
    traits=st.none() | bodies,
    context=st.none() | bodies,
    identifiers=st.lists(st.tuples(texts, values), max_size=3).map(tuple),
)


@settings(max_examples=200, deadline=None)
@given(drafts, st.sampled_from([WEB, TILL]))
def test_every_draft_is_an_event_or_a_letter_and_both_can_be_stored(one: Draft, sender: Sender) -> None:
    result = admit(one, sender, RULES, SECRET, NOON)
    assert result is not None
    if isinstance(result, Event):
        assert decode_event(encode_event(result)) == result
        msgspec.json.encode(result)
        assert 0 <= result.timestamp <= NOON + DAY
        stored = [
            result.message_id,
            result.event,
            *(text for m in result.mentions for text in (m.kind, m.value)),
        ]
    else:
        stored = [result.dead_letter_id, result.reason, result.detail, result.raw]
    for text in stored:
        assert "\0" not in text
        text.encode()
    assert admit(one, sender, RULES, SECRET, NOON) == result


@given(st.integers(0, NOON + DAY), st.integers(-400 * DAY, 400 * DAY), st.integers(0, 30 * DAY))
def test_a_wrong_clock_does_not_matter(happened: int, wrong_by: int, waited: int) -> None:
    """Whatever the client's clock says, the age that it measures with it is right."""
    received = happened + waited

    def read(moment: int) -> datetime:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment + wrong_by)

    stamped, sent = read(happened), read(received)
    assert corrected(stamped.isoformat(), sent.isoformat(), received) == (happened, None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-01T12:00:00Z", NOON),
        ("2026-03-01T13:00:00+01:00", NOON),
        ("2026-03-01 12:00:00", NOON),
        ("2026-03-01T12:00:00.123456789Z", NOON + 123_456),
        ("2026-03-01", NOON - DAY // 2),
        ("1772366400", NOON),
        (1_772_366_400, NOON),
        (1_772_366_400.5, NOON + SECOND // 2),
        (1_772_366_400_000, NOON),
        (NOON, NOON),
        (datetime(2026, 3, 1, 13, tzinfo=timezone(timedelta(hours=1))), NOON),
        (datetime(2026, 3, 1, 12), NOON),  # noqa: DTZ001
        (date(2026, 3, 1), NOON - DAY // 2),
        ("yesterday", None),
        (True, None),
        (float("nan"), None),
        ([], None),
    ],
)
def test_times_are_read_however_they_are_written(value: Any, expected: int | None) -> None:
    assert instant(value) == expected


def test_a_kind_named_by_half_a_character_spoils_only_its_own_event() -> None:
    spoilt = Draft(type="track", user_id="u1", properties=0, identifiers=(("\ud800", "x"),), raw=b"{}")
    refused = admit(spoilt, WEB, default_rules(), b"0" * 32, SECOND)
    assert isinstance(refused, DeadLetter)
    assert refused.reason == "wrong_type"
