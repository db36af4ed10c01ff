"""Orders count once, whoever reports them, and are corrected by what comes after."""

from __future__ import annotations

from typing import Any

import pytest

from segue.domain.events import Event
from segue.enrich.record import OrdersPart
from tests.unit.enrich.making import event, record_of

LINES = [
    {"category": "tea", "brand": "Acme", "price": 4.5, "quantity": 2},
    {"category": "wine", "price": "10.00", "quantity": 1},
]


def order(name: str = "Completed", *, at: float = 0, order_id: str = "A", **fields: Any) -> Event:
    """An order event; what is no field of an event is a property."""
    known = {"source", "proven", "context", "position"}
    event_fields = {key: fields.pop(key) for key in known & set(fields)}
    properties = {"order_id": order_id, "currency": "EUR", **fields}
    return event(f"Order {name}", at=at, properties=properties, **event_fields)


def orders_of(*events: Event) -> OrdersPart:
    return record_of(*events).orders


def test_an_order_told_by_pixel_webhook_and_till_counts_once() -> None:
    found = orders_of(
        order(revenue=20, source="pixel", proven=False),
        order(at=5, revenue=20, source="webhook"),
        order(at=60, revenue=19.5, source="till"),
    )
    assert (found.count, found.revenue, found.currency) == (1, "19.50", "EUR")
    assert found.recent[0].source == "till"
    assert found.recent[0].placed_at == "2026-03-01T12:00:00Z"


def test_what_is_claimed_never_overwrites_what_is_proven() -> None:
    found = orders_of(
        order(revenue=20, source="till"),
        order(at=60, revenue=9_999, source="web", proven=False),
        order("Cancelled", at=70, source="web", proven=False),
        order("Refunded", at=80, source="web", proven=False),
    )
    assert (found.count, found.revenue, found.cancelled, found.refunds) == (1, "20.00", 0, "0.00")


def test_claims_alone_are_shown_as_such() -> None:
    found = orders_of(order(revenue=20, source="web", proven=False))
    assert found.recent[0].claimed
    assert found.revenue == "20.00"


def test_updates_win_by_time_not_by_arrival() -> None:
    newer, older = order("Updated", at=60, revenue=30), order(revenue=20)
    assert orders_of(newer, older).revenue == orders_of(older, newer).revenue == "30.00"


def test_a_cancelled_order_earns_nothing_until_it_is_completed_again() -> None:
    gone = orders_of(order(revenue=20), order("Cancelled", at=60))
    assert (gone.count, gone.cancelled, gone.revenue, gone.average_basket) == (0, 1, "0.00", None)
    assert gone.recent[0].state == "cancelled"
    back = orders_of(order(revenue=20), order("Cancelled", at=60), order("Updated", at=90, revenue=25))
    assert (back.count, back.cancelled, back.revenue) == (1, 0, "25.00")


def test_partial_refunds_of_one_source_add_up() -> None:
    found = orders_of(
        order(revenue=20), order("Refunded", at=60, total=5), order("Refunded", at=90, total=2.5)
    )
    assert (found.revenue, found.refunds, found.count) == ("12.50", "7.50", 1)
    assert found.recent[0].state == "partly_refunded"


def test_a_refund_told_by_two_sources_is_given_once() -> None:
    told = [order("Refunded", at=60 + n, total=5, source=source) for n, source in enumerate(["shop", "till"])]
    assert orders_of(order(revenue=20), *told).refunds == "5.00"


@pytest.mark.parametrize("said", [{}, {"total": 20}, {"total": 500}])
def test_a_whole_refund_leaves_nothing_and_never_less(said: dict[str, Any]) -> None:
    found = orders_of(order(revenue=20), order("Refunded", at=60, **said))
    assert (found.revenue, found.refunds, found.recent[0].state) == ("0.00", "20.00", "refunded")


def test_returned_lines_are_worth_their_price() -> None:
    back = [{"price": 4.5, "quantity": -1}]
    assert orders_of(order(products=LINES), order("Refunded", at=60, products=back)).revenue == "14.50"


def test_a_return_against_an_unknown_receipt_is_money_but_no_order() -> None:
    found = orders_of(order("Refunded", order_id="C1", total=5), order(at=60, revenue=20))
    assert (found.count, found.revenue, found.average_basket) == (1, "15.00", "15.00")


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ({"revenue": 17, "total": 25, "tax": 3, "shipping": 5}, "17.00"),
        ({"total": 25, "tax": 3, "shipping": 5}, "17.00"),
        ({"subtotal": 20, "discount": 3}, "17.00"),
        ({"value": "17"}, "17.00"),
        ({"products": LINES}, "19.00"),
        ({"products": LINES, "discount": 2}, "17.00"),
        ({}, "0.00"),
        ({"revenue": "free"}, "0.00"),
        ({"revenue": 19.99}, "19.99"),
        ({"revenue": 1e300, "products": "none"}, "0.00"),
    ],
)
def test_revenue_comes_from_whatever_the_event_carries(said: dict[str, Any], value: str) -> None:
    assert orders_of(order(**said)).revenue == value


def test_orders_without_an_id_are_each_their_own() -> None:
    nameless = [event("Order Completed", at=n, properties={"revenue": 5}) for n in range(3)]
    assert orders_of(*nameless).count == 3


def test_currencies_are_never_added_up() -> None:
    found = orders_of(
        order(revenue=20),
        order(at=1, order_id="B", revenue=10),
        order(at=2, order_id="C", revenue=7, currency="gbp"),
    )
    assert (found.count, found.currency, found.revenue, found.average_basket) == (3, "EUR", "30.00", "15.00")
    assert [(part.currency, part.revenue) for part in found.by_currency] == [
        ("EUR", "30.00"),
        ("GBP", "7.00"),
    ]


def test_what_was_bought_makes_favourites_once_per_order_and_not_when_it_was_given_up() -> None:
    found = record_of(
        order(products=LINES, affiliation="s1"),
        order(at=1, products=LINES, affiliation="s1", source="till"),
        order(at=2, order_id="B", products=[{"category": "wine", "price": 1, "quantity": 9}]),
        order("Cancelled", at=3, order_id="B"),
        event("Product Viewed", at=4, properties={"category": "wine"}),
        event("Product Viewed", at=5, properties={"category": "fish"}),
    ).favourites
    assert [(one.value, one.bought, one.seen) for one in found["category"]] == [
        ("tea", 2, 0),
        ("wine", 1, 1),
        ("fish", 0, 1),
    ]
    assert [(one.value, one.bought) for one in found["brand"]] == [("Acme", 2)]
    assert [(one.value, one.bought) for one in found["store"]] == [("s1", 1)]
    assert [(one.value, one.bought, one.seen) for one in found["hour"]] == [("12", 1, 2)]


def test_days_since_the_last_order_are_counted_to_now() -> None:
    assert orders_of(order(revenue=20)).days_since_last == 30
