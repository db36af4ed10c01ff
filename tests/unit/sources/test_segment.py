"""The tracking API's bodies: strictly and leniently read they mean the same."""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.domain.drafts import Draft
from segue.errors import InvalidInputError, TooLargeError
from segue.sources.segment.pixel import pixel_body
from segue.sources.segment.spans import batch_spans
from segue.sources.segment.wire import MOST_ITEMS, read_body


def text(longest: int) -> st.SearchStrategy[str]:
    """Without NUL, which the strict parser lets pass and admission takes out."""
    return st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=longest)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | text(8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text(5), inner, max_size=3),
    max_leaves=8,
)
choices = st.dictionaries(st.sampled_from(["All", "Segment.io", "Mixpanel", "Ads"]), plain, max_size=4)
calls = st.fixed_dictionaries(
    {"type": st.sampled_from(["track", "page", "identify"])},
    optional={
        "event": text(8),
        "name": text(8),
        "category": text(8),
        "channel": text(8),
        "userId": plain,
        "properties": st.dictionaries(text(5), plain, max_size=3) | st.none(),
        "context": st.dictionaries(text(5), plain, max_size=3) | st.none(),
        "integrations": choices | plain,
        "timestamp": plain,
        "originalTimestamp": plain,
        "sentAt": plain,
    },
)
batches = st.fixed_dictionaries(
    {"batch": st.lists(calls, max_size=4)},
    optional={
        "sentAt": plain,
        "writeKey": plain,
        "context": st.dictionaries(text(5), plain),
        "integrations": choices,
    },
)


def meant(items: list[Any]) -> list[Any]:
    return [msgspec.structs.replace(item, raw=b"") if isinstance(item, Draft) else item for item in items]


@settings(max_examples=150, deadline=None)
@given(batches)
def test_one_character_out_of_order_changes_nothing_else(batch: dict[str, Any]) -> None:
    """A NaN in a batch makes it unreadable to the strict parser; every other event means the same."""
    text = json.dumps(batch)
    strict = read_body(text.encode(), "batch")
    odd = {"type": "track", "event": "E", "userId": "u", "properties": {"a": float("nan")}}
    lenient = read_body(json.dumps(batch | {"batch": [*batch["batch"], odd]}).encode(), "batch")
    assert meant(lenient.items[:-1]) == meant(strict.items)
    assert lenient.envelope == strict.envelope
    last = lenient.items[-1]
    assert isinstance(last, Draft)
    assert (last.marks, last.properties) == (("repaired",), {"a": None})


@settings(max_examples=150, deadline=None)
@given(batches, st.sampled_from([None, 0, 2]))
def test_brackets_alone_tell_where_events_begin_and_end(batch: dict[str, Any], indent: int | None) -> None:
    body = json.dumps(batch, indent=indent, ensure_ascii=False).encode()
    spans = batch_spans(body)
    assert spans is not None
    assert [json.loads(body[start:end]) for start, end in spans] == batch["batch"]


@given(st.binary(max_size=60))
def test_brackets_in_any_bytes_are_no_trouble(body: bytes) -> None:
    batch_spans(b'{"batch":[' + body)
    batch_spans(body)


def test_a_batch_within_another_object_is_not_the_batch() -> None:
    assert batch_spans(b'{"context":{"batch":[1,2]},"x":["batch",[3]]}') is None


def test_a_page_keeps_the_category_beside_its_properties() -> None:
    [page] = read_body(
        b'{"name":"Home","category":"Shop","properties":{"a":1},"channel":"web"}', "page"
    ).items
    assert isinstance(page, Draft)
    assert (page.event, page.properties) == ("Home", {"category": "Shop", "a": 1})
    assert page.context == {"channel": "web"}


def _where(body: dict[str, Any]) -> Any:
    [call] = read_body(json.dumps(body).encode(), "batch" if "batch" in body else "track").items
    assert isinstance(call, Draft)
    return call.context


def test_where_an_event_may_go_is_kept_in_its_context() -> None:
    choices = {"All": False, "Mixpanel": {"id": 7}, "Ads": False, "Segment.io": True, "Odd": None}
    assert _where({"integrations": choices}) == {
        "integrations": {"All": False, "Mixpanel": True, "Ads": False}
    }
    call = {"type": "track", "context": {"ip": "192.0.2.1"}, "integrations": {"Ads": True}}
    assert _where({"batch": [call], "integrations": choices}) == {
        "ip": "192.0.2.1",
        "integrations": {"All": False, "Mixpanel": True, "Ads": True},
    }


@pytest.mark.parametrize(
    "said", [{}, {"Segment.io": True}, {"All": True}, [], "All", None, {"x" * 101: True}]
)
def test_what_says_nothing_of_where_an_event_may_go_is_not_kept(said: Any) -> None:
    assert _where({"integrations": said}) is None


def test_more_names_than_anybody_has_are_not_kept() -> None:
    context = _where({"integrations": {f"name {number}": True for number in range(1000)}})
    assert len(context["integrations"]) == 50


def test_the_batchs_context_gives_way_to_the_events_own() -> None:
    body = b'{"batch":[{"type":"page","context":{"a":1}}],"context":{"a":2,"b":2}}'
    [page] = read_body(body, "batch").items
    assert isinstance(page, Draft)
    assert page.context == {"a": 1, "b": 2}


def test_more_items_than_any_real_batch_are_refused_before_they_are_read() -> None:
    with pytest.raises(TooLargeError):
        read_body(b'{"batch":[' + b"{}," * MOST_ITEMS + b"{}]}", "batch")


@pytest.mark.parametrize("alphabet", [base64.b64encode, base64.urlsafe_b64encode])
@given(call=st.dictionaries(text(5), plain, max_size=3))
def test_a_pixel_carries_whatever_a_body_does(alphabet: Any, call: dict[str, Any]) -> None:
    data = alphabet(json.dumps(call).encode()).decode()
    for text in (data, data.rstrip("="), data.replace("+", "%2B")):
        assert json.loads(pixel_body(f"x=1&data={text}")) == call


def test_a_pixels_plain_fields_nest_and_never_collide() -> None:
    body = json.loads(pixel_body("properties.a=1&properties=2&properties.b.c=%C3%A9&userId=u&userId=v&e="))
    assert body == {"properties": {"a": "1", "b": {"c": "é"}}, "userId": "u", "e": ""}
    assert json.loads(pixel_body(".".join("abcdefghijkl") + "=1")) == {}
    with pytest.raises(InvalidInputError):
        pixel_body("&".join(f"f{number}=1" for number in range(300)))
