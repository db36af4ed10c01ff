"""Traits that ship with Segue. A definition of the same name in traits.yaml replaces one."""

from __future__ import annotations

from functools import cache
from typing import Any

from segue.domain.conditions import AnyOf, Compare, Window
from segue.domain.traits import How, Trait

_ORDER = ("Order Completed",)
_YEAR = Window("days", 365)
_QUARTER = Window("days", 90)
_REDUCED = AnyOf(
    (
        Compare(("properties", "discount"), ">", 0),
        Compare(("properties", "coupon"), "exists"),
    )
)


def _of_orders(name: str, how: How, title: str, **more: Any) -> Trait:
    return Trait(name=name, how=how, of=_ORDER, title=title, built_in=True, **{"window": _YEAR, **more})


@cache
def built_in_traits() -> tuple[Trait, ...]:
    """All of them, in the order in which people are shown them."""
    return (
        _of_orders("recency", "days_since_last", "Days since the last order", window=None),
        _of_orders("frequency", "count", "Orders in a year"),
        _of_orders("monetary", "sum", "Spent in a year", field=("value",)),
        Trait(
            name="average_basket",
            how="ratio",
            parts=("monetary", "frequency"),
            title="Spent per order",
            built_in=True,
        ),
        _of_orders("gap_between_purchases", "gap", "Mean days between orders"),
        Trait(
            name="returns",
            how="count",
            of=("Order Refunded",),
            window=_YEAR,
            title="Refunds in a year",
            built_in=True,
        ),
        Trait(
            name="return_rate",
            how="ratio",
            parts=("returns", "frequency"),
            title="Refunds per order",
            built_in=True,
        ),
        _of_orders("discounts", "sum", "Discounts in a year", field=("properties", "discount")),
        Trait(
            name="price_sensitivity",
            how="ratio",
            parts=("discounts", "monetary"),
            title="Discount for each unit of money spent",
            built_in=True,
        ),
        _of_orders(
            "promotion_sensitivity",
            "share",
            "Share of spend in orders with a discount or coupon",
            field=("value",),
            where=_REDUCED,
        ),
        _of_orders("favourite_store", "most_frequent", "Where most orders were placed", field=("store",)),
        _of_orders("favourite_channel", "most_frequent", "Channel of most orders", field=("channel",)),
        _of_orders("favourite_daypart", "most_frequent", "Time of day of most orders", field=("daypart",)),
        Trait(
            name="favourite_device",
            how="most_frequent",
            of=("page", "screen", "Product Viewed"),
            field=("device",),
            window=_QUARTER,
            title="Device most looked at",
            built_in=True,
        ),
        _of_orders(
            "category_affinity",
            "share",
            "Share of spend by category",
            field=("products", "price"),
            weight=("products", "quantity"),
            by=("products", "category"),
        ),
        _of_orders("store_affinity", "share", "Share of orders by store", by=("store",)),
        _of_orders("channel_affinity", "share", "Share of orders by channel", by=("channel",)),
    )
