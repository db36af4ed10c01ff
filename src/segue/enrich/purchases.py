"""Orders as the record shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from segue.domain.order import DAY, rfc3339
from segue.enrich.money import decimal_text
from segue.enrich.orders import Order, Register, joined, read
from segue.enrich.record import OrderPart, OrdersPart, Totals
from segue.enrich.summary import Summary

RECENT = 10


def orders_read(summary: Summary) -> list[Order]:
    """All orders, by when they were placed."""
    registers: dict[str, Register] = {}
    for standing, register in summary.orders.items():
        held = registers.get(standing[1:])
        registers[standing[1:]] = register if held is None else joined(held, register)
    found = [order for order_id, register in registers.items() if (order := read(order_id, register))]
    return sorted(found, key=lambda order: (order.placed, order.order_id))


def orders_part(orders: Sequence[Order], now: int, *, approximate: bool = False) -> OrdersPart:
    """Count, revenue, average basket and the latest orders, as of ``now``."""
    if not orders:
        return OrdersPart(approximate=approximate)
    totals = _by_currency(orders)
    main = totals[0]
    kept = [order for order in orders if counts(order)]
    return OrdersPart(
        count=len(kept),
        revenue=main.revenue,
        currency=main.currency,
        average_basket=main.average_basket,
        refunds=main.refunds,
        cancelled=sum(order.cancelled for order in orders),
        items=sum(order.statement.pieces for order in kept),
        first_at=rfc3339(kept[0].placed) if kept else None,
        last_at=rfc3339(kept[-1].placed) if kept else None,
        days_since_last=max(0, now - kept[-1].placed) // DAY if kept else None,
        by_currency=totals,
        recent=[_order_part(order) for order in reversed(orders[-RECENT:])],
        approximate=approximate,
    )


def counts(order: Order) -> bool:
    """Whether it is an order that stands (a return against an unknown receipt is money, no order)."""
    return not order.cancelled and not order.only_refund


def _by_currency(orders: Sequence[Order]) -> list[Totals]:
    by_currency: dict[str, list[Order]] = {}
    for order in orders:
        by_currency.setdefault(order.statement.currency, []).append(order)
    most = sorted(by_currency.items(), key=lambda item: (-len(item[1]), item[0]))
    return [_totals(currency, those) for currency, those in most]


def _totals(currency: str, orders: Sequence[Order]) -> Totals:
    count = sum(counts(order) for order in orders)
    revenue = sum(order.net for order in orders)
    return Totals(
        currency=currency,
        count=count,
        revenue=decimal_text(revenue),
        refunds=decimal_text(sum(order.refunded for order in orders if not order.cancelled)),
        average_basket=decimal_text(_cents(revenue, count)) if count else None,
    )


def _cents(amount: int, count: int) -> int:
    """The average, rounded half away from zero to hundredths, in millionths."""
    sign = -1 if amount < 0 else 1
    return sign * ((2 * abs(amount) + count * 10_000) // (2 * count * 10_000)) * 10_000


def _order_part(order: Order) -> OrderPart:
    said = order.statement
    return OrderPart(
        order_id=order.order_id,
        placed_at=rfc3339(order.placed),
        state=_state(order),
        value=decimal_text(said.value or 0),
        refunded=decimal_text(order.refunded),
        currency=said.currency,
        items=said.pieces,
        store=said.store,
        channel=said.channel,
        source=said.source,
        coupon=said.coupon,
        claimed=not said.proven,
    )


def _state(order: Order) -> Literal["completed", "cancelled", "partly_refunded", "refunded"]:
    if order.cancelled:
        return "cancelled"
    if not order.refunded:
        return "completed"
    return "refunded" if order.refunded >= (order.statement.value or 0) else "partly_refunded"
