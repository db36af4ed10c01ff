"""A mapping written as a file is the same mapping when it is read again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.domain.rules.yamls import load_mapping
from segue.errors import DefinitionError
from segue.sources.files import read_mapping
from segue.sources.files.writing import mapping_object, mapping_yaml

words = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="{}\x85\u2028\u2029"),
    min_size=1,
    max_size=12,
)
names = words.filter(lambda text: text == text.strip())
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"])
values = st.one_of(
    names,
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.none(),
    st.lists(names, max_size=2),
    st.sampled_from(["yes", "1e3", "2026-01-01", "null", "~", "0x1f"]),
)
columns = st.one_of(
    names,
    st.fixed_dictionaries(
        {"column": names},
        optional={
            "as": st.sampled_from(["text", "number", "integer", "boolean", "time"]),
            "format": st.sampled_from(["%d.%m.%Y", "%m/%d/%y %H:%M", "%Y%m%d"]),
            "zone": zones,
            "decimal": st.sampled_from([".", ","]),
        },
    ),
)
cells = st.one_of(columns, st.fixed_dictionaries({"value": values}, optional={"zone": zones}))
parts = st.dictionaries(names, cells, max_size=3)
conditions = st.builds(
    lambda column, op, value: f"{column} {op} {value}",
    names,
    st.sampled_from(["<", "<=", "=", "==", "!=", ">", ">="]),
    st.one_of(names, names.map(lambda text: f"'{text}'"), st.just("0"), st.just("' a b '")),
)


@st.composite
def mappings(draw: st.DrawFn) -> dict[str, Any]:
    """Any mapping that may stand in a file."""
    event: dict[str, Any] = {"message_id": draw(words) + "{" + draw(words) + "}" + draw(st.just("") | words)}
    event["type"] = draw(st.sampled_from(["track", "identify", "page"]))
    event["name"] = draw(names | columns.filter(lambda cell: isinstance(cell, dict)))
    for part in ("identifiers", "properties", "traits", "context"):
        if found := draw(parts):
            event[part] = found
    for name in ("timestamp", "group_id"):
        if draw(st.booleans()):
            event[name] = draw(columns)
    made: dict[str, Any] = {"event": event}
    if draw(st.booleans()):
        made["group_by"] = draw(st.lists(names, min_size=1, max_size=2))
        if found := draw(parts):
            event["products"] = found
            if draw(st.booleans()):
                event["returns"] = {"when": draw(conditions), "name": draw(names)}
    if draw(st.booleans()):
        made["source"] = draw(names)
    form = st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["csv", "ndjson", "parquet"]),
            "delimiter": st.sampled_from([",", ";", "\t", "|"]),
            "quote": st.sampled_from(['"', "'"]),
            "encoding": st.sampled_from(["utf-8", "cp1252", "utf-16"]),
        },
    )
    if found := draw(form):
        made["format"] = found
    return made


@given(mappings())
def test_an_object_becomes_a_file_that_is_the_same_mapping(made: dict[str, Any]) -> None:
    mapping = read_mapping(json.dumps(made))
    text = mapping_yaml(mapping)
    assert read_mapping(text) == mapping
    assert mapping_yaml(read_mapping(text)) == text
    assert read_mapping(json.dumps(mapping_object(mapping))) == mapping


def test_what_is_written_is_what_a_person_would_write() -> None:
    text = """source: till
format: {type: csv, delimiter: ;}
group_by: [Bon]
event:
  type: track
  name: Order Completed
  message_id: '{Bon}'
  timestamp: {column: Zeit, format: '%d.%m.%Y', zone: Europe/Berlin}
  identifiers: {loyalty_card: Karte}
  properties:
    order_id: Bon
    currency: {value: EUR}
  products:
    sku: Artikel
    price: {column: Preis, as: number, decimal: ','}
  returns: {when: Menge < 0, name: Order Refunded}
"""
    assert load_mapping(mapping_yaml(read_mapping(text))) == load_mapping(text)


@pytest.mark.parametrize("decimal", ["", ";", 1])
def test_a_decimal_is_a_point_or_a_comma(decimal: Any) -> None:
    body = {
        "event": {"name": "a", "message_id": "{a}", "properties": {"p": {"column": "p", "decimal": decimal}}}
    }
    with pytest.raises(DefinitionError, match="decimal"):
        read_mapping(json.dumps(body))
