"""``--context`` as it is written: several pairs, texts that look like numbers, JSON."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.edge.cli.context import TEXTS, apart, context_of
from segue.errors import InvalidInputError

WORD = st.text(st.characters(codec="ascii", exclude_characters="-", categories=["L", "N"]), min_size=1)


@given(st.lists(st.tuples(WORD, WORD), min_size=1, max_size=5), st.booleans())
def test_several_pairs_are_as_many_options(pairs: list[tuple[str, str]], glued: bool) -> None:
    said = [f"{name}={value}" for name, value in pairs]
    first = [f"--context={said[0]}"] if glued else ["--context", said[0]]
    one_by_one = [word for each in said for word in ("--context", each)]
    found = apart(["--placement", "p", *first, *said[1:], "--json"])
    whole = ["--placement", "p", *one_by_one, "--json"]
    assert found == (["--placement", "p", *first, *one_by_one[2:], "--json"] if glued else whole)
    assert apart(whole) == whole


def test_what_follows_another_option_is_none_of_the_context() -> None:
    assert apart(["--context", "a=1", "--at", "now", "stray"]) == ["--context", "a=1", "--at", "now", "stray"]
    assert apart(["--context"]) == ["--context"]
    assert apart(["--context", "--json"]) == ["--context", "--json"]


@given(
    st.sampled_from(sorted(TEXTS)), st.one_of(st.integers().map(str), st.sampled_from(["true", "1e3", "0.5"]))
)
def test_a_name_stays_a_text_whatever_it_looks_like(key: str, text: str) -> None:
    assert context_of([(key, text)]) == {key: text}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("weather.temp_c=3", {"weather": {"temp_c": 3}}),
        ("weather.rain=true", {"weather": {"rain": True}}),
        ('weather={"rain": false}', {"weather": {"rain": False}}),
        ("hour=7", {"hour": 7}),
        ("temperature=nan", {"temperature": "nan"}),
        ("temperature=007", {"temperature": "007"}),
        ("temperature=1_000", {"temperature": "1_000"}),
        ('lane="3"', {"lane": "3"}),
        ('store="367"', {"store": "367"}),
        ('basket=[{"sku": "mug", "price": 2.5}]', {"basket": [{"sku": "mug", "price": 2.5}]}),
    ],
)
def test_everything_else_is_json_where_it_is_some(said: str, found: dict[str, Any]) -> None:
    name, _, text = said.partition("=")
    assert context_of([(name, text)]) == found


@pytest.mark.parametrize("text", ["mug", "[mug]", '[{"sku": "mug"', "1.5.2"])
def test_a_basket_that_is_no_json_is_refused_with_the_way_to_write_it(text: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        context_of([("basket", text)])
    assert refused.value.cure is not None
    assert "--context 'basket=[{" in refused.value.cure
