"""The lake as a source: each order once, as it was known at the moment, and never later."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segue.domain.order import DAY
from segue.ports.lake import Erased, LakeRow

from .lake import NOON, bought, event, line, source_of


def test_an_order_that_two_sources_report_is_there_once_as_it_was_said_last(tmp_path: Path) -> None:
    events = [
        event("ann", 1, order_id="o1", products=[line("s1", 2, 1.5)]),
        event("ann", 2, source="shop", order_id="o1", products=[line("s1", 1, 1.5), line("s2")]),
        event("bob", 1, order_id="o1", products=[line("s1")]),
    ]
    with source_of(tmp_path, events) as source:
        assert bought(source) == [
            ("ann", 1, "s1", 1.0, 1.5), ("ann", 1, "s2", 1.0, 1.0), ("bob", 1, "s1", 1.0, 1.0)
        ]  # fmt: skip
        assert bought(source, 1.5)[0] == ("ann", 1, "s1", 2.0, 3.0)
        found = source.purchases(2**62)
        assert found.order.tolist() == [0, 0, 1]


def test_what_is_claimed_later_does_not_displace_what_is_proven(tmp_path: Path) -> None:
    events = [
        event("ann", 1, order_id="o1", products=[line("s1")]),
        event("ann", 2, order_id="o1", proven=False, products=[line("s9", 100)]),
        event("ann", 3, "Order Cancelled", order_id="o1", proven=False),
    ]
    with source_of(tmp_path, events) as source:
        assert bought(source) == [("ann", 1, "s1", 1.0, 1.0)]


def test_a_cancelled_order_is_gone_from_then_on_unless_it_is_stated_again(tmp_path: Path) -> None:
    events = [
        event("ann", 1, order_id="o1", products=[line("s1")]),
        event("ann", 3, "Order Cancelled", order_id="o1"),
        event("ann", 5, "Order Updated", order_id="o1", products=[line("s2")]),
    ]
    with source_of(tmp_path, events) as source:
        assert bought(source, 2) == [("ann", 1, "s1", 1.0, 1.0)]
        assert bought(source, 4) == []
        assert bought(source, 6) == [("ann", 1, "s2", 1.0, 1.0)]


def test_returned_pieces_are_taken_off_when_they_come_back_and_not_before(tmp_path: Path) -> None:
    events = [
        event("ann", 1, order_id="o1", products=[line("s1", 4, 2.0), line("s2")]),
        event("ann", 3, "Order Refunded", order_id="o1", products=[line("s1", 1)]),
        event("ann", 5, "Order Refunded", order_id="o1", products=[line("s1", -3)]),
    ]
    with source_of(tmp_path, events) as source:
        other = ("ann", 1, "s2", 1.0, 1.0)
        assert bought(source, 3) == [("ann", 1, "s1", 4.0, 8.0), other]
        assert bought(source, 4) == [("ann", 1, "s1", 3.0, 6.0), other]
        assert bought(source, 6) == [other]


def test_a_refund_without_lines_is_of_the_whole_or_of_a_share(tmp_path: Path) -> None:
    events = [
        event("ann", 1, order_id="o1", products=[line("s1", 2, 2.0)]),
        event("ann", 2, "Order Refunded", order_id="o1", total=1.0),
        event("bob", 1, order_id="o2", products=[line("s1")]),
        event("bob", 2, "Order Refunded", order_id="o2"),
    ]
    with source_of(tmp_path, events) as source:
        assert bought(source) == [("ann", 1, "s1", 2.0, 3.0)]


def test_a_return_under_its_own_number_is_off_her_latest_order_that_had_it(tmp_path: Path) -> None:
    events = [
        event("ann", 1, order_id="o1", products=[line("s1", 5)]),
        event("ann", 4, order_id="o2", products=[line("s1", 5)]),
        event("ann", 9, order_id="o3", products=[line("s1", 5)]),
        event("ann", 6, "Order Refunded", order_id="C7", products=[line("s1", -2)]),
        event("bob", 6, "Order Refunded", order_id="C8", products=[line("s1", -2)]),
    ]
    with source_of(tmp_path, events) as source:
        assert [row[3] for row in bought(source)] == [5.0, 3.0, 5.0]


def test_two_sources_that_tell_of_one_refund_are_believed_once(tmp_path: Path) -> None:
    events = [
        event("ann", 1, order_id="o1", products=[line("s1", 5)]),
        event("ann", 2, "Order Refunded", order_id="o1", products=[line("s1", 2)]),
        event("ann", 3, "Order Refunded", source="shop", order_id="o1", products=[line("s1", 2)]),
    ]
    with source_of(tmp_path, events) as source:
        assert bought(source) == [("ann", 1, "s1", 3.0, 3.0)]


def test_a_line_is_read_whatever_it_carries(tmp_path: Path) -> None:
    lines: list[Any] = [
        {"sku": "A", "product_id": "B", "price": "2.50", "quantity": "2"},
        {"product_id": 17, "price": 1},
        {"product_id": 17, "price": 1, "quantity": 3},
        {"name": "nameless"},
        {"product_id": "x", "price": 1e300, "quantity": 1e300},
        "no line",
        None,
    ]
    events = [
        event("ann", 1, order_id=5, products=[each for each in lines if isinstance(each, dict)]),
        event("ann", 2, order_id="o2", products="none"),
        event("ann", 3, products=[line("s")]),
        event("ann", 4, products=[line("s")]),
    ]
    with source_of(tmp_path, events) as source:
        assert bought(source) == [
            ("ann", 1, "17", 4.0, 4.0), ("ann", 1, "A", 2.0, 5.0), ("ann", 1, "x", 1.0, 0.0),
            ("ann", 3, "s", 1.0, 1.0), ("ann", 4, "s", 1.0, 1.0),
        ]  # fmt: skip


def test_nobody_s_orders_are_guests_and_persons_are_of_their_fragments(tmp_path: Path) -> None:
    events = [
        event("SHARED", 1, order_id="o1", products=[line("s1")]),
        event("SHARED", 2, order_id="o2", products=[line("s1")]),
        event("card", 3, order_id="o3", products=[line("s1")]),
        event("mail", 4, order_id="o3", source="shop", products=[line("s2")]),
    ]
    with source_of(tmp_path, events, {"card": "ann", "mail": "ann"}) as source:
        assert bought(source) == [
            (None, 1, "s1", 1.0, 1.0), (None, 2, "s1", 1.0, 1.0), ("ann", 3, "s2", 1.0, 1.0)
        ]  # fmt: skip


def test_prices_before_the_order_s_discount_are_lowered_by_it_and_others_are_not(tmp_path: Path) -> None:
    events = [
        event(
            "ann", 1, order_id="o1", revenue=8, discount=2, products=[line("a", 1, 4.0), line("b", 1, 6.0)]
        ),
        event(
            "ann", 2, order_id="o2", revenue=10, discount=2, products=[line("a", 1, 4.0), line("b", 1, 6.0)]
        ),
    ]
    with source_of(tmp_path, events) as source:
        found = source.purchases(2**62)
        assert np.allclose(found.amount, [3.2, 4.8, 4.0, 6.0])
        assert np.allclose(found.discount, [0.8, 1.2, 0.8, 1.2])


def test_stores_channels_and_the_catalogue_are_named(tmp_path: Path) -> None:
    goods = [line("a", name="Apple", category="fruit", brand="Own", department="fresh")]
    events = [
        event("ann", 1, order_id="o1", store="s7", products=goods),
        event("ann", 2, order_id="o2", source="web", context={"page": {"path": "/"}}, products=[line("b")]),
        event("ann", 3, "Content Viewed", content_id="r1", title="A recipe", category="fruit"),
        event("ann", 3, "Product Viewed", product_id="c", brand="Own"),
    ]
    with source_of(tmp_path, events) as source:
        found = source.purchases(2**62)
        items = found.items
        assert (list(items.sku), list(items.name)) == (
            ["a", "b", "c", "r1"],
            ["Apple", "b", "c", "A recipe"],
        )
        assert items.category.tolist() == [0, -1, -1, 0]
        assert items.content is not None
        assert items.content.tolist() == [False, False, False, True]
        assert found.store.tolist() == [0, -1]
        assert [found.channels[each] for each in found.channel] == ["till", "web"]


def test_happenings_come_in_order_with_fields_as_text(tmp_path: Path) -> None:
    events = [
        event("bob", 1, "Product Viewed", product_id=7, category="x"),
        event("ann", 2, "Product Viewed", product_id="b", context={"campaign": {"name": "spring"}}),
        event("ann", 1, kind="page"),
        event("ann", 2, "Other"),
    ]
    fields = {"sku": ("properties", "product_id"), "from": ("context", "campaign", "name")}
    with source_of(tmp_path, events) as source:
        found = source.happenings(["Product Viewed", "page"], fields, 2**62)
        assert [found.persons.ids[each] for each in found.person] == ["ann", "ann", "bob"]
        assert found.event.tolist() == ["page", "Product Viewed", "Product Viewed"]
        assert found.fields["sku"].tolist() == [None, "b", "7"]
        assert found.fields["from"].tolist() == [None, "spring", None]
        assert len(source.happenings(["Product Viewed"], fields, NOON + DAY).person) == 0
        with pytest.raises(ValueError, match="is no field"):
            source.happenings(["page"], {"x": ("message_id",)}, 2**62)


def test_told_is_the_latest_word_before_the_moment_in_any_spelling(tmp_path: Path) -> None:
    events = [
        event("ann", 1, kind="identify", traits={"age_band": "18-29", 'a"b\\c': 1}),
        event("ann", 3, kind="identify", traits={"age_band": "30-44"}),
        event("bob", 2, kind="identify", traits={"age_band": None, "city": "Ulm"}),
    ]
    with source_of(tmp_path, events) as source:
        assert source.told("age_band", NOON + 2 * DAY).value.tolist() == ["18-29"]
        assert source.told("age_band", 2**62).value.tolist() == ["30-44"]
        assert source.told('a"b\\c', 2**62).value.tolist() == ["1"]
        assert source.told("nothing", 2**62).value.tolist() == []
        assert source.attributes(NOON + 2 * DAY)["age_band"] == 1


def test_what_was_erased_is_not_seen_and_an_empty_lake_is_one(tmp_path: Path) -> None:
    events = [
        event("ann", 1, order_id="o1", products=[line("s1")]),
        event("bob", 1, order_id="o2", products=[line("s2")]),
    ]
    with source_of(tmp_path, events, erased=[Erased("ann", 100)]) as source:
        assert bought(source) == [("bob", 1, "s2", 1.0, 1.0)]
    with source_of(tmp_path, []) as source:
        assert bought(source) == []
        assert source.attributes(2**62) == {}
        assert len(source.happenings(["page"], {}, 2**62).person) == 0


ORDER_EVENTS = st.lists(
    st.builds(
        event,
        st.sampled_from(["ann", "bob"]),
        st.integers(0, 12),
        st.sampled_from(["Order Completed"] * 3 + ["Order Updated", "Order Cancelled", "Order Refunded"]),
        source=st.sampled_from(["till", "shop"]),
        proven=st.booleans(),
        position=st.integers(0, 3),
        order_id=st.sampled_from(["o1", "o2", "o3"]),
        products=st.lists(st.builds(line, st.sampled_from("abc"), st.integers(1, 4)), max_size=3),
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events=ORDER_EVENTS, day=st.integers(0, 13))
def test_what_was_known_at_a_moment_is_what_a_lake_that_ends_there_knows(
    events: list[LakeRow], day: int
) -> None:
    # a source gives no message id twice: it is what settles which of two at the same moment is the later
    events = [each._replace(message_id=str(number)) for number, each in enumerate(events)]
    moment = NOON + day * DAY
    past = [
        each if each.timestamp < moment else each._replace(fragment_id="zoe", type="page") for each in events
    ]
    with tempfile.TemporaryDirectory() as name, source_of(Path(name), events) as source:
        then = bought(source, day)
    with tempfile.TemporaryDirectory() as name, source_of(Path(name), past) as source:
        assert then == bought(source)
