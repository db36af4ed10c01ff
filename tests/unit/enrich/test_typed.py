"""Amounts and moments of a record compare as what they are, whichever way both are written."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from segue.domain.conditions import Compare
from segue.domain.order import rfc3339
from segue.domain.rules import Purposes, default_purposes
from segue.domain.rules.segments import read_when
from segue.enrich.record import OrdersPart
from segue.enrich.segments.compile import truth_of
from segue.enrich.segments.facts import Facts
from segue.enrich.segments.typed import orders_asked
from segue.errors import DefinitionError

FACTS = Facts(
    orders=orders_asked(
        OrdersPart(count=3, revenue="1000.50", refunds="9.00", last_at="2026-03-01T10:30:00.25Z")
    )
)


def holds(field: str, op: str, value: Any = None) -> bool:
    asked = {"field": field, "op": op} | ({} if value is None else {"value": value})
    return truth_of(read_when(asked, "when", []), default_purposes())(FACTS)


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [
        (">", 200, True),  # as text, 1000.50 comes before 200
        ("<", 200, False),
        (">=", "999", True),
        ("=", 1000.5, True),
        ("=", "1000.50", True),
        ("!=", 1000.5, False),
        ("in", [1, 1000.5], True),
        ("not_in", [1, 2], True),
        ("exists", None, True),
    ],
)
def test_an_amount_compares_as_a_number(op: str, value: Any, expected: bool) -> None:
    assert holds("orders.revenue", op, value) is expected


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [
        ("=", "2026-03-01", True),
        ("!=", "2026-03-01", False),
        (">", "2026-03-01", False),  # after that day
        (">=", "2026-03-01", True),
        ("<=", "2026-03-01", True),
        ("<", "2026-03-01", False),
        (">", "2026-02-28", True),
        (">", "2026-03-01T11:00:00+01:00", True),  # 10:00 in UTC
        ("<", "2026-03-01T11:00:00+00:30", False),
        ("<", "2026-03-01T10:30:01Z", True),
        (">", "2026-03-01T10:30:00Z", True),  # by a quarter of a second
        ("in", ["2026-02-01", "2026-03-01"], True),
        ("not_in", ["2026-02-01", "2026-03-01"], False),
        ("missing", None, False),
    ],
)
def test_a_moment_compares_as_a_time_and_a_day_is_the_whole_of_it(
    op: str, value: Any, expected: bool
) -> None:
    assert holds("orders.last_at", op, value) is expected


def test_who_has_no_order_is_neither_before_nor_after() -> None:
    nobody = Facts(orders=orders_asked(OrdersPart()))
    for op in ("=", "!=", "<", "<=", ">", ">="):
        when = read_when({"field": "orders.last_at", "op": op, "value": "2026-03-01"}, "when", [])
        assert not truth_of(when, Purposes())(nobody)


@pytest.mark.parametrize(
    ("field", "op", "value", "says"),
    [
        ("orders.revenue", ">", "much", "is a number"),
        ("orders.revenue", "contains", "1", "is a number"),
        ("orders.revenue", ">", "1_000", "is a number"),
        ("sessions.cart.value", "in", [1, "x"], "is a number"),
        ("orders.last_at", ">", "yesterday", "is a time"),
        ("orders.last_at", ">", 3, "is a time"),
        ("orders.last_at", ">", "2026-02-30", "is a time"),
        ("sessions.first_at", "starts_with", "2026", "is a time"),
    ],
)
def test_what_is_no_amount_or_time_is_refused_when_it_is_read(
    field: str, op: str, value: Any, says: str
) -> None:
    with pytest.raises(DefinitionError, match=says):
        read_when({"field": field, "op": op, "value": value}, "when", [])


def test_what_the_record_shows_stays_as_it_was() -> None:
    part = OrdersPart(revenue="1000.50", last_at=rfc3339(0))
    orders_asked(part)
    assert msgspec.to_builtins(part)["revenue"] == "1000.50"
    assert Compare(("orders", "revenue"), ">", 1).value == 1
