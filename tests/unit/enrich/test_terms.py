"""What a value is found by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.enrich.terms import FIELDS, HIGHEST, LONGEST, TERMS, prefix, terms, terms_of
from tests.unit.enrich.making import event, folded, mention

ANN = mention("user_id", "ann")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Anna-Maria  MÜLLER", ["anna maria muller", "maria muller", "muller"]),
        ("ann.smith@example.com", ["ann smith example com", "smith example com", "example com"]),
        ("Łódź", ["lodz"]),
        ("Straße", ["strasse"]),
        ("İstanbul", ["istanbul"]),
        ("50% _off_", ["50 off", "off"]),
        ("東京", ["東京"]),
        (" -- ", []),
    ],
)
def test_a_value_is_found_by_each_of_its_words(text: str, found: list[str]) -> None:
    assert list(terms(text)) == found


@given(st.text(max_size=400))
def test_whatever_the_text_its_terms_are_bounded_and_what_is_typed_of_it_begins_one(text: str) -> None:
    found = terms(text)
    assert len(found) <= TERMS
    assert all(0 < len(term.encode()) <= LONGEST and "\0" not in term for term in found)
    typed = prefix(text)
    assert (typed in found) if found else typed == ""
    assert all(term < typed + HIGHEST for term in found if term.startswith(typed))


def told(number: int, **traits: object) -> object:
    return event("", type="identify", at=number, message_id=f"m{number}", mentions=[ANN], traits=traits)


def test_terms_are_of_text_and_of_texts_in_an_object() -> None:
    state = folded([told(1, city="Köln", age=44, vip=True, address={"street": "Am Markt", "zip": 50667})])  # type: ignore[list-item]
    assert terms_of(state) == {"city": ["koln"], "address.street": ["am markt", "markt"]}


def test_the_order_in_which_values_came_leaves_no_trace_and_the_newest_are_kept() -> None:
    events = [told(number, city=f"Place {number}") for number in range(7)]
    one, other = folded(events), folded(reversed(events))  # type: ignore[arg-type]
    assert terms_of(one) == terms_of(other)
    assert terms_of(one)["city"][:2] == ["place 6", "6"]
    assert len(terms_of(one)["city"]) == TERMS


def test_terms_are_those_of_summary_and_journal_together() -> None:
    many = [told(0, city="Gdańsk"), *(told(n, note="x" * 300) for n in range(1, 20))]
    state = folded(many)  # type: ignore[arg-type]
    assert state.head.summarised
    assert terms_of(state)["city"] == ["gdansk"]


def test_no_flood_of_attributes_is_kept_whole() -> None:
    state = folded([told(n, **{f"field_{n}_{m}": "word" for m in range(50)}) for n in range(4)])  # type: ignore[misc]
    assert len(terms_of(state)) == FIELDS
