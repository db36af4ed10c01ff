"""One spelling for each identifier, whoever writes it; and no identifier at all for what is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.domain.repair import DEEPEST, TooDeepError, repair
from segue.domain.rules import default_identity
from segue.domain.rules.normalise import check_rule, normalise, normalise_identifier
from segue.errors import DefinitionError

RULES = default_identity()


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ("email", " Ann@Example.COM ", "ann@example.com"),
        ("email", "mailto:ann@example.com", "ann@example.com"),
        ("email", "ann@example.com.", "ann@example.com"),
        ("email", "ann@münchen.example", "ann@xn--mnchen-3ya.example"),
        ("email", "ann+news@example.com", "ann+news@example.com"),
        ("email", "ann", None),
        ("email", "ann@localhost", None),
        ("email", "a b@example.com", None),
        ("email", "ann@example.com, bob@example.com", None),
        ("email", "Ann <ann@example.com>", None),
        ("e164:DE", "0171 1234567", "+491711234567"),
        ("e164:DE", "+49 (0)171-1234567", "+491711234567"),
        ("e164:DE", "0049 171 1234567", "+491711234567"),
        ("e164:GB", "020 7946 0958", "+442079460958"),
        ("e164:DE", "110", None),
        ("e164:DE", "030 1234567 ext. 12", None),
        ("e164:DE", "call me", None),
        ("lower", "ABC-1", "abc-1"),
        ("none", " A ", "A"),
        ("none", 17850, "17850"),
        ("none", 17850.0, "17850"),
        ("none", "17850.0", "17850"),
        ("lower", " 17850.0 ", "17850"),
        ("e164:DE", "1711234567.0", "+491711234567"),
        ("none", "17850.00", "17850.00"),
        ("none", "1.0.0", "1.0.0"),
        ("none", "a1.0", "a1.0"),
        ("none", 1.5, None),
        ("none", True, None),
        ("none", None, None),
        ("none", float("inf"), None),
        ("none", "", None),
        ("none", "   ", None),
        ("none", "x" * 501, None),
        ("none", "e\u0301", "\u00e9"),
        ("none", "a\0b", "ab"),
        ("none", ["a"], None),
    ],
)  # fmt: skip
def test_values_have_one_spelling(rule: str, value: Any, expected: str | None) -> None:
    assert normalise(rule, value) == expected


@pytest.mark.parametrize(
    "value", ["", "-", "000", "00-00", "-1", "-1.0", "0.0", "null", "NULL", "None", "nan", "undefined",
              "Anonymous", "GUEST", "unknown", "test", "[object Object]", "[OBJECT OBJECT]"]
)  # fmt: skip
def test_what_systems_write_for_nobody_is_nobody(value: str) -> None:
    assert normalise_identifier(RULES, "user_id", value) is None
    assert normalise_identifier(RULES, "a kind nobody knows", value) is None


@pytest.mark.parametrize("value", ["0001", "1-1", "nullx", "tester", "x-1", "guest1"])
def test_a_pattern_blocks_only_what_it_matches_wholly(value: str) -> None:
    assert normalise_identifier(RULES, "user_id", value) is not None


@settings(max_examples=200)
@given(st.sampled_from(["none", "lower", "email", "e164:DE"]), st.text(st.characters(), max_size=40))
def test_normalising_twice_is_normalising_once_and_can_be_stored(rule: str, value: str) -> None:
    once = normalise(rule, value)
    if once is not None:
        assert normalise(rule, once) == once
        assert "\0" not in once
        once.encode()


@pytest.mark.parametrize("rule", ["emial", "e164", "e164:XX", "e164:de", ""])
def test_a_rule_nobody_knows_is_refused(rule: str) -> None:
    with pytest.raises(DefinitionError):
        check_rule(rule)


def test_nesting_has_a_limit() -> None:
    value: Any = 1
    for _ in range(DEEPEST):
        value = [value]
    assert repair(value) == (value, False)
    with pytest.raises(TooDeepError):
        repair([value])
